"""What the warnings page counts, from the reference scores: rule by rule, household by household."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pandas as pd

from tests.reference.cases import eliminated_on
from tests.reference.elimination import BY_RULES, conditions_of_watched
from tests.reference.frames import Frames, records
from tests.reference.scores import load_rules, scores_by_household


def rules_that_fire(row: dict) -> list[str]:
    """The risk rules that give points in a household, by id."""
    risks = [rule["id"] for rule in load_rules() if rule["family"] == "risk"]
    return [rule for rule in risks if (row[f"points_{rule}"] or 0) > 0]


def rule_counts(scores: pd.DataFrame) -> dict[str, tuple[int, int, int, int, int]]:
    """Rule -> households in which it fires, of them warned, of those in which it is alone; undetermined ones in which
    it is not assessed; red ones in which it fires."""
    counts: dict[str, list[int]] = {rule["id"]: [0, 0, 0, 0, 0] for rule in load_rules() if rule["family"] == "risk"}
    for row in records(scores):
        fired = rules_that_fire(row)
        for rule in fired:
            counts[rule][0] += 1
            counts[rule][1] += row["lamp"] in ("red", "yellow")
            counts[rule][2] += row["lamp"] in ("red", "yellow") and len(fired) == 1
            counts[rule][4] += row["lamp"] == "red"
        if row["lamp"] == "undetermined":
            for rule, count in counts.items():
                count[3] += row[f"points_{rule}"] is None
    return {rule: (count[0], count[1], count[2], count[3], count[4]) for rule, count in counts.items()}


def rule_pairs(scores: pd.DataFrame) -> Counter[tuple[str, str]]:
    """Pairs of rules -> warned households in which both fire."""
    pairs: Counter[tuple[str, str]] = Counter()
    for row in records(scores):
        if row["lamp"] in ("red", "yellow"):
            pairs.update(combinations(sorted(rules_that_fire(row)), 2))
    return pairs


def shortfalls(scores: pd.DataFrame) -> Counter[tuple[str, str]]:
    """Village and class -> households that fall short."""
    found: Counter[tuple[str, str]] = Counter()
    for row in records(scores):
        for column, value in row.items():
            if column.startswith("shortfall_") and value:
                found[row["village_code"], column.removeprefix("shortfall_")] += 1
    return found


def lamp_changes(tables: Frames, *, on: date) -> Counter[tuple[str | None, str]]:
    """Lamp at the end of the month before (None: not on the register) and now -> households, where they differ."""
    before_on = on.replace(day=1) - timedelta(days=1)
    before, after = (
        {number: row["lamp"] for number, row in scores_by_household(tables, on=day).items()} for day in (before_on, on)
    )
    return Counter((before.get(number), lamp) for number, lamp in after.items() if before.get(number) != lamp)


def doubtful(tables: Frames, scores: pd.DataFrame, *, on: date) -> set[str]:
    """Households whose risk is eliminated on a day though they are red, or though a condition about them fails."""
    eliminated = set(eliminated_on(tables, pd.Timestamp(on))["household_id"])
    red = {row["household_id"] for row in records(scores) if row["lamp"] == "red"}
    conditions = conditions_of_watched(tables, on=on)
    return {
        number
        for number in eliminated
        if number in red or any(conditions.get(number, {}).get(name) is False for name in (*BY_RULES, "has_labour"))
    }
