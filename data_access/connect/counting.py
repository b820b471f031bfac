"""Indicators that are counts of persons (family_size, labor_n, chronic_n …), counted from the persons as imports
count them (`load/kinds/persons.yaml`): a count is made only where every person has a value."""

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

import pandas as pd

from data_access.load.counted import Counted
from data_access.load.families import years_before
from data_access.load.kinds import load_kinds

_BORN = "birth_date"


def count_persons(indicators: pd.DataFrame, people: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """The intervals with the counts of the persons of today in the newest of each household; a household without any
    gets one that begins on the cut-off. Counts that the source itself says stay."""
    here = people[_in_family(people, as_of=as_of)]
    counts = _counted(here, as_of=as_of)
    rows = indicators
    lacking = counts.index.difference(pd.Index(rows["household_id"]))
    fresh = pd.DataFrame({"household_id": lacking, "valid_from": as_of, "valid_to": None}, dtype=object)
    rows = pd.concat([rows, fresh], ignore_index=True) if len(fresh) else rows.copy()
    newest = rows["valid_to"].isna()
    for name in counts:
        found = rows["household_id"].map(counts[name]).where(newest, None)
        rows[name] = rows[name].where(rows[name].notna(), found) if name in rows else found
    return rows


def _in_family(people: pd.DataFrame, *, as_of: date) -> pd.Series:
    stays = pd.Series(True, index=people.index)
    if "joined_on" in people:
        stays &= people["joined_on"].isna() | _is(people["joined_on"], lambda day: day <= as_of).fillna(False)
    if "left_on" in people:
        stays &= people["left_on"].isna() | _is(people["left_on"], lambda day: day > as_of).fillna(False)
    return stays


def _counted(people: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """One row per household: the indicators that can be counted."""
    homes = people.groupby("household_id")
    found: dict[str, pd.Series] = {}
    for name, how in load_kinds()["persons"].counted.items():
        column = name.split(".")[1]
        if how.rows:
            found[column] = homes.size()
        elif (counts := _is_counted(people, how, as_of=as_of)) is not None:
            whole = counts.notna().groupby(people["household_id"]).all()
            found[column] = counts.fillna(False).astype(int).groupby(people["household_id"]).sum().where(whole)
    return pd.DataFrame(found).astype("Int64").astype(object).where(lambda frame: frame.notna(), None)


def _is_counted(people: pd.DataFrame, how: Counted, *, as_of: date) -> pd.Series | None:
    """Whether each person counts, NULL where that is not known; None where the persons have no such column."""
    own = how.of.split(".")[1] if how.of else None
    if (own and own not in people) or (how.by_age and _BORN not in people):
        return None
    conditions: list[pd.Series] = []
    if own:
        conditions.append(_is(people[own], lambda code: code in how.among))
    if how.by_age:
        day = as_of if how.age_on is None else how.age_on.last_by(as_of)
        if how.from_age is not None:
            limit = years_before(day, how.from_age)
            conditions.append(_is(people[_BORN], lambda born: born <= limit))
        if how.below_age is not None:
            later = years_before(day, how.below_age)
            conditions.append(_is(people[_BORN], lambda born: born > later))
    for name, codes in how.but_for.items():
        beside = name.split(".")[1]
        if beside in people:
            conditions.append(~_is(people[beside], frozenset(codes).__contains__).fillna(False))
    # Three values: false where one condition fails, unknown where none fails and one is unknown.
    return reduce(and_, conditions)


def _is(values: pd.Series, test: Callable[[Any], bool]) -> pd.Series:
    """Whether each value passes a test; NULL where there is none."""
    found = [None if value is None or pd.isna(value) else test(value) for value in values.tolist()]
    return pd.Series(found, index=values.index, dtype="boolean")
