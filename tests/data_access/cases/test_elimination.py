"""Conditions of elimination at their edges: the day before and the day of, the threshold and one more, missing."""

from datetime import date
from typing import Any

import pytest

from data_access.cases.elimination import CONDITIONS, Watched, condition_rules, read_watched
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.asking import ask
from tests.support.households import VILLAGE, household, load, merged, village

ON = date(2022, 9, 30)
IDENTIFIED = {"identified_on": date(2022, 3, 1)}
HELP = {"started_on": date(2022, 3, 20)}


def watched(make_database: MakeDatabase, **columns: Any) -> Watched | None:
    rows = merged(village(), household(**{"cases": [IDENTIFIED], "measures": [HELP], **columns}))
    return ask(make_database(rows), read_watched, scope=Scope.district(), household_id="H1", on=ON)


def holds(make_database: MakeDatabase, **settings: Any) -> dict[str, bool | None]:
    found = watched(make_database, **settings)
    assert found is not None
    return dict(found.holds)


def test_a_safe_household_watched_long_enough_meets_every_condition(make_database: MakeDatabase) -> None:
    assert holds(make_database) == dict.fromkeys(CONDITIONS, True)


EDGES: list[tuple[str, dict[str, Any], bool | None]] = [
    # The line of 2020 is 5,000 yuan a person.
    ("income_above_line", {"wage_income": 0, "business_income": 9_000, "business_cost": 0}, True),
    ("income_above_line", {"wage_income": 0, "business_income": 8_999, "business_cost": 0}, False),
    ("income_above_line", {"wage_income": None}, None),
    ("income_steady", {"last_net_income": 75_000}, False),
    ("income_steady", {"last_net_income": 74_999}, True),
    ("income_steady", {"last_net_income": None}, None),
    ("spending_borne", {"compliant_self_pay": 20_000}, False),
    ("spending_borne", {"compliant_self_pay": 19_999}, True),
    ("spending_borne", {"edu_self_pay": 10_001}, False),
    ("spending_borne", {"edu_self_pay": None}, None),
    ("spending_borne", {"edu_self_pay": None, "compliant_self_pay": 20_000}, False),
    ("guarantees_hold", {"house_grade": "B"}, True),
    ("guarantees_hold", {"house_grade": "C"}, False),
    ("guarantees_hold", {"water_problem": None}, None),
    ("guarantees_hold", {"water_problem": None, "dropout_n": 1}, False),
    ("guarantees_hold", {"uninsured_n": 1}, False),
    ("no_new_risk", {"job_loss_n": 1}, False),
    ("no_new_risk", {"accident": None}, None),
    ("has_labour", {"labor_n": 0, "weak_labor_n": 0}, False),
    ("has_labour", {"labor_n": 0, "weak_labor_n": 1}, True),
    ("has_labour", {"labor_n": None}, None),
]


def test_each_condition_follows_its_rules(make_database: MakeDatabase) -> None:
    homes = [household(f"H{n}", indicators=changes, cases=[IDENTIFIED]) for n, (_, changes, _) in enumerate(EDGES)]
    database = make_database(merged(village(), *homes))
    for n, (condition, changes, expected) in enumerate(EDGES):
        found = ask(database, read_watched, scope=Scope.district(), household_id=f"H{n}", on=ON)
        assert found is not None
        assert found.holds[condition] is expected, (condition, changes)


def test_half_a_year_is_complete_on_its_day_and_an_elimination_before_it_stays_too_early(
    make_database: MakeDatabase,
) -> None:
    days = {"open": None, "too early": date(2022, 8, 31), "in time": date(2022, 9, 1)}
    homes = [household(name, cases=[{**IDENTIFIED, "eliminated_on": day}]) for name, day in days.items()]
    database = make_database(merged(village(), *homes))

    def is_long_enough(name: str, on: date) -> bool | None:
        found = ask(database, read_watched, scope=Scope.district(), household_id=name, on=on)
        assert found is not None
        return found.holds["watched_long_enough"]

    assert (is_long_enough("open", date(2022, 8, 31)), is_long_enough("open", date(2022, 9, 1))) == (False, True)
    assert (is_long_enough("too early", ON), is_long_enough("in time", ON)) == (False, True)


def test_a_measure_has_landed_from_the_day_it_starts(make_database: MakeDatabase) -> None:
    started: dict[str, list[dict[str, date]]] = {
        "none": [],
        "planned": [{}],
        "today": [{"started_on": ON}],
        "tomorrow": [{"started_on": date(2022, 10, 1)}],
    }
    homes = [household(name, cases=[IDENTIFIED], measures=measures) for name, measures in started.items()]
    database = make_database(merged(village(), load(cut_off=date(2022, 10, 31)), *homes))
    landed = {}
    for name in started:
        found = ask(database, read_watched, scope=Scope.district(), household_id=name, on=ON)
        landed[name] = found is not None and found.holds["measure_landed"]
    assert landed == {"none": False, "planned": False, "today": True, "tomorrow": False}


def test_a_household_nobody_collected_from_cannot_be_judged_by_its_indicators(make_database: MakeDatabase) -> None:
    found = holds(make_database, indicators=None)
    assert {name for name, answer in found.items() if answer is None} == set(CONDITIONS) - {
        "watched_long_enough",
        "measure_landed",
    }


def test_the_state_is_that_of_the_day(make_database: MakeDatabase) -> None:
    case = {"identified_on": date(2022, 3, 1), "eliminated_on": date(2022, 9, 10), "rolled_back_on": date(2022, 9, 20)}
    rows = merged(village(), household(cases=[case], measures=[HELP]))
    database = make_database(rows)
    days = [date(2022, 2, 28), date(2022, 3, 1), date(2022, 9, 9), date(2022, 9, 10), date(2022, 9, 19), ON]
    found = [ask(database, read_watched, scope=Scope.district(), household_id="H1", on=day) for day in days]
    assert [one and one.state for one in found] == [None, "open", "open", "eliminated", "eliminated", None]


@pytest.mark.parametrize("case", [{"identified_on": None}, {**IDENTIFIED, "ended_on": ON}])
def test_a_case_rejected_or_ended_is_not_watched(make_database: MakeDatabase, case: dict[str, Any]) -> None:
    assert watched(make_database, cases=[case]) is None


def test_a_case_outside_the_scope_is_not_there(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household(cases=[IDENTIFIED])))
    for regions, is_there in (((VILLAGE,), True), (("610902999",), False)):
        found = ask(database, read_watched, scope=Scope(regions=regions), household_id="H1", on=ON)
        assert (found is not None) is is_there


def test_every_rule_named_in_the_conditions_exists() -> None:
    rulebook = load_rulebook()
    stand_for = {name: {rule.id for rule in rules} for name, rules in condition_rules(rulebook, on=ON).items()}
    assert stand_for["income_above_line"] == {"income_below_line"}
    assert len(stand_for["spending_borne"]) == 4
    assert len(stand_for["no_new_risk"]) == 6
    assert {"house_unsafe", "water_unsafe", "school_dropout"} <= stand_for["guarantees_hold"]


def test_before_the_first_rule_nothing_can_be_judged_by_rules() -> None:
    assert set(condition_rules(load_rulebook(), on=date(2020, 12, 31)).values()) == {()}
