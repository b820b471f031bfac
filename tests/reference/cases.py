"""Cases on a day and the flows of a month, for the reference implementation.

A case is open from its identification until it is eliminated or ended or its household leaves the register, whichever
comes first; it is eliminated from its elimination until it is rolled back or ended, or the household leaves. A
household is counted once: for its open case, of several for the one identified last. A person is watched while the
household is open and the person belongs to it.

Flows are what differs between two days: who is watched today and was not yesterday has come, who was and is not has
left.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from tests.reference.frames import Frames, once, rows_by_household, with_village


def registered_until(rows: pd.DataFrame, tables: Frames) -> pd.Series:
    """The day on which the household of each row left the register; missing: it is there."""
    closed = tables["household"].set_index("household_id")["closed_on"].to_dict()
    return pd.to_datetime(rows["household_id"].map(closed)).astype("datetime64[us]")


@once
def open_on(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """The open cases that count on a day: one row per household."""
    case = tables["monitoring_case"]
    case = case[
        (case["identified_on"] <= day)
        & ~(case["eliminated_on"] <= day)
        & ~(case["ended_on"] <= day)
        & ~(registered_until(case, tables) <= day)
    ]
    return _one_each(case)


@once
def eliminated_on(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """The eliminated cases that count on a day: one row per household without an open case."""
    case = tables["monitoring_case"]
    case = case[
        (case["eliminated_on"] <= day)
        & ~(case["rolled_back_on"] <= day)
        & ~(case["ended_on"] <= day)
        & ~(registered_until(case, tables) <= day)
        & ~case["household_id"].isin(open_on(tables, day)["household_id"])
    ]
    return _one_each(case)


def _one_each(cases: pd.DataFrame) -> pd.DataFrame:
    return cases.sort_values(["identified_on", "case_id"]).groupby("household_id").tail(1)


def members_on(member: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The persons who belong to a household on a day."""
    return member[(member["joined_on"] <= day) & ~(member["left_on"] <= day)]


def states_on(tables: Frames, household_ids: pd.Series, day: pd.Timestamp) -> pd.Series:
    """The monitoring state of each household: `open`, `eliminated`, `ended` (a case once, none now) or `never`."""
    case = tables["monitoring_case"]
    is_open = set(open_on(tables, day)["household_id"])
    is_eliminated = set(eliminated_on(tables, day)["household_id"])
    was_identified = set(case[case["identified_on"] <= day]["household_id"])

    def state(household_id: str) -> str:
        if household_id in is_open:
            return "open"
        if household_id in is_eliminated:
            return "eliminated"
        return "ended" if household_id in was_identified else "never"

    return pd.Series([state(household_id) for household_id in household_ids], index=household_ids.index, dtype="str")


def count_cases(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """One row per household that is open or eliminated: persons are the current members, or as frozen at the
    elimination."""
    current = members_on(tables["member"], day).groupby("household_id").size()
    still_open, done = open_on(tables, day), eliminated_on(tables, day)
    still_open = still_open.assign(state="open", persons=still_open["household_id"].map(current))
    done = done.assign(state="eliminated")
    rows = pd.concat([still_open, done]).rename(columns={"cause_1": "cause"}).assign(households=1)
    return with_village(rows, tables)[["village_code", "category", "cause", "state", "households", "persons"]]


def count_flows(tables: Frames, in_month: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """The flows of a month; `in_month`: which days of a series lie in it."""
    flows = daily_flows(tables)
    columns = ["village_code", "category", "flow", "households", "persons"]
    return with_village(flows[in_month(flows["day"])], tables).reindex(columns=columns)


@once
def daily_flows(tables: Frames) -> pd.DataFrame:
    """Who came to the open state and who left it, day by day; one row per household and one per person.

    Columns: household_id, day, category, flow, households (1 or 0), persons (1 or 0).
    """
    homes = tables["household"].set_index("household_id")["closed_on"]
    members = rows_by_household(tables, "member")
    rows = [
        {"household_id": household_id, **flow}
        for household_id, cases in rows_by_household(tables, "monitoring_case").items()
        for flow in _flows(cases, members.get(household_id, []), closed_on=_day(homes.get(household_id, pd.NaT)))
    ]
    columns = ["household_id", "day", "category", "flow", "households", "persons"]
    return pd.DataFrame(rows, columns=columns).astype({"day": "datetime64[us]"})


def _day(moment: Any) -> date | None:
    return None if pd.isna(moment) else moment.date()


def _flows(
    cases: list[dict[str, Any]], members: list[dict[str, Any]], *, closed_on: date | None
) -> Iterator[dict[str, Any]]:
    """The flows of one household, from each day on which anything changes and the day before."""

    def is_past(day: date | None, on: date) -> bool:
        return day is not None and day <= on

    def open_case(on: date) -> dict[str, Any] | None:
        left = ("eliminated_on", "ended_on")
        held = [
            case
            for case in cases
            if is_past(case["identified_on"], on) and not any(is_past(case[day], on) for day in left)
        ]
        held = [] if is_past(closed_on, on) else held
        return max(held, key=lambda case: (case["identified_on"], case["case_id"]), default=None)

    def people(on: date) -> set[str]:
        return {
            person["member_id"]
            for person in members
            if is_past(person["joined_on"], on) and not is_past(person["left_on"], on)
        }

    changes = {case[name] for case in cases for name in ("identified_on", "eliminated_on", "ended_on")}
    changes |= {person[name] for person in members for name in ("joined_on", "left_on")} | {closed_on}
    for day in sorted(day for day in changes if day is not None):
        before, now = open_case(day - timedelta(days=1)), open_case(day)
        watched_before = people(day - timedelta(days=1)) if before else set()
        watched_now = people(day) if now else set()
        came, went = watched_now - watched_before, watched_before - watched_now
        if now is not None:
            begins = "identified" if now["follows_case_id"] is None else "rolled_back"
            # Somebody who joins on the day of the identification is one of those identified.
            yield from _counted(day, now, begins if before is None else "joined", 0, len(came))
            if before is None:
                yield from _counted(day, now, begins, 1, 0)
            else:
                yield from _counted(day, before, "left", 0, len(went))
        elif before is not None:
            eliminated = is_past(before["eliminated_on"], day)
            # Whoever is gone on the day of the elimination was not eliminated with the household; when its monitoring
            # ends because it is gone, everybody goes with it.
            gone = went - people(day) if eliminated else set()
            yield from _counted(day, before, "left", 0, len(gone))
            yield from _counted(day, before, "eliminated" if eliminated else "ended", 1, len(went - gone))
        elif (short := _open_for_no_time(cases, day, closed_on=closed_on)) is not None:
            begins = "identified" if short["follows_case_id"] is None else "rolled_back"
            for flow in (begins, "eliminated" if is_past(short["eliminated_on"], day) else "ended"):
                yield from _counted(day, short, flow, 1, len(people(day)))


def _open_for_no_time(cases: list[dict[str, Any]], day: date, *, closed_on: date | None) -> dict[str, Any] | None:
    """The case that came to the open state and left it on one day."""

    def left(case: dict[str, Any]) -> date | None:
        days = (case["eliminated_on"], case["ended_on"], closed_on)
        return min((on for on in days if on is not None), default=None)

    held = [case for case in cases if case["identified_on"] == day == left(case)]
    return min(held, key=lambda case: case["case_id"], default=None)


def _counted(day: date, case: dict[str, Any], flow: str, households: int, persons: int) -> Iterator[dict[str, Any]]:
    if households or persons:
        yield {
            "day": pd.Timestamp(day),
            "category": case["category"],
            "flow": flow,
            "households": households,
            "persons": persons,
        }
