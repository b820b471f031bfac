"""Cases on a day and the flows of a month, for the reference implementation.

A case is open from its identification until it is eliminated or ended, whichever comes first; it is eliminated from its
elimination until it is rolled back or ended. A person is watched while the case is open and the person belongs to the
household.
"""

from collections.abc import Callable

import pandas as pd

from tests.reference.frames import Frames, with_village


def open_on(monitoring_case: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The cases that are open on a day."""
    case = monitoring_case
    return case[(case["identified_on"] <= day) & ~(case["eliminated_on"] <= day) & ~(case["ended_on"] <= day)]


def eliminated_on(monitoring_case: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The cases whose risk is eliminated on a day."""
    case = monitoring_case
    return case[(case["eliminated_on"] <= day) & ~(case["rolled_back_on"] <= day) & ~(case["ended_on"] <= day)]


def members_on(member: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The persons who belong to a household on a day."""
    return member[(member["joined_on"] <= day) & ~(member["left_on"] <= day)]


def states_on(tables: Frames, household_ids: pd.Series, day: pd.Timestamp) -> pd.Series:
    """The monitoring state of each household: `open`, `eliminated`, `ended` (a case once, none now) or `never`."""
    case = tables["monitoring_case"]
    is_open = set(open_on(case, day)["household_id"])
    is_eliminated = set(eliminated_on(case, day)["household_id"])
    was_identified = set(case[case["identified_on"] <= day]["household_id"])

    def state(household_id: str) -> str:
        if household_id in is_open:
            return "open"
        if household_id in is_eliminated:
            return "eliminated"
        return "ended" if household_id in was_identified else "never"

    return pd.Series([state(household_id) for household_id in household_ids], index=household_ids.index, dtype="str")


def count_cases(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """One row per case that is open or eliminated: persons are the current members, or as frozen at the elimination."""
    case = tables["monitoring_case"]
    current = members_on(tables["member"], day).groupby("household_id").size()
    still_open, done = open_on(case, day), eliminated_on(case, day)
    still_open = still_open.assign(state="open", persons=still_open["household_id"].map(current))
    done = done.assign(state="eliminated")
    rows = pd.concat([still_open, done]).rename(columns={"cause_1": "cause"}).assign(households=1)
    return with_village(rows, tables)[["village_code", "category", "cause", "state", "households", "persons"]]


def count_flows(tables: Frames, spells: pd.DataFrame, in_month: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """One row per household, and one per person, that came to the open cases or left them in a month.

    Args:
        tables: the frames of `read_tables`.
        spells: the frame of `person_spells`.
        in_month: which days of a series lie in the month.
    """
    identified = _identified(tables)
    events = [
        (identified, "identified_on", "came_by", "households"),
        (identified, "end", "went_by", "households"),
        (spells, "start", "starts_by", "persons"),
        (spells, "stop", "stops_by", "persons"),
    ]
    rows = [
        frame[in_month(frame[day])].rename(columns={flow: "flow"}).assign(**{number: 1})
        for frame, day, flow, number in events
    ]
    columns = ["village_code", "category", "flow", "households", "persons"]
    return with_village(pd.concat(rows), tables).reindex(columns=columns)


def person_spells(tables: Frames) -> pd.DataFrame:
    """The time for which one person is watched in one case, one row per person and case.

    Columns: household_id, category, start, starts_by, stop (missing: still), stops_by (missing: still).
    """
    person = _identified(tables).merge(tables["member"][["household_id", "joined_on", "left_on"]], on="household_id")
    joined_later = person["joined_on"] > person["identified_on"]
    left_first = (person["left_on"] <= person["end"]) | (person["left_on"].notna() & person["end"].isna())
    person["start"] = person[["identified_on", "joined_on"]].max(axis=1)
    person["stop"] = person[["end", "left_on"]].min(axis=1)
    person["starts_by"] = person["came_by"].mask(joined_later, "joined")
    person["stops_by"] = person["went_by"].mask(left_first, "left")
    is_empty = person["stop"] <= person["start"]
    return person[~is_empty][["household_id", "category", "start", "starts_by", "stop", "stops_by"]]


def _identified(tables: Frames) -> pd.DataFrame:
    """Every case that was ever identified, with how it came to the open cases, and when and how it left them."""
    case = tables["monitoring_case"]
    case = case[case["identified_on"].notna()][
        ["household_id", "category", "follows_case_id", "identified_on", "eliminated_on", "ended_on"]
    ].copy()
    ended_first = (case["ended_on"] < case["eliminated_on"]) | (case["ended_on"].notna() & case["eliminated_on"].isna())
    case["came_by"] = case["follows_case_id"].isna().map({True: "identified", False: "rolled_back"})
    case["end"] = case[["eliminated_on", "ended_on"]].min(axis=1)
    case["went_by"] = ended_first.map({True: "ended", False: "eliminated"}).where(case["end"].notna())
    return case
