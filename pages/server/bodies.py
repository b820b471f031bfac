"""What a request may bring: a small form, or an upload to a page of the own sign-in while there is room for it.

Uploads stay in memory until their page is closed; Streamlit bounds each of them, not how many there are, and takes them
for any page.
"""

from collections import Counter
from typing import cast

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from data_access.access.capacity import load_capacity
from pages.server.refusing import refuse
from pages.server.signed_in_only import owner_of, owner_told
from pages.shell.texts import in_all_languages

UPLOADS = "/_stcore/upload_file/"


class BoundedBodies:
    """Refuses what is too large or of unknown size before any of it is read, and uploads to somebody else's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._owners: dict[str, str] = {}
        """Page with uploads -> whose it is; a page keeps them for a while after it was closed."""
        self._coming: Counter[str] = Counter()
        """Whose -> bytes that are on their way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length, owner = _length(scope), owner_of(scope)
        if length is None:
            await refuse(scope, receive, send, says="Length Required", status=411)
        elif not scope["path"].startswith(UPLOADS):
            if length > load_capacity().body_bytes:
                await refuse(scope, receive, send, says=in_all_languages("server.too_large"), status=413)
            else:
                await self.app(scope, receive, send)
        elif not _is_own(_page(scope), owner):
            await refuse(scope, receive, send, says="Not Found", status=404)
        elif not self._has_room(_page(scope), owner, length):
            await refuse(scope, receive, send, says=in_all_languages("server.no_room"), status=413)
        else:
            self._coming[owner] += length
            try:
                await self.app(scope, receive, send)
            finally:
                self._coming[owner] -= length
                self._coming += Counter()  # forgets of whom none is coming
                self._owners[_page(scope)] = owner

    def _has_room(self, page: str, owner: str, length: int) -> bool:
        kept, capacity = _kept(), load_capacity()
        self._owners = {one: whose for one, whose in self._owners.items() if one in kept}
        own = sum(sum(sizes) for one, sizes in kept.items() if self._owners.get(one) == owner)
        everybodys = sum(map(sum, kept.values()))
        return (
            len(kept.get(page, [])) < capacity.upload_files
            and own + self._coming[owner] + length <= capacity.upload_bytes_of_a_session
            and everybodys + self._coming.total() + length <= capacity.upload_bytes
        )


def _length(scope: Scope) -> int | None:
    """Bytes of the body as they were told; None if they were not."""
    headers = Headers(scope=scope)
    told = headers.getlist("content-length") or ["0"]
    if "transfer-encoding" in headers or len(told) > 1 or not told[0].isdecimal():
        return None
    return int(told[0])


def _page(scope: Scope) -> str:
    return str(scope["path"].removeprefix(UPLOADS).partition("/")[0])


def _is_own(page: str, owner: str) -> bool:
    client = Runtime.instance().get_client(page)
    if client is None or client.client_context is None:
        return False
    return owner_told(client.client_context.headers) == owner


def _kept() -> dict[str, list[int]]:
    """Page -> the size of each of its uploads in memory."""
    held = cast(
        MemoryUploadedFileManager, Runtime.instance().uploaded_file_mgr
    )  # the one that Streamlit's server makes
    return {page: [len(file.data) for file in list(files.values())] for page, files in list(held.file_storage.items())}
