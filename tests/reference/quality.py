"""Data quality, recounted slowly: gaps, collections, findings of some rules, lamps in doubt, household by household."""

from collections import Counter
from collections.abc import Mapping, Set
from datetime import date

import pandas as pd

from data_access.schema.indicators import counted_columns
from tests.reference.frames import Frames, records
from tests.reference.scores import households_on, indicators_on, score_households


def missing_values(tables: Frames, *, on: date) -> Counter[str]:
    """Indicator -> households on the register on a day in which it is not collected."""
    held = {row["household_id"]: row for row in records(indicators_on(tables["household_indicator"], on=on))}
    counts: Counter[str] = Counter()
    for home in records(households_on(tables, on=on)):
        row = held.get(home["household_id"], {})
        counts.update(name for name in counted_columns() if row.get(name) is None)
    return counts


def collected_by_month(tables: Frames, *, on: date, since: date) -> Counter[str]:
    """Month -> households on the register on a day that were first collected in it, from a day on."""
    rows = tables["household_indicator"]
    first: dict[str, date] = {}
    for row in records(rows[rows["source"] == "collection"].sort_values("valid_from")):
        if since <= row["valid_from"] <= on:
            first.setdefault(row["household_id"], row["valid_from"])
    here = set(households_on(tables, on=on)["household_id"])
    return Counter(f"{day:%Y-%m}" for number, day in first.items() if number in here)


def duplicate_numbers(tables: Frames, *, on: date) -> set[str]:
    """Members on the register on a day who share their ID number."""
    day = pd.Timestamp(on)
    people = tables["member"]
    people = people[(people["joined_on"] <= day) & ~(people["left_on"] <= day)]
    people = people[people["household_id"].isin(households_on(tables, on=on)["household_id"])]
    numbers = [(row["member_id"], (row["id_no"] or "").replace(" ", "").upper()) for row in records(people)]
    counts = Counter(number for _, number in numbers if number)
    return {member for member, number in numbers if counts[number] > 1}


def lamps_in_doubt(tables: Frames, doubted: Mapping[str, Set[str]], *, on: date) -> dict[str, str]:
    """Households whose lamp changes when what is doubted in them is blanked, with the lamp they have.

    `doubted`: household -> the columns in doubt.
    """
    now = score_households(tables, on=on).set_index("household_id")["lamp"]
    blanked = tables["household_indicator"].copy()
    for name in {column for columns in doubted.values() for column in columns}:
        homes = [number for number, columns in doubted.items() if name in columns]
        blanked.loc[blanked["household_id"].isin(homes), name] = None
    without = score_households(tables.with_tables(household_indicator=blanked), on=on, delivered_with=tables).set_index(
        "household_id"
    )["lamp"]
    return {number: now[number] for number in doubted if now[number] != without[number]}
