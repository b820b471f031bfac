"""Headers on every response. The content security policy makes the browser itself refuse any other origin."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb")
)


def content_security_policy() -> str:
    """The policy in force. Everything comes from our own origin; each exception has its reason."""
    allowed = {
        "default-src": ["'self'"],
        # the one inline script of Streamlit's index page, by its hash; WebAssembly for the map (deck.gl) and
        # for 64-bit numbers in messages; no eval of text, no other inline script
        "script-src": ["'self'", "'wasm-unsafe-eval'", *_inline_script_hashes()],
        # Streamlit writes its styles into the page at run time (emotion), as do plotly and the table
        "style-src": ["'self'", "'unsafe-inline'"],
        # data: icons in style sheets and the table; blob: pictures drawn in the browser
        "img-src": ["'self'", "data:", "blob:"],
        # data: the small icon fonts inside style sheets
        "font-src": ["'self'", "data:"],
        # 'self' includes the websocket of the same host and port
        "connect-src": ["'self'"],
        # blob: the map's workers are built from their own source text
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in allowed.items())


def _inline_script_hashes() -> list[str]:
    index = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", index, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",  # a file has its declared type and is never guessed to be a script
            "Referrer-Policy": "same-origin",  # links carry places and filters; they stay here
            "Permissions-Policy": PERMISSIONS_POLICY,  # no page asks for these; nothing injected may either
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
