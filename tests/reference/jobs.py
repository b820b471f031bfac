"""Jobs on a day and over a year, for the reference implementation.

A job ends when the next begins, when the member leaves or the household leaves the register, or when it is ended,
whichever comes first.
"""

import pandas as pd

from tests.reference import cases
from tests.reference.frames import Frames, once
from tests.reference.scores import households_on

PERSON = ["household_id", "member_id"]

OFF_FARM_CHANNELS = ("transfer", "community_factory", "self")
ABLE = ("ordinary", "skilled")


@once
def clipped_jobs(tables: Frames) -> pd.DataFrame:
    """Every job with `begins` and `stops` (missing: still), the days within which its holder belongs to the
    household."""
    jobs = tables["employment"].merge(tables["member"][[*PERSON, "joined_on", "left_on"]], on=PERSON)
    jobs = jobs.sort_values([*PERSON, "started_on"]).reset_index(drop=True)
    jobs["closed_on"] = cases.registered_until(jobs, tables)
    jobs["next_begins"] = jobs.groupby(PERSON)["started_on"].shift(-1)
    return jobs.assign(
        begins=jobs[["started_on", "joined_on"]].max(axis=1),
        stops=jobs[["next_begins", "left_on", "ended_on", "closed_on"]].min(axis=1),
    )


def jobs_within(clipped: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The jobs held on any day from the first to the last."""
    never = clipped["stops"] <= clipped["begins"]
    return clipped[(clipped["begins"] <= last) & ~(clipped["stops"] <= first) & ~never]


def jobs_on(clipped: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The jobs held on a day, at most one per person."""
    return jobs_within(clipped, day, day)


def count_jobs(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """One row per member of a lifted-out household who has a job."""
    return _of_lifted_out(jobs_on(clipped_jobs(tables), day), tables)[["village_code", "channel", "place"]].assign(
        workers=1
    )


def count_year_workers(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """One row per person who, as a member of a lifted-out household, held an off-farm job on a day of the year so
    far."""
    clipped = clipped_jobs(tables)
    off_farm = clipped[clipped["channel"].isin(OFF_FARM_CHANNELS)]
    this_year = jobs_within(off_farm, pd.Timestamp(year=day.year, month=1, day=1), day)
    return _of_lifted_out(this_year.drop_duplicates(PERSON), tables)[["village_code"]].assign(workers=1)


def count_duty(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """One row per lifted-out or monitored household with somebody able and willing; `zero` where nobody has a job."""
    household = households_on(tables, on=day.date())
    watched = pd.concat([cases.open_on(tables, day), cases.eliminated_on(tables, day)])["household_id"]
    current = cases.members_on(tables["member"], day)
    able = current[current["labour"].isin(ABLE) & current["wants_work"].fillna(False)]["household_id"]
    working = jobs_on(clipped_jobs(tables), day)["household_id"]

    ids = household["household_id"]
    on_duty = household[((household["household_type"] == "lifted_out") | ids.isin(watched)) & ids.isin(able)]
    return on_duty[["village_code"]].assign(households=1, zero=~on_duty["household_id"].isin(working))


def _of_lifted_out(rows: pd.DataFrame, tables: Frames) -> pd.DataFrame:
    household = tables["household"]
    lifted_out = household[household["household_type"] == "lifted_out"][["household_id", "village_code"]]
    return rows.merge(lifted_out, on="household_id")
