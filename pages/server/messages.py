"""What a browser may ask over the websocket: what the pages need, and nothing else.

Streamlit would also empty everybody's caches, write files, hand out as many addresses for uploads as are asked for and
remember as many fields as are named, for whoever is connected.
"""

from collections.abc import Mapping

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes

from data_access.access.capacity import load_capacity

KINDS: Mapping[str, bool] = {
    "rerun_script": True,  # a page, and every click
    "stop_script": True,  # of the own page
    "file_urls_request": True,  # before an upload
    "app_heartbeat": True,
    "backend_operation_request": True,  # see OPERATIONS
    "clear_cache": False,  # everybody's
    "set_run_on_save": False,  # for who writes the program
    "load_git_info": False,
    "debug_disconnect_websocket": False,
    "debug_shutdown_runtime": False,
}
"""Every kind of message that Streamlit knows -> whether a page needs it."""

OPERATIONS: Mapping[str, bool] = {
    "deferred_file": True,  # saving a file that was built
    "dataframe_chunk": False,  # tables come whole
    "install_skills": False,  # writes files on the server
    "dismiss_skills_nudge": False,
}
"""Every operation behind `backend_operation_request` -> whether a page needs it."""


class NeededMessages:
    """Drops every other message, and what is no message at all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_needed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or is_needed(message.get("bytes")):
                    return message

        await self.app(scope, receive_needed if scope["type"] == "websocket" else receive, send)


def is_needed(content: bytes | None) -> bool:
    """Whether a page needs this message; text is none."""
    content = content or b""
    if len(content) > get_max_widget_state_size_bytes():
        return True  # Streamlit looks at its size alone, and ends the connection
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type") or ""
    operation = message.backend_operation_request.WhichOneof("payload") or ""
    needed = OPERATIONS.get(operation, False) if kind == "backend_operation_request" else KINDS.get(kind, False)
    return needed and _is_small(message)


def _is_small(message: BackMsg) -> bool:
    """Whether it names no more things than a page has: each of them costs far more than its bytes."""
    capacity, rerun = load_capacity(), message.rerun_script
    return (
        len(message.file_urls_request.file_names) <= capacity.upload_files
        and len(rerun.widget_states.widgets) + len(rerun.cached_message_hashes) <= capacity.fields
    )
