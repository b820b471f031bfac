"""Only this machine can reach the server: without sign-in, anyone who reaches the port can read every household; with
it, a proxy on this machine makes the board available to others over TLS."""

import sys
from ipaddress import IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from pages.server.refusing import refuse
from pages.shell.texts import in_all_languages

LOCAL_ADDRESSES = ("127.0.0.1", "::1", "localhost")
REFUSED = 2
"""Exit code of a refused start."""


def refuse_public_address() -> None:
    """End the process, with a remedy, if the server is configured to listen beyond this machine.

    If no address is set it counts as public: Streamlit then listens on all addresses.
    """
    address = config.get_option("server.address")
    if address in LOCAL_ADDRESSES:
        return
    told = address or "0.0.0.0"  # noqa: S104 - named, not bound
    print(in_all_languages("server.refused", address=told), file=sys.stderr, flush=True)
    sys.exit(REFUSED)


class LocalOnly:
    """Returns 403 for a connection that came in on any other address: other ASGI servers do not read server.address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _came_in_locally(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, says=in_all_languages("server.local_only"))


def _came_in_locally(scope: Scope) -> bool:
    """Whether the socket that accepted the connection has a loopback address (no address means a socket file on this
    machine)."""
    server = scope.get("server")
    if server is None or server[1] is None:
        return True
    try:
        address = ip_address(server[0])
    except ValueError:
        return bool(server[0] == "localhost")
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback
