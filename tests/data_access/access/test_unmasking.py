"""Names are opened with a right, a reason and an end, and only where they were opened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from data_access.access import unmasking
from data_access.access.settings import setting
from data_access.access.unmasking import UnmaskTarget, open_names, read_unmasked
from data_access.access.users import Unmasked, User, make_user
from data_access.clock import end_of_day
from data_access.errors import AccessError
from data_access.inspection.draw_settings import settings_of
from data_access.inspection.draws import Draw, Unit, add_draw, replace_unit
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from tests.support.databases import ON_BOTH

TOWNSHIP, VILLAGE, SPARE, OTHER = "610902107", "610902107201", "610902107202", "610902107203"
REASON = "入户核查需要"


def user(role: str, *places: str) -> User:
    return make_user(user_id=role, label=role, role=role, places=places)


def refused(ledger: Ledger, target: UnmaskTarget, who: User, *, reason: str = REASON) -> str:
    with pytest.raises(AccessError) as caught:
        open_names(ledger, target, reason=reason, user=who)
    return caught.value.key


def draw_villages(ledger: Ledger, *codes: str, by: str = "manager", **changed: Any) -> str:
    """A draw of the declared size, as a manager makes it, unless something is changed."""
    drawn = codes or (VILLAGE, SPARE)
    units = [
        Unit(kind="village", code=code, township_code=TOWNSHIP, village_code=code, stratum=TOWNSHIP, position=at,
             replacement=code == SPARE, probability=0.1)
        for at, code in enumerate(drawn, start=1)
    ]  # fmt: skip
    made = Draw(kind="inspection", month="2022-09", seed="s", algorithm="1", frame_hash="x", frame_rows=2,
                settings=settings_of("2022-09").recorded, data_version="1", units=units)  # fmt: skip
    return add_draw(ledger, replace(made, **changed), recorded_by=by, scope=user(by).scope)


@ON_BOTH
def test_township_staff_open_their_own_villages_for_a_while(ledger: Ledger) -> None:
    town = user("township", TOWNSHIP)
    until = open_names(ledger, UnmaskTarget(VILLAGE), reason=REASON, user=town)
    assert timedelta(0) < until - datetime.now(UTC) <= timedelta(minutes=setting("unmasking", "minutes"))
    just_before, then = until - timedelta(seconds=1), until
    assert read_unmasked(ledger, reader=town, at=just_before) == Unmasked(places=(VILLAGE,))
    assert read_unmasked(ledger, reader=town, at=then) == Unmasked()
    assert read_unmasked(ledger, reader=user("manager"), at=just_before) == Unmasked()
    assert refused(ledger, UnmaskTarget("610902108201"), town) == "unmask_not_allowed"


@ON_BOTH
def test_village_staff_note_a_purpose_once_a_day_and_read_all_their_villages(ledger: Ledger) -> None:
    cadre = user("village", VILLAGE, OTHER)
    assert unmasking.own_to_open(cadre) == (VILLAGE, OTHER)
    until = unmasking.open_own(ledger, purpose="入户走访", user=cadre)
    assert until == end_of_day(datetime.now(UTC))
    opened = read_unmasked(ledger, reader=cadre, at=until - timedelta(seconds=1))
    assert opened == Unmasked(places=(VILLAGE, OTHER))
    assert read_unmasked(ledger, reader=cadre, at=until) == Unmasked(), "tomorrow it is noted anew"
    reading = replace(cadre, unmasked=opened)
    assert (cadre.scope.masked, reading.scope.masked) == (True, False)
    assert unmasking.own_to_open(reading) == ()
    entries = ledger.read(select(audit_entry).where(audit_entry.c.event == "unmasked"))
    assert entries["place"].tolist() == [VILLAGE, OTHER]
    assert entries["detail"].str.contains("入户走访").all()


@pytest.mark.parametrize(
    ("role", "places", "purpose", "error"),
    [
        ("village", (VILLAGE,), "  ", "unmask_purpose_missing"),
        ("township", (TOWNSHIP,), REASON, "unmask_not_allowed"),
        ("manager", (), REASON, "unmask_not_allowed"),
    ],
)
def test_nobody_else_opens_all_places_and_nobody_without_a_purpose(
    ledger: Ledger, role: str, places: tuple[str, ...], purpose: str, error: str
) -> None:
    with pytest.raises(AccessError) as caught:
        unmasking.open_own(ledger, purpose=purpose, user=user(role, *places))
    assert caught.value.key == error


def test_names_of_one_village_leave_those_of_the_others_masked(ledger: Ledger) -> None:
    cadre = replace(user("village", VILLAGE, OTHER), unmasked=Unmasked(places=(VILLAGE,)))
    assert cadre.scope.masked


def home_of(code: str, village: str) -> dict[str, Any]:
    return {"kind": "household", "code": code, "village_code": village, "active": True}


UNITS = pd.DataFrame([home_of("H1", VILLAGE), home_of("H2", SPARE) | {"active": False}])


def package(ledger: Ledger, draw_id: str, who: User) -> Scope:
    return unmasking.open_package(
        ledger, draw_id=draw_id, units=UNITS, scope=who.scope, recorded_by=who.signature, user_id=who.user_id
    )


def test_the_package_of_a_draw_holds_the_names_of_its_units_and_says_so(ledger: Ledger) -> None:
    draw_id, inspector = draw_villages(ledger), user("inspector")
    scope = package(ledger, draw_id, inspector)
    assert [scope.of_household(code, village_code=VILLAGE).masked for code in ("H1", "H2")] == [False, True]
    assert read_unmasked(ledger, reader=inspector, at=datetime.now(UTC)) == Unmasked(), "no screen opens by it"
    [entry] = ledger.read(select(audit_entry).where(audit_entry.c.event == "unmasked")).to_dict("records")
    assert (entry["household_id"], entry["recorded_by"]) == ("H1", inspector.signature)
    assert draw_id in entry["detail"]


@pytest.mark.parametrize(("role", "changed"), [("leader", {}), ("staff", {}), ("inspector", {"month": "2022-08"})])
def test_a_package_stays_masked_without_the_right_or_a_current_draw(
    ledger: Ledger, role: str, changed: dict[str, Any]
) -> None:
    draw_id = draw_villages(ledger, **changed)
    draw_villages(ledger, month="2022-10" if changed else "2022-09", reason="再抽")
    assert package(ledger, draw_id, user(role)) == user(role).scope


def test_a_clock_set_back_leaves_nothing_open_for_longer(ledger: Ledger) -> None:
    until = open_names(ledger, UnmaskTarget(VILLAGE), reason=REASON, user=user("manager"))
    minutes = timedelta(minutes=setting("unmasking", "minutes"))
    assert read_unmasked(ledger, reader=user("manager"), at=until - minutes) == Unmasked(places=(VILLAGE,))
    assert read_unmasked(ledger, reader=user("manager"), at=until - minutes - timedelta(seconds=1)) == Unmasked()


@pytest.mark.parametrize("role", ["leader", "staff", "auditor", "inspector"])
def test_nobody_opens_names_without_the_right(ledger: Ledger, role: str) -> None:
    assert refused(ledger, UnmaskTarget(VILLAGE), user(role)) == "unmask_not_allowed"
    assert refused(ledger, UnmaskTarget(VILLAGE, "H1"), user(role)) == "unmask_not_allowed"


@pytest.mark.parametrize("reason", ["", "   ", "abc", "  a  "])
def test_without_a_reason_nothing_is_opened(ledger: Ledger, reason: str) -> None:
    assert refused(ledger, UnmaskTarget(VILLAGE), user("manager"), reason=reason) == "unmask_reason_missing"
    assert ledger.read(select(unmasking.unmasking)).empty


@ON_BOTH
def test_inspectors_open_what_is_drawn_and_what_takes_its_place(ledger: Ledger) -> None:
    draw_id = draw_villages(ledger)
    inspector = user("inspector")
    assert open_names(ledger, UnmaskTarget(VILLAGE), reason=REASON, user=inspector) > datetime.now(UTC)
    assert open_names(ledger, UnmaskTarget(VILLAGE, "H1"), reason=REASON, user=inspector) > datetime.now(UTC)
    assert refused(ledger, UnmaskTarget(SPARE), inspector) == "unmask_not_allowed", "in reserve, not called in"
    assert refused(ledger, UnmaskTarget(OTHER), inspector) == "unmask_not_allowed"
    replace_unit(ledger, draw_id=draw_id, code=VILLAGE, reason="路断", recorded_by="督查", scope=Scope.everything())
    assert open_names(ledger, UnmaskTarget(SPARE), reason=REASON, user=inspector) > datetime.now(UTC)
    assert refused(ledger, UnmaskTarget(VILLAGE), inspector) == "unmask_not_allowed", "replaced"


def test_what_is_not_opened_is_entered_into_the_audit_record(ledger: Ledger) -> None:
    assert refused(ledger, UnmaskTarget("610902108201"), user("township", TOWNSHIP)) == "unmask_not_allowed"
    [entry] = ledger.read(select(audit_entry).where(audit_entry.c.event == "refused")).to_dict("records")
    assert (entry["place"], entry["recorded_by"]) == ("610902108201", user("township", TOWNSHIP).signature)


def test_a_later_month_closes_the_one_before(ledger: Ledger) -> None:
    draw_villages(ledger)
    draw_villages(ledger, OTHER, month="2022-10")
    assert refused(ledger, UnmaskTarget(VILLAGE), user("inspector")) == "unmask_not_allowed"
    assert open_names(ledger, UnmaskTarget(OTHER), reason=REASON, user=user("inspector")) > datetime.now(UTC)


def test_what_was_opened_stands_in_the_audit_record_with_its_reason(ledger: Ledger) -> None:
    open_names(ledger, UnmaskTarget(VILLAGE, "H1"), reason=REASON, user=user("manager"))
    [entry] = ledger.read(select(audit_entry)).to_dict("records")
    assert (entry["event"], entry["place"], entry["household_id"]) == ("unmasked", VILLAGE, "H1")
    assert REASON in entry["detail"]


def test_an_opened_household_opens_no_other() -> None:
    scope = Scope(regions=None, unmasked_households=("H1",))
    assert not scope.of_household("H1", village_code=VILLAGE).masked
    assert scope.of_household("H2", village_code=VILLAGE).masked
    assert scope.narrowed(VILLAGE).masked


def test_an_opened_village_opens_itself_and_no_place_around_it() -> None:
    scope = Scope(regions=(TOWNSHIP,), unmasked_places=(VILLAGE,))
    assert not scope.narrowed(VILLAGE).masked
    assert not scope.of_household("H1", village_code=VILLAGE).masked
    assert [scope.narrowed(place).masked for place in (TOWNSHIP, SPARE)] == [True, True]
    assert scope.masked
