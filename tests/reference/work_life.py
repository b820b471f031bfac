"""Work one by one, for the reference implementation: slow and obvious, from the definitions in `metrics.yaml`.

Every function gives one row per person or thing that counts on a day, with its village and what it counts.
"""

import pandas as pd

from tests.reference import cases
from tests.reference.frames import Frames
from tests.reference.jobs import ABLE, OFF_FARM_CHANNELS, PERSON, clipped_jobs, jobs_on, jobs_within


def in_work(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """Members of lifted-out households in work."""
    members = _members(tables, day)
    lifted_out = members[members["household_type"] == "lifted_out"]
    held = jobs_on(clipped_jobs(tables), day).merge(lifted_out[[*PERSON, "village_code"]], on=PERSON)
    off_farm = held["channel"].isin(OFF_FARM_CHANNELS)
    return held.assign(workers=1, wage_known=(held["monthly_wage"].notna() & off_farm).astype(int))


def able(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """Members able and willing of lifted-out or monitored households."""
    watched = pd.concat([cases.open_on(tables, day), cases.eliminated_on(tables, day)])["household_id"]
    members = _members(tables, day)
    registered = (members["registered_on"] <= day) & ~(members["closed_on"] <= day)
    bound = (members["household_type"] == "lifted_out") & registered | members["household_id"].isin(watched)
    people = members[bound & members["labour"].isin(ABLE) & members["wants_work"].fillna(False)]

    jobs = clipped_jobs(tables)
    working = jobs_on(jobs, day)
    months = _months_worked(jobs, day)
    rows = people.merge(months, on=PERSON, how="left").fillna({"months": 0})
    at_work = pd.MultiIndex.from_frame(rows[PERSON]).isin(pd.MultiIndex.from_frame(working[PERSON]))
    return rows.assign(
        persons=1,
        idle=(~at_work).astype(int),
        idle_zero=(~rows["household_id"].isin(working["household_id"])).astype(int),
        worked=(rows["months"] > 0).astype(int),
    )


def returned(tables: Frames, day: pd.Timestamp, *, months: int) -> pd.DataFrame:
    """Members of lifted-out households out of work, whose last job was off the farm and ended lately."""
    begun = tables["employment"][tables["employment"]["started_on"] <= day]
    last = begun.sort_values("started_on").drop_duplicates(PERSON, keep="last")
    lately = (last["ended_on"] <= day) & (last["ended_on"] + pd.DateOffset(months=months) > day)
    members = _members(tables, day)
    lifted_out = members[members["household_type"] == "lifted_out"]
    back = last[lately & last["channel"].isin(OFF_FARM_CHANNELS)]
    return back.merge(lifted_out[[*PERSON, "village_code"]], on=PERSON).assign(persons=1)


def factories(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """Community factories that are open, with those who work in them."""
    members = _members(tables, day)
    held = jobs_on(clipped_jobs(tables), day).merge(members[[*PERSON, "household_type"]], on=PERSON)
    shown = _open_factories(tables, day)
    everyone = held.groupby("workplace_id").size()
    lifted_out = held[held["household_type"] == "lifted_out"].groupby("workplace_id").size()
    return shown.assign(
        factories=1,
        workers=shown["workplace_id"].map(everyone).fillna(0),
        lifted_out_workers=shown["workplace_id"].map(lifted_out).fillna(0),
    )


def large_sites(tables: Frames, day: pd.Timestamp, *, fewest: int) -> pd.DataFrame:
    """Resettlement sites that must have a factory, and whether their village has one."""
    large = tables["resettlement_site"][tables["resettlement_site"]["households"] >= fewest]
    covered = large["village_code"].isin(_open_factories(tables, day)["village_code"])
    return large.assign(sites=1, covered=covered.astype(int))


def _members(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    homes = tables["household"][["household_id", "village_code", "household_type", "registered_on", "closed_on"]]
    return cases.members_on(tables["member"], day).merge(homes, on="household_id")


def _open_factories(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    places = tables["workplace"]
    is_open = (places["opened_on"] <= day) & ~(places["closed_on"] <= day)
    return places[is_open & (places["kind"] == "community_factory")]


def _months_worked(jobs: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Months of the year, up to the day, with a day on which the person had a job as a member of the household."""
    found = []
    for month in pd.period_range(f"{day.year}-01", day, freq="M"):
        last = min(month.end_time.normalize(), day)
        found.append(jobs_within(jobs, month.start_time, last)[PERSON].drop_duplicates())
    return pd.concat(found).groupby(PERSON).size().rename("months").reset_index()
