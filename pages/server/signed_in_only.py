"""What a browser without a live session gets from the server: the sign-in form, and nobody's files or messages.

The pages check the session on every run themselves (pages/shell/gate.py); the rest is closed here: the websocket, files
built for a user, uploads, and the empty frame of the app, in place of which the form is shown. What is behind this
knows whose a request is, and Streamlit resumes a page only for the sign-in that opened it
(`server.trustedUserHeaders`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data_access import door
from data_access.access import sign_in
from data_access.errors import AppError
from pages.server import provider_form, sign_in_form
from pages.server.refusing import refuse
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

OPEN_TO_PROVIDER = ("/auth/login", "/auth/logout", "/oauth2callback")
"""The way to an identity provider and back."""

OWNER = "x-board-session"
"""The header that tells Streamlit whose a request is: a hash of what the browser presents for its session."""


class SignedInOnly:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and sign_in.mode() == sign_in.OIDC and scope["path"].endswith(SIGN_OUT):
            refusal = await run_in_threadpool(_end, HTTPConnection(scope))
            await (refusal or self.app)(_owned(scope, ""), receive, send)
            return
        if scope["type"] == "lifespan" or sign_in.mode() == sign_in.NOBODY or _is_open(scope):
            await self.app(_owned(scope, ""), receive, send)
            return
        owner = await run_in_threadpool(_admitted, HTTPConnection(scope).cookies)
        if owner is not None:
            await self.app(_owned(scope, owner), receive, send)
        elif scope["type"] == "websocket":
            await refuse(scope, receive, send)
        elif _is_closed(scope["path"]):
            await refuse(scope, receive, send, says="Not Found", status=404)
        else:
            await _to_the_form(scope)(scope, receive, send)


def _end(connection: HTTPConnection) -> Response | None:
    """End a session; a refusal where that cannot be recorded, so that nobody takes it for ended."""
    try:
        shown = identity.secret_of(connection.cookies)
        if shown is not None:
            door.sessions().end(shown)
    except AppError as error:
        return PlainTextResponse(in_all_languages(f"error.{error.key}", **error.details), status_code=503)
    return None


def owner_of(scope: Scope) -> str:
    """Whose a request is; empty where nobody signs in, and for what is open to everybody."""
    return Headers(scope=scope).get(OWNER, "")


def owner_told(headers: Iterable[tuple[str, str]]) -> str:
    """Whose the page is that was opened with these headers."""
    return dict(headers).get(OWNER, "")


def _owned(scope: Scope, owner: str) -> Scope:
    if scope["type"] == "lifespan":
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != OWNER.encode()]
    return {**scope, "headers": [*headers, (OWNER.encode(), owner.encode())] if owner else headers}


def _is_closed(path: str) -> bool:
    return not path.startswith(STATIC) and any(part in path for part in CLOSED)


def _is_open(scope: Scope) -> bool:
    path = scope["path"]
    if scope["type"] == "websocket" or _is_closed(path):
        return False
    return path.startswith(OPEN) or (sign_in.mode() == sign_in.OIDC and path in OPEN_TO_PROVIDER)


def _admitted(cookies: Mapping[str, str]) -> str | None:
    """Whose session a browser presents, as a hash; None if there is none, or it is not live.

    Somebody for whom a provider has just vouched has no session yet: the page begins it.
    """
    try:
        shown = identity.secret_of(cookies)
        if shown is None:
            return None
        live = door.sessions().find(shown, used=False) is not None
        if not live and (sign_in.mode() != sign_in.OIDC or door.sessions().known(shown)):
            return None
    except AppError:
        return None  # an unreadable ledger opens nothing
    return hashlib.sha256(f"owner {shown}".encode()).hexdigest()


def _to_the_form(scope: Scope) -> RedirectResponse:
    if sign_in.mode() == sign_in.OIDC:
        return RedirectResponse(provider_form.PROVIDER, 303)
    query = scope.get("query_string", b"").decode("latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse(f"{sign_in_form.SIGN_IN}?next={quote(asked)}", 303)
