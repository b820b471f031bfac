"""Why a household has its lamp: values, thresholds, points, what is missing; the score from month to month."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from data_access.clock import Months, month_number
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation, read_explanation, read_score_history
from tests.data_access.conftest import MakeDatabase
from tests.support.asking import ask
from tests.support.households import CUT_OFF, VILLAGE, household, merged, village

MONTHS = Months(month_number(date(2021, 5, 1)), CUT_OFF)
HOME = {"household_id": "H1"}

Explain = Callable[[str], Explanation]


CHANGES: dict[str, dict[str, Any] | None] = {
    "safe": {},  # every source delivered something
    "rules fire": {"compliant_self_pay": 20_000, "house_grade": "D", "worker_months": 12},
    # 4,999 yuan a person against the 5,000 of 2020.
    "below the line": {
        "wage_income": 0,
        "business_income": 9_998,
        "transfer_income": 0,
        "business_cost": 0,
        "last_net_income": 9_998,
    },
    "values missing": {"wage_income": None, "water_problem": None, "job_loss_n": 1},
    "strength unknown": {"worker_months": None, "job_loss_n": 1},
    "never collected": None,
}
"""Household -> what differs from safe indicators."""


@pytest.fixture(scope="module")
def explained(shared_database: MakeDatabase) -> Explain:
    """The explanation of one of the households."""
    database = shared_database(merged(village(), *(household(name, indicators=held) for name, held in CHANGES.items())))

    def of_household(name: str) -> Explanation:
        found = ask(database, read_explanation, scope=Scope.district(), on=CUT_OFF, household_id=name)
        assert found is not None
        return found

    return of_household


def history(make_database: MakeDatabase, *, scope: Scope | None = None, **columns: Any) -> pd.DataFrame:
    database = make_database(merged(village(), household(**columns)))
    return ask(database, read_score_history, scope=scope or Scope.district(), months=MONTHS, **HOME)


def test_a_rule_that_fires_tells_value_threshold_and_points(explained: Explain) -> None:
    found = explained("rules fire")
    told = [(one.rule.id, one.value, one.threshold, one.points) for one in found.of("risk")]
    assert told == [("house_unsafe", "D", ("C", "D", "CD"), 10), ("self_pay_general", 20_000, 20_000, 8)]
    held = [(one.rule.id, one.threshold, one.points) for one in found.of("resistance")]
    assert held == [("steady_work", 12, 6)]
    assert (found.score, found.lamp) == (12, "red")
    assert [one.rule.id for one in found.triggers] == ["house_unsafe"]


def test_income_is_told_in_per_cent_of_the_line_of_its_own_year(explained: Explain) -> None:
    found = explained("below the line")
    told = {one.rule.id: (one.value, one.threshold, one.points) for one in found.of("risk")}
    assert told == {
        "income_near_line": (Fraction(4_999, 50), 100, 10),
        "income_below_line": (Fraction(4_999, 50), 100, 8),
    }
    assert found.line is not None
    assert found.line.value == 5_000


def test_what_is_missing_is_no_points_and_names_what_to_collect(explained: Explain) -> None:
    found = explained("values missing")
    assert found.lamp == "undetermined"
    not_assessed = {one.rule.id for one in found.of("risk", assessed=False)}
    assert not_assessed == {"income_near_line", "income_below_line", "income_fall", "self_pay_share", "water_unsafe"}
    assert [names["zh"] for names in found.to_collect] == ["工资性收入", "饮水安全问题"]
    # 8 points are known; water 10, near the line 10, below it 8, fall 12, self-payment 5 could come.
    assert (found.score, found.lowest, found.highest) == (8, 8, 8 + 10 + 10 + 8 + 12 + 5)


def test_unknown_strength_lowers_only_what_the_score_could_be(explained: Explain) -> None:
    found = explained("strength unknown")
    assert (found.score, found.lowest, found.highest) == (8, 2, 8)


def test_nothing_collected_assesses_no_rule(explained: Explain) -> None:
    found = explained("never collected")
    # A rule for the other type of household does not concern this one, whatever its indicators.
    assert {one.rule.id for one in found.assessments if one.points is not None} == {"self_pay_lifted_out"}
    assert (found.score, found.lamp) == (0, "undetermined")
    assert len(found.to_collect) > 30


def test_the_indicators_of_the_day_count(make_database: MakeDatabase) -> None:
    intervals: list[dict[str, Any]] = [
        {"valid_from": date(2021, 5, 1), "valid_to": date(2022, 3, 10)},
        {"valid_from": date(2022, 3, 10), "water_problem": True},
    ]
    database = make_database(merged(village(), household(indicators=intervals)))
    lamps = {}
    for day in (date(2021, 4, 30), date(2022, 3, 9), date(2022, 3, 10)):
        found = ask(database, read_explanation, scope=Scope.district(), on=day, **HOME)
        lamps[day.isoformat()] = found and found.lamp
    assert lamps == {"2021-04-30": "undetermined", "2022-03-09": "none", "2022-03-10": "red"}


def test_a_household_that_is_not_there_or_not_in_the_scope_is_none(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household()))
    for wanted, scope in (
        ("", Scope.district()),
        ("' OR 1=1 --", Scope.district()),
        ("H1", Scope(regions=("610902999",))),
        ("H1", Scope(regions=())),
    ):
        assert ask(database, read_explanation, scope=scope, household_id=wanted, on=CUT_OFF) is None
        assert ask(database, read_score_history, scope=scope, household_id=wanted, months=MONTHS).empty
    inside = Scope(regions=(VILLAGE,))
    assert ask(database, read_explanation, scope=inside, household_id="H1", on=CUT_OFF) is not None
    assert not ask(database, read_score_history, scope=inside, household_id="H1", months=MONTHS).empty


def test_off_the_register_there_is_nothing_to_explain(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household(registered_on=date(2022, 2, 1), closed_on=date(2022, 4, 1))))
    days = [date(2022, 1, 31), date(2022, 2, 1), date(2022, 3, 31), date(2022, 4, 1)]
    found = [ask(database, read_explanation, scope=Scope.district(), on=day, **HOME) is not None for day in days]
    assert found == [False, True, True, False]
    months = ask(database, read_score_history, scope=Scope.district(), months=MONTHS, **HOME)["month"].tolist()
    assert months == ["2022-02", "2022-03"]


def test_the_history_follows_the_intervals_and_leaves_a_gap_where_nothing_was_collected(
    make_database: MakeDatabase,
) -> None:
    rows = history(
        make_database,
        indicators=[
            {"valid_from": date(2021, 7, 31), "valid_to": date(2022, 3, 31), "lost_main_labor": True, "job_loss_n": 1},
            {"valid_from": date(2022, 3, 31), "valid_to": date(2022, 9, 30), "water_problem": True},
        ],
    )
    scores = [None if pd.isna(score) else int(score) for score in rows["score"]]
    told = dict(zip(rows["month"], zip(scores, rows["lamp"], strict=True), strict=True))
    assert list(told) == MONTHS.texts
    assert told["2021-06"] == (None, "undetermined")
    assert told["2021-07"] == (20, "yellow")
    assert told["2022-02"] == (20, "yellow")
    assert told["2022-03"] == (10, "red")
    assert told["2022-08"] == (10, "red")
    assert told["2022-09"] == (None, "undetermined")


def test_the_history_ends_where_the_explanation_stands(make_database: MakeDatabase) -> None:
    indicators = {"lost_main_labor": True, "job_loss_n": 1, "uninsured_n": None}
    database = make_database(merged(village(), household(indicators=indicators), household("H2")))
    last = ask(database, read_score_history, scope=Scope.district(), months=MONTHS, **HOME).iloc[-1]
    found = ask(database, read_explanation, scope=Scope.district(), on=CUT_OFF, **HOME)
    assert found is not None
    assert (last["month"], last["score"], last["lamp"]) == ("2022-09", found.score, found.lamp)
