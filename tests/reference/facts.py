"""The monthly facts, computed by brute force: for every month, keep the rows that hold on its day and count them.

The day of a month is its last day, or the cut-off where the month is not over. What happened from the first of the
month up to that day, both included, is in the month. Nothing here is shared with the code of the app.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data_access.schema.indicators import counted_columns
from data_access.yaml_files import read_yaml
from tests.reference import cases, jobs
from tests.reference.frames import Frames, cut_off, rows_by_household, with_village
from tests.reference.scores import households_on, indicators_on, score_households

LIMITS_FILE = Path(__file__).parents[2] / "data_access" / "schema" / "limits.yaml"

KEYS = {
    "households": ["household_type"],
    "lamps": ["household_type", "state", "lamp"],
    "cases": ["category", "cause", "state"],
    "flows": ["category", "flow"],
    "jobs": ["channel", "place"],
    "year_workers": [],
    "duty": [],
    "clues": [],
    "measures": [],
    "factories": [],
    "unchecked": [],
}
"""What distinguishes the rows of a frame, beside the village and the month."""

NUMBERS = {
    "households": ["households", "persons"],
    "lamps": ["households", "filled"],
    "cases": ["households", "persons"],
    "flows": ["households", "persons"],
    "jobs": ["workers"],
    "year_workers": ["workers"],
    "duty": ["households", "zero"],
    "clues": ["received", "checked", "open", "overdue"],
    "measures": ["due", "in_time", "overdue"],
    "factories": ["factories"],
    "unchecked": ["households"],
}
"""What is counted in a frame."""


@dataclass(frozen=True)
class Month:
    """One month: its name "YYYY-MM", its first day, and the day on which it is judged."""

    name: str
    first: pd.Timestamp
    day: pd.Timestamp

    def contains(self, days: pd.Series) -> pd.Series:
        """Which days lie in the month, up to the day on which it is judged."""
        return (days >= self.first) & (days <= self.day)


def monthly_facts(
    tables: Frames,
    *,
    names: Collection[str] = tuple(KEYS),
) -> dict[str, pd.DataFrame]:
    """The monthly facts: frame name -> one row per village, month and `KEYS`, in their order, without rows of zeros.

    Args:
        tables: the frames of `read_tables`.
        names: the frames that are wanted; all of them unless a test is about one.
    """
    months = reported_months(tables)
    limits = read_yaml(LIMITS_FILE)

    def scores(month: Month) -> pd.DataFrame:
        return score_households(tables, on=month.day.date())

    counts: dict[str, tuple[list[Month], Callable[[Month], pd.DataFrame]]] = {
        "households": (months, lambda month: count_households(tables, month)),
        "lamps": (months, lambda month: count_lamps(tables, scores(month), month)),
        "cases": (months, lambda month: cases.count_cases(tables, month.day)),
        "flows": (months, lambda month: cases.count_flows(tables, month.contains)),
        "jobs": (months, lambda month: jobs.count_jobs(tables, month.day)),
        "year_workers": (with_year_before(months), lambda month: jobs.count_year_workers(tables, month.day)),
        "duty": (months, lambda month: jobs.count_duty(tables, month.day)),
        "clues": (months, lambda month: count_clues(tables, month)),
        "measures": (months, lambda month: count_measures(tables, month, limits=limits)),
        "factories": (months, lambda month: count_factories(tables, month)),
        "unchecked": (months, lambda month: count_unchecked(tables, scores(month), month)),
    }
    return {
        name: summed(name, (count(month).assign(month=month.name) for month in its_months))
        for name, (its_months, count) in counts.items()
        if name in names
    }


def reported_months(tables: Frames) -> list[Month]:
    """The months from that of the first indicator row to that of the cut-off; none when there is no indicator row."""
    first = tables["household_indicator"]["valid_from"].min()
    return [] if pd.isna(first) else _months(first.date(), cut_off(tables))


def with_year_before(months: list[Month]) -> list[Month]:
    """All months from January of the year before the first one: a share of last year needs the whole of that year."""
    return _months(date(months[0].first.year - 1, 1, 1), months[-1].day.date()) if months else []


def summed(name: str, parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
    """One frame of rows to be counted or added -> one row per key, in order, whole numbers, without rows of zeros."""
    keys, numbers = ["village_code", "month", *KEYS[name]], NUMBERS[name]
    rows = pd.concat([pd.DataFrame(columns=[*keys, *numbers], dtype=object), *parts])
    rows = rows.astype({**dict.fromkeys(keys, "str"), **dict.fromkeys(numbers, "Int64")}).fillna(
        dict.fromkeys(numbers, 0)
    )
    total = rows.groupby(keys, dropna=False, as_index=False)[numbers].sum().astype(dict.fromkeys(numbers, "int64"))
    return total[(total[numbers] != 0).any(axis=1)].sort_values(keys).reset_index(drop=True)


def count_households(tables: Frames, month: Month) -> pd.DataFrame:
    """One row per household that exists, with its current members."""
    households = households_on(tables, on=month.day.date())
    persons = cases.members_on(tables["member"], month.day).groupby("household_id").size()
    return households.assign(households=1, persons=households["household_id"].map(persons))[
        ["village_code", "household_type", "households", "persons"]
    ]


def count_lamps(tables: Frames, scores: pd.DataFrame, month: Month) -> pd.DataFrame:
    """One row per household that exists, with its lamp, its monitoring state and the indicators collected."""
    in_force = indicators_on(tables["household_indicator"], on=month.day.date()).set_index("household_id")
    filled = in_force[list(counted_columns())].notna().sum(axis=1)
    return scores.assign(
        state=cases.states_on(tables, scores["household_id"], month.day),
        households=1,
        filled=scores["household_id"].map(filled),
    )[["village_code", "household_type", "state", "lamp", "households", "filled"]]


def count_clues(tables: Frames, month: Month) -> pd.DataFrame:
    """One row per clue that was matched to a household."""
    clues = with_village(tables["clue"], tables)
    unchecked = (clues["received_on"] <= month.day) & ~(clues["checked_on"] <= month.day)
    return pd.DataFrame(
        {
            "village_code": clues["village_code"],
            "received": month.contains(clues["received_on"]),
            "checked": month.contains(clues["checked_on"]),
            "open": unchecked,
            "overdue": unchecked & (clues["due_on"] < month.day),
        }
    )


def count_measures(tables: Frames, month: Month, *, limits: dict[str, Any]) -> pd.DataFrame:
    """One row per open household that was identified long enough ago to have its first measure: identified in the first
    of the cases that kept it open without a break, helped by the first measure of any of them."""
    started = [start for start in limits["measure_within_months"]["values"] if start <= month.day.date()]
    entry = limits["measure_within_months"]["values"][max(started)] if started else None
    if entry is None:
        return pd.DataFrame(columns=["village_code", *NUMBERS["measures"]])
    limit = pd.DateOffset(months=entry["value"])

    day, still_open = month.day.date(), with_village(cases.open_on(tables, month.day), tables)
    cases_of, measures_of = (rows_by_household(tables, name) for name in ("monitoring_case", "measure"))
    rows = []
    for village_code, household_id in zip(still_open["village_code"], still_open["household_id"], strict=True):
        own = [case for case in cases_of[household_id] if case["identified_on"] and case["identified_on"] <= day]
        since = max(case["identified_on"] for case in own)
        while earlier := [case for case in own if case["identified_on"] < since <= _left_open(case)]:
            since = min(case["identified_on"] for case in earlier)
        kept = {case["case_id"] for case in own if case["identified_on"] >= since}
        measures = [one for one in measures_of.get(household_id, ()) if one["case_id"] in kept]
        first = min((one["started_on"] for one in measures if one["started_on"]), default=date.max)
        undated = any(one["started_on"] is None and one["begun"] for one in measures)
        due = (pd.Timestamp(since) + limit).date()
        # Begun on an unknown day is neither in time nor late, unless another measure was in time.
        if due <= day and (not undated or first < due):
            rows.append({"village_code": village_code, "due": 1, "in_time": first < due, "overdue": first > day})
    return pd.DataFrame(rows, columns=["village_code", *NUMBERS["measures"]])


def _left_open(case: dict[str, Any]) -> date:
    return min(case["eliminated_on"] or date.max, case["ended_on"] or date.max)


def count_factories(tables: Frames, month: Month) -> pd.DataFrame:
    """One row per community factory that is open."""
    places = tables["workplace"]
    is_open = (places["opened_on"] <= month.day) & ~(places["closed_on"] <= month.day)
    return places[is_open & (places["kind"] == "community_factory")][["village_code"]].assign(factories=1)


def count_unchecked(tables: Frames, scores: pd.DataFrame, month: Month) -> pd.DataFrame:
    """One row per red household that never was a case and that nobody has looked at since its indicators changed."""
    states = cases.states_on(tables, scores["household_id"], month.day)
    red = scores[(scores["lamp"] == "red") & (states == "never")]
    since = indicators_on(tables["household_indicator"], on=month.day.date()).set_index("household_id")["valid_from"]

    clues, screenings = tables["clue"], tables["screening"]
    met = screenings[screenings["result"].notna() & (screenings["result"] != "away")]
    looked_at = pd.concat(
        [
            clues[["household_id", "checked_on"]].rename(columns={"checked_on": "day"}),
            met[["household_id", "screened_on"]].rename(columns={"screened_on": "day"}),
        ]
    )
    looked_at = looked_at[(looked_at["day"] >= looked_at["household_id"].map(since)) & (looked_at["day"] <= month.day)]
    return red[~red["household_id"].isin(looked_at["household_id"])][["village_code"]].assign(households=1)


def _months(first: date, last: date) -> list[Month]:
    names = pd.period_range(first, last, freq="M")
    return [
        Month(name=str(name), first=name.start_time, day=min(name.end_time.normalize(), pd.Timestamp(last)))
        for name in names
    ]
