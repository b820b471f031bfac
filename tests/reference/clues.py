"""Clues, needs and tasks recounted clue by clue and case by case: slow and obvious, from the definitions in
`metrics.yaml` and nothing else of the app.

Every function gives one row per thing, with its village and department.
"""

from typing import Any

import pandas as pd

from tests.reference import cases
from tests.reference.frames import Frames, with_village

SURVEYS = ("collection", "cadre", "case")


def _answers(kind: str, amount: Any, survey: dict[str, Any]) -> list[Any]:
    """What the survey answers to each question a clue of this kind puts: True, False, or None where unknown."""

    def at_least(name: str, least: Any) -> bool | None:
        return None if survey[name] is None else survey[name] >= least

    def is_true(name: str) -> bool | None:
        return survey[name]

    def named(name: str, *codes: str) -> bool | None:
        return None if survey[name] is None else survey[name] in codes

    def happened(name: str) -> bool | None:
        return None if survey[name] is None else survey[name] != "none"

    def fell() -> bool | None:
        parts = ("wage_income", "business_income", "property_income", "transfer_income")
        needed = (*parts, "business_cost", "income_persons", "last_net_income", "last_income_persons")
        if any(survey[name] is None for name in needed) or not survey["income_persons"]:
            return None
        if not survey["last_income_persons"]:
            return None
        net = sum(survey[name] for name in parts) - survey["business_cost"]
        return net * survey["last_income_persons"] < survey["last_net_income"] * survey["income_persons"]

    paid = [] if amount is None else [at_least("compliant_self_pay", amount)]
    fees = [] if amount is None else [at_least("edu_self_pay", amount)]
    return {
        "medical_cost": paid,
        "new_illness": [at_least("major_illness_n", 1)],
        "new_disability": [at_least("disabled_n", 1)],
        "relief_change": [],
        "housing": [named("house_grade", "C", "D", "CD"), is_true("house_damaged")],
        "disaster": [happened("disaster_type"), is_true("house_damaged")],
        "school": [at_least("dropout_n", 1), *fees],
        "job_loss": [at_least("job_loss_n", 1)],
        "water": [is_true("water_problem")],
        "accident": [happened("accident")],
        "industry": [is_true("business_failure")],
        "income": [fell()],
    }[kind]


def _outcome(answers: list[Any]) -> str:
    if any(answer is True for answer in answers):
        return "agree"
    return "conflict" if answers and all(answer is False for answer in answers) else "not_comparable"


def _surveys(tables: Frames, households: set[str]) -> dict[str, list[dict[str, Any]]]:
    """The intervals that people collected, by household, oldest first."""
    rows = tables["household_indicator"]
    rows = rows[rows["household_id"].isin(households) & rows["source"].isin(SURVEYS)].sort_values("valid_from")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        plain = {str(name): None if value is None or pd.isna(value) else value for name, value in row.items()}
        found.setdefault(row["household_id"], []).append(plain)
    return found


def department_clues(tables: Frames, day: pd.Timestamp, *, months: int) -> pd.DataFrame:
    """Clues that departments sent in the months that end with the day's, matched or not, by what became of them."""
    first = day.replace(day=1) - pd.DateOffset(months=months - 1)
    clues = with_village(tables["clue"], tables)
    clues = clues[(clues["way"] == "department") & clues["received_on"].between(first, day)]
    surveys = _surveys(tables, set(clues["household_id"]))
    rows = []
    for clue in clues.to_dict("records"):
        before = [one for one in surveys.get(clue["household_id"], []) if one["valid_from"] < clue["received_on"]]
        amount = None if pd.isna(clue["amount"]) else clue["amount"]
        outcome = _outcome(_answers(clue["kind"], amount, before[-1])) if before else "not_comparable"
        checked = not pd.isna(clue["checked_on"]) and clue["checked_on"] <= day
        rows.append(
            {
                "village_code": clue["village_code"],
                "department": clue["department"],
                "department_clues_received": 1,
                "department_clues_matched": 1,
                f"department_clues_{outcome}": 1,
                "department_clues_passed": int(not pd.isna(clue["due_on"])),
                "department_clues_checked": int(checked),
                "department_clues_checked_in_time": int(checked and clue["checked_on"] <= clue["due_on"]),
                "department_clues_led": int(checked and clue["result"] == "case"),
            }
        )
    loose = tables["clue_unmatched"]
    loose = loose[loose["received_on"].between(first, day)][["village_code", "department"]]
    return pd.concat(
        [pd.DataFrame(rows), loose.assign(department_clues_received=1, department_clues_unmatched=1)]
    ).fillna(0)


def case_help(tables: Frames, day: pd.Timestamp) -> pd.DataFrame:
    """Needs and tasks of cases that are open on the day."""
    open_cases = cases.open_on(tables, day)[["household_id", "case_id"]]
    needs = with_village(tables["need"].merge(open_cases, on=["household_id", "case_id"]), tables)
    needs = needs[needs["raised_on"].isna() | (needs["raised_on"] <= day)]
    unmet = ~(needs["met_on"] <= day)
    needs = needs.assign(
        needs_listed=1,
        needs_open=unmet.astype(int),
        needs_overdue=(unmet & (needs["due_on"] < day)).astype(int),
    )
    raised = tables["need"][["household_id", "need_id", "raised_on"]]
    tasks = with_village(tables["measure"].merge(open_cases, on=["household_id", "case_id"]), tables)
    tasks = tasks.merge(raised, on=["household_id", "need_id"], how="left")
    tasks = tasks[tasks["raised_on"].isna() | (tasks["raised_on"] <= day)]
    begun = (tasks["started_on"] <= day) | (tasks["started_on"].isna() & tasks["begun"].fillna(False).astype(bool))
    idle = ~begun & ~(tasks["done_on"] <= day)
    running = begun & ~(tasks["done_on"] <= day)
    tasks = tasks.assign(
        tasks_listed=1,
        tasks_waiting=idle.astype(int),
        tasks_overdue=(idle & (tasks["due_on"] < day)).astype(int),
        tasks_running=running.astype(int),
    )
    return pd.concat([needs, tasks]).fillna(
        dict.fromkeys(
            (
                "needs_listed",
                "needs_open",
                "needs_overdue",
                "tasks_listed",
                "tasks_waiting",
                "tasks_overdue",
                "tasks_running",
            ),
            0,
        )
    )
