"""A visitor without a browser: Streamlit's websocket protocol, driven directly.

    with Session(server.url) as session:
        session.run()
        session.run(query="month=2022-08")
        session.widgets["bar_month"]

What it measures is the server's part: the run and the messages, without drawing.
"""

import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any, Self

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.sync.client import connect

SUBPROTOCOLS = ["streamlit", "PLACEHOLDER"]
"""The protocol's name and a place for the token of a form, which only uploads need."""

WIDGET_PREFIX = "$$ID-"
LISTS = ("double_array_value", "int_array_value", "string_array_value")


class ScriptFailedError(RuntimeError):
    """The server could not run the script at all."""


@dataclass(frozen=True)
class Run:
    """One run of the page as the visitor sees it."""

    seconds: float
    """From asking to the message that the run has ended."""
    first_seconds: float | None
    """From asking to the first piece of the page."""
    received: int
    """Bytes of messages."""
    errors: list[str]
    """Exceptions and error notices shown on the page."""
    elements: list[tuple[str, Any]] = field(repr=False)
    """Kind and message of every element sent, in the order of arrival."""
    messages: tuple[bytes, ...] = field(repr=False, default=())
    """Everything that came, as it came."""

    @property
    def raw(self) -> bytes:
        """The messages, one after the other."""
        return b"".join(self.messages)


class Session:
    """One visitor. Messages that the server calls cacheable are kept, as a browser keeps them."""

    def __init__(self, url: str, *, page: str = "", locale: str = "zh-CN", cookie: str = "") -> None:
        self.url, self.page, self.locale, self.cookie = url, page, locale, cookie
        self.widgets: dict[str, str] = {}
        """Key of a widget -> its id, as last seen."""
        self.looks: dict[str, float] = {}
        """Parts of the page that run by themselves -> every how many seconds."""
        self._values: dict[str, dict[str, Any]] = {}
        self._cached: set[str] = set()
        self._page_hash = self._session_id = ""

    def __enter__(self) -> Self:
        self._connecting = connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=SUBPROTOCOLS,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Accept-Language": self.locale, **({"Cookie": self.cookie} if self.cookie else {})},
            compression=None,
            max_size=None,
            open_timeout=120,
            ping_interval=None,
        )
        self._socket = self._connecting.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._connecting.__exit__(*raised)

    def set(self, key: str, **value: Any) -> None:
        """Gives a widget a value, sent with every later run, e.g. set("bar_month", string_value="2022-08")."""
        self.send_as(self.widgets[key], **value)

    @property
    def sent(self) -> dict[str, dict[str, Any]]:
        """What every run sends along."""
        return self._values

    def send_as(self, widget_id: str, **value: Any) -> None:
        """Gives whatever is called like this a value, be it a widget or not."""
        self._values[widget_id] = value

    def upload(self, key: str, name: str, content: bytes) -> None:
        """Puts a file into an uploader, as a browser does; every later run has it."""
        file_id = uuid.uuid4().hex
        path = f"/_stcore/upload_file/{self._session_id}/{file_id}"
        head = f'--x\r\nContent-Disposition: form-data; name="{file_id}"; filename="{name}"\r\n\r\n'.encode()
        request = urllib.request.Request(f"{self.url}{path}", head + content + b"\r\n--x--\r\n", method="PUT")
        request.add_header("Content-Type", "multipart/form-data; boundary=x")
        token = generate_xsrf_token_string()  # any will do, if the cookie and the header are the same
        request.add_header("X-Xsrftoken", token)
        request.add_header("Cookie", "; ".join(part for part in (self.cookie, f"_streamlit_xsrf={token}") if part))
        urllib.request.urlopen(request, timeout=120).close()
        state = FileUploaderState()
        info = state.uploaded_file_info.add(file_id=file_id, name=name, size=len(content))
        info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file_id, path, path
        self.set(key, file_uploader_state_value=state)

    def ask(self, *, query: str = "", part: str = "") -> None:
        """Asks for a run and does not wait for it, as whoever clicks twice."""
        self._socket.send(self._request(query, part=part))

    def run(self, *, query: str = "", part: str = "", timeout: float = 180) -> Run:
        """Asks for a run and reads until it has ended. Raises TimeoutError, ScriptFailedError.

        Args:
            part: a key of `looks`: that part of the page alone, as it runs by itself.
        """
        asked = time.perf_counter()
        self.ask(query=query, part=part)
        first: float | None = None
        came: list[bytes] = []
        elements: list[tuple[str, Any]] = []
        while True:
            raw = self._socket.recv(timeout=max(0.0, timeout - (time.perf_counter() - asked)))
            came.append(raw if isinstance(raw, bytes) else raw.encode())
            message = ForwardMsg.FromString(came[-1])
            if message.metadata.cacheable and message.hash:
                self._cached.add(message.hash)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page_hash = message.new_session.page_script_hash
                self._session_id = message.new_session.initialize.session_id
            elif kind == "navigation":
                # the page that the address means; the message before names the frame alone
                self._page_hash = message.navigation.page_script_hash
            elif kind == "delta":
                first = first or time.perf_counter() - asked
                elements += self._elements(message)
            elif kind == "auto_rerun":
                self.looks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "script_finished" and self._ended(message):
                break
        seconds = time.perf_counter() - asked
        return Run(seconds, first, sum(map(len, came)), _errors(elements), elements, tuple(came))

    def _request(self, query: str, *, part: str) -> bytes:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = query
        rerun.fragment_id = part
        rerun.page_script_hash = self._page_hash
        rerun.page_name = self.page
        rerun.context_info.timezone = "Asia/Shanghai"
        rerun.context_info.locale = self.locale
        rerun.context_info.url = f"{self.url}/{self.page}"
        rerun.cached_message_hashes.extend(self._cached)
        for widget_id, value in self._values.items():
            state = rerun.widget_states.widgets.add(id=widget_id)
            for name, content in value.items():
                if name in LISTS:
                    getattr(state, name).data.extend(content)
                elif isinstance(content, FileUploaderState):
                    getattr(state, name).CopyFrom(content)
                else:
                    setattr(state, name, content)
        return message.SerializeToString()

    def _elements(self, message: ForwardMsg) -> list[tuple[str, Any]]:
        if message.delta.WhichOneof("type") != "new_element":
            self._note(message.delta.add_block.popover.id)
            return []
        kind = str(message.delta.new_element.WhichOneof("type"))
        element = getattr(message.delta.new_element, kind)
        self._note(getattr(element, "id", ""))
        return [(kind, element)]

    def _note(self, widget_id: str) -> None:
        if widget_id.startswith(WIDGET_PREFIX):
            self.widgets[widget_id.split("-", 2)[2]] = widget_id

    @staticmethod
    def _ended(message: ForwardMsg) -> bool:
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise ScriptFailedError("the page does not compile")
        # another status says that this run gave way to a newer one, whose messages follow
        ended = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return message.script_finished in ended


def _errors(elements: list[tuple[str, Any]]) -> list[str]:
    exceptions = [element.message for kind, element in elements if kind == "exception"]
    notices = [element.body for kind, element in elements if kind == "alert" and element.format == Alert.ERROR]
    return exceptions + notices
