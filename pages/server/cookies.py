"""Cookies that only we read: the session's own, and `Secure` on all of them where the way to the browser is encrypted.

Streamlit sets its sign-in cookie without `Secure`, whatever the way (it was measured); here it is added.
"""

import os

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROXY_VARIABLE = "BEHIND_TLS_PROXY"
"""Set to 1 where a proxy in front speaks TLS and is the only one that reaches us: only then is it believed."""


def is_encrypted(scope: Scope) -> bool:
    """Whether the browser came by TLS."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    return os.environ.get(PROXY_VARIABLE) == "1" and Headers(scope=scope).get("x-forwarded-proto") == "https"


class SecureCookies:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_encrypted(scope):
            await self.app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                cookies = headers.getlist("set-cookie")
                del headers["set-cookie"]
                for cookie in cookies:
                    secured = cookie if "; secure" in cookie.lower() else f"{cookie}; Secure"
                    headers.append("set-cookie", secured)
            await send(message)

        await self.app(scope, receive, send_secured)
