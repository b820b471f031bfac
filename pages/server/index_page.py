"""Streamlit's one HTML page, with what an office needs added: a word to browsers that are too old for it, Streamlit's
own words in the reader's language, and the right engine of browsers that have two."""

import gzip
import re
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from pages.server.frame_scripts import BROWSER, KEYBOARD, WORDS, addresses
from pages.server.signed_in_only import STATIC
from pages.shell.texts import LOCALES, load_catalogue

OLDEST_CHROMIUM = 105
"""The first that draws every page; browser.js asks for what came with it."""

_ASKED_OF_A_FILE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range")


class IndexPage:
    """Answers with our page where Streamlit would with its own, whatever the path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.streamlits = Path(file_util.get_static_dir(), "index.html").read_bytes()
        self.ours = page(self.streamlits.decode()).encode()
        self.compressed = gzip.compress(self.ours, mtime=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(STATIC):
            await self.app(scope, receive, send)
            return
        # As a whole and as it is, to be known again.
        asked = {**scope, "headers": [one for one in scope["headers"] if one[0] not in _ASKED_OF_A_FILE]}
        held: list[Message] = []

        async def send_ours(message: Message) -> None:
            starts = message["type"] == "http.response.start"
            if not held and not (starts and _is_html(message)):
                await send(message)
                return
            held.append(message)
            if starts or message.get("more_body"):
                return
            if b"".join(one.get("body", b"") for one in held) == self.streamlits:
                await self._response(Headers(scope=scope))(scope, receive, send)
                return
            for one in held:
                await send(one)

        await self.app(asked, receive, send_ours)

    def _response(self, request: Headers) -> Response:
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" not in request.get("Accept-Encoding", ""):
            return Response(self.ours, headers=headers, media_type="text/html")
        return Response(self.compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/html")


def page(streamlits: str) -> str:
    """Streamlit's page with our additions."""
    says = [load_catalogue(language).gettext("server.old_browser") for language in LOCALES]
    said = "|".join(escape(one.format(oldest=OLDEST_CHROMIUM), quote=True) for one in says)
    needs = "".join(f"<p>{escape(load_catalogue(language).gettext('server.no_script'))}</p>" for language in LOCALES)
    head = '<meta name="renderer" content="webkit" />\n  </head>'
    scripts = (
        f'<script id="frame-browser" src=".{addresses()[BROWSER]}" data-says="{said}"></script>\n'
        f'    <script src=".{addresses()[WORDS]}"></script>\n'
        f'    <script src=".{addresses()[KEYBOARD]}"></script>\n  </body>'
    )
    text = re.sub(
        r"(<noscript>).*?(</noscript>)", lambda found: found[1] + needs + found[2], streamlits, flags=re.DOTALL
    )
    text = re.sub(r'<link\s+rel="preload"[^>]*SourceSans[^>]*>', "", text)  # our pages are in the fonts of the machine
    return text.replace("</head>", head, 1).replace("</body>", scripts, 1)


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
