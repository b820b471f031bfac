"""Whoever draws until every village has come up, or as many as they like, opens no name by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import insert

from data_access import door
from data_access.access.unmasking import UnmaskTarget, may_open, open_names, read_opened, read_unmasked
from data_access.access.users import Unmasked, User, make_user
from data_access.errors import AccessError, ScopeError
from data_access.inspection.draw_settings import RECORDS, settings_of
from data_access.inspection.draws import add_draw, draw, drawn_unit, read_draws, read_opening_draws, replace_unit
from data_access.inspection.inspection_draw import draw_inspection
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from pages.shell import identity
from tests.data_access.access.test_unmasking import OTHER, REASON, SPARE, VILLAGE, draw_villages, user
from tests.pages.conftest import OpenApp, says, wording
from tests.support.households import VILLAGE as ROW_VILLAGE
from tests.support.households import household, merged, village

SIZES = settings_of("2022-09")
LARGE = {"size": {**SIZES.size, "village": 50}}


def opened(ledger: Ledger, *codes: str) -> list[str]:
    """Those of some villages that an inspector may open."""
    return [code for code in codes if may_open(ledger, UnmaskTarget(code), scope=user("inspector").scope)]


@pytest.mark.parametrize(
    ("by", "changed"),
    [
        ("inspector", {}),
        ("manager", {"settings": SIZES.recorded | LARGE}),
        ("manager", {"settings": SIZES.recorded | {"spare": {**SIZES.spare, "village": 50}}}),
        ("manager", {"settings": SIZES.recorded | {"excluded_months": 0}}),
        ("manager", {"settings": {}}),
        ("manager", {"kind": RECORDS}),
        ("manager", {"kind": "problems", "settings": {"size": 50}}),
    ],
)
def test_a_draw_by_somebody_else_or_of_another_size_opens_nothing(ledger: Ledger, by: str, changed: dict) -> None:
    draw_villages(ledger, VILLAGE, by=by, **changed)
    assert opened(ledger, VILLAGE) == []
    draw_villages(ledger, OTHER, reason="数量不对")
    assert opened(ledger, VILLAGE, OTHER) == [OTHER], "nor does it use up the right of the month"


def test_of_a_month_the_first_draw_alone_opens_names(ledger: Ledger) -> None:
    draw_villages(ledger, VILLAGE)
    for seed in ("b", "c"):
        draw_villages(ledger, OTHER, seed=seed, reason="补抽")
    assert opened(ledger, VILLAGE, OTHER) == [VILLAGE]
    draw_villages(ledger, OTHER, month="2022-08")
    draw_villages(ledger, SPARE, month="2022-08", reason="补抽")
    assert opened(ledger, VILLAGE, OTHER, SPARE) == [OTHER], "of several months the one drawn last"


def test_a_draw_recorded_before_says_nothing_of_who_made_it_and_opens_nothing(ledger: Ledger) -> None:
    number = draw_villages(ledger, VILLAGE)
    [kept] = ledger.read(draw.select()).to_dict("records")
    old = {str(name): kept[name] for name in kept if name not in ("record_id", "opens")}
    old |= {"draw_id": "C0", "kind": RECORDS}
    unit = ledger.read(drawn_unit.select().where(drawn_unit.c.draw_id == number)).to_dict("records")[0]
    told = {str(name): unit[name] for name in unit if name not in ("record_id", "group_no")}
    with ledger.engine.begin() as connection:
        connection.execute(insert(draw), [old])
        connection.execute(insert(drawn_unit), [told | {"draw_id": "C0", "code": OTHER, "village_code": OTHER}])
    assert opened(ledger, VILLAGE, OTHER) == [VILLAGE]


def test_who_draws_the_most_with_the_page_opens_nothing(ledger: Ledger) -> None:
    """Fifty villages a township, as the form lets them."""
    codes = [f"610902107{number}" for number in range(201, 231)]
    frame = pd.DataFrame(
        {"kind": "village", "code": codes, "township_code": "610902107", "village_code": codes, "status": ""},
    )
    sized = replace(SIZES, size=LARGE["size"])
    made = draw_inspection(frame, month="2022-09", seed="s", settings=sized, data_version="1")
    for who in ("inspector", "manager"):
        add_draw(ledger, replace(made, reason="再抽"), recorded_by=who, scope=user(who).scope)
    assert len(read_draws(ledger, scope=Scope.district())) == 2
    assert opened(ledger, *codes) == []


def test_a_village_replaced_meanwhile_is_closed_at_once(ledger: Ledger) -> None:
    number = draw_villages(ledger)
    inspector = user("inspector")
    for target in (UnmaskTarget(VILLAGE), UnmaskTarget(VILLAGE, "H1")):
        until = open_names(ledger, target, reason=REASON, user=inspector)
    at = until - timedelta(minutes=1)
    assert read_unmasked(ledger, reader=inspector, at=at) == Unmasked(places=(VILLAGE,), households=("H1",))
    replace_unit(ledger, draw_id=number, code=VILLAGE, reason="路断", recorded_by="督查", scope=inspector.scope)
    assert read_unmasked(ledger, reader=inspector, at=at) == Unmasked()


@pytest.mark.parametrize(("role", "places"), [("leader", ()), ("township", ("610902108",)), ("inspector", ())])
def test_what_somebody_opened_is_closed_when_they_may_no_longer(
    ledger: Ledger, role: str, places: tuple[str, ...]
) -> None:
    until = open_names(ledger, UnmaskTarget(VILLAGE), reason=REASON, user=user("manager"))
    moved = make_user(user_id="manager", label="manager", role=role, places=places)
    assert read_unmasked(ledger, reader=moved, at=until - timedelta(minutes=1)) == Unmasked()


@pytest.mark.parametrize(
    "code", ["610902107", "610902", "", "6109021072", "610902107201%", "%", "６１０９０２１０７２０１"]
)
@pytest.mark.parametrize("household_id", [None, "H1"])
def test_nothing_wider_than_a_village_is_opened(ledger: Ledger, code: str, household_id: str | None) -> None:
    draw_villages(ledger)
    for role, places in (("manager", ()), ("township", ("610902107",)), ("inspector", ())):
        somebody = make_user(user_id=role, label=role, role=role, places=places)
        assert not may_open(ledger, UnmaskTarget(code, household_id), scope=somebody.scope)


def test_who_answers_for_the_draw_sees_what_was_opened_and_nobody_else(ledger: Ledger) -> None:
    number = draw_villages(ledger)
    open_names(ledger, UnmaskTarget(VILLAGE, "H1"), reason=REASON, user=user("inspector"))
    open_names(ledger, UnmaskTarget(OTHER), reason=REASON, user=user("manager"))
    [row] = read_opened(ledger, draw_id=number, scope=user("manager").scope).to_dict("records")
    assert (row["recorded_by"], row["village_code"], row["household_id"]) == ("inspector", VILLAGE, "H1")
    assert row["reason"] == REASON
    assert read_opened(ledger, draw_id=number, scope=replace(user("manager").scope, regions=(OTHER,))).empty
    with pytest.raises(ScopeError, match="draw_for_names"):
        read_opened(ledger, draw_id=number, scope=user("inspector").scope)


def test_the_page_says_which_draw_opens_names_and_shows_a_manager_what_was_opened(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_in(role: str) -> User:
        somebody = make_user(user_id=role, label="张三", role=role, places=())
        monkeypatch.setattr(identity, "user", lambda: somebody)
        return somebody

    def made(**sizes: int) -> Any:
        app = open_app(merged(village(), household("H1")), page="inspection/draw", part="make")
        for kind, size in sizes.items():
            app.number_input(key=f"draw_size_{kind}").set_value(size)
        app.text_input(key="draw_called").input("3712")
        if again := [field for field in app.text_input if field.key == "draw_reason"]:
            again[0].input("再抽")
        app.run()
        app.button(key="draw_press").click().run()
        assert not app.exception
        return app

    inspector = sign_in("inspector")
    assert says(made(), "draw.opens_not")
    sign_in("manager")
    assert says(made(village=50), "draw.opens_not")
    assert says(made(), "draw.opens")
    [opening] = read_opening_draws(door.ledger(), scope=Scope.district())["draw_id"]
    target = UnmaskTarget(ROW_VILLAGE, "H1")
    assert open_names(door.ledger(), target, reason=REASON, user=inspector) > datetime.now(UTC)
    app = open_app(merged(village(), household("H1")), page="inspection/draw", draw=opening)
    assert wording("draw.opened", openings=1) in [shown.label for shown in app.expander]
    sign_in("inspector")
    app.run()
    assert wording("draw.opened", openings=1) not in [shown.label for shown in app.expander]
    with pytest.raises(AccessError):
        open_names(door.ledger(), UnmaskTarget(OTHER), reason=REASON, user=inspector)
