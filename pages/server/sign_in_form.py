"""The form for local accounts: a plain page that works before anything of Streamlit is loaded, and sets the session
cookie, which a Streamlit page cannot."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from data_access import door
from data_access.access import accounts, sign_in
from data_access.access.settings import setting
from data_access.access.users import User
from data_access.errors import AppError
from pages.server.forwarded import is_encrypted
from pages.shell import identity
from pages.shell.texts import LOCALES, error_sentence, load_catalogue

SIGN_IN, CHANGE = identity.SIGN_IN_PATH, "/change-password"

_TEMPLATES = Jinja2Templates(Path(__file__).parent)  # escapes everything it fills in


async def show(request: Request) -> Response:
    """The form; 404 where people sign in another way."""
    if sign_in.mode() != sign_in.LOCAL:
        return Response(status_code=404)
    return _page(request, next_=request.query_params.get("next", "/"))


async def send(request: Request) -> Response:
    """Takes a name and a password; responds with a session, or the reason why there is none."""
    return await _answer(request, change=False)


async def change(request: Request) -> Response:
    """Replaces a password that must be changed."""
    return await _answer(request, change=True)


routes = [
    Route(SIGN_IN, show, methods=["GET"]),
    Route(SIGN_IN, send, methods=["POST"]),
    Route(CHANGE, change, methods=["POST"]),
]


async def _answer(request: Request, *, change: bool) -> Response:
    if sign_in.mode() != sign_in.LOCAL or not _from_here(request):
        return Response(status_code=404 if sign_in.mode() != sign_in.LOCAL else 403)
    form = await request.form(max_files=0, max_fields=8)
    told = {name: str(form.get(name, "")) for name in ("user", "password", "new", "again", "next")}
    next_ = told["next"]
    if change and told["new"] != told["again"]:
        differ = load_catalogue(_language(request)).gettext("access.differ")
        return _page(request, next_=next_, change=True, user=told["user"], problem=differ, status=400)
    try:
        # Checking a password keeps a processor busy for a moment: not in the thread that serves everyone.
        user = await run_in_threadpool(_signed_in, told, change=change)
    except AppError as error:
        return _page(
            request,
            next_=next_,
            change=change or error.key == "access_must_change",
            user=told["user"],
            problem=error_sentence(error, language=_language(request)),
            status=403,
        )
    response = RedirectResponse(_safe(next_), status_code=303)
    secret = secrets.token_urlsafe(32)
    await run_in_threadpool(door.sessions().start, secret, user)
    response.set_cookie(
        identity.COOKIE,
        secret,
        max_age=setting("sessions", "longest_hours") * 3600,
        httponly=True,
        samesite="lax",
        secure=is_encrypted(request.scope),
    )
    return response


def _signed_in(told: dict[str, str], *, change: bool) -> User:
    user_id = told["user"].strip()
    if change:
        user = accounts.change_password(door.ledger(), user_id=user_id, old=told["password"], new=told["new"])
        door.sessions().end_all(user.user_id, recorded_by=user.signature)  # anyone who knew the old one is signed out
        return user
    return accounts.sign_in(door.ledger(), user_id=user_id, password=told["password"])


def _from_here(request: Request) -> bool:
    """Whether a form was sent from our own page: a browser always states the origin of a post, and `OwnOrigin` refuses
    any other."""
    return "origin" in request.headers


def _safe(next_: str) -> str:
    """Where to go after signing in: always an address on this server, never on another."""
    parts = urlsplit(next_)
    inside = next_.startswith("/") and not next_.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return next_ if inside and next_.isprintable() and "\\" not in next_ else "/"


def _page(
    request: Request,
    *,
    next_: str,
    change: bool = False,
    user: str = "",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    language = _language(request)
    shown = {
        "language": language,
        "word": load_catalogue(language).gettext,
        "action": CHANGE if change else SIGN_IN,
        "change": change,
        "user": user,
        "problem": problem,
        "longest": accounts.LONGEST_PASSWORD,
        "next": _safe(next_),
    }
    headers = {"Cache-Control": "no-store"}
    return _TEMPLATES.TemplateResponse(request, "sign_in_form.html", shown, status_code=status, headers=headers)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "zh")[:2].lower()
    return asked if asked in LOCALES else "zh"
