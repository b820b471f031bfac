"""Requests under a declared name, from the board's own pages: all others are refused before Streamlit sees them.

Streamlit itself compares them for a websocket alone; to do so it asks the network for this machine's external address,
and meanwhile serves nobody.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pages.server.forwarded import is_encrypted
from pages.server.local_only import LOCAL_ADDRESSES
from pages.server.refusing import refuse
from pages.shell.texts import in_all_languages

HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


class OwnOrigin:
    """Returns 403 for a host that is not declared (`server.allowedHosts`), and for an origin that is not exactly that
    host: another port or scheme of the same machine is another site.

    Programs that are no browser send no Origin; a browser sends one with every websocket and every form.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_own(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, says=in_all_languages("server.not_own_origin"))


def _is_own(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or not _is_declared(hosts[0]):
        return False
    own = f"{'https' if is_encrypted(scope) else 'http'}://{hosts[0]}"
    return origins in ([], [own])


def _is_declared(host: str) -> bool:
    """Whether a Host header names this machine, or one that is declared."""
    parts = HOST.fullmatch(host)
    return parts is not None and (parts[1].strip("[]").lower() in LOCAL_ADDRESSES or is_host_allowed(host))
