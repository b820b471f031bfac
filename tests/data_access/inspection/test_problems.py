"""A problem is opened once, worked on in order, struck off with evidence, and its history only ever grows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import make_url

from data_access.clock import today
from data_access.errors import LedgerError
from data_access.inspection.problems import (
    NEXT_STEPS,
    Problem,
    ProblemStep,
    new_problem_id,
    open_problems,
    problem_at,
    read_problems,
    read_steps,
    record_step,
    usual_due,
)
from data_access.ledger.ledger import Ledger
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.support.databases import ON_BOTH

pytestmark = pytest.mark.opens_a_database

DISTRICT = Scope.district()
FOUND, DUE = date(2022, 9, 20), date(2022, 10, 20)
BROKEN_TAP = Problem(
    problem_id="W1",
    township_code="610902100",
    village_code="610902100201",
    household_id="H1",
    description="自来水管破裂未修",
    problem_class="work",
    source="inspection",
    source_id="F1",
    found_on=FOUND,
    department="water",
    owner="李主任",
    due_on=DUE,
)


def opened(ledger: Ledger, *problems: Problem) -> int:
    return open_problems(ledger, problems or (BROKEN_TAP,), recorded_by="张干部", scope=DISTRICT)


def take(ledger: Ledger, step: str, *, on: date = DUE, evidence: str | None = "照片3张", **more: object) -> None:
    done = ProblemStep(step=step, done_on=on, evidence=evidence, **more)  # type: ignore[arg-type]
    record_step(ledger, "W1", done, recorded_by="王组长", scope=DISTRICT)


def state(ledger: Ledger, *, on: date = DUE) -> dict:
    [row] = read_problems(ledger, scope=DISTRICT, on=on).to_dict("records")
    return row


def test_a_problem_is_open_with_what_was_settled_at_first(ledger: Ledger) -> None:
    assert opened(ledger) == 1
    row = state(ledger)
    assert (row["state"], row["owner"], row["due_on"], row["reopened"]) == ("open", "李主任", DUE, 0)
    assert row["description"] == BROKEN_TAP.description


@pytest.mark.parametrize(("on", "overdue"), [(DUE, False), (DUE + timedelta(days=1), True)])
def test_a_problem_is_overdue_from_the_day_after_it_is_due(ledger: Ledger, on: date, overdue: bool) -> None:
    opened(ledger)
    assert bool(state(ledger, on=on)["overdue"]) is overdue


def test_without_a_due_date_nothing_is_overdue(ledger: Ledger) -> None:
    opened(ledger, replace(BROKEN_TAP, due_on=None))
    assert not state(ledger, on=date(2030, 1, 1))["overdue"]


@ON_BOTH
def test_what_a_step_leaves_out_stays_as_it_was_settled(ledger: Ledger) -> None:
    opened(ledger)
    take(ledger, "assigned", evidence=None, on=FOUND, due_on=date(2022, 11, 1), measures="更换水管")
    row = state(ledger)
    assert (row["owner"], row["due_on"], row["measures"]) == ("李主任", date(2022, 11, 1), "更换水管")


def test_struck_off_it_is_not_overdue_and_it_can_come_back(ledger: Ledger) -> None:
    opened(ledger)
    take(ledger, "struck_off")
    late = DUE + timedelta(days=40)
    assert (state(ledger, on=late)["state"], bool(state(ledger, on=late)["overdue"])) == ("struck_off", False)
    take(ledger, "reopened", on=late, due_on=late + timedelta(days=5), evidence="回访：又停水")
    row = state(ledger, on=late + timedelta(days=6))
    assert (row["state"], bool(row["overdue"]), row["reopened"]) == ("reopened", True, 1)
    assert row["struck_off_on"] is None


def test_looked_at_again_and_settled_it_stays_struck_off(ledger: Ledger) -> None:
    opened(ledger)
    take(ledger, "struck_off")
    take(ledger, "held", on=DUE + timedelta(days=30))
    row = state(ledger)
    assert (row["state"], row["held_on"]) == ("struck_off", DUE + timedelta(days=30))


@pytest.mark.parametrize("step", ["struck_off", "held", "reopened"])
@pytest.mark.parametrize("evidence", [None, "  "])
def test_striking_off_and_looking_again_need_evidence(ledger: Ledger, step: str, evidence: str | None) -> None:
    opened(ledger)
    if step != "struck_off":
        take(ledger, "struck_off")
    with pytest.raises(LedgerError, match="problem_evidence_missing"):
        take(ledger, step, evidence=evidence)


def test_a_step_is_neither_before_the_one_before_nor_to_come(ledger: Ledger) -> None:
    opened(ledger)
    with pytest.raises(LedgerError, match="record_day_to_come"):
        take(ledger, "struck_off", on=today() + timedelta(days=1))
    take(ledger, "progress", on=FOUND)
    with pytest.raises(LedgerError, match=r"problem_step_too_early.*2022-09-20"):
        take(ledger, "progress", on=FOUND - timedelta(days=1))


@ON_BOTH
def test_what_the_same_source_tells_twice_is_one_problem(ledger: Ledger) -> None:
    assert opened(ledger, BROKEN_TAP, replace(BROKEN_TAP, problem_id="W2", source_id="F2")) == 2
    again = replace(BROKEN_TAP, problem_id=new_problem_id())
    assert opened(ledger, again, replace(again, problem_id="W9", source="telephone")) == 1
    assert len(read_problems(ledger, scope=DISTRICT, on=DUE)) == 3


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"problem_class": "weather"}, "problem_class_unknown"),
        ({"source": "rumour"}, "problem_class_unknown"),
        ({"description": "  "}, "problem_words_missing"),
        ({"village_code": "610902101201"}, "problem_place_mixed"),
        ({"due_on": FOUND - timedelta(days=1)}, "problem_due_before_found"),
        ({"found_on": date(2999, 1, 1)}, "record_day_to_come"),
    ],
)
def test_a_problem_that_is_not_right_is_refused_with_all_that_came_along(
    ledger: Ledger, change: dict, problem: str
) -> None:
    with pytest.raises(LedgerError, match=problem):
        opened(ledger, replace(BROKEN_TAP, problem_id="W2", source_id="F2"), replace(BROKEN_TAP, **change))
    assert read_problems(ledger, scope=DISTRICT, on=DUE).empty


def test_nobody_sees_or_moves_a_problem_outside_the_scope(ledger: Ledger) -> None:
    opened(ledger)
    elsewhere = Scope(regions=("610902101",), actions=None)
    assert read_problems(ledger, scope=elsewhere, on=DUE).empty
    with pytest.raises(LedgerError, match="problem_unknown"):
        record_step(ledger, "W1", ProblemStep(step="progress", done_on=DUE), recorded_by="x", scope=elsewhere)


@ON_BOTH
def test_what_was_known_then_can_still_be_read(ledger: Ledger) -> None:
    opened(ledger)
    then = datetime.now(UTC)
    take(ledger, "struck_off")
    assert read_problems(ledger, scope=DISTRICT, on=DUE, as_of=then)["state"].tolist() == ["open"]
    assert state(ledger)["state"] == "struck_off"


@pytest.mark.parametrize(("place", "village"), [("610902100", None), ("610902100201", "610902100201")])
def test_a_problem_told_by_hand_is_of_a_township_or_a_village(place: str, village: str | None) -> None:
    one = problem_at(
        place,
        description=" 缺岗 ",
        problem_class="work",
        source="meeting",
        found_on=FOUND,
        due_on=DUE,
        department="",
        owner="  ",
    )
    assert (one.township_code, one.village_code, one.description) == ("610902100", village, "缺岗")
    assert (one.department, one.owner, one.due_on) == (None, None, DUE)


def test_a_problem_is_usually_due_after_the_days_of_the_limit() -> None:
    assert usual_due(FOUND) - FOUND == timedelta(days=limit("problem_due_days", on=FOUND))


class LifeOfAProblem(RuleBasedStateMachine):
    """Whatever is tried in whatever order: legal steps are kept, illegal ones refused, nothing is ever lost."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.ledger = Ledger(make_url(f"sqlite:///{Path(self.folder.name) / 'ledger.sqlite'}"))
        opened(self.ledger)
        self.state, self.done, self.last = "open", ["opened"], FOUND

    @rule(
        step=st.sampled_from(["assigned", "progress", "struck_off", "held", "reopened", "opened", "x"]),
        days=st.integers(-3, 30),
        evidence=st.sampled_from([None, "", "照片"]),
    )
    def attempt(self, step: str, days: int, evidence: str | None) -> None:
        on = self.last + timedelta(days=days)
        legal = (
            step in NEXT_STEPS[self.state]
            and days >= 0
            and (evidence == "照片" or step not in ("struck_off", "held", "reopened"))
        )
        try:
            take(self.ledger, step, on=on, evidence=evidence)
        except LedgerError:
            assert not legal
        else:
            assert legal
            self.done.append(step)
            self.last = on
            self.state = {"struck_off": "struck_off", "reopened": "reopened"}.get(step, self.state)

    @invariant()
    def the_history_is_what_was_done_and_the_state_follows(self) -> None:
        assert read_steps(self.ledger, scope=DISTRICT, problem_id="W1")["step"].tolist() == self.done
        assert state(self.ledger)["state"] == self.state

    def teardown(self) -> None:
        self.ledger.dispose()
        self.folder.cleanup()


TestLifeOfAProblem = LifeOfAProblem.TestCase
TestLifeOfAProblem.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
