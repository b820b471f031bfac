"""Streamlit's endpoints for machines, which nothing here needs: they return 404."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

CLOSED = (
    "/_stcore/metrics",  # counts of sessions and cache sizes, open to anyone
    "/_stcore/agent",  # drives pages without a browser; off by default, and here not even its description is served
)


class ClosedPaths:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # `in`, not `startswith`: doubled slashes or a leading base path must not open them again
        if scope["type"] == "http" and any(closed in scope["path"] for closed in CLOSED):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
