"""A finding keeps what the system held then; the newest counts; a disagreement is never without a word."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import Snapshot
from data_access.errors import LedgerError, ScopeError
from data_access.facts.metrics import load_metrics
from data_access.inspection.findings import (
    Finding,
    add_findings,
    compared,
    load_questions,
    new_finding,
    problems_of,
    read_findings,
    read_household_values,
    read_project_values,
    without_open_problem,
)
from data_access.inspection.problems import ProblemStep, problem_batches, record_step
from data_access.ledger.ledger import Ledger
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import household_indicator, project
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village

DISTRICT = Scope.district()
WATER = Finding(
    finding_id="F1",
    draw_id="C1",
    kind="household",
    code="H1",
    township_code=TOWNSHIP,
    village_code=VILLAGE,
    question="water",
    problem_class="policy",
    system_value="否",
    found_value="水压不足",
    agrees=False,
    found_on=date(2022, 9, 28),
)


def add(ledger: Ledger, *findings: Finding, scope: Scope = DISTRICT) -> int:
    return add_findings(ledger, findings, recorded_by="李组长", scope=scope)


def test_every_question_asks_about_something_the_system_holds() -> None:
    kinds = load_questions()
    for question in kinds["household"].values():
        assert set(question.columns) <= set(household_indicator.c.keys())
    for question in kinds["project"].values():
        assert set(question.columns) <= set(project.c.keys())
    assert {question.metric for question in kinds["village"].values()} <= set(load_metrics())


@ON_BOTH
def test_the_newest_finding_counts_and_the_older_stays(ledger: Ledger) -> None:
    add(ledger, WATER)
    add(ledger, replace(WATER, finding_id="F2", agrees=True, found_value=None))
    [row] = read_findings(ledger, scope=DISTRICT, draw_id="C1").to_dict("records")
    assert (row["finding_id"], bool(row["agrees"]), row["recorded_by"]) == ("F2", True, "李组长")


def test_what_is_recorded_again_in_other_words_is_no_second_problem(ledger: Ledger) -> None:
    [told] = problems_of([WATER], due_on=date(2022, 10, 28), source="inspection", describe=str)
    add_findings(ledger, [WATER], *problem_batches([told]), recorded_by="李组长", scope=DISTRICT)
    again = replace(WATER, finding_id="F2", found_value="没有水")
    others = [replace(again, code="H2"), replace(again, question="housing"), replace(again, draw_id="C2")]
    assert without_open_problem(ledger, [again, *others], scope=DISTRICT) == others
    done = ProblemStep(step="struck_off", done_on=date(2022, 10, 1), evidence="照片")
    record_step(ledger, told.problem_id, done, recorded_by="王组长", scope=DISTRICT)
    assert without_open_problem(ledger, [again], scope=DISTRICT) == [again]


def test_findings_of_other_draws_or_outside_the_scope_are_not_read(ledger: Ledger) -> None:
    add(ledger, WATER, replace(WATER, finding_id="F2", draw_id="C2"))
    assert len(read_findings(ledger, scope=DISTRICT, draw_id="C1")) == 1
    assert read_findings(ledger, scope=Scope(regions=("610902101",)), draw_id="C1").empty
    with pytest.raises(ScopeError, match="ledger_outside_scope"):
        add(ledger, replace(WATER, finding_id="F3"), scope=Scope(regions=("610902101",), actions=None))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"question": "weather"}, "finding_question_unknown"),
        ({"kind": "project"}, "finding_question_unknown"),
        ({"problem_class": "weather"}, "problem_class_unknown"),
        ({"found_value": " "}, "finding_words_missing"),
        ({"found_on": date(2999, 1, 1)}, "record_day_to_come"),
    ],
)
def test_a_finding_that_is_not_right_is_refused_with_all_that_came_along(
    ledger: Ledger, change: dict, problem: str
) -> None:
    with pytest.raises(LedgerError, match=problem):
        add(ledger, WATER, replace(WATER, finding_id="F2", **change))
    assert read_findings(ledger, scope=DISTRICT, draw_id="C1").empty


def test_what_was_not_collected_is_missing_and_no_zero(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household("H1", indicators=[{"water_problem": True, "dropout_n": None}]),
        household("H2", indicators=[{"valid_from": date(2023, 1, 1)}]),
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = read_household_values(
            snapshot, scope=DISTRICT, on=date(2022, 9, 30), household_ids=("H1", "H2", "H9")
        ).set_index("household_id")
        projects = read_project_values(snapshot, scope=DISTRICT, project_ids=("P1",))
    assert bool(found.loc["H1", "water_problem"])
    assert found["dropout_n"].isna()["H1"]
    assert found.loc["H2"].drop("village_code").isna().all()
    assert projects.empty


def test_what_is_only_looked_at_is_no_error_of_the_system() -> None:
    found = pd.DataFrame({"kind": "household", "question": ["water", "food_clothing", "no longer asked"]})
    assert compared(found)["question"].tolist() == ["water", "no longer asked"]
    assert compared(found[:0]).empty


def test_a_finding_is_about_its_unit_and_question_and_has_a_number_of_its_own() -> None:
    question = load_questions()["household"]["water"]
    unit = {"kind": "household", "code": "H1", "township_code": TOWNSHIP, "village_code": VILLAGE, "position": 1}
    first, second = (
        new_finding(question, draw_id="C1", unit=unit, agrees=False, found_on=WATER.found_on) for _ in range(2)
    )
    plain = replace(WATER, system_value=None, found_value=None)
    assert replace(first, finding_id="F1") == replace(second, finding_id="F1") == plain
    assert first.finding_id != second.finding_id


@pytest.mark.parametrize(
    ("kind", "household_id", "project_id"),
    [("household", "H1", None), ("village", None, None), ("project", None, "H1")],
)
def test_what_does_not_agree_is_a_problem_of_its_unit(
    kind: str, household_id: str | None, project_id: str | None
) -> None:
    found = [replace(WATER, finding_id="F0", agrees=True), replace(WATER, kind=kind)]
    [one] = problems_of(
        found, due_on=date(2022, 10, 28), source="recheck", describe=lambda it: f"{it.system_value}→{it.found_value}"
    )
    assert (one.household_id, one.project_id, one.village_code) == (household_id, project_id, VILLAGE)
    assert (one.source, one.source_id, one.problem_class, one.description) == ("recheck", "F1", "policy", "否→水压不足")
    assert (one.found_on, one.due_on) == (WATER.found_on, date(2022, 10, 28))


def test_a_problem_is_never_due_before_it_was_found() -> None:
    [one] = problems_of([WATER], due_on=date(2022, 9, 1), source="inspection", describe=lambda _: "x")
    assert one.due_on == WATER.found_on
