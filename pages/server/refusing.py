"""How a request is refused before Streamlit sees it."""

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send


async def refuse(scope: Scope, receive: Receive, send: Send, *, says: str = "", status: int = 403) -> None:
    """A status and a sentence over HTTP; a websocket is not opened, which the server answers with 403."""
    if scope["type"] == "http":
        await PlainTextResponse(says, status_code=status)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
