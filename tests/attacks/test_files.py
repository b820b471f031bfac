"""Uploads, pages and built files of somebody else, and more uploads than there is room for."""

import re
import socket
import uuid

from starlette.types import Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from data_access.access.capacity import load_capacity
from pages.server.own_files import OwnFiles
from pages.server.signed_in_only import OWNER
from pages.shell.identity import COOKIE
from tests.attacks.test_messages import STREAM, message
from tests.support.asgi import call, hello, scope
from tests.support.server import Answer, Server, get

MB = 1_048_576


class Browser:
    """Somebody's browser; inside a `with`, with one page open."""

    def __init__(self, server: Server, name: str, *, resume: str = "") -> None:
        self.url, self.resume, self.cookie = server.url, resume, f"{COOKIE}=secret of {name}"
        token = get(f"{self.url}/_stcore/health").headers["set-cookie"].partition(";")[0]
        self.headers = {"Cookie": f"{self.cookie}; {token}", "X-Xsrftoken": token.partition("=")[2]}

    def __enter__(self) -> "Browser":
        self._opening = connect(
            f"{self.url.replace('http', 'ws', 1)}{STREAM}",
            subprotocols=["streamlit", "PLACEHOLDER", *([self.resume] if self.resume else [])],  # type: ignore[list-item]
            additional_headers={"Cookie": self.cookie},
            max_size=None,
            max_queue=None,  # what is not read does not keep the connection from closing
        )
        self.socket = self._opening.__enter__()
        self.socket.send(message(rerun_script={"query_string": ""}))
        self.page, self.told = "", b""
        while not self.page or b"/media/" not in self.told:
            come = self.socket.recv(timeout=120)
            assert isinstance(come, bytes)
            self.told += come
            self.page = self.page or ForwardMsg.FromString(come).new_session.initialize.session_id
        return self

    def __exit__(self, *raised: object) -> None:
        self._opening.__exit__(*raised)  # type: ignore[arg-type]

    def upload(self, content: bytes, *, page: str, method: str = "PUT", **headers: str) -> int:
        """The status of an upload to a page."""
        head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        body = head + content + b"\r\n--x--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(len(body))}
        return self.ask(f"/_stcore/upload_file/{page}/{uuid.uuid4()}", body, method=method, **kind, **headers)

    def ask(self, path: str, body: bytes, *, method: str, **headers: str) -> int:
        """The status of a request whose body is sent once the server begins to read it."""
        host, port = self.url.removeprefix("http://").split(":")
        told = {"Host": f"{host}:{port}", "Expect": "100-continue", "Connection": "close", **self.headers, **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        with socket.create_connection((host, int(port)), timeout=120) as wire, wire.makefile("rb") as answer:
            wire.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
            status = int(answer.readline().split()[1])
            if status != 100:
                return status
            answer.readline()
            wire.sendall(body)
            return int(answer.readline().split()[1])

    def file(self, path: str, *, method: str = "GET") -> Answer:
        return get(f"{self.url}{path}", headers={"Cookie": self.cookie}, method=method)


def test_a_page_is_resumed_by_the_sign_in_that_opened_it(server: Server) -> None:
    with Browser(server, "zhang") as zhang:
        page = zhang.page
        with Browser(server, "li", resume=page) as thief:
            assert thief.page != page, "while it is open"
    with Browser(server, "li", resume=page) as thief:
        assert thief.page != page, "after it was closed"
    with Browser(server, "zhang", resume=page) as again:
        assert again.page == page


def test_nobody_else_names_whose_a_page_is(server: Server) -> None:
    """The header by which the server tells Streamlit is its own."""
    with Browser(server, "zhang") as zhang:
        other = Browser(server, "li")
        assert other.upload(b"x", page=zhang.page, **{"X-Board-Session": "a", "x-board-session": "b"}) == 404


def test_uploads_go_to_the_own_page_alone(server: Server) -> None:
    with Browser(server, "zhang") as zhang:
        other = Browser(server, "li")
        assert zhang.upload(b"x", page=zhang.page) == 204
        assert {other.upload(b"x", page=zhang.page, method=method) for method in ("PUT", "DELETE", "OPTIONS")} == {404}
        assert zhang.upload(b"x", page="../zhang") == 404
    assert zhang.upload(b"x", page=zhang.page) == 404, "a page that was closed"


def test_uploads_of_one_sign_in_are_bounded_over_all_its_pages(server: Server) -> None:
    large = bytes(19 * MB)
    with Browser(server, "zhang") as one, Browser(server, "zhang") as another, Browser(server, "li") as somebody:
        answers = [page.upload(large, page=page.page) for page in (another, one, one, one, one, one, another)]
        fitting = load_capacity().upload_bytes_of_a_session // len(large)
        assert (answers.count(204), set(answers[fitting:])) == (fitting, {413})
        assert somebody.upload(b"x", page=somebody.page) == 204


def test_a_page_keeps_few_uploads_however_small(server: Server) -> None:
    with Browser(server, "li") as li:
        answers = [li.upload(b"", page=li.page) for _ in range(load_capacity().upload_files + 1)]
    assert answers == [204] * load_capacity().upload_files + [413]


def test_nothing_of_unknown_size_and_no_large_form_is_read(server: Server) -> None:
    pieces, large = {"Transfer-Encoding": "chunked"}, {"Content-Length": str(MB)}
    with Browser(server, "zhang") as zhang:
        assert zhang.ask(f"/_stcore/upload_file/{zhang.page}/a", b"", method="PUT", **pieces) == 411
        for path in ("/sign-in", "/change-password", "/static/none", "/healthz", "/media/none"):
            assert zhang.ask(path, b"", method="POST", Origin=server.url, **pieces) == 411
            assert zhang.ask(path, b"", method="POST", Origin=server.url, **large) == 413


def test_a_name_of_a_file_that_a_reader_typed_opens_nothing() -> None:
    """A page says again what was searched for, or chosen in the link."""
    name, typed = "/media/0123abcd.csv", ForwardMsg()
    typed.delta.new_element.markdown.body = name
    told = ForwardMsg()
    told.backend_operation_response.deferred_file.url = name

    async def streamlit(request: Scope, receive: Receive, send: Send) -> None:
        if request["type"] == "http":
            await hello(request, receive, send)
        else:
            said = typed if request["path"] == "typed" else told
            await send({"type": "websocket.send", "bytes": said.SerializeToString()})

    app = OwnFiles(streamlit)
    mine, others = {OWNER: "a"}, {OWNER: "b"}
    call(app, scope("typed", kind="websocket", headers=mine))
    assert call(app, scope(name, headers=mine))[0].status == 404
    call(app, scope("told", kind="websocket", headers=mine))
    assert call(app, scope(name, headers=mine))[0].status == 200
    assert call(app, scope(name, headers=others))[0].status == 404
    assert call(app, scope("/static/media/font.woff2"))[0].messages[0]["headers"] == [], "fonts may be kept"


def test_a_file_is_given_to_who_was_told_of_it_and_is_kept_by_no_browser(server: Server) -> None:
    with Browser(server, "zhang") as zhang:
        [path] = set(re.findall(rb"/media/[0-9a-f]+\.\w+", zhang.told))
        address = path.decode()
        own = zhang.file(address)
        assert (own.status, own.headers["cache-control"]) == (200, "no-store")
        other = Browser(server, "wang")
        assert get(f"{server.url}{address}").status == 404
        for disguised in (
            address,
            address.partition(".")[0],
            f"/{address}",
            address.replace("/media/", "/media//"),
            address.replace("/media/", "/media/../media/"),
            address.replace("/media/", "/media/%2e%2e/media/"),
            address.replace("/media/", "/static/../media/"),
            address.replace("/media/", "/static/%2e%2e/media/"),
            address.replace("/media/", "/%6dedia/"),
            address.replace("/media/", "/MEDIA/"),
            f"{address}?x-board-session=a",
        ):
            for method in ("GET", "HEAD", "OPTIONS", "PUT"):
                answer = other.file(disguised, method=method)
                assert b"\x89PNG" not in answer.body, (method, disguised)
                assert answer.headers.get("content-type") != own.headers["content-type"], (method, disguised)
