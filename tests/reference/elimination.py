"""Which conditions of elimination hold for every watched household, computed slowly: row by row, as defined.

Nothing here is shared with the code of the app: points come from the reference scores, dates from the tables.
"""

from datetime import date
from typing import Any

import pandas as pd

from tests.reference.frames import Frames, once, records
from tests.reference.scores import indicators_on, scores_by_household

BY_RULES = {
    "income_above_line": ["income_below_line"],
    "income_steady": ["income_fall"],
    "spending_borne": ["self_pay_general", "self_pay_lifted_out", "self_pay_share", "education_cost"],
    "guarantees_hold": ["house_unsafe", "house_damaged", "water_unsafe", "school_dropout", "uninsured"],
    "no_new_risk": ["accident", "business_failure", "disaster", "job_loss", "lost_main_labour", "new_disability"],
}
MONTHS_WATCHED = 6


@once
def conditions_of_watched(tables: Frames, *, on: date) -> dict[str, dict[str, Any]]:
    """household_id -> its conditions on a day, for every household whose case is open or eliminated on it."""
    points = scores_by_household(tables, on=on)
    answers = {row["household_id"]: row for row in records(indicators_on(tables["household_indicator"], on=on))}
    measures = records(tables["measure"])
    started: dict[str, list[date]] = {}
    for measure in measures:
        if measure["started_on"] is not None:
            started.setdefault(measure["case_id"], []).append(measure["started_on"])
        elif measure["begun"]:
            started.setdefault(measure["case_id"], []).append(date.min)
    found = {}
    for case in records(tables["monitoring_case"]):
        if case["household_id"] in points and is_watched(case, on=on):
            row, known = points[case["household_id"]], answers.get(case["household_id"], {})
            left = [day for day in (case["eliminated_on"], case["ended_on"]) if day is not None]
            judged_on = min([on, *left])
            found[case["household_id"]] = {
                **{name: none_fires([row[f"points_{rule}"] for rule in rules]) for name, rules in BY_RULES.items()},
                "has_labour": has_labour(known.get("labor_n"), known.get("weak_labor_n")),
                "watched_long_enough": judged_on
                >= (pd.Timestamp(case["identified_on"]) + pd.DateOffset(months=MONTHS_WATCHED)).date(),
                "measure_landed": any(day <= judged_on for day in started.get(case["case_id"], [])),
            }
    return found


def met_for_months(tables: Frames, *, on: date, months: int = 6) -> set[str]:
    """The open households for which every condition held on each day on which anything about them may have changed in
    the months before a day, somebody can work, and no lamp is lit on the day."""
    since = (pd.Timestamp(on) - pd.DateOffset(months=months)).date()
    open_now = {
        case["household_id"]
        for case in records(tables["monitoring_case"])
        if is_watched(case, on=on) and (case["eliminated_on"] is None or case["eliminated_on"] > on)
    }
    some = Frames(
        (name, frame[frame["household_id"].isin(open_now)] if "household_id" in frame else frame)
        for name, frame in tables.items()
    )
    changes = {row["valid_from"] for row in records(some["household_indicator"]) if since < row["valid_from"] <= on}
    changes |= {row["received_on"] for row in records(some["clue"]) if since < row["received_on"] <= on}
    found = set(open_now)
    for day in sorted({since, on, *changes}):
        points = scores_by_household(some, on=day, delivered_with=tables)
        answers = {row["household_id"]: row for row in records(indicators_on(some["household_indicator"], on=day))}
        found = {
            number
            for number in found
            if number in points
            and all(none_fires([points[number][f"points_{rule}"] for rule in rules]) for rules in BY_RULES.values())
            and number in answers
            and has_labour(answers[number]["labor_n"], answers[number]["weak_labor_n"])
            and not answers[number]["no_labor_backstop"]
        }
    judged = conditions_of_watched(tables, on=on)
    scores = scores_by_household(tables, on=on)
    return {
        number
        for number in found
        if scores[number]["lamp"] == "none"
        and judged[number]["watched_long_enough"]
        and judged[number]["measure_landed"]
    }


def is_watched(case: dict[str, Any], *, on: date) -> bool:
    """Whether a case is open or eliminated on a day: identified by then, and neither ended nor rolled back."""
    if case["identified_on"] is None or case["identified_on"] > on:
        return False
    return not any(case[step] is not None and case[step] <= on for step in ("ended_on", "rolled_back_on"))


def none_fires(points: list[int | None]) -> bool | None:
    """False when a rule gives points; else unknown when one was not assessed."""
    if any(value is not None and value > 0 for value in points):
        return False
    return None if any(value is None for value in points) else True


def has_labour(full: int | None, weak: int | None) -> bool | None:
    """Whether anybody can work, fully or in part."""
    return None if full is None or weak is None else full + weak > 0
