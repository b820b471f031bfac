"""What a proxy says of a browser (`X-Forwarded-*`): believed where a proxy is declared, and from this machine only.

The ASGI server believes every program on this machine; what it took over from these headers is settled anew here.
"""

import os
import re
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

PROXY_VARIABLE = "BEHIND_TLS_PROXY"
"""Set to 1 where a proxy on this machine handles TLS and nothing else can reach the server: only then is it trusted."""

FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip")

_SCHEMES = {"http": ("http", "https"), "websocket": ("ws", "wss")}
_THIS_MACHINE = ("127.0.0.1", 0)


def is_encrypted(scope: Scope) -> bool:
    """Whether the browser connected over TLS."""
    return scope.get("scheme") in ("https", "wss")


def address_of(scope: Scope) -> str:
    """Where a request came from, as the proxy says; empty where it does not, or nobody vouches for there being one.

    Stands inside ForwardedHeaders.
    """
    client = scope.get("client")
    if client is None or not _believed():
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        # One household or office has a whole network of these, and could come from another one each time.
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def is_direct(scope: Scope) -> bool:
    """Whether a program of this machine asks by itself, and no proxy for somebody.

    Stands inside ForwardedHeaders.
    """
    return scope.get("client") is None if _believed() else scope.get("client") != _THIS_MACHINE


class ForwardedHeaders:
    """Settles scheme and client of a request, and takes the headers away. Stands inside LocalOnly: whoever is connected
    is on this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope if scope["type"] == "lifespan" else _settled(scope), receive, send)


def _settled(scope: Scope) -> Scope:
    told = Headers(scope=scope)
    proxied = _believed() and told.getlist("x-forwarded-proto") == ["https"]
    plain, encrypted = _SCHEMES[scope["type"]]
    return {
        **scope,
        "scheme": encrypted if proxied or config.get_option("server.sslCertFile") else plain,
        "client": _client(scope, told=told),
        "headers": [(name, value) for name, value in scope["headers"] if not FORWARDED.fullmatch(name)],
    }


def _client(scope: Scope, *, told: Headers) -> tuple[str, int] | None:
    """Who is connected; behind a proxy, whom it speaks for (None where it does not say)."""
    forwarded = "x-forwarded-for" in told
    if _believed():
        return scope.get("client") if forwarded else None
    return _THIS_MACHINE if forwarded else scope.get("client")


def _believed() -> bool:
    return os.environ.get(PROXY_VARIABLE) == "1"
