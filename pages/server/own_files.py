"""Files that were built for a page: only the sign-in that was told of one gets it, and no browser keeps it.

Streamlit names a file after its content, and gives it to whoever asks by that name.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.server.refusing import refuse
from pages.server.signed_in_only import STATIC, owner_of

MEDIA = "/media/"

_ADDRESS = re.compile(r"/media/([0-9a-f]+)(\.\w+)?")
_MOST = 50_000
"""Names that are remembered; who was told of one longest ago asks for the file anew."""


class OwnFiles:
    """Remembers which sign-in was told of which file over its websocket, and answers `/media` accordingly."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.app(scope, receive, self._listening(owner_of(scope), send))
        elif scope["type"] == "http" and MEDIA in scope["path"] and not scope["path"].startswith(STATIC):
            await self._answer(scope, receive, _unkept(send))
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner, name = owner_of(scope), scope["path"].removeprefix(MEDIA).partition(".")[0]
        if owner == "" or (owner, name) in self._told:
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, says="Not Found", status=404)

    def _listening(self, owner: str, send: Send) -> Send:
        async def send_and_note(message: Message) -> None:
            for name in _named(message.get("bytes") or b""):
                self._told[owner, name] = None
                self._told.move_to_end((owner, name))
            while len(self._told) > _MOST:
                self._told.popitem(last=False)
            await send(message)

        return send_and_note


def _named(content: bytes) -> Iterator[str]:
    """The files that a message names, where the server alone writes: what a reader typed comes back in other places."""
    if MEDIA.encode() not in content:
        return
    message = ForwardMsg.FromString(content)
    element = message.delta.new_element
    for address in (
        message.backend_operation_response.deferred_file.url,
        message.page_config_changed.favicon,
        message.logo.image,
        element.download_button.url,
        *(image.url for image in element.imgs.imgs),
    ):
        if found := _ADDRESS.fullmatch(address):
            yield found[1]


def _unkept(send: Send) -> Send:
    async def send_unkept(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_unkept
