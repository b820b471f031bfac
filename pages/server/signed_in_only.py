"""What a browser without a live session gets from the server: the sign-in form, and nobody's files.

The pages check the session on every run themselves (pages/shell/gate.py); the rest is closed here: files built for a
user, uploads, and the empty frame of the app, in place of which the form is shown.
"""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data_access import door
from data_access.access import sign_in
from data_access.errors import AppError
from pages.server import sign_in_form
from pages.shell import identity
from pages.shell.texts import in_all_languages

CLOSED = ("/media/", "/_stcore/upload_file")
"""Paths under which Streamlit keeps what sessions built or uploaded."""

STATIC = "/static/"
"""Streamlit's own scripts and fonts, including those in /static/media/: the same for everyone."""

SIGN_OUT = "/auth/logout"
"""Where Streamlit takes a provider's cookie from the browser; a copy of it must end with it."""

OPEN = (STATIC, "/_stcore/", "/healthz", "/favicon", "/component", sign_in_form.SIGN_IN, sign_in_form.CHANGE)
"""What does not need a session: none of it reveals anything about anyone."""


class SignedInOnly:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        if sign_in.mode() == sign_in.NOBODY:
            return None
        path = scope["path"]
        if sign_in.mode() == sign_in.OIDC and path.endswith(SIGN_OUT):
            return await run_in_threadpool(_end, HTTPConnection(scope))
        closed = not path.startswith(STATIC) and any(part in path for part in CLOSED)
        frame = sign_in.mode() == sign_in.LOCAL and not path.startswith(OPEN)
        if not closed and not frame:
            return None
        if await run_in_threadpool(_is_live, HTTPConnection(scope)):
            return None
        if closed:
            return PlainTextResponse("Not Found", status_code=404)
        query = scope.get("query_string", b"").decode("latin-1")
        return RedirectResponse(f"{sign_in_form.SIGN_IN}?next={quote(path + (f'?{query}' if query else ''))}", 303)


def _end(connection: HTTPConnection) -> Response | None:
    """End a session; a refusal where that cannot be recorded, so that nobody takes it for ended."""
    try:
        shown = identity.secret_of(connection.cookies)
        if shown is not None:
            door.sessions().end(shown)
    except AppError as error:
        return PlainTextResponse(in_all_languages(f"error.{error.key}", **error.details), status_code=503)
    return None


def _is_live(connection: HTTPConnection) -> bool:
    try:
        shown = identity.secret_of(connection.cookies)
        return shown is not None and door.sessions().find(shown, used=False) is not None
    except AppError:
        return False  # an unreadable ledger opens nothing
