"""A purpose gives what was approved: not another month, place or selection, no more rows, no more columns."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from data_access import clock, door
from data_access.access import purposes
from data_access.access.purposes import (
    Contents,
    Purpose,
    approve,
    in_force,
    note_use,
    open_for,
    purpose_record,
    read_purposes,
)
from data_access.access.settings import setting
from data_access.access.users import make_user
from data_access.errors import AccessError
from data_access.ledger.ledger import Ledger
from data_access.lists.selection import Condition
from pages.shell import identity
from tests.data_access.access.test_purposes import RED, TODAY, TOWNSHIP, approved, listed, purpose, scope
from tests.pages.conftest import OpenApp
from tests.support.households import VILLAGE, household, merged, village

YELLOW = Condition("lamp", "is", ("yellow",))
ALSO = Condition("relocated", "is", ("True",))
MOST = 20 * (100 + setting("purposes", "growth_percent")) // 100


def opens(ledger: Ledger, held: Purpose, wanted: Contents) -> bool:
    try:
        return bool(open_for(ledger, held, wanted, scope=scope("staff"), on=TODAY, recorded_by="李四").opened)
    except AccessError as error:
        assert error.key == "purpose_not_in_force"
        return False


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"place": VILLAGE[:6]}, False),
        ({"place": "610902108"}, False),
        ({"place": f"{TOWNSHIP}201"}, True),  # less
        ({"day": TODAY - timedelta(days=1)}, False),
        ({"day": date(2022, 8, 31)}, False),
        ({"day": date(2022, 10, 31)}, False),
        ({"rows": MOST}, True),
        ({"rows": MOST + 1}, False),
        ({"subject": "yellow_households"}, False),
        ({"conditions": (RED,)}, True),  # less
    ],
)
def test_a_purpose_holds_for_what_was_approved_and_less(ledger: Ledger, changed: dict, expected: bool) -> None:
    assert opens(ledger, approved(ledger), listed(**changed)) is expected


@pytest.mark.parametrize("subject", [purposes.SELECTION, "red_households"])
@pytest.mark.parametrize(
    ("conditions", "expected"),
    [((RED,), True), ((ALSO, RED), True), ((), False), ((YELLOW,), False), ((ALSO,), False)],
)
def test_its_conditions_and_filters_stay(
    ledger: Ledger, subject: str, conditions: tuple[Condition, ...], expected: bool
) -> None:
    columns = ("head_name", "phone")
    held = approved(ledger, subject=subject, columns=columns, conditions=(RED,))
    assert opens(ledger, held, listed(subject=subject, conditions=conditions)) is expected


@pytest.mark.parametrize(("day", "expected"), [(date(2022, 10, 31), True), (date(2022, 8, 31), False), (TODAY, True)])
def test_each_month_means_those_after_it_if_the_manager_said_so(ledger: Ledger, day: date, expected: bool) -> None:
    held = approved(ledger, each_month=True)
    assert opens(ledger, held, listed(day=day)) is expected
    assert not opens(ledger, held, listed(day=day, rows=MOST + 1))


@pytest.mark.parametrize(
    "changed", [{"each_month": True}, {"rows": 10_000}, {"place": VILLAGE[:6]}, {"conditions": ()}]
)
def test_a_purpose_widened_on_the_way_is_refused(ledger: Ledger, changed: dict) -> None:
    held = approved(ledger, conditions=(RED,))
    assert not opens(ledger, replace(held, **changed), listed(conditions=(RED,)))


def test_rows_that_came_after_they_were_counted_are_refused(ledger: Ledger) -> None:
    held = approved(ledger)
    use: dict[str, Any] = {
        "file": "f.xlsx",
        "sha256": "x",
        "events": [],
        "recorded_by": "李四",
        "scope": scope("staff"),
    }
    note_use(ledger, held, rows=MOST, **use)
    with pytest.raises(AccessError, match="purpose_rows"):
        note_use(ledger, held, rows=MOST + 1, **use)


def test_a_purpose_for_a_place_outside_the_own_scope_is_not_approved(ledger: Ledger) -> None:
    narrow = replace(scope("manager"), regions=("610902108",))
    with pytest.raises(AccessError, match="purpose_extent"):
        approve(ledger, purpose(), on=TODAY, recorded_by="主管", scope=narrow)


def test_a_purpose_of_earlier_days_opens_no_file_and_says_so(ledger: Ledger) -> None:
    approved(ledger)
    [kept] = ledger.read(purpose_record.select()).to_dict("records")
    new = {"record_id", "place", "day", "each_month", "approved_rows"}
    old = {str(name): value for name, value in kept.items() if name not in new}
    with ledger.engine.begin() as connection:
        connection.execute(insert(purpose_record), [old | {"purpose_id": "P0"}])
    assert [held.purpose_id for held in in_force(ledger, "red_households", on=TODAY)] == [kept["purpose_id"]]
    assert read_purposes(ledger, on=TODAY)["state"].tolist() == ["unbound", "in_force"]
    assert not opens(ledger, replace(purpose(), purpose_id="P0", approved_by="主管"), listed())
    assert not replace(purpose(), place=None, day=None, rows=None).covers(listed())


def test_the_next_month_offers_the_purpose_of_this_one_no_longer(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the page, with the numbers of the link."""

    def sign_in(role: str) -> None:
        somebody = make_user(user_id=role, label="张三", role=role, places=())
        monkeypatch.setattr(identity, "user", lambda: somebody)

    homes = [household(f"H{number}", indicators=[{"water_problem": True}], head_name="张小明") for number in range(3)]
    early = household("E", indicators=[{"water_problem": True, "valid_from": date(2022, 1, 1)}], head_name="张小明")
    metric, rows = "red_households", merged(village(), *homes, early)
    asked = Purpose(
        "入户核查", "逐户核查红色预警", metric, ("head_name", "head_name"), until=clock.today(),
        place=VILLAGE, day=TODAY, rows=4,
    )  # fmt: skip
    approve(door.ledger(), asked, on=clock.today(), recorded_by="主管", scope=scope("manager"))

    def offered(**link: str) -> bool:
        app = open_app(rows, page="board/worklist", list=metric, **link)
        return bool([box for box in app.selectbox if box.key == f"purpose_{metric}"])

    sign_in("staff")
    assert offered(place=VILLAGE, month="2022-09")
    assert not offered(place=VILLAGE, month="2022-08")
    assert not offered(place=VILLAGE[:6], month="2022-09")
