"""Attacks on signing in with local accounts: many tries at once, from everywhere, for whoever; nobody is told which
accounts exist, and nobody is kept out by strangers."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import func, select
from starlette import types
from starlette.applications import Starlette
from starlette.middleware import Middleware

from data_access import door
from data_access.access import __main__ as access
from data_access.access import account_event as records
from data_access.access import accounts, passwords, roles, second_factor, settings, tries, users
from data_access.access.account_event import TRIED, account_event
from data_access.access.capacity import load_capacity
from data_access.access.second_factor import SecondFactors
from data_access.access.settings import setting
from data_access.access.tries import Origin, Tries
from data_access.errors import AccessError, FactorMissingError, ScopeError
from data_access.ledger import ledger as ledgers
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from pages.server import sign_in_form
from pages.server.bodies import BoundedBodies
from pages.server.forwarded import ForwardedHeaders, address_of
from tests.support import asgi
from tests.support.clock import set_clock
from tests.support.databases import ON_BOTH

OWN = "correct horse battery"
TRIES = setting("passwords", "tries")
LOCKED = timedelta(minutes=setting("passwords", "locked_minutes"))
EVERYTHING = Scope.everything()

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

Later = Callable[[timedelta], None]


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    """The hashes that passwords were compared with, None for nobody's; and never more than a few at a time."""
    seen: list[str | None] = []
    running, most = threading.Semaphore(setting("passwords", "at_once")), []
    real = passwords.matches

    def watched(kept: str | None, password: str) -> bool:
        most.append(running.acquire(blocking=False))
        try:
            seen.append(kept)
            return real(kept, password)
        finally:
            running.release()

    monkeypatch.setattr(passwords, "matches", watched)
    yield seen
    assert all(most), "more at a time than declared"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Sets the clock to so much after now."""
    begin = datetime.now(UTC)
    return lambda much: set_clock(monkeypatch, lambda: begin + much, tries, second_factor, ledgers)


@pytest.fixture
def zhang(ledger: Ledger) -> str:
    return account(ledger, "zhang")


def account(ledger: Ledger, user_id: str, *, role: str = "leader") -> str:
    first = accounts.add_account(ledger, user_id=user_id, label=user_id, role=role, places=(), recorded_by="管理员")
    accounts.change_password(ledger, user_id=user_id, old=first, new=OWN)
    return user_id


def enters(ledger: Ledger, password: str = OWN, *, user_id: str = "zhang", origin: Origin, **more: str) -> bool:
    """Whether somebody gets in; a refusal is always the same one."""
    try:
        accounts.sign_in(ledger, user_id=user_id, password=password, origin=origin, **more)
    except AccessError as error:
        assert error.key == "access_refused"
        return False
    return True


def at(address: str, browser: str = "") -> Origin:
    return Origin(address, browser)


OFFICE, ELSEWHERE = at("10.0.0.1"), at("10.9.9.9")


# --- many at once -----------------------------------------------------------------------------------------------------


@ON_BOTH
def test_of_forty_tries_at_once_through_two_servers_five_are_looked_at(
    ledger: Ledger, zhang: str, looked_at: list[str | None]
) -> None:
    other = Ledger(ledger.engine.url)
    with ThreadPoolExecutor(20) as threads:
        found = [
            threads.submit(enters, server, f"guess {number}", origin=ELSEWHERE)
            for number in range(20)
            for server in (ledger, other)
        ]
        assert not any(one.result() for one in found)
    other.dispose()
    assert len(looked_at) == 40, "a refusal takes as long as any other"
    assert len([kept for kept in looked_at if kept is not None]) == TRIES
    assert not enters(ledger, origin=ELSEWHERE), "the right one neither"


def test_who_finds_too_many_waiting_is_told_so_at_once(ledger: Ledger, zhang: str) -> None:
    places = setting("passwords", "at_once") + setting("passwords", "waiting")
    held = [passwords._queue()[0].acquire(blocking=False) for _ in range(places)]
    try:
        assert all(held)
        for user_id in (zhang, "nobody"):
            with pytest.raises(AccessError, match="access_busy"):
                accounts.sign_in(ledger, user_id=user_id, password=OWN)
    finally:
        passwords._queue()[0].release(places)
    assert enters(ledger, origin=OFFICE)
    assert ledger.read(select(account_event.c.turn).where(account_event.c.what == TRIED)).shape[0] == 2


# --- who exists -------------------------------------------------------------------------------------------------------


def test_no_number_of_tries_tells_whether_an_account_exists(
    ledger: Ledger, zhang: str, looked_at: list[str | None]
) -> None:
    closed = account(ledger, "closed")
    accounts.disable_account(ledger, user_id=closed, recorded_by="管理员")
    answers: dict[str, list[str]] = {}
    for user_id in (zhang, closed, "nobody", "zhang ", "ZHANG", "ｚｈａｎｇ", "zhang\0", "' OR 1=1 --", "x" * 10_000):
        looked_at.clear()
        said = answers.setdefault(user_id, [])
        for number in range(TRIES + 2):
            with pytest.raises(AccessError) as caught:
                accounts.sign_in(
                    ledger, user_id=user_id, password=f"guess {number}", origin=at(f"10.1.{len(answers)}.1")
                )
            said.append(str(caught.value))
        assert len(looked_at) == TRIES + 2, "one hash a try, whoever it is for"
    assert len({tuple(said) for said in answers.values()}) == 1


def test_the_form_says_the_same_after_the_same_time_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN", "local")
    ledger, slept = door.ledger(), []
    account(ledger, "zhang")
    accounts.disable_account(ledger, user_id=account(ledger, "closed"), recorded_by="管理员")
    real = asyncio.sleep

    async def no_sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", no_sleep)
    pages = {
        user_id: [post(Client(), user=user_id, password=f"guess {number}") for number in range(TRIES + 1)]
        for user_id in ("zhang", "closed", "nobody")
    }
    texts = {reply.text.replace(user_id, "?") for user_id, replies in pages.items() for reply in replies}
    assert len(texts) == 1
    assert {reply.status_code for replies in pages.values() for reply in replies} == {403}
    most = setting("passwords", "refusal_ms") / 1_000
    assert len(slept) == 3 * (TRIES + 1)
    assert all(0 < seconds <= most for seconds in slept), "the work is done before the answer is due"


# --- who is kept out --------------------------------------------------------------------------------------------------


def locked(ledger: Ledger, *, origin: Origin, user_id: str = "zhang") -> None:
    for number in range(TRIES):
        assert not enters(ledger, f"guess {number}", user_id=user_id, origin=origin)


@ON_BOTH
def test_nobody_else_locks_a_person_out_where_they_signed_in_before(ledger: Ledger, zhang: str) -> None:
    assert enters(ledger, origin=OFFICE, fresh="of the browser")
    for number in range(setting("passwords", "account_tries")):
        enters(ledger, "guess", origin=at(f"10.2.0.{number}"))
    locked(ledger, origin=OFFICE)
    assert not enters(ledger, origin=at("10.3.0.1")), "strangers are locked out from everywhere"
    assert enters(ledger, origin=at("10.3.0.1", "of the browser")), "the person is not"
    assert enters(ledger, origin=at(OFFICE.address, "of the browser"))
    assert not enters(ledger, origin=at("10.3.0.1", "guessed")), "the browser's secret cannot be guessed"


def test_a_browser_is_known_to_the_account_that_signed_in_with_it_alone(ledger: Ledger, zhang: str) -> None:
    li = account(ledger, "li")
    assert enters(ledger, user_id=li, origin=ELSEWHERE, fresh="of li")
    locked(ledger, origin=at(ELSEWHERE.address, "of li"))
    assert not enters(ledger, origin=ELSEWHERE), "zhang's tries with it were those of a stranger"
    assert enters(ledger, user_id=li, origin=at(ELSEWHERE.address, "of li"))


def test_a_known_browser_is_locked_by_its_own_tries(ledger: Ledger, zhang: str) -> None:
    assert enters(ledger, origin=OFFICE, fresh="of the browser")
    locked(ledger, origin=at(OFFICE.address, "of the browser"))
    assert not enters(ledger, origin=at("10.4.0.1", "of the browser"))


def test_after_a_lock_one_wrong_try_does_not_lock_again_and_locks_grow(
    ledger: Ledger, zhang: str, later: Later
) -> None:
    later(timedelta())
    locked(ledger, origin=OFFICE)
    later(LOCKED - timedelta(seconds=1))
    assert not enters(ledger, origin=OFFICE), "tries during a lock are not looked at"
    later(LOCKED + timedelta(seconds=1))
    assert not enters(ledger, "guess", origin=OFFICE)
    assert enters(ledger, origin=OFFICE), "and do not prolong it"
    locked(ledger, origin=OFFICE)
    later(3 * LOCKED)
    locked(ledger, origin=OFFICE)
    later(4 * LOCKED + timedelta(seconds=1))
    assert not enters(ledger, origin=OFFICE), "the second one in a row is twice as long"
    later(5 * LOCKED + timedelta(seconds=1))
    assert enters(ledger, origin=OFFICE)


def test_a_clock_set_back_opens_no_lock(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    locked(ledger, origin=OFFICE)
    later(-timedelta(days=1))
    assert not enters(ledger, origin=OFFICE)


def test_one_address_cannot_go_through_all_accounts(ledger: Ledger, zhang: str) -> None:
    assert enters(ledger, origin=at(ELSEWHERE.address), fresh="of the browser")
    for number in range(setting("passwords", "address_tries")):
        assert not enters(ledger, "guess", user_id=f"name{number}", origin=ELSEWHERE)
        if number % 10 == 0:  # an account of one's own does not end the count
            enters(ledger, origin=at(ELSEWHERE.address, "of the browser"))
    li = account(ledger, "li")
    assert not enters(ledger, user_id=li, origin=ELSEWHERE)
    assert enters(ledger, user_id=li, origin=OFFICE)
    assert enters(ledger, origin=at(ELSEWHERE.address, "of the browser"))
    assert [(lock.user_id, lock.address) for lock in Tries(ledger).locks(scope=EVERYTHING)] == [
        (None, ELSEWHERE.address)
    ]
    Tries(ledger).lift(address=ELSEWHERE.address, recorded_by="管理员", scope=EVERYTHING)
    assert enters(ledger, user_id=li, origin=ELSEWHERE)


def test_where_no_address_is_known_nobody_is_locked_for_what_others_try(ledger: Ledger, zhang: str) -> None:
    for number in range(setting("passwords", "address_tries") + 1):
        assert not enters(ledger, "guess", user_id=f"name{number}", origin=at(""))
    assert enters(ledger, origin=at(""))


def test_right_tries_from_new_browsers_lock_nobody(ledger: Ledger, zhang: str) -> None:
    for _ in range(setting("passwords", "account_tries") + 1):
        assert enters(ledger, origin=OFFICE)


def test_a_manager_lifts_a_lock_and_nobody_else_does(ledger: Ledger, zhang: str) -> None:
    locked(ledger, origin=OFFICE)
    assert [lock.user_id for lock in Tries(ledger).locks(scope=EVERYTHING)] == [zhang]
    with pytest.raises(ScopeError, match="action_not_allowed"):
        Tries(ledger).lift(user_id=zhang, recorded_by="张三", scope=Scope(regions=None))
    assert not enters(ledger, origin=OFFICE)
    Tries(ledger).lift(user_id=zhang, recorded_by="管理员", scope=EVERYTHING)
    assert enters(ledger, origin=OFFICE)


def test_tries_during_a_lock_do_not_fill_the_ledger(ledger: Ledger, zhang: str) -> None:
    locked(ledger, origin=OFFICE)
    before = [ledger.read(select(func.max(table.c.record_id))).iat[0, 0] for table in (account_event, audit_entry)]
    for _ in range(5):
        assert not enters(ledger, "guess", origin=OFFICE)
    after = [ledger.read(select(func.max(table.c.record_id))).iat[0, 0] for table in (account_event, audit_entry)]
    assert after == before


# --- what a form may hold ---------------------------------------------------------------------------------------------


class Client:
    """A browser at the form, in a thread of its own: a browser test may hold an event loop in this one."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        async def sent() -> httpx.Response:
            board = Starlette(routes=sign_in_form.routes, middleware=[Middleware(BoundedBodies)])
            app = httpx.ASGITransport(board)
            async with httpx.AsyncClient(transport=app, base_url="http://board", cookies=self.cookies) as opened:
                headers = {"Origin": "http://board", **content.pop("headers", {})}
                request = opened.build_request(method, path, headers=headers, **content)
                return await opened.send(request)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, sent()).result()


def post(client: Client, **fields: str | bytes) -> httpx.Response:
    return client.send("POST", "/sign-in", data=fields)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("SIGN_IN", "local")
    quick = settings.load_settings().model_copy(deep=True)
    object.__setattr__(quick.passwords, "refusal_ms", 1)
    monkeypatch.setattr(settings, "load_settings", lambda: quick)
    return Client()


STRANGE = ["", " ", "\0", "zhang\0", "x" * 7_000, "\ud800", "😀" * 500, "%00", "../../etc", "{{ 7 * 7 }}", "<script>"]


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
def test_whatever_a_form_holds_is_refused_without_an_error(client: Client, strange: str) -> None:
    text = strange.encode("utf-8", "surrogatepass")
    for user, password in ((text, b"x"), (b"zhang", text)):
        reply = post(client, user=user, password=password)
        assert reply.status_code == 403
        assert "<script>" not in reply.text
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in strange if ord(letter) < 0x10000)
    parts = {"user": (None, "zhang"), "password": (None, escaped)}
    body = httpx.Request("POST", "http://board/", files=parts)
    kind = f"{body.headers['Content-Type']}; charset=unicode_escape"
    reply = client.send("POST", "/sign-in", content=body.read(), headers={"Content-Type": kind})
    assert reply.status_code == 403


def test_a_form_that_is_large_or_says_no_right_length_is_not_read(client: Client) -> None:
    assert post(client, user="zhang", password="x" * load_capacity().body_bytes).status_code == 413
    fields = {"user": "zhang", "password": OWN}
    for told in ("-1", "1e3", ""):
        assert client.send("POST", "/sign-in", data=fields, headers={"Content-Length": told}).status_code == 411


def test_a_planted_browser_secret_is_not_taken_over(client: Client) -> None:
    """Who plants a cookie in somebody's browser does not share the lane of the account from then on."""
    account(door.ledger(), "zhang")
    client.cookies[sign_in_form.BROWSER] = "planted"
    reply = post(client, user="zhang", password=OWN)
    assert reply.status_code == 303
    assert reply.cookies[sign_in_form.BROWSER] not in ("", "planted")
    locked(door.ledger(), origin=ELSEWHERE)
    assert not enters(door.ledger(), origin=at(ELSEWHERE.address, "planted"))
    assert enters(door.ledger(), origin=at(ELSEWHERE.address, reply.cookies[sign_in_form.BROWSER]))


def test_where_a_try_came_from_is_not_what_the_browser_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ASGI server has taken the proxy's word for the client by then."""
    told = {"X-Real-IP": "8.8.8.8", "Forwarded": "for=8.8.8.8"}
    monkeypatch.delenv("BEHIND_TLS_PROXY", raising=False)
    for headers in (told, told | {"X-Forwarded-For": "8.8.8.8"}):
        assert address_behind_headers(headers, client="8.8.8.8") == ""
    monkeypatch.setenv("BEHIND_TLS_PROXY", "1")
    assert address_behind_headers(told, client="127.0.0.1") == "", "the proxy does not say, and is nobody's address"
    proxied = told | {"X-Forwarded-For": "10.0.0.7"}
    assert address_behind_headers(proxied, client="10.0.0.7") == "10.0.0.7"
    assert address_behind_headers(proxied, client="no address") == ""
    one, other = (address_behind_headers(proxied, client=f"2001:db8::{n}") for n in (1, 2))
    assert one == other, "one network of a browser that has billions of addresses"


def address_behind_headers(headers: dict[str, str], *, client: str) -> str:
    """What the form sees of a request."""
    seen: list[str] = []

    async def form(request: types.Scope, receive: types.Receive, send: types.Send) -> None:
        seen.append(address_of(request))
        await asgi.hello(request, receive, send)

    asgi.call(ForwardedHeaders(form), asgi.scope(headers=headers, client=(client, 0)))
    return seen[0]


# --- the second factor ------------------------------------------------------------------------------------------------


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leaders need a second factor."""
    monkeypatch.setenv(second_factor.KEY_VARIABLE, str(tmp_path / "factor.key"))
    known = roles.load_roles()
    leader = replace(known.by_key["leader"], second_factor=True)
    for module in (users, sign_in_form):
        monkeypatch.setattr(module, "load_roles", lambda: replace(known, by_key={**known.by_key, "leader": leader}))


STEP = timedelta(seconds=30)


def code(secret: str) -> str:
    """What a telephone shows at the time of the board's clock."""
    return pyotp.TOTP(secret).at(vars(second_factor)["datetime"].now(UTC))


def set_up(ledger: Ledger, user_id: str = "zhang") -> str:
    """The secret that somebody took into the telephone, its first code being used."""
    with pytest.raises(FactorMissingError) as asked:
        accounts.sign_in(ledger, user_id=user_id, password=OWN)
    told: dict[str, Any] = {"user_id": user_id, "password": OWN, "secret": asked.value.secret}
    with pytest.raises(FactorMissingError, match="access_code_wrong"):
        accounts.set_up_factor(ledger, **told, code="000000")
    accounts.set_up_factor(ledger, **told, code=code(asked.value.secret))
    return asked.value.secret


@ON_BOTH
@pytest.mark.usefixtures("needed")
def test_a_code_serves_once_whatever_the_server_and_the_clock(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    secret = set_up(ledger)
    first = code(secret)
    assert not enters(ledger, origin=OFFICE), "no code"
    assert not enters(ledger, origin=OFFICE, code=first), "used to set it up"
    later(STEP)
    second = code(secret)
    assert not enters(ledger, "guess", origin=OFFICE, code=second)
    assert enters(ledger, origin=OFFICE, code=f" {second[:3]} {second[3:]} ".translate(FULL_WIDTH))
    other = Ledger(ledger.engine.url)
    assert not enters(other, origin=at("10.5.0.1"), code=second)
    other.dispose()
    later(-STEP)
    assert not enters(ledger, origin=at("10.5.0.2"), code=code(secret)), "an older one, by a clock set back"
    later(timedelta(days=1))
    assert not enters(ledger, origin=at("10.5.0.3"), code=second)
    assert enters(ledger, origin=at("10.5.0.4"), code=code(secret))


@ON_BOTH
@pytest.mark.usefixtures("needed")
def test_of_those_who_use_a_code_at_once_one_gets_in(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    secret = set_up(ledger)
    later(2 * STEP)
    other, now = Ledger(ledger.engine.url), code(secret)
    with ThreadPoolExecutor(4) as threads:
        found = [
            threads.submit(enters, server, origin=at(f"10.6.0.{number}"), code=now)
            for number in range(4)
            for server in (ledger, other)
        ]
        assert sorted(one.result() for one in found) == [False] * 7 + [True]
    other.dispose()


@pytest.mark.usefixtures("needed")
def test_codes_are_not_guessed_by_who_knows_the_password(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    secret = set_up(ledger)
    later(2 * STEP)
    for _ in range(TRIES):
        assert not enters(ledger, origin=ELSEWHERE, code="000000")
    assert not enters(ledger, origin=ELSEWHERE, code=code(secret))
    for nonsense in ("", "٠٠٠٠٠٠", "-1", "1e5", "\0", "0" * 5_000, "\ud800"):
        assert not enters(ledger, origin=at(f"10.7.0.{len(nonsense)}"), code=nonsense)


@pytest.mark.usefixtures("needed")
def test_who_does_not_know_the_password_is_offered_no_secret_and_sets_up_none(
    ledger: Ledger, zhang: str, later: Later
) -> None:
    later(timedelta())
    own = pyotp.random_base32()
    told: dict[str, Any] = {"user_id": zhang, "secret": own, "code": code(own)}
    with pytest.raises(AccessError, match="access_refused"):
        accounts.set_up_factor(ledger, **told, password="guess")
    with pytest.raises(FactorMissingError) as asked:
        accounts.set_up_factor(ledger, **told, password=OWN)
    assert asked.value.secret != own, "a secret of one's own choice is not taken"
    later(timedelta(minutes=setting("second_factor", "offered_minutes") + 1))
    told |= {"secret": asked.value.secret, "code": code(asked.value.secret)}
    with pytest.raises(FactorMissingError) as again:
        accounts.set_up_factor(ledger, **told, password=OWN)
    assert again.value.secret != asked.value.secret, "nor one offered long ago"


@pytest.mark.usefixtures("needed")
def test_a_second_factor_is_not_set_up_over_another(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    with pytest.raises(FactorMissingError) as asked:
        accounts.sign_in(ledger, user_id=zhang, password=OWN)
    set_up(ledger)
    later(2 * STEP)
    told: dict[str, Any] = {
        "user_id": zhang,
        "password": OWN,
        "secret": asked.value.secret,
        "code": code(asked.value.secret),
    }
    with pytest.raises(AccessError, match="access_refused"):
        accounts.set_up_factor(ledger, **told)


@pytest.mark.usefixtures("needed")
def test_a_new_password_needs_the_code_too(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    secret = set_up(ledger)
    later(2 * STEP)
    first = accounts.reset_password(ledger, user_id=zhang, recorded_by="管理员")
    told: dict[str, Any] = {"user_id": zhang, "old": first, "new": "another horse battery"}
    with pytest.raises(AccessError, match="access_must_change"):
        accounts.sign_in(ledger, user_id=zhang, password=first)
    with pytest.raises(AccessError, match="access_refused"):
        accounts.change_password(ledger, **told)
    accounts.change_password(ledger, **told, code=code(secret))


@pytest.mark.usefixtures("needed")
def test_a_copy_of_the_ledger_gives_no_code_and_a_row_serves_no_other_account(
    ledger: Ledger, zhang: str, later: Later, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(timedelta())
    secret = set_up(ledger)
    kept = ledger.read(select(account_event)).to_csv()
    assert secret not in kept
    [sealed] = ledger.read(select(account_event.c.factor).where(account_event.c.what == records.FACTOR))["factor"]
    assert SecondFactors(ledger).secret_of(sealed, user_id=zhang) == secret
    with pytest.raises(AccessError, match="access_factor_key"):
        SecondFactors(ledger).secret_of(sealed, user_id="li")
    assert SecondFactors(ledger).key_file().stat().st_mode & 0o077 == 0
    monkeypatch.setenv(second_factor.KEY_VARIABLE, str(tmp_path / "copied.key"))
    with pytest.raises(AccessError, match="access_factor_key"):
        accounts.sign_in(ledger, user_id=zhang, password=OWN, code="000000")
    assert not (tmp_path / "copied.key").exists(), "no key is made where secrets are kept with another"
    SecondFactors(ledger).reset(user_id=zhang, recorded_by="管理员", scope=EVERYTHING)
    later(2 * STEP)
    assert set_up(ledger) != secret, "a key that is lost is made anew once nothing hangs on it"


@pytest.mark.usefixtures("needed")
def test_a_manager_resets_it_and_nobody_else(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta())
    old = set_up(ledger)
    with pytest.raises(ScopeError):
        SecondFactors(ledger).reset(user_id=zhang, recorded_by="张三", scope=Scope(regions=None))
    SecondFactors(ledger).reset(user_id=zhang, recorded_by="管理员", scope=EVERYTHING)
    later(2 * STEP)
    assert set_up(ledger) != old
    later(4 * STEP)
    assert not enters(ledger, origin=OFFICE, code=code(old))


@pytest.mark.usefixtures("needed")
def test_after_a_clock_that_was_wrong_a_reset_helps(ledger: Ledger, zhang: str, later: Later) -> None:
    later(timedelta(days=1))
    secret = set_up(ledger)
    later(2 * STEP)
    assert not enters(ledger, origin=OFFICE, code=code(secret)), "codes are older than the one used tomorrow"
    SecondFactors(ledger).reset(user_id=zhang, recorded_by="管理员", scope=EVERYTHING)
    secret = set_up(ledger)
    later(4 * STEP)
    assert enters(ledger, origin=OFFICE, code=code(secret))


@pytest.mark.usefixtures("needed")
def test_it_is_set_up_in_the_form_with_what_the_form_shows(client: Client) -> None:
    account(door.ledger(), "zhang")
    asked = post(client, user="zhang", password=OWN)
    assert asked.status_code == 403
    assert "<svg" in asked.text
    assert not {"household_session", sign_in_form.BROWSER} & set(asked.cookies)
    [secret] = re.findall(r'name="secret" type="hidden" value="([A-Z2-7]+)"', asked.text)
    assert secret in asked.text.split("<code>")[1]
    wrong = post(client, user="zhang", password=OWN, secret=secret, code="000000")
    assert (wrong.status_code, secret in wrong.text) == (403, True)
    assert post(client, user="zhang", password=OWN, secret=secret, code=code(secret)).status_code == 303
    assert 'name="code"' in client.send("GET", "/sign-in").text


def test_the_command_line_lifts_locks_and_resets_the_factor_of_the_last_manager(
    needed: None, later: Later, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = door.ledger()
    account(ledger, "zhang")
    later(timedelta())
    set_up(ledger)
    locked(ledger, origin=OFFICE)

    def run(*arguments: str) -> list[str]:
        assert access.main([*arguments]) == 0
        return capsys.readouterr().out.split()

    assert run("locks")[:2] == ["zhang", OFFICE.address]
    run("unlock", "zhang")
    assert run("locks") == []
    run("unlock", "--address", OFFICE.address)
    run("reset-factor", "zhang")
    later(2 * STEP)
    set_up(ledger)
    for wrong in (("unlock", "nobody"), ("unlock", "?"), ("reset-factor", "nobody")):
        assert access.main([*wrong]) == 1
