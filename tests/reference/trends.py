"""Where cases wait and how long elimination takes, case by case, for the reference implementation."""

from typing import Any

import pandas as pd

from tests.reference.cases import eliminated_on, open_on
from tests.reference.frames import Frames, with_village

STEPS = {
    "checked": "discovered_on",
    "compared": "checked_on",
    "reviewed": "compared_on",
    "publicised": "reviewed_on",
    "township_reviewed": "publicised_on",
    "approved": "township_reviewed_on",
    "identified": "approved_on",
    "helped": "identified_on",
}
"""A step -> the day from which a case waits for it. For the last it waits once it is identified and helped."""
WITHIN_DAYS = {"checked": 5, "publicised": 5}
"""Days from the step before, since the rule of fifteen days; for other steps before the identification, one."""
IDENTIFY_WITHIN_DAYS, IDENTIFY_LIMIT_SINCE = 15, pd.Timestamp("2023-02-14")


def is_past(day: Any, on: pd.Timestamp) -> bool:
    """Whether a day is known and not after another."""
    return bool(pd.notna(day) and day <= on)


def waiting_cases(tables: Frames, on: pd.Timestamp) -> pd.DataFrame:
    """One row per case that waits for a step on a day: village_code, case_id, step, days, overdue."""
    first_help = tables["measure"].groupby(["household_id", "case_id"])["started_on"].min()
    measures = tables["measure"]
    of_unknown_day = measures["started_on"].isna() & measures["begun"].fillna(False).astype(bool)
    undated = set(measures[of_unknown_day][["household_id", "case_id"]].itertuples(index=False, name=None))
    rows = []
    for case in with_village(tables["monitoring_case"], tables).to_dict("records"):
        gone = any(is_past(case[day], on) for day in ("eliminated_on", "ended_on", "rejected_on"))
        if gone or not is_past(case["discovered_on"], on):
            continue
        key = (case["household_id"], case["case_id"])
        helped = case["identified_on"] if key in undated else first_help.get(key)
        if is_past(case["identified_on"], on) and is_past(helped, on):
            step, since = "eliminated", max(case["identified_on"], helped)
        else:
            step, since = [(step, case[day]) for step, day in STEPS.items() if is_past(case[day], on)][-1]
        rows.append(
            {
                "village_code": case["village_code"],
                "case_id": case["case_id"],
                "step": step,
                "days": (on - since).days,
                "overdue": int(_is_overdue(case, step, since, on)),
            }
        )
    return pd.DataFrame(rows, columns=["village_code", "case_id", "step", "days", "overdue"])


def _is_overdue(case: dict[Any, Any], step: str, since: pd.Timestamp, on: pd.Timestamp) -> bool:
    if step == "eliminated":
        return False
    if step == "helped":
        return case["identified_on"] + pd.DateOffset(months=1) <= on
    waited, alone = (on - case["discovered_on"]).days, (on - since).days
    late = waited > IDENTIFY_WITHIN_DAYS or alone > WITHIN_DAYS.get(step, 1)
    return on >= IDENTIFY_LIMIT_SINCE and late


def elimination_times(tables: Frames, on: pd.Timestamp) -> pd.DataFrame:
    """One row per case identified until a day that did not end without an elimination.

    Columns: village_code, category, cause, case_group, households (1 where the case counts for its household),
    eliminated, followed_6, followed_12, eliminated_6, eliminated_in_1 to eliminated_in_12 (0 or 1).
    """
    indicators = tables["household_indicator"]
    in_force = indicators[(indicators["valid_from"] <= on) & ~(indicators["valid_to"] <= on)]
    still_open, done_now = open_on(tables, on), eliminated_on(tables, on)
    watched, done_by = set(pd.concat([still_open, done_now])["case_id"]), set(done_now["case_id"])
    backstop = set(in_force[in_force["no_labor_backstop"].fillna(False)]["household_id"])
    rows = []
    for case in with_village(tables["monitoring_case"], tables).to_dict("records"):
        done = case["eliminated_on"] if is_past(case["eliminated_on"], on) else None
        if not is_past(case["identified_on"], on):
            continue
        if is_past(case["ended_on"], on) and not (done is not None and done <= case["ended_on"]):
            continue
        row = {
            "village_code": case["village_code"],
            "category": case["category"],
            "cause": case["cause_1"],
            "case_group": "backstop" if case["household_id"] in backstop else "other",
            "households": int(case["case_id"] in watched),
            "eliminated": int(case["case_id"] in done_by),
        }
        ends = {months: case["identified_on"] + pd.DateOffset(months=months) for months in range(1, 13)}
        row |= {f"followed_{months}": int(ends[months] <= on) for months in (6, 12)}
        row["eliminated_6"] = int(row["followed_6"] and done is not None and done <= ends[6])
        for months, end in ends.items():
            row[f"eliminated_in_{months}"] = int(row["followed_12"] and done is not None and done <= end)
        rows.append(row)
    return pd.DataFrame(rows)
