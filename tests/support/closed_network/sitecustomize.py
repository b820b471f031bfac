"""Python reads this as it starts every server of the tests: a connection beyond this machine, and a question for the
address of another one, is refused and written down."""

import os
import sys
from ipaddress import ip_address
from typing import Any

_LOG = os.environ["OUTGOING_LOG"]


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        outgoing = address[0] if isinstance(address, tuple) and not _is_here(address[0]) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        outgoing = None if _is_here(arguments[0]) else arguments[0]
    else:
        return
    if outgoing is not None:
        with open(_LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - nothing is imported while sockets are watched
            log.write(f"{event} {outgoing}\n")
        raise ConnectionRefusedError(f"no way out of the tests: {outgoing}")


sys.addaudithook(_watch)
