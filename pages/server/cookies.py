"""Cookies that only the server reads: the session's own, and `Secure` on all of them where the connection is encrypted.

Streamlit never sets `Secure` on its sign-in cookie, even over TLS (we measured it); it is added here.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server.forwarded import is_encrypted


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
