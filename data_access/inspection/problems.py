"""问题 and 销号: a problem is opened, worked on, struck off with evidence, looked at again, and reopened if it came
back.

Every step is a record of its own; the state of a problem follows from its steps. Nothing is overwritten.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy import Column, Date, Select, String, Table, select

from data_access import clock
from data_access.errors import LedgerError
from data_access.ledger.declaration import record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from data_access.scope import Scope

LONGEST_WORDS = 1000
"""Characters of a description, of measures, of evidence."""

_TOWNSHIP_DIGITS = 9

problem = record_table(
    "problem",
    "一个问题",
    "one problem, as it was found",
    Column("problem_id", String, nullable=False, unique=True, comment="问题编号 / problem number"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String, comment="所在村代码 / village code"),
    Column("household_id", String, index=True, comment="户编号 / household number"),
    Column("project_id", String, comment="项目编号 / project number"),
    Column("source", String, nullable=False, comment="来源 / where it was found"),
    Column("source_id", String, comment="来源编号 / number there"),
    Column("problem_class", String, nullable=False, comment="类别 / class"),
    Column("description", String(LONGEST_WORDS), nullable=False, comment="问题描述 / description"),
    Column("found_on", Date, nullable=False, comment="发现日期 / found on"),
    action="record_problems",
)

problem_step = record_table(
    "problem_step",
    "问题的一步处理",
    "one step in the life of a problem",
    Column("problem_id", String, nullable=False, index=True, comment="问题编号 / problem number"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("step", String, nullable=False, comment="步骤 / step"),
    Column("done_on", Date, nullable=False, comment="日期 / day"),
    Column("department", String, comment="责任部门 / department"),
    Column("owner", String(LONGEST_WORDS), comment="责任人 / owner"),
    Column("due_on", Date, comment="整改时限 / due on"),
    Column("measures", String(LONGEST_WORDS), comment="整改措施 / measures"),
    Column("evidence", String(LONGEST_WORDS), comment="佐证 / evidence"),
    action="record_problems",
)

ASSIGNED = ("department", "owner", "due_on", "measures")
"""What a step can change; a step that leaves one out keeps the previous value."""

NEXT_STEPS = {
    "open": ("assigned", "progress", "struck_off"),
    "reopened": ("assigned", "progress", "struck_off"),
    "struck_off": ("held", "reopened"),
}
"""State -> the steps that may follow: a problem that is struck off can only be looked at again (回头看)."""

_STATE_AFTER = {"struck_off": "struck_off", "reopened": "reopened"}
_NEEDS_EVIDENCE = ("struck_off", "held", "reopened")


@dataclass(frozen=True)
class Problem:
    """A problem when it is opened."""

    problem_id: str
    township_code: str
    description: str
    problem_class: str
    source: str
    found_on: date
    village_code: str | None = None
    household_id: str | None = None
    project_id: str | None = None
    source_id: str | None = None
    department: str | None = None
    owner: str | None = None
    due_on: date | None = None
    measures: str | None = None


@dataclass(frozen=True)
class ProblemStep:
    """A step taken on a problem."""

    step: str
    done_on: date
    department: str | None = None
    owner: str | None = None
    due_on: date | None = None
    measures: str | None = None
    evidence: str | None = None


def new_problem_id() -> str:
    """A unique number for a problem."""
    return f"W{secrets.token_hex(5).upper()}"


def usual_due(on: date) -> date:
    """The default day by which a problem found on a given day is to be settled."""
    return on + timedelta(days=limit("problem_due_days", on=on))


def problem_at(
    place: str,
    *,
    description: str,
    problem_class: str,
    source: str,
    found_on: date,
    due_on: date | None,
    department: str | None = None,
    owner: str | None = None,
) -> Problem:
    """A new problem of a township or village, as a user reports it; `place`: the code of either. Blank texts count as
    missing."""
    return Problem(
        problem_id=new_problem_id(),
        township_code=place[:_TOWNSHIP_DIGITS],
        village_code=place if len(place) > _TOWNSHIP_DIGITS else None,
        description=description.strip(),
        problem_class=problem_class,
        source=source,
        found_on=found_on,
        department=department or None,
        owner=(owner or "").strip() or None,
        due_on=due_on,
    )


def open_problems(ledger: Ledger, problems: Sequence[Problem], *, recorded_by: str, scope: Scope) -> int:
    """Record problems, all or nothing; returns how many. Reports from the same source with the same number there are
    one problem, however often they are made.

    Raises LedgerError for an unknown class or source, for an empty description, for a day to come, and as
    `Ledger.append` does.
    """
    new = not_yet_opened(ledger, problems)
    ledger.append(*problem_batches(new), recorded_by=recorded_by, scope=scope)
    return len(new)


def not_yet_opened(ledger: Ledger, problems: Sequence[Problem]) -> list[Problem]:
    """The problems whose number at their source was not recorded before. Raises LedgerError when the ledger cannot be
    read."""
    known = _known_sources(ledger, sources={one.source for one in problems if one.source_id is not None})
    return [one for one in problems if one.source_id is None or (one.source, one.source_id) not in known]


def problem_batches(problems: Sequence[Problem]) -> tuple[Batch, Batch]:
    """Problems as rows for `Ledger.append`, to be recorded together with what they came from."""
    for one in problems:
        _check(one)
    first = [
        {
            "problem_id": one.problem_id,
            "township_code": one.township_code,
            "step": "opened",
            "done_on": one.found_on,
            **{name: getattr(one, name) for name in ASSIGNED},
        }
        for one in problems
    ]
    found = [{name: value for name, value in asdict(one).items() if name not in ASSIGNED} for one in problems]
    return (problem, found), (problem_step, first)


def record_step(ledger: Ledger, problem_id: str, step: ProblemStep, *, recorded_by: str, scope: Scope) -> None:
    """Record a step taken on a problem.

    Raises LedgerError for a problem that is not in the scope, a step that cannot follow, a day to come or earlier than
    that of the previous step, striking off or looking back without evidence, and as `Ledger.append` does.
    """
    steps = read_steps(ledger, scope=scope, problem_id=problem_id)
    if steps.empty:
        raise LedgerError("problem_unknown", problem=problem_id[:40])
    state = _fold(steps)["state"]
    if step.step not in NEXT_STEPS[state]:
        raise LedgerError("problem_step_out_of_order", problem=problem_id, step=step.step[:40], state=state)
    refuse_day_to_come(step.done_on)
    if step.done_on < steps["done_on"].iloc[-1]:
        raise LedgerError("problem_step_too_early", problem=problem_id, last=steps["done_on"].iloc[-1].isoformat())
    if step.step in _NEEDS_EVIDENCE and not (step.evidence or "").strip():
        raise LedgerError("problem_evidence_missing", problem=problem_id)
    row = {"problem_id": problem_id, "township_code": steps["township_code"].iloc[0], **asdict(step)}
    ledger.append((problem_step, [row]), recorded_by=recorded_by, scope=scope)


def read_steps(ledger: Ledger, *, scope: Scope, problem_id: str) -> pd.DataFrame:
    """The history of a problem, oldest step first; one row per step, all columns of the table."""
    query = select(problem_step).where(
        problem_step.c.problem_id == problem_id, scope.rows(problem_step.c.township_code)
    )
    return ledger.read(query.order_by(problem_step.c.record_id))


def read_problems(ledger: Ledger, *, scope: Scope, on: date, as_of: datetime | None = None) -> pd.DataFrame:
    """Problems in their newest state; one row per problem, the newest found first.

    Columns: those of `Problem`, and state (code list `problem_state`), evidence, opened_at, struck_off_on (day; empty
    if it is not), reopened (how often), held_on (the last look back that found it settled), overdue (whether it is past
    due and not struck off), days_overdue.

    Args:
        on: the day on which overdue is judged.
        as_of: only what was recorded by then; by default everything.
    """
    found = ledger.read(_until(select(problem).where(scope.rows(problem.c.township_code)), problem, as_of))
    steps = ledger.read(
        _until(select(problem_step).where(scope.rows(problem_step.c.township_code)), problem_step, as_of).order_by(
            problem_step.c.record_id
        )
    )
    states = {number: _fold(own) for number, own in steps.groupby("problem_id")}
    folded = pd.DataFrame(
        [states[number] for number in found["problem_id"]], columns=[*ASSIGNED, *_FOLDED], index=found.index
    )
    rows = pd.concat([found.rename(columns={"recorded_at": "opened_at"}), folded], axis=1)
    due = pd.to_datetime(rows["due_on"])
    rows["overdue"] = (rows["state"] != "struck_off") & (due < pd.Timestamp(on))
    rows["days_overdue"] = (pd.Timestamp(on) - due).dt.days.where(rows["overdue"]).astype("Int64")
    return rows.sort_values(["found_on", "record_id"], ascending=False, ignore_index=True)


_FOLDED = ("state", "evidence", "struck_off_on", "reopened", "held_on")


def _fold(steps: pd.DataFrame) -> dict:
    """The state of one problem from its steps, oldest first."""
    now: dict = {**dict.fromkeys(ASSIGNED), **dict.fromkeys(_FOLDED), "state": "open", "reopened": 0}
    for step in steps.to_dict("records"):
        now |= {name: step[name] for name in (*ASSIGNED, "evidence") if not _missing(step[name])}
        now["state"] = _STATE_AFTER.get(step["step"], now["state"])
        if step["step"] == "struck_off":
            now["struck_off_on"] = step["done_on"]
        elif step["step"] == "reopened":
            now["struck_off_on"], now["reopened"] = None, now["reopened"] + 1
        elif step["step"] == "held":
            now["held_on"] = step["done_on"]
    return now


def _missing(value: object) -> bool:
    return value is None or value != value


def _until(query: Select, table: Table, as_of: datetime | None) -> Select:
    return query if as_of is None else query.where(table.c.recorded_at <= as_of)


def refuse_day_to_come(day: date) -> None:
    """Raises LedgerError where something was found or done on a day that is still to come."""
    if day > clock.today():
        raise LedgerError("record_day_to_come", day=day.isoformat())


def _known_sources(ledger: Ledger, *, sources: set[str]) -> set[tuple[str, str]]:
    # Regardless of who may see it: the same finding is one problem for everybody.
    query = select(problem.c.source, problem.c.source_id).where(
        problem.c.source.in_(sorted(sources)), problem.c.source_id.is_not(None)
    )
    return set(ledger.read(query).itertuples(index=False, name=None))


def _check(one: Problem) -> None:
    if one.problem_class not in load_codes()["problem_class"]:
        raise LedgerError("problem_class_unknown", value=one.problem_class[:40])
    if one.source not in load_codes()["problem_source"]:
        raise LedgerError("problem_class_unknown", value=one.source[:40])
    if not one.description.strip():
        raise LedgerError("problem_words_missing")
    if one.village_code is not None and not one.village_code.startswith(one.township_code):
        raise LedgerError("problem_place_mixed", village=one.village_code, township=one.township_code)
    refuse_day_to_come(one.found_on)
    if one.due_on is not None and one.due_on < one.found_on:
        raise LedgerError("problem_due_before_found", due=one.due_on.isoformat(), found=one.found_on.isoformat())
