"""What follows from an answer: a conclusion where a lamp asked for one, else a problem where something is to be
settled; nothing else."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.errors import LedgerError
from data_access.handouts.consequences import conclusions, consequences, problems_to_settle
from data_access.handouts.forms import asks_for_conclusion, form_of
from data_access.handouts.handouts import Answer
from data_access.inspection.problems import open_problems
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.ledger.ledger import Batch, Ledger
from data_access.scope import Scope
from tests.support.households import TOWNSHIP, VILLAGE

DAY = date(2022, 9, 30)
HANDOUT = "H20220930-3F9A2C"
LAMPS = pd.DataFrame(
    [
        {"household_id": "H1", "village_code": VILLAGE, "lamp": "red", "fingerprint": "aa"},
        {"household_id": "H2", "village_code": VILLAGE, "lamp": "yellow", "fingerprint": "bb"},
    ]
)
WATCH = Answer(number=1, household_id="H1", village_code=VILLAGE, verdict="watch", checked_by="李村干")
NOT_INCLUDED = replace(WATCH, number=2, household_id="H2", verdict="not_include", reason="assets")
CONFIRMED = replace(WATCH, verdict="confirmed", reason="水压不足", settle_by=date(2022, 10, 31))


def follow(ledger: Ledger, *answers: Answer, metric: str) -> list[Batch]:
    asked: list[tuple[str, ...]] = []

    def read_lamps(ids: tuple[str, ...]) -> pd.DataFrame:
        asked.append(ids)
        return LAMPS

    found = consequences(
        ledger,
        answers,
        metric=metric,
        handout_id=HANDOUT,
        day=DAY,
        read_lamps=read_lamps,
        note=lambda one: f"由{one.checked_by}核实",
        problem=lambda one: f"名单第{one.number}行",
    )
    assert asked == ([("H1", "H2")] if asks_for_conclusion(metric) else [])
    return found


def records(batches: list[Batch]) -> dict[str, list[dict[str, Any]]]:
    return {table.name: [dict(row) for row in rows] for table, rows in batches}


def test_a_list_that_a_lamp_made_asks_for_a_conclusion_and_others_for_a_verdict() -> None:
    assert {metric: asks_for_conclusion(metric) for metric in ("red_unchecked", "households")} == {
        "red_unchecked": True,
        "households": False,
    }
    concluding, other = (form_of(metric, day=DAY, titles={}) for metric in ("red_unchecked", "households"))
    assert (concluding.verdicts, concluding.needs_reason, concluding.reasons) == (
        "disposition",
        "not_include",
        "reject_reason",
    )
    assert (other.verdicts, other.needs_reason, other.reasons) == ("handout_verdict", "not_true", None)


def test_every_answer_about_a_lamp_is_the_conclusion_about_its_own_household(ledger: Ledger) -> None:
    found = records(follow(ledger, WATCH, NOT_INCLUDED, metric="red_unchecked"))
    assert list(found) == ["disposition"]
    kept = ("household_id", "conclusion", "reason", "lamp", "fingerprint", "note", "until")
    assert [tuple(row[key] for key in kept) for row in found["disposition"]] == [
        ("H1", "watch", None, "red", "aa", "由李村干核实", None),
        ("H2", "not_include", "assets", "yellow", "bb", "由李村干核实", None),
    ]


def test_of_a_household_without_a_lamp_nothing_is_concluded() -> None:
    gone = replace(WATCH, household_id="H9")
    assert [one.household_id for one in conclusions([gone, WATCH], lamps=LAMPS, note=lambda _: "")] == ["H1"]


def test_a_long_note_is_cut_to_what_the_ledger_holds() -> None:
    [one] = conclusions([WATCH], lamps=LAMPS, note=lambda _: "长" * 300)
    assert one.note == "长" * LONGEST_TEXT


def test_a_conclusion_that_is_none_stops_everything(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="ledger_reason_missing"):
        follow(ledger, WATCH, replace(NOT_INCLUDED, reason=None), metric="red_unchecked")


def test_what_is_confirmed_and_to_be_settled_is_a_problem(ledger: Ledger) -> None:
    found = records(follow(ledger, CONFIRMED, replace(WATCH, number=2, household_id="H2"), metric="households"))
    [opened], [step] = found["problem"], found["problem_step"]
    expected = {
        "township_code": TOWNSHIP,
        "village_code": VILLAGE,
        "household_id": "H1",
        "description": "水压不足",
        "problem_class": "work",
        "source": "returned",
        "source_id": f"{HANDOUT}/1",
        "found_on": DAY,
    }
    assert {key: opened[key] for key in expected} == expected
    assert (step["owner"], step["due_on"], step["step"]) == ("李村干", date(2022, 10, 31), "opened")


@pytest.mark.parametrize(
    "change",
    [{"settle_by": None}, {"verdict": "not_true"}, {"verdict": "settled"}],
    ids=["no day", "not so", "settled"],
)
def test_without_confirmation_and_a_day_there_is_nothing_to_settle(change: dict[str, Any]) -> None:
    answer = replace(CONFIRMED, **change)
    assert problems_to_settle([answer], handout_id=HANDOUT, found_on=DAY, problem=lambda _: "x") == []


def test_without_a_reason_the_problem_is_called_after_its_row() -> None:
    [one] = problems_to_settle(
        [replace(CONFIRMED, reason=None)], handout_id=HANDOUT, found_on=DAY, problem=lambda one: f"第{one.number}行"
    )
    assert one.description == "第1行"


def test_the_same_row_opens_its_problem_once(ledger: Ledger) -> None:
    first = problems_to_settle([CONFIRMED], handout_id=HANDOUT, found_on=DAY, problem=lambda _: "x")
    open_problems(ledger, first, recorded_by="王镇干", scope=Scope.district())
    assert records(follow(ledger, CONFIRMED, metric="households")) == {"problem": [], "problem_step": []}
