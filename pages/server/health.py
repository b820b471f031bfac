"""`/healthz`: is the process responding? For monitors and load balancers; it reveals nothing else."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def healthz(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


route = Route("/healthz", healthz, methods=["GET"])
