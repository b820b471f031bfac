"""What is wrong with assembled tables beyond single values: what would be counted twice, or nowhere."""

from data_access.connect.assembling import Frames, tell
from data_access.connect.reading import Told
from data_access.load.incoming import INCOMES


def tell_meaning(frames: Frames, *, told: Told) -> None:
    """Tell of rows that no page would count as they are meant."""
    _incomes_in_part(frames, told=told)
    _incomes_overlap(frames, told=told)
    _two_cases(frames, told=told)
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
