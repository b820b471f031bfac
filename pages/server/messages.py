"""What a browser may ask over the websocket: what the pages need, and nothing else.

Streamlit would also empty everybody's caches, install programs or hand out as many addresses for uploads as are asked
for, for whoever is connected.
"""

from collections.abc import Mapping

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

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
    try:
        message = BackMsg.FromString(content or b"")
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return OPERATIONS.get(message.backend_operation_request.WhichOneof("payload") or "", False)
    if kind == "file_urls_request":
        return len(message.file_urls_request.file_names) <= load_capacity().upload_files
    return KINDS.get(kind or "", False)
