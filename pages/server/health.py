"""`/healthz`: is the process responding? For monitors and load balancers. Whoever asks through a proxy learns nothing
else; a monitor on the machine itself also learns versions, what waits and when something was last written or saved."""

import asyncio
import ipaddress
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data_access import door
from data_access.errors import AppError


async def healthz(request: Request) -> JSONResponse:
    told: dict[str, Any] = {"status": "ok"}
    if _on_this_machine(request):
        told |= await asyncio.to_thread(_state)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _on_this_machine(request: Request) -> bool:
    """Whether no proxy passed the request on."""
    proxied = any(name.startswith("x-forwarded") or name == "forwarded" for name in request.headers)
    host = request.client.host if request.client is not None else ""
    try:
        return not proxied and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _state() -> dict[str, Any]:
    try:
        state = door.running_state()
    except AppError as error:
        return {"error": error.key}
    plain = {name: _plain(value) for name, value in vars(state).items() if name != "post_error"}
    return plain | {"post_error": None if state.post_error is None else state.post_error.key}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


route = Route("/healthz", healthz, methods=["GET"])
