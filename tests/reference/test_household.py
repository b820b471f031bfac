"""The file and the story of a household against the tables read row by row, for households of every kind."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.clock import Months, last_day, month_number
from data_access.database.engine import HouseholdDatabase
from data_access.households.file import read_members
from data_access.households.timeline import read_story
from data_access.scope import Scope
from data_access.warnings.explanation import read_explanation, read_score_history
from tests.reference.frames import Frames, records
from tests.reference.household import days_of_story, jobs_held, members_of
from tests.reference.scores import scores_by_household
from tests.support.asking import ask

ON = date(2022, 9, 30)
SAMPLED = 6


def test_members_and_story_hold_every_row_of_the_tables(tables: Frames, embedded: HouseholdDatabase) -> None:
    # Households with cases have the longest stories.
    watched = sorted(set(tables["monitoring_case"]["household_id"]))[:SAMPLED]
    others = sorted(set(tables["household"]["household_id"]) - set(watched))[:SAMPLED]
    for household_id in [*watched, *others]:
        settings = {"scope": Scope.district(), "household_id": household_id, "on": ON}
        people = ask(embedded, read_members, **settings)
        assert set(people["member_id"]) == members_of(tables, household_id=household_id, on=ON)
        assert people["member_id"].is_unique
        at_work = people[people["work_place"].notna()]
        places = dict(zip(at_work["member_id"], at_work["work_place"], strict=True))
        assert places == jobs_held(tables, household_id=household_id, on=ON)
        story = ask(embedded, read_story, **settings)
        days = pd.to_datetime(story["on"]).dt.date  # DuckDB gives moments, PostgreSQL days
        told = list(zip(days, story["event"], strict=True))
        expected = days_of_story(tables, household_id=household_id, on=ON)
        assert sorted(told, key=lambda event: (-event[0].toordinal(), event[1])) == expected
        assert [day for day, _ in told] == [day for day, _ in expected]


@pytest.fixture(scope="module")
def scores(tables: Frames) -> dict[str, dict[str, Any]]:
    """Month -> household -> its reference score: before and after the year turns, and with it some rules."""
    return {month: scores_by_household(tables, on=last_day(month)) for month in ("2021-12", "2022-09")}


@pytest.fixture(scope="module")
def household_ids(tables: Frames, scores: dict[str, dict[str, Any]]) -> list[str]:
    """Households that together have every lamp in each of the two months, and are on the register or not."""
    chosen, seen = [], set[tuple[str, Any]]()
    for number in tables["household"]["household_id"]:
        own = {(month, of_month.get(number, {}).get("lamp")) for month, of_month in scores.items()}
        if own - seen:
            chosen.append(number)
            seen |= own
    return chosen


def test_score_and_lamp_of_a_month_are_those_of_the_reference(
    scores: dict[str, dict[str, Any]], embedded: HouseholdDatabase, household_ids: list[str]
) -> None:
    months = Months(month_number(date(2021, 5, 1)), ON)
    assert len(household_ids) >= 5
    for household_id in household_ids:
        history = ask(embedded, read_score_history, scope=Scope.district(), household_id=household_id, months=months)
        rows = {row["month"]: row for row in records(history)}
        for month, by_household in scores.items():
            expected = by_household.get(household_id)
            assert (month in rows) == (expected is not None)
            if expected is not None:
                assert (rows[month]["score"] or 0, rows[month]["lamp"]) == (expected["score"], expected["lamp"])


def test_the_explanation_adds_up_to_the_score(
    scores: dict[str, dict[str, Any]], embedded: HouseholdDatabase, household_ids: list[str]
) -> None:
    expected = scores["2022-09"]
    for household_id in household_ids:
        found = ask(embedded, read_explanation, scope=Scope.district(), household_id=household_id, on=ON)
        assert (found is not None) == (household_id in expected)
        if found is not None:
            row = expected[household_id]
            assert (found.score, found.lamp) == (row["score"], row["lamp"])
            assert max(0, found.balance) == found.score
            assert {one.rule.id: one.points for one in found.assessments} == {
                one.rule.id: row[f"points_{one.rule.id}"] for one in found.assessments
            }
            for one in found.assessments:
                assert (one.threshold is not None) == bool(one.points)
