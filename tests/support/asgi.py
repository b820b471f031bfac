"""Calling ASGI applications directly, as a server would: one of ours, or all that stand around Streamlit."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    messages: Sequence[Message]

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def scope(
    path: str = "/",
    *,
    kind: str = "http",
    server: tuple[str, int | None] | None = ("127.0.0.1", 80),
    client: tuple[str, int] = ("127.0.0.1", 50_000),
    method: str = "GET",
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
) -> Scope:
    """A request as the server passes it on.

    Args:
        headers: as pairs where a name is to come twice.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    raw = [(name.lower().encode(), value.encode()) for name, value in pairs]
    return {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": raw,
        "server": server,
        "client": client,
        "scheme": "http" if kind == "http" else "ws",
    }


def guarded(inner: ASGIApp) -> ASGIApp:
    """All that app.py puts around Streamlit, around something in its place."""
    from app import app as board  # which refuses to be imported where the server would not start

    for middleware in reversed(board._user_middleware):
        inner = middleware.cls(inner, *middleware.args, **middleware.kwargs)
    return inner


def run(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it, in a thread of its own: a browser test may hold an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def call(app: ASGIApp, *requests: Scope) -> list[Reply]:
    """Sends requests at once; their replies in the same order."""

    async def all_at_once() -> list[Reply]:
        return await asyncio.gather(*(_call(app, request) for request in requests))

    return run(all_at_once())


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An application that always answers 200 `hello`."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def _call(app: ASGIApp, request: Scope) -> Reply:
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(request, receive, send)
    return Reply(messages)
