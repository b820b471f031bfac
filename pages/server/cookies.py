"""Cookies that only the server reads: the session's own, and `Secure` on all of them where the connection is encrypted.

Streamlit never sets `Secure` on its sign-in cookie, even over TLS (we measured it); it is added here.
"""

import os
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROXY_VARIABLE = "BEHIND_TLS_PROXY"
"""Set to 1 where a proxy in front handles TLS and nothing else can reach the server: only then is it trusted."""


def is_encrypted(scope: Scope) -> bool:
    """Whether the browser connected over TLS."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    return os.environ.get(PROXY_VARIABLE) == "1" and Headers(scope=scope).get("x-forwarded-proto") == "https"


CLIENT_ADDRESS = "x-client-address"
"""The header in which the proxy says where a request came from, in place of whatever the browser says."""


def address_of(scope: Scope) -> str:
    """Where a request came from, as the proxy says; empty where it does not, or nobody vouches for there being one."""
    if os.environ.get(PROXY_VARIABLE) != "1":
        return ""
    try:
        address = ip_address(Headers(scope=scope).get(CLIENT_ADDRESS, ""))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        # One household or office has a whole network of these, and could come from another one each time.
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


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
