"""The form for local accounts: a plain page that works before anything of Streamlit is loaded, and sets the session
cookie, which a Streamlit page cannot."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data_access import door
from data_access.access import accounts, second_factor, sign_in
from data_access.access.passwords import LONGEST_PASSWORD
from data_access.access.roles import load_roles
from data_access.access.settings import setting
from data_access.access.tries import Origin
from data_access.access.users import User
from data_access.errors import AppError, FactorMissingError
from pages.server.forwarded import address_of, is_encrypted
from pages.server.plain_page import language_of, page
from pages.shell import identity
from pages.shell.texts import error_sentence, load_catalogue

SIGN_IN, CHANGE = identity.SIGN_IN_PATH, "/change-password"

BROWSER = "household_browser"
"""By which an account knows a browser that it signed in with: nobody else's wrong tries lock it there."""

BUSY = "access_busy"
"""The refusal that does not wait: it says the same to everybody."""


async def show(request: Request) -> Response:
    """The form; 404 where people sign in another way."""
    if sign_in.mode() != sign_in.LOCAL:
        return Response(status_code=404)
    return _page(request, {"next": request.query_params.get("next", "/")})


async def send(request: Request) -> Response:
    """Takes a name, a password and a code; responds with a session, or the reason why there is none."""
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
    if sign_in.mode() != sign_in.LOCAL:
        return Response(status_code=404)
    if not _from_here(request):
        return Response(status_code=403)
    form = await request.form(max_files=0, max_fields=8)
    told = {name: str(form.get(name, "")) for name in ("user", "password", "new", "again", "code", "secret", "next")}
    if change and told["new"] != told["again"]:
        differ = load_catalogue(language_of(request)).gettext("access.differ")
        return _page(request, told, change=True, problem=differ, status=400)
    origin, fresh = Origin(address_of(request.scope), request.cookies.get(BROWSER, "")), secrets.token_urlsafe(32)
    work = partial(_signed_in, told, change=change, origin=origin, fresh=fresh)
    try:
        user = await _in_equal_time(work)
    except AppError as error:
        return _page(
            request,
            told,
            change=error.key == "access_must_change" or (change and not isinstance(error, FactorMissingError)),
            secret=error.secret if isinstance(error, FactorMissingError) else None,
            problem=error_sentence(error, language=language_of(request)),
            status=503 if error.key == BUSY else 403,
        )
    response = RedirectResponse(_safe(told["next"]), status_code=303)
    secret = secrets.token_urlsafe(32)
    await run_in_threadpool(door.sessions().start, secret, user)
    _give(response, request, identity.COOKIE, secret, hours=setting("sessions", "longest_hours"))
    _give(response, request, BROWSER, fresh, hours=setting("passwords", "known_days") * 24)
    return response


async def _in_equal_time(work: Callable[[], User]) -> User:
    """Who signs in; a refusal takes as long whatever its reason. Raises AppError."""
    loop = asyncio.get_running_loop()
    due = loop.time() + setting("passwords", "refusal_ms") / 1_000
    try:
        # In threads of its own: who waits for a turn here keeps nobody else waiting.
        return await loop.run_in_executor(_threads(), work)
    except AppError as error:
        if error.key != BUSY:
            await asyncio.sleep(due - loop.time())
        raise


@cache
def _threads() -> ThreadPoolExecutor:
    """For all whose passwords are looked at or wait for it, and one more that tells the others to come back."""
    return ThreadPoolExecutor(setting("passwords", "at_once") + setting("passwords", "waiting") + 1, "sign-in")


def _signed_in(told: Mapping[str, str], *, change: bool, origin: Origin, fresh: str) -> User:
    ledger = door.ledger()
    came: dict[str, Any] = {"user_id": told["user"].strip(), "origin": origin, "fresh": fresh}
    password, code, secret = told["password"], told["code"], told["secret"]
    if change:
        user = accounts.change_password(ledger, old=password, new=told["new"], code=code, **came)
        door.sessions().end_all(user.user_id, recorded_by=user.signature)  # anyone who knew the old one is signed out
        accounts.require_factor(ledger, user)
        return user
    if secret:
        return accounts.set_up_factor(ledger, password=password, secret=secret, code=code, **came)
    return accounts.sign_in(ledger, password=password, code=code, **came)


def _give(response: Response, request: Request, cookie: str, value: str, *, hours: int) -> None:
    secure = is_encrypted(request.scope)
    response.set_cookie(cookie, value, max_age=hours * 3600, httponly=True, samesite="lax", secure=secure)


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
    told: Mapping[str, str],
    *,
    change: bool = False,
    secret: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    issuer = load_catalogue(language_of(request)).gettext("app.title")
    shown = {
        "action": CHANGE if change else SIGN_IN,
        "change": change,
        "user": told.get("user", ""),
        "problem": problem,
        "longest": LONGEST_PASSWORD,
        "next": _safe(told.get("next", "/")),
        "asks_code": secret is not None or any(role.second_factor for role in load_roles().by_key.values()),
        "secret": secret,
        "picture": None if secret is None else _picture(secret, user=told["user"], issuer=issuer),
    }
    return page(request, shown, status=status)


def _picture(secret: str, *, user: str, issuer: str) -> str:
    """A secret as a picture for the camera of a telephone, on white in the dark too."""
    link = second_factor.link(secret, user_id=user.strip(), issuer=issuer)
    return str(segno.make(link).svg_inline(scale=4, light="#fff"))
