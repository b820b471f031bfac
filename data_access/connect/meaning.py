"""What is wrong with assembled tables beyond single values: what would be counted twice, or nowhere."""

import pandas as pd

from data_access.connect.assembling import Frames, keys_of, tell
from data_access.connect.cells import NO_END
from data_access.connect.mapping import END_DAYS
from data_access.connect.reading import Told, rule_of
from data_access.load.incoming import INCOMES

_SAYS_OVER = {"household": "closed_reason", "member": "leave_reason", "monitoring_case": "outcome", "clue": "result"}
"""Table -> the column that says that a row is over, but not when."""


def tell_meaning(frames: Frames, *, told: Told) -> None:
    """Tell of rows that no page would count as they are meant."""
    _incomes_in_part(frames, told=told)
    _incomes_without_persons(frames, told=told)
    _incomes_overlap(frames, told=told)
    _two_cases(frames, told=told)
    _over_without_day(frames, told=told)
    _persons_twice(frames, told=told)
    _homes_above_villages(frames, told=told)
    jobs = frames.get("employment")
    if jobs is not None and "channel" in jobs:
        tell(
            jobs[jobs["channel"].isna()],
            "employment",
            "channel",
            "job_without_channel",
            keys=["household_id"],
            told=told,
        )


def _incomes_in_part(frames: Frames, *, told: Told) -> None:
    rows = frames.get("household_indicator")
    if rows is None or not set(INCOMES) <= set(rows):
        return
    known = rows[list(INCOMES)].notna()
    newest = rows["valid_to"].isna() if "valid_to" in rows else True
    for name in INCOMES:
        partly = newest & known.any(axis=1) & ~known[name]
        tell(rows[partly], "household_indicator", name, "income_in_part", keys=["household_id"], told=told)


def _incomes_without_persons(frames: Frames, *, told: Told) -> None:
    """Incomes of which nobody says for how many persons: there is no income per head then."""
    rows = frames.get("household_indicator")
    if rows is None or not set(INCOMES) <= set(rows):
        return
    persons = rows["income_persons"] if "income_persons" in rows else pd.Series(None, rows.index, object)
    newest = rows["valid_to"].isna() if "valid_to" in rows else True
    lacking = newest & rows[list(INCOMES)].notna().all(axis=1) & persons.isna()
    column, rule = "income_persons", "income_without_persons"
    tell(rows[lacking], "household_indicator", column, rule, keys=["household_id"], told=told)


def _incomes_overlap(frames: Frames, *, told: Told) -> None:
    rows = frames.get("income_record")
    if rows is None or not len(rows):
        return
    rows = rows.sort_values(["household_id", "period_start"], kind="stable")
    before = rows.groupby("household_id")["period_end"].shift(1)
    overlaps = before.notna() & (rows["period_start"] <= before.where(before.notna(), rows["period_start"]))
    tell(rows[overlaps], "income_record", "period_start", "incomes_overlap", keys=["household_id"], told=told)


def _two_cases(frames: Frames, *, told: Told) -> None:
    rows = frames.get("monitoring_case")
    if rows is None:
        return
    active = rows[rows["outcome"].isin(["open", "eliminated"])]
    again = active.duplicated("household_id", keep=False)
    tell(active[again], "monitoring_case", "household_id", "two_cases", keys=["household_id"], told=told)


def _over_without_day(frames: Frames, *, told: Told) -> None:
    """Rows that are over by a word of theirs, without a day on which they were: they go on."""
    for table, name in _SAYS_OVER.items():
        rows = frames.get(table)
        if rows is None or name not in rows:
            continue
        over = rows[name].eq("eliminated") if table == "monitoring_case" else rows[name].notna()
        lacking = over & (rows[END_DAYS[table]].isna() if END_DAYS[table] in rows else True)
        tell(rows[lacking], table, name, rule_of(NO_END, table), keys=keys_of(table), told=told)


def _persons_twice(frames: Frames, *, told: Told) -> None:
    """Persons who have left none of several households: they have one certificate number, or one number, name and day
    of birth (there are sources that number the persons of each household from 1)."""
    people = frames.get("member")
    if people is None:
        return
    here = people[people["left_on"].isna()] if "left_on" in people else people
    twice = pd.Series(False, here.index)
    for own in (["id_no"], ["member_id", "name", "birth_date"]):
        if set(own) <= set(here):
            known = here.dropna(subset=own).drop_duplicates([*own, "household_id"])
            twice |= known.duplicated(own, keep=False).reindex(here.index, fill_value=False)
    tell(here[twice], "member", "member_id", "person_twice", keys=["household_id", "member_id"], told=told)


def _homes_above_villages(frames: Frames, *, told: Told) -> None:
    homes, regions = frames.get("household"), frames.get("region")
    if homes is None or regions is None or "village_code" not in homes:
        return
    above = regions.loc[regions["level"].ne("village"), "code"]
    odd = homes[homes["village_code"].isin(above)]
    tell(odd, "household", "village_code", "home_above_village", keys=["household_id"], value="village_code", told=told)
