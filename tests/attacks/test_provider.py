"""Attacks on signing in by a provider: whoever signed out, or was away too long, does not come in again with the same
cookie, however it is written and whatever is sent besides."""

import hashlib
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from data_access import door
from data_access.access import sign_in
from data_access.access.sessions import session_event
from data_access.access.settings import setting
from data_access.errors import AccessError
from data_access.ledger.audit_chain import audit_entry
from pages.server.signed_in_only import SignedInOnly
from pages.shell import gate, identity, provider_cookie
from tests.support import asgi

SECRET = "s" * 40
USER, TOKENS = "_streamlit_user", "_streamlit_user_tokens"
CLAIMS: dict[str, Any] = {
    "iss": "https://gov.test",
    "sub": "wang",
    "iat": 1_700_000_000,
    "nonce": "n1",
    "name": "王五",
    "groups": ["look"],
    "origin": "http://board",
    "is_logged_in": True,
    "provider": "gov",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LONGEST = setting("sessions", "longest_hours") * 3600


@pytest.fixture(autouse=True)
def oidc(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "claims.yaml").write_text(
        "provider: gov\nuser_id: sub\nlabel: name\nrole: {claim: groups, values: {look: leader}}\n", encoding="utf-8"
    )
    monkeypatch.setenv(sign_in.MODE_VARIABLE, sign_in.OIDC)
    monkeypatch.setenv(sign_in.CLAIMS_VARIABLE, str(tmp_path / "claims.yaml"))
    monkeypatch.setattr(provider_cookie, "get_cookie_secret", lambda: SECRET)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Sets the clock of signatures to so many seconds after now."""
    begin = int(time.time())
    return lambda later: monkeypatch.setattr("itsdangerous.timed.time.time", lambda: float(begin + later))


def cookies(*, secret: str = SECRET, name: str = USER, **changed: Any) -> dict[str, str]:
    """What Streamlit gives a browser after sign-in, in as many parts as it needs."""
    made: dict[str, str] = {}

    def sign(part: str, value: str) -> bytes:
        return create_signed_value(secret, part, value)

    def keep(part: str, value: str) -> None:
        made[part] = sign(part, value).decode()

    set_cookie_with_chunks(keep, sign, name, CLAIMS | changed, cookie_attr_size=80)
    return made


def rewritten(signed: str) -> str:
    """The same signature with its last letter written otherwise: the bits that the letter adds are not used."""
    last = LETTERS.index(signed[-1])
    return signed[:-1] + LETTERS[last ^ 1]


def begin(monkeypatch: pytest.MonkeyPatch, shown: dict[str, str]) -> bool:
    """A page is opened with cookies; whether somebody is signed in then."""
    try:
        open_page(monkeypatch, shown)
    except AccessError:
        return False
    return True


def open_page(monkeypatch: pytest.MonkeyPatch, shown: dict[str, str]) -> None:
    visit = SimpleNamespace(context=SimpleNamespace(cookies=shown), user={"is_logged_in": True}, session_state={})
    monkeypatch.setattr(gate, "st", visit)
    monkeypatch.setattr(identity, "st", visit)
    gate._begin_session()
    identity.user()


def out_and_in_again(monkeypatch: pytest.MonkeyPatch, shown: dict[str, str], then: dict[str, str]) -> bool:
    assert begin(monkeypatch, shown)
    door.sessions().end(str(identity.secret_of(shown)))
    return begin(monkeypatch, then)


BIG: dict[str, Any] = {"unit": [hashlib.sha512(bytes([number])).hexdigest() for number in range(128)]}
"""Too much for one cookie, and of a kind that gets no smaller by compression."""


@pytest.mark.parametrize("claims", [{}, BIG], ids=["one part", "several parts"])
def test_a_cookie_that_signed_out_is_worthless_however_it_is_written(
    claims: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = cookies(**claims)
    assert (len(shown) > 1) == bool(claims)
    variants = [
        shown | {"_streamlit_user_9": "x"},
        shown | {"_streamlit_userx": "1", "other": "1"},
        shown | cookies(name=TOKENS),
        {name: shown[name] for name in reversed(shown)},
        shown | {USER: rewritten(shown[USER])},
        shown | {list(shown)[-1]: rewritten(shown[list(shown)[-1]])},
        shown | {USER: f"{shown[USER]}="},
        shown | {USER: f" {shown[USER]}"},
    ]
    assert not out_and_in_again(monkeypatch, shown, shown)
    for variant in variants:
        assert not begin(monkeypatch, variant), variant
    assert begin(monkeypatch, cookies(**claims, iat=1_700_000_060)), "who signs in anew gets in"


def test_sessions_hang_on_what_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Idleness and age too: another way to write a cookie finds the same session."""
    shown = cookies()
    key = identity.secret_of(shown)
    assert key is not None
    assert identity.secret_of(shown | {USER: rewritten(shown[USER]), "_streamlit_user_1": "x"}) == key
    begin(monkeypatch, shown)
    begin(monkeypatch, shown | {USER: rewritten(shown[USER])})
    assert door.ledger().read(session_event.select()).shape[0] == 1


def test_a_cookie_that_is_too_old_or_of_the_future_is_refused(clock) -> None:
    clock(0)
    shown = cookies()
    for later, live in ((0, True), (LONGEST, True), (LONGEST + 1, False), (-60, False), (40 * 86_400, False)):
        clock(later)
        assert (identity.secret_of(shown) is not None) == live, later


def test_parts_of_two_sign_ins_make_no_third(clock) -> None:
    clock(0)
    one = cookies(**BIG, nonce="n1")
    clock(2)
    other = cookies(**BIG, nonce="n2")
    assert len(one) == len(other) > 2
    for name in one:
        assert identity.secret_of(one | {name: other[name]}) is None, name
        assert identity.secret_of({part: value for part, value in one.items() if part != name}) is None
    assert identity.secret_of(one) != identity.secret_of(other)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {USER: ""},
        {USER: "x.y.z"},
        {USER: "中文"},
        {USER: "chunks-2"},
        cookies(secret="t" * 40),
        {USER: cookies(name=TOKENS)[TOKENS]},
        {USER: cookies()[USER].partition(".")[0]},
        cookies(is_logged_in=False),
        cookies(is_logged_in="yes"),
        {USER: create_signed_value(SECRET, USER, "[1]").decode()},
        {USER: create_signed_value(SECRET, USER, "no JSON").decode()},
        {USER: create_signed_value(SECRET, USER, "chunks-99999999").decode()},
    ],
    ids=range(13),
)
def test_what_was_not_signed_here_as_a_sign_in_is_none(shown: dict[str, str]) -> None:
    assert identity.secret_of(shown) is None


@pytest.mark.parametrize("provider", ["other", "default", None])
def test_a_cookie_of_another_provider_begins_nothing(provider: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another provider's `wang` is somebody else."""
    assert not begin(monkeypatch, cookies(provider=provider))
    assert door.ledger().read(session_event.select()).empty
    [entry] = door.ledger().read(select(audit_entry)).to_dict("records")
    assert (entry["event"], entry["recorded_by"]) == ("sign_in_refused", "wang")


def test_who_has_no_role_here_is_told_so_and_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccessError, match="access_no_role"):
        open_page(monkeypatch, cookies(groups=[]))
    assert door.ledger().read(select(audit_entry.c.event))["event"].tolist() == ["sign_in_refused"]


def test_of_two_cookies_of_one_name_only_that_which_is_read_everywhere_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cookies()
    assert begin(monkeypatch, shown)
    value = shown[USER]
    for header in (f"{USER}={value}; {USER}=x", f"{USER}=x; {USER}={value}"):
        [reply] = asgi.call(SignedInOnly(asgi.hello), asgi.scope("/media/x", headers={"Cookie": header}))
        assert (reply.status == 200) == header.endswith(value)


def test_streamlits_own_way_out_ends_the_session_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cookies()
    assert begin(monkeypatch, shown)
    header = {"Cookie": f"{USER}={shown[USER]}"}
    asgi.call(SignedInOnly(asgi.hello), asgi.scope("/auth/logout", headers=header))
    assert not begin(monkeypatch, shown)
