"""The conditions of elimination, counted twice: by the app for one household after the other, and row by row."""

from datetime import date
from typing import Any

import pytest

from data_access.cases.elimination import CONDITIONS, read_watched
from data_access.database.engine import HouseholdDatabase
from data_access.lists.lists import ListRequest, read_list
from data_access.scope import Scope
from tests.reference.elimination import conditions_of_watched, met_for_months
from tests.reference.frames import Frames
from tests.support.asking import ask

FEW = 4


def showing_every_answer(conditions: dict[str, dict[str, Any]]) -> list[str]:
    """Households that together have every answer to every condition that any household has."""
    chosen, seen = [], set[tuple[str, Any]]()
    for household_id, own in conditions.items():
        if own.items() - seen:
            chosen.append(household_id)
            seen |= own.items()
    return chosen


@pytest.mark.parametrize("on", [date(2022, 9, 30), date(2021, 12, 31)])
def test_watched_households_with_every_answer_are_judged_as_defined(
    tables: Frames, embedded: HouseholdDatabase, on: date
) -> None:
    expected = conditions_of_watched(tables, on=on)
    chosen = showing_every_answer(expected)
    assert len(chosen) > 4
    for household_id in chosen:
        conditions = expected[household_id]
        found = ask(embedded, read_watched, scope=Scope.district(), household_id=household_id, on=on)
        assert found is not None, household_id
        assert dict(found.holds) == {name: conditions[name] for name in CONDITIONS}, household_id


def test_nobody_else_is_watched(tables: Frames, embedded: HouseholdDatabase) -> None:
    on = date(2022, 9, 30)
    watched = conditions_of_watched(tables, on=on)
    others = sorted(set(tables["household"]["household_id"]) - set(watched))[:FEW]
    once = sorted(set(tables["monitoring_case"]["household_id"]) - set(watched))[:FEW]
    for household_id in [*others, *once]:
        assert ask(embedded, read_watched, scope=Scope.district(), household_id=household_id, on=on) is None


@pytest.mark.parametrize("on", [date(2022, 9, 30), date(2022, 3, 31)])
def test_conditions_are_met_where_they_held_for_half_a_year(
    tables: Frames, embedded: HouseholdDatabase, on: date
) -> None:
    found = ask(
        embedded,
        read_list,
        scope=Scope.district(),
        request=ListRequest(metric="conditions_met", on=on),
        language="zh",
    )
    expected = met_for_months(tables, on=on)
    assert set(found["household_id"]) == expected
