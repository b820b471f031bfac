"""Local accounts: first password, forced change, closing; what is kept and what is not. Tries of strangers are in
tests/attacks."""

import argon2
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from data_access.access import accounts
from data_access.access.__main__ import main
from data_access.access.account_event import account_event
from data_access.access.sessions import Sessions
from data_access.access.settings import setting
from data_access.errors import AccessError
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from tests.support.databases import ON_BOTH

OWN = "correct horse battery"


def add(ledger: Ledger, **changed: object) -> str:
    told: dict = {"user_id": "zhang", "label": "张三", "role": "township", "places": ("610902107",)}
    return accounts.add_account(ledger, **{**told, **changed}, recorded_by="管理员")


def opened(ledger: Ledger) -> None:
    first = add(ledger)
    accounts.change_password(ledger, user_id="zhang", old=first, new=OWN)


def refused(ledger: Ledger, password: str, *, user_id: str = "zhang") -> str:
    with pytest.raises(AccessError) as caught:
        accounts.sign_in(ledger, user_id=user_id, password=password)
    return caught.value.key


@ON_BOTH
def test_the_first_password_only_serves_to_choose_another(ledger: Ledger) -> None:
    first = add(ledger)
    assert refused(ledger, first) == "access_must_change"
    user = accounts.change_password(ledger, user_id="zhang", old=first, new=OWN)
    assert accounts.sign_in(ledger, user_id="zhang", password=OWN) == user
    assert (user.signature, user.places, user.role.key) == ("张三（zhang）", ("610902107",), "township")
    assert refused(ledger, first) == "access_refused"


def test_wrong_unknown_and_closed_are_refused_alike(ledger: Ledger) -> None:
    opened(ledger)
    assert refused(ledger, "wrong") == "access_refused"
    assert refused(ledger, OWN, user_id="nobody") == "access_refused"
    assert refused(ledger, OWN, user_id="' OR 1=1 --") == "access_refused"
    accounts.disable_account(ledger, user_id="zhang", recorded_by="管理员")
    assert refused(ledger, OWN) == "access_refused"
    accounts.disable_account(ledger, user_id="zhang", recorded_by="管理员", enable=True)
    assert accounts.sign_in(ledger, user_id="zhang", password=OWN).user_id == "zhang"


@ON_BOTH
def test_the_last_wrong_password_allowed_locks_and_one_less_does_not(ledger: Ledger) -> None:
    opened(ledger)
    for _ in range(setting("passwords", "tries") - 1):
        refused(ledger, "wrong")
    assert accounts.sign_in(ledger, user_id="zhang", password=OWN).user_id == "zhang"
    for _ in range(setting("passwords", "tries")):
        refused(ledger, "wrong")
    assert refused(ledger, OWN) == "access_refused"
    accounts.change_password(
        ledger,
        user_id="zhang",
        old=accounts.reset_password(ledger, user_id="zhang", recorded_by="管理员"),
        new=OWN + "!",
    )
    assert accounts.sign_in(ledger, user_id="zhang", password=OWN + "!").user_id == "zhang"


def test_a_hash_is_as_dear_as_the_library_recommends(cheap_hashes: PasswordHasher) -> None:
    costs = argon2.extract_parameters(cheap_hashes.hash(OWN))
    assert costs == argon2.profiles.get_default_parameters()
    assert (costs.type, costs.time_cost >= 3, costs.memory_cost >= 2**16) == (argon2.Type.ID, True, True)


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("x" * 11, "access_password_unfit"),
        ("x" * 129, "access_password_unfit"),
        (OWN, "access_password_unfit"),
        ("ZHANG-zhang-2024", "access_password_unfit"),
        ("ｚｈａｎｇｚｈａｎｇ１２３", "access_password_unfit"),
        ("610902199001011234", "access_password_unfit"),
        ("1qaz2wsx3edc", "access_password_common"),
        ("１ＱＡＺ２ＷＳＸ３ＥＤＣ", "access_password_common"),
        ("Password2024!", "access_password_common"),
    ],
)
def test_a_new_password_that_is_easily_guessed_is_refused(ledger: Ledger, new: str, problem: str) -> None:
    opened(ledger)
    with pytest.raises(AccessError, match=problem):
        accounts.change_password(ledger, user_id="zhang", old=OWN, new=new)
    assert accounts.sign_in(ledger, user_id="zhang", password=OWN).user_id == "zhang"


def test_a_password_may_be_as_short_as_allowed(ledger: Ledger) -> None:
    first = add(ledger)
    assert (
        accounts.change_password(ledger, user_id="zhang", old=first, new="x" * setting("passwords", "shortest")).user_id
        == "zhang"
    )


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"user_id": "Zhang"}, "access_user_id"),
        ({"user_id": "z"}, "access_user_id"),
        ({"role": "king"}, "access_role_unknown"),
        ({"places": ()}, "access_places_missing"),
        ({"places": ("6109021",)}, "access_place_unknown"),
        ({"places": ("61090210%",)}, "access_place_unknown"),
        ({"role": "village", "places": ("610902107",)}, "access_place_level"),
        ({"role": "department", "places": ()}, "access_department_missing"),
        ({"role": "department", "places": (), "department": ""}, "access_department_missing"),
        ({"department": "medical"}, "access_department_not_wanted"),
    ],
)
def test_an_account_that_is_not_right_is_not_made(ledger: Ledger, changed: dict, problem: str) -> None:
    with pytest.raises(AccessError, match=problem):
        add(ledger, **changed)
    assert accounts.read_accounts(ledger) == []


def test_a_name_that_is_taken_is_not_made_again(ledger: Ledger) -> None:
    add(ledger)
    with pytest.raises(AccessError, match="access_user_taken"):
        add(ledger, role="manager", places=())
    [account] = accounts.read_accounts(ledger)
    assert account.role == "township"


def test_no_password_is_kept_and_a_mistyped_name_is_not_either(ledger: Ledger) -> None:
    first = add(ledger)
    accounts.change_password(ledger, user_id="zhang", old=first, new=OWN)
    refused(ledger, "wrong", user_id="mypassword1")
    kept = ledger.read(select(account_event)).to_csv() + ledger.read(select(audit_entry)).to_csv()
    assert all(secret not in kept for secret in (first, OWN, "mypassword1"))
    assert "$argon2id$" in kept
    assert "argon2" not in ledger.read(select(audit_entry)).to_csv()


@ON_BOTH
def test_an_account_of_a_department_keeps_it(ledger: Ledger) -> None:
    first = add(ledger, role="department", places=(), department="medical")
    user = accounts.change_password(ledger, user_id="zhang", old=first, new=OWN)
    assert user.scope.department == "medical"
    sessions = Sessions(ledger)
    sessions.start("secret", user)
    assert Sessions(ledger).find("secret") == user


def test_an_account_keeps_as_many_places_as_it_is_given(ledger: Ledger) -> None:
    places = tuple(f"610902107{number}" for number in range(201, 241))
    add(ledger, places=places)
    account = accounts.read_account(ledger, "zhang")
    assert account is not None
    assert account.places == places


def test_the_command_says_in_words_why_it_refuses(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", ledger.engine.url.render_as_string(hide_password=False))
    assert main(["add", "x", "--role", "township"]) == 1
    said = capsys.readouterr().err
    assert "小写字母" in said
    assert "lower-case letters" in said
