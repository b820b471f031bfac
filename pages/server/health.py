"""`/healthz`: is the process responding? For monitors and load balancers. Whoever asks through a proxy learns nothing
else; a monitor on the machine itself also learns versions, what waits and when something was last written or saved."""

import asyncio
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data_access import door
from data_access.errors import AppError
from pages.server.forwarded import is_direct


async def healthz(request: Request) -> JSONResponse:
    told: dict[str, Any] = {"status": "ok"}
    if is_direct(request.scope):
        told |= await asyncio.to_thread(_state)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


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
