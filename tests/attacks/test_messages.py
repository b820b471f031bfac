"""What a browser may say over the websocket, how much of it, and who may open one at all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from data_access.access import sign_in
from data_access.access.capacity import load_capacity
from pages.server import connections
from pages.server.connections import BoundedConnections
from pages.server.messages import KINDS, OPERATIONS, is_needed
from pages.server.signed_in_only import OWNER
from pages.shell.identity import COOKIE
from tests.support.asgi import call, guarded, hello, run, scope
from tests.support.server import Server

STREAM, OWN = "/_stcore/stream", {"Host": "127.0.0.1:8501"}


def message(**told: object) -> bytes:
    return BackMsg(**told).SerializeToString()  # type: ignore[arg-type]


def operation(kind: str) -> bytes:
    made = BackMsg()
    made.backend_operation_request.request_id = "1"
    getattr(made.backend_operation_request, kind).SetInParent()
    return made.SerializeToString()


def test_the_table_knows_every_kind_of_message() -> None:
    """An upgrade of Streamlit that brings another kind needs a decision."""
    assert KINDS.keys() == {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    payloads = BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields
    assert OPERATIONS.keys() == {field.name for field in payloads}


NEEDED: list[bytes | str] = [message(app_heartbeat=True), message(stop_script=True), operation("deferred_file")]
UNNEEDED: list[bytes | str] = [
    *(message(**{kind: True}) for kind, needed in KINDS.items() if not needed),
    *(operation(kind) for kind, needed in OPERATIONS.items() if not needed),
    message(app_heartbeat=True) + message(clear_cache=True),  # the last kind of a message counts
    message(backend_operation_request=BackendOperationRequest(request_id="1")),
    message(file_urls_request={"request_id": "1", "file_names": [""] * 400_000}),
    message(rerun_script={"widget_states": {"widgets": [{"id": f"{number:x}"} for number in range(80_000)]}}),
    message(rerun_script={"cached_message_hashes": [""] * 400_000}),
    b"",
    b"\xff" * 100,
    b"\x2d\x00",  # cut off
    b"\xfa\x3e\x00",  # a field that no version knows
    "text",
]


def passed_on(*sent: bytes | str) -> list[bytes | str]:
    """What Streamlit is told of what a browser says."""
    told: list[bytes | str] = []

    async def streamlit(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (come := await receive())["type"] != "websocket.disconnect":
            told.append(come["bytes"] if "bytes" in come else come["text"])

    coming = iter(sent)

    async def receive() -> Message:
        one = next(coming, None)
        if one is None:
            return {"type": "websocket.disconnect", "code": 1000}
        return {"type": "websocket.receive", "bytes" if isinstance(one, bytes) else "text": one}

    async def send(_message: Message) -> None:
        raise AssertionError("refused")

    async def visit() -> None:
        await guarded(streamlit)(scope(STREAM, kind="websocket", headers=OWN), receive, send)

    run(visit())
    return told


def test_only_what_a_page_needs_gets_as_far_as_streamlit() -> None:
    assert passed_on(*NEEDED, *UNNEEDED, *NEEDED) == [*NEEDED, *NEEDED]


def test_a_kind_that_nobody_decided_about_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KINDS, "app_heartbeat")
    assert not is_needed(message(app_heartbeat=True))


def test_one_sign_in_and_all_together_keep_a_bounded_number_of_pages_open(monkeypatch: pytest.MonkeyPatch) -> None:
    few = load_capacity().model_copy(update={"connections_of_a_session": 2, "connections": 3})
    monkeypatch.setattr(connections, "load_capacity", lambda: few)

    async def attempts() -> list[int]:
        closed = asyncio.Event()

        async def stay(*_: object) -> None:
            await closed.wait()

        refusals: list[Message] = []

        async def send(message: Message) -> None:
            refusals.append(message)

        bounded, counted = BoundedConnections(stay), []
        for owner in ("a", "a", "a", "b", "c"):
            opening = bounded(scope(STREAM, kind="websocket", headers={OWNER: owner}), _never, send)
            tasks.append(asyncio.create_task(opening))
            await asyncio.sleep(0)
            counted.append(len(refusals))
        closed.set()
        await asyncio.gather(*tasks)
        await bounded(scope(STREAM, kind="websocket", headers={OWNER: "a"}), _never, send)
        return [*counted, len(refusals)]

    tasks: list[asyncio.Task[None]] = []
    assert run(attempts()) == [0, 0, 1, 1, 2, 2], "the third of one, then the fourth of all; then there is room"


async def _never() -> Message:
    raise AssertionError("nothing is read")


@contextmanager
def stream(server: Server, secret: str | None) -> Iterator[ClientConnection]:
    """A websocket of a browser that presents a secret."""
    cookie = {} if secret is None else {"Cookie": f"{COOKIE}={secret}"}
    with connect(f"{server.url.replace('http', 'ws', 1)}{STREAM}", additional_headers=cookie, max_size=None) as opened:
        yield opened


@pytest.mark.parametrize("secret", [None, "", "none of theirs", "secret of zhang2"])
def test_without_a_live_session_no_websocket_is_opened(server: Server, secret: str | None) -> None:
    with pytest.raises(InvalidStatus, match="403"), stream(server, secret):
        pass


def test_without_a_providers_word_nobody_gets_further_than_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    board = guarded(hello)  # before the variable is set, which alone would end the start
    monkeypatch.setenv(sign_in.MODE_VARIABLE, sign_in.OIDC)
    paths = ("/", "/audit", "/auth/login", "/oauth2callback")
    (opening,) = call(board, scope(STREAM, kind="websocket", headers=OWN))
    assert [message["type"] for message in opening.messages] == ["websocket.close"]
    first, page, *way = call(board, *(scope(path, headers=OWN) for path in paths))
    for frame in (first, page):
        assert (frame.status, dict(frame.messages[0]["headers"])[b"location"]) == (303, b"/sign-in/provider")
    assert [one.body for one in way] == [b"hello", b"hello"]


def test_a_message_that_never_ends_ends_its_connection(server: Server) -> None:
    """What was sent of it would be kept for as long as the rest is waited for."""
    piece = bytes(1_000_000)
    with stream(server, "secret of zhang") as connection, pytest.raises(ConnectionClosed):
        connection.send(piece for _ in range(40))
        _read_until_closed(connection)


def test_a_message_that_would_fill_the_state_of_a_page_ends_its_connection(server: Server) -> None:
    with stream(server, "secret of zhang") as connection, pytest.raises(ConnectionClosed, match="1009"):
        connection.send(message(rerun_script={"query_string": "x" * 1_500_000}))
        _read_until_closed(connection)


def _read_until_closed(connection: ClientConnection) -> None:
    while True:
        connection.recv(timeout=60)
