"""Streamlit's scripts and styles, and ours around them, compressed once and cached.

Streamlit sends them uncompressed (13 MB for a page with a map and charts), because it would otherwise compress them
again for every visitor. Here each file is compressed at its first request, in a thread, and stays in memory: about 7 MB
if every file is ever requested. What makes it smallest takes half a minute for all of them: that is done once the
server has run for a while, one file at a time. The names contain a hash of the content, so a browser may keep them for
good.
"""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

from pages.server import frame_scripts, icons

URL_PREFIX = "/static/"
COMPRESSIBLE = {".js", ".css", ".svg"}  # pictures and fonts are compressed already; Streamlit serves those itself
FOR_GOOD = "public, max-age=31536000, immutable"
LOOKED_AT_AGAIN = "no-cache"
"""For what has an address of Streamlit's and a content of ours, which may change with a new version."""

BROTLI, GZIP = "br", "gzip"
"""What browsers take, the smaller one first. They ask for Brotli over TLS, and of this machine, alone."""

AT_ONCE, SMALLEST = 9, 11
"""Levels of Brotli: a second of work for the largest file, and ten."""

SMALLEST_AFTER_SECONDS = 600

_LETTERS = re.compile(rb"@font-face\{font-family:Source Sans;[^}]*\}")


@dataclass(frozen=True)
class CompressedFile:
    body: bytes
    etag: str


class CompressedStaticFiles:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # Only files listed here are ever read: the path of a request is looked up, never opened.
        folder = Path(file_util.get_static_dir(), "static")
        self.files: dict[str, Callable[[], bytes]] = {
            URL_PREFIX + file.relative_to(folder).as_posix(): partial(_content, file)
            for file in folder.rglob("*")
            if file.suffix in COMPRESSIBLE
        }
        own = {**frame_scripts.contents(), **icons.contents()}
        self.files |= {address: partial(bytes, content) for address, content in own.items()}
        self.compressed: dict[tuple[str, str], asyncio.Future[CompressedFile]] = {}
        """By path and encoding."""
        self._later: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = self.files.get(scope["path"]) if scope["type"] == "http" else None
        if read is None or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        response = await self._response(scope["path"], read, Headers(scope=scope))
        await response(scope, receive, send)

    async def _response(self, path: str, read: Callable[[], bytes], request: Headers) -> Response:
        lasts = FOR_GOOD if path not in icons.contents() else LOOKED_AT_AGAIN
        headers = {"Cache-Control": lasts, "Vary": "Accept-Encoding"}
        media_type = mimetypes.guess_type(path)[0]
        accepted = [one.strip() for one in request.get("Accept-Encoding", "").split(",")]
        encoding = next((one for one in (BROTLI, GZIP) if one in accepted), None)
        if encoding is None:
            body = await asyncio.to_thread(read)
            headers["ETag"] = _etag(body)
            if headers["ETag"] in request.get("If-None-Match", ""):
                return Response(status_code=304, headers=headers)
            return Response(body, headers=headers, media_type=media_type)
        compressed = await self._compressed(path, encoding, read)
        headers["ETag"] = compressed.etag
        if compressed.etag in request.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        headers["Content-Encoding"] = encoding
        return Response(compressed.body, headers=headers, media_type=media_type)

    async def _compressed(self, path: str, encoding: str, read: Callable[[], bytes]) -> CompressedFile:
        """The first request starts the work; requests that arrive meanwhile wait for the same result."""
        if (path, encoding) not in self.compressed:
            self.compressed[path, encoding] = asyncio.ensure_future(asyncio.to_thread(compress, read, encoding))
            if encoding == BROTLI:
                later = asyncio.create_task(self._make_smallest(path, read))
                self._later.add(later)
                later.add_done_callback(self._later.discard)
        # shield: a visitor who leaves must not cancel the work others are waiting for
        return await asyncio.shield(self.compressed[path, encoding])

    async def _make_smallest(self, path: str, read: Callable[[], bytes]) -> None:
        await asyncio.sleep(SMALLEST_AFTER_SECONDS)
        async with self._one_at_a_time:
            smallest = asyncio.ensure_future(asyncio.to_thread(compress, read, BROTLI, level=SMALLEST))
            await smallest
            self.compressed[path, BROTLI] = smallest


def _content(file: Path) -> bytes:
    """A file as browsers are to have it: our pages are in the fonts of the machine (`theme.font`), none is fetched."""
    content = file.read_bytes()
    return _LETTERS.sub(b"", content) if file.suffix == ".css" else content


def compress(read: Callable[[], bytes], encoding: str, *, level: int = AT_ONCE) -> CompressedFile:
    """A file as it is sent; `level`: how hard Brotli tries."""
    if encoding == GZIP:
        body = gzip.compress(read(), compresslevel=9, mtime=0)
    else:
        body = pa.Codec("brotli", compression_level=level).compress(read(), asbytes=True)
    return CompressedFile(body=body, etag=_etag(body))


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
