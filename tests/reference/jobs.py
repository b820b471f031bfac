"""Jobs on a day and over a year, for the reference implementation.

A person has one job at a time: a job ends at the latest on the day on which the person's next one starts.
"""

import pandas as pd

from tests.reference import cases
from tests.reference.frames import Frames

PERSON = ["household_id", "member_id"]

OFF_FARM_CHANNELS = ("transfer", "community_factory", "self")
ABLE = ("ordinary", "skilled")


def clipped_jobs(tables: Frames) -> pd.DataFrame:
    """Every job with `stopped_on`: its own end, or the start of the person's next job if earlier; missing: still."""
    employment = tables["employment"].sort_values([*PERSON, "started_on"]).reset_index(drop=True)
    employment["next_started_on"] = employment.groupby(PERSON)["started_on"].shift(-1)
    return employment.assign(stopped_on=employment[["ended_on", "next_started_on"]].min(axis=1))


def jobs_on(clipped: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The jobs held on a day, at most one per person."""
    return clipped[(clipped["started_on"] <= day) & ~(clipped["stopped_on"] <= day)]


def count_jobs(tables: Frames, clipped: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """One row per current member of a lifted-out household who has a job."""
    held = jobs_on(clipped, day).merge(cases.members_on(tables["member"], day)[PERSON], on=PERSON)
    return _of_lifted_out(held, tables)[["village_code", "channel", "place"]].assign(workers=1)


def count_year_workers(tables: Frames, clipped: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """One row per person who, as a member of a lifted-out household, held an off-farm job on a day of the year so
    far."""
    new_year = pd.Timestamp(year=day.year, month=1, day=1)
    membership = tables["member"][[*PERSON, "joined_on", "left_on"]]
    held = clipped[clipped["channel"].isin(OFF_FARM_CHANNELS)].merge(membership, on=PERSON)
    held["from"] = held[["started_on", "joined_on"]].max(axis=1)
    held["until"] = held[["stopped_on", "left_on"]].min(axis=1)
    this_year = held[(held["from"] <= day) & ~(held["until"] <= new_year) & ~(held["until"] <= held["from"])]
    return _of_lifted_out(this_year.drop_duplicates(PERSON), tables)[["village_code"]].assign(workers=1)


def count_duty(tables: Frames, clipped: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """One row per lifted-out or monitored household with somebody able and willing; `zero` where nobody has a job."""
    household, case = tables["household"], tables["monitoring_case"]
    watched = pd.concat([cases.open_on(case, day), cases.eliminated_on(case, day)])["household_id"]
    current = cases.members_on(tables["member"], day)
    able = current[current["labour"].isin(ABLE) & current["wants_work"].fillna(False)]["household_id"]
    working = jobs_on(clipped, day).merge(current[PERSON], on=PERSON)["household_id"]

    ids = household["household_id"]
    on_duty = household[((household["household_type"] == "lifted_out") | ids.isin(watched)) & ids.isin(able)]
    return on_duty[["village_code"]].assign(households=1, zero=~on_duty["household_id"].isin(working))


def _of_lifted_out(rows: pd.DataFrame, tables: Frames) -> pd.DataFrame:
    household = tables["household"]
    lifted_out = household[household["household_type"] == "lifted_out"][["household_id", "village_code"]]
    return rows.merge(lifted_out, on="household_id")
