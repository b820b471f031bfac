"""A selection keeps what its conditions say, nothing outside the scope, and never takes missing for a value."""

from datetime import date
from typing import Any

import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import LedgerError, ScopeError
from data_access.ledger.filter_templates import read_templates, remove_template, save_template
from data_access.ledger.ledger import Ledger
from data_access.lists.selection import (
    MOST_CONDITIONS,
    Concluded,
    Condition,
    Selection,
    checked,
    count_selection,
    load_fields,
    missing_columns,
    read_selection,
    stream_selection,
)
from data_access.schema.indicators import load_codes, load_indicators
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import household, merged, village
from tests.support.rulebooks import FEW, of_rules

AUTUMN = date(2022, 9, 30)
RULES = of_rules(*FEW, "house_unsafe")
DISTRICT = Scope.district()
PAGE: dict[str, Any] = {"scope": DISTRICT, "on": AUTUMN, "language": "zh", "offset": 0, "limit": 100}
OTHER = "610902101201"
ROWS = merged(
    village(),
    village(OTHER, township="610902101"),
    household(
        "H1",
        head_name="张三丰",
        indicators=[{"water_problem": True, "workers_n": 0}],
        cases=[{"identified_on": date(2022, 3, 1)}],
    ),
    household("H2", indicators=[{"workers_n": 2, "house_grade": "C"}], household_type="lifted_out"),
    household("H3", indicators=[{"workers_n": None, "house_grade": None}], village_code=OTHER),
    household("H4", indicators=None, village_code=OTHER),
    household(
        "H5", cases=[{"identified_on": date(2021, 8, 1), "eliminated_on": date(2022, 5, 1), "cause_1": "disaster"}]
    ),
)


@pytest.fixture(scope="module")
def database(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(ROWS)


def selected(
    database: HouseholdDatabase,
    *conditions: Condition,
    scope: Scope = DISTRICT,
    columns: tuple[str, ...] = (),
    concluded: Concluded = (),
) -> list[str]:
    selection = Selection(conditions=conditions, columns=columns)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        rows = read_selection(
            snapshot,
            scope=scope,
            on=AUTUMN,
            selection=selection,
            language="zh",
            offset=0,
            limit=100,
            concluded=concluded,
        )
    assert all("*" in str(name) for name in rows["head_name"].dropna())
    return rows["household_id"].tolist()


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (Condition("workers_n", "eq", ("0",)), ["H1"]),
        (Condition("workers_n", "ge", ("2",)), ["H2"]),
        (Condition("workers_n", "gt", ("2",)), []),
        (Condition("workers_n", "ne", ("0",)), ["H2"]),
        (Condition("workers_n", "missing"), ["H3", "H4"]),
        (Condition("water_problem", "is", ("True",)), ["H1"]),
        (Condition("house_grade", "is", ("C", "D")), ["H2"]),
        (Condition("house_grade", "missing"), ["H3", "H4"]),
        (Condition("household_type", "is", ("lifted_out",)), ["H2"]),
        (Condition("household_type", "is_not", ("general",)), ["H2"]),
        (Condition("state", "is", ("open",)), ["H1"]),
        (Condition("state", "is", ("eliminated",)), ["H5"]),
        (Condition("state", "is", ("never",)), ["H2", "H3", "H4"]),
        (Condition("cause", "is", ("disaster",)), ["H5"]),
        (Condition("category", "missing"), ["H2", "H3", "H4"]),
        (Condition("lamp", "is", ("red",)), ["H1", "H2"]),
        (Condition("rule", "is", ("water_unsafe",)), ["H1"]),
    ],
)
def test_a_condition_keeps_what_it_says_and_a_missing_value_meets_no_comparison(
    database: HouseholdDatabase, condition: Condition, kept: list[str]
) -> None:
    found = selected(database, condition)
    if condition.field in ("workers_n", "house_grade", "water_problem"):
        found = [number for number in found if number != "H5"]
    assert found == kept


def test_all_conditions_must_hold_in_what_is_shown_counted_and_streamed(database: HouseholdDatabase) -> None:
    both = Condition("lamp", "is", ("red",)), Condition("household_type", "is", ("general",))
    assert selected(database, *both) == ["H1"]
    asked: dict[str, Any] = {"scope": DISTRICT, "on": AUTUMN, "concluded": (("H1", "watch"),)}
    asked["selection"] = Selection((*both, Condition("disposition", "is", ("watch",))))
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        assert count_selection(snapshot, **asked) == 1
        [streamed] = stream_selection(snapshot, **asked, language="zh", rows=2048)
    assert streamed["household_id"].tolist() == ["H1"]
    assert "**" in streamed["head_name"][0]


def test_nobody_outside_the_scope_is_selected(database: HouseholdDatabase) -> None:
    assert selected(database, scope=Scope(regions=("610902101",))) == ["H3", "H4"]
    assert selected(database, scope=Scope(regions=())) == []


def test_every_field_can_be_shown_and_asked_for(database: HouseholdDatabase) -> None:
    shown = tuple(key for key, field in load_fields().items() if field.kind != "rule")
    assert selected(database, columns=shown) == ["H1", "H2", "H3", "H4", "H5"]
    with database.connect() as (connection, version):
        assert version.coverage is not None
        kept = [key for key in shown if not missing_columns(key, coverage=version.coverage)]
        assert set(shown) - set(kept) == {"group_no", "grid_code"}, "no household of the test has one"
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        missing = read_selection(snapshot, **PAGE, selection=Selection(columns=shown)).isna().sum()
        for number, key in enumerate(kept):
            asked, expected = ("present", 5 - missing[key]) if number % 2 else ("missing", missing[key])
            found = count_selection(snapshot, scope=DISTRICT, on=AUTUMN, selection=Selection((Condition(key, asked),)))
            assert found == expected, key


def test_every_stored_indicator_is_a_field() -> None:
    stored = {
        column.name
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
        if column.type != "date"
    }
    assert stored <= set(load_fields())


@pytest.mark.parametrize(
    "condition",
    [
        Condition("head_id_no", "is", ("610902",)),
        Condition("workers_n", "is", ("0",)),
        Condition("workers_n", "eq", ("1; drop table household",)),
        Condition("workers_n", "eq", ("nan",)),
        Condition("workers_n", "eq", ("1e99",)),
        Condition("workers_n", "eq", ()),
        Condition("workers_n", "missing", ("1",)),
        Condition("lamp", "is", ("purple",)),
        Condition("lamp", "is", ()),
        Condition("water_problem", "is", ("True", "False")),
    ],
)
def test_what_makes_no_sense_is_refused(condition: Condition) -> None:
    with pytest.raises(ScopeError, match="selection_"):
        checked(Selection(conditions=(condition,)))


def test_a_rule_that_is_none_is_refused(database: HouseholdDatabase) -> None:
    with pytest.raises(ScopeError, match="selection_value"):
        selected(database, Condition("rule", "is", ("weather",)))


def test_columns_that_are_none_and_too_many_conditions_are_refused() -> None:
    with pytest.raises(ScopeError, match="selection_unknown"):
        checked(Selection(columns=("head_id_no",)))
    one = Condition("workers_n", "present")
    checked(Selection(conditions=(one,) * MOST_CONDITIONS))
    with pytest.raises(ScopeError, match="selection_too_long"):
        checked(Selection(conditions=(one,) * (MOST_CONDITIONS + 1)))


def test_the_newest_template_of_a_name_counts_until_it_is_removed(ledger: Ledger) -> None:
    save_template(ledger, name="红色", link="f=lamp.is.red", recorded_by="张", scope=DISTRICT)
    save_template(ledger, name=" 红色 ", link="f=lamp.is.red,yellow", recorded_by="李", scope=DISTRICT)
    save_template(ledger, name="全部", link="", recorded_by="李", scope=DISTRICT)
    assert dict(zip(*(read_templates(ledger)[name] for name in ("name", "link")), strict=True)) == {
        "红色": "f=lamp.is.red,yellow",
        "全部": "",
    }
    remove_template(ledger, name="红色", recorded_by="张", scope=DISTRICT)
    assert read_templates(ledger)["name"].tolist() == ["全部"]
    with pytest.raises(LedgerError, match="template_name_missing"):
        save_template(ledger, name="  ", link="", recorded_by="张", scope=DISTRICT)


def test_conclusions_of_people_can_be_asked_for(database: HouseholdDatabase) -> None:
    held = (("H1", "include"), ("H3", "watch"))

    def those(operator: str, *wanted: str, concluded: Concluded = held) -> list[str]:
        return selected(database, Condition("disposition", operator, wanted), concluded=concluded)

    assert those("is", "include") == ["H1"]
    assert those("is", "include", "watch") == ["H1", "H3"]
    assert those("is_not", "include") == ["H3"]
    assert those("missing") == ["H2", "H4", "H5"]
    assert those("is", "include", concluded=()) == []
    assert those("missing", concluded=()) == ["H1", "H2", "H3", "H4", "H5"]


def test_the_step_a_case_waits_for_can_be_asked_for(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household("H1", cases=[{"discovered_on": date(2022, 9, 1), "identified_on": None, "outcome": "open"}]),
        household("H2", cases=[{"identified_on": date(2022, 3, 1)}]),
        household("H3"),
    )
    database = make_database(rows)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        [waiting, *_] = read_selection(snapshot, **PAGE, selection=Selection(columns=("step",)))["step"]
    others = tuple(code for code in load_codes()["case_step"] if code != waiting)
    assert selected(database, Condition("step", "is", (waiting,))) == ["H1"]
    assert "H1" not in selected(database, Condition("step", "is", others))
    assert "H3" in selected(database, Condition("step", "missing"))


def test_jobs_are_counted_by_place_from_the_first_day_to_the_day_before_the_last(make_database: MakeDatabase) -> None:
    job = {"place": "outside", "started_on": AUTUMN}
    rows = merged(
        village(),
        household("H1", jobs=[job]),
        household("H2", jobs=[{**job, "started_on": date(2022, 10, 1)}]),
        household("H3", jobs=[{**job, "started_on": date(2022, 1, 1), "ended_on": AUTUMN}]),
        household("H4", jobs=[{**job, "place": "county"}]),
    )
    database = make_database(rows)
    assert selected(database, Condition("jobs_outside", "ge", ("1",))) == ["H1"]
    assert selected(database, Condition("jobs_outside", "eq", ("0",))) == ["H2", "H3", "H4"]
    assert selected(database, Condition("jobs_county", "eq", ("1",))) == ["H4"]


def test_the_age_of_the_data_turns_with_the_month(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household("H1", indicators=[{"valid_from": date(2022, 9, 1)}]),
        household("H2", indicators=[{"valid_from": date(2022, 8, 31)}]),
        household("H3", indicators=[{"valid_from": date(2021, 12, 31)}]),
        household("H4", indicators=None),
    )
    database = make_database(rows)
    ages = {number: selected(database, Condition("data_age", "eq", (number,))) for number in ("0", "1", "9")}
    assert ages == {"0": ["H1"], "1": ["H2"], "9": ["H3"]}
    assert selected(database, Condition("data_age", "missing")) == ["H4"]
