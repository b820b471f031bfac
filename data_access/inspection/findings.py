"""What an inspection finds on the spot, compared with what the system held that day."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import Field, field_validator
from sqlalchemy import Boolean, Column, Date, String, func, select

from data_access import clock
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.declarations import Declared, Many, Status, Text, Words, each_of, one_of, read_declared
from data_access.errors import LedgerError
from data_access.households.population import households_on
from data_access.inspection.problems import Problem, new_problem_id, read_problems, refuse_day_to_come
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Batch, Ledger
from data_access.schema.indicators import CodeList, load_codes, register_codes
from data_access.schema.tables import household_indicator, project
from data_access.scope import Scope

_FILE = Path(__file__).with_name("questions.yaml")

finding = record_table(
    "finding",
    "一项核查结果",
    "one comparison on the spot",
    Column("finding_id", String, nullable=False, unique=True, comment="核查编号 / number of the finding"),
    Column("draw_id", String, nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("kind", String, nullable=False, comment="单位种类 / kind of unit"),
    Column("code", String, nullable=False, comment="单位编号 / number of the unit"),
    Column("township_code", String, nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String, nullable=False, comment="所在村代码 / village code"),
    Column("question", String, nullable=False, comment="核查事项 / question"),
    Column("problem_class", String, nullable=False, comment="类别 / class"),
    Column("system_value", String, comment="系统值 / value in the system then"),
    Column("found_value", String(LONGEST_TEXT), comment="核查值 / value on the spot"),
    Column("agrees", Boolean, nullable=False, comment="是否一致 / whether they agree"),
    Column("note", String(LONGEST_TEXT), comment="说明 / note"),
    Column("found_on", Date, nullable=False, comment="核查日期 / checked on"),
    action="record_findings",
)


@dataclass(frozen=True)
class Question:
    """Something compared on the spot."""

    key: str
    kind: str
    problem_class: str
    label: Words
    columns: tuple[str, ...]
    metric: str | None

    @property
    def is_compared(self) -> bool:
        """Whether the system holds something to compare with; what is only looked at is no error of the system."""
        return bool(self.columns or self.metric)


@dataclass(frozen=True)
class Finding:
    """What was found about one question; two that say the same are equal, each has a number of its own."""

    finding_id: str = field(compare=False)
    draw_id: str
    kind: str
    code: str
    township_code: str
    village_code: str
    question: str
    problem_class: str
    agrees: bool
    found_on: date
    system_value: str | None = None
    found_value: str | None = None
    note: str | None = None


class _Asked(Declared):
    """A question as it is declared."""

    problem_class: str = Field(alias="class")
    zh: Text
    en: Text

    @field_validator("problem_class")
    @classmethod
    def _is_a_class(cls, code: str) -> str:
        return one_of(code, load_codes()["problem_class"])


class _OfHousehold(_Asked):
    columns: Many[str]

    @field_validator("columns")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, household_indicator.c.keys())


class _OfProject(_Asked):
    columns: Annotated[Many[str], Field(min_length=1)]

    @field_validator("columns")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, project.c.keys())


class _OfVillage(_Asked):
    metric: Text


class _Declaration(Declared):
    """What `questions.yaml` declares."""

    status: Status
    household: dict[str, _OfHousehold]
    village: dict[str, _OfVillage]
    project: dict[str, _OfProject]


@cache
def load_questions(file: Path = _FILE) -> dict[str, dict[str, Question]]:
    """The questions of `questions.yaml`: kind of unit -> key -> question, in order. Raises DeclarationError."""
    declared = read_declared(file, _Declaration)
    kinds: dict[str, Mapping[str, _OfHousehold | _OfVillage | _OfProject]] = {
        "household": declared.household,
        "village": declared.village,
        "project": declared.project,
    }
    return {
        kind: {
            key: Question(
                key=key,
                kind=kind,
                problem_class=asked.problem_class,
                label=Words(zh=asked.zh, en=asked.en),
                columns=() if isinstance(asked, _OfVillage) else asked.columns,
                metric=asked.metric if isinstance(asked, _OfVillage) else None,
            )
            for key, asked in questions.items()
        }
        for kind, questions in kinds.items()
    }


@cache
def _question_words() -> CodeList:
    return {key: one.label for kind in load_questions().values() for key, one in kind.items()}


register_codes("finding_question", _question_words)


def new_finding(
    question: Question,
    *,
    draw_id: str,
    unit: Mapping[str, Any],
    agrees: bool,
    found_on: date,
    system_value: str | None = None,
    found_value: str | None = None,
    note: str | None = None,
) -> Finding:
    """What was found about a question of a unit (as returned by `draws.read_units`), with a unique number."""
    return Finding(
        finding_id=f"F{secrets.token_hex(6).upper()}",
        draw_id=draw_id,
        kind=unit["kind"],
        code=unit["code"],
        township_code=unit["township_code"],
        village_code=unit["village_code"],
        question=question.key,
        problem_class=question.problem_class,
        agrees=agrees,
        found_on=found_on,
        system_value=system_value,
        found_value=found_value,
        note=note,
    )


def problems_of(
    found: Sequence[Finding], *, due_on: date, source: str, describe: Callable[[Finding], str]
) -> list[Problem]:
    """A problem for every finding that disagrees with the system.

    Args:
        due_on: when they are due to be settled; never before the day of the finding.
        source: their source, a code of `problem_source`.
        describe: puts a finding into words, in the language of the records.
    """
    return [
        Problem(
            problem_id=new_problem_id(),
            township_code=one.township_code,
            village_code=one.village_code,
            household_id=one.code if one.kind == "household" else None,
            project_id=one.code if one.kind == "project" else None,
            description=describe(one),
            problem_class=one.problem_class,
            source=source,
            source_id=one.finding_id,
            found_on=one.found_on,
            due_on=max(due_on, one.found_on),
        )
        for one in found
        if not one.agrees
    ]


def without_open_problem(ledger: Ledger, found: Sequence[Finding], *, scope: Scope) -> list[Finding]:
    """Those of some findings whose unit and question have no open problem from their draw: what is recorded again, in
    other words, is no second problem."""
    told = read_problems(ledger, scope=scope, on=clock.today())
    waiting = frozenset(told.loc[told["state"] != "struck_off", "source_id"])
    earlier = ledger.read(
        select(finding.c.finding_id, finding.c.draw_id, finding.c.code, finding.c.question).where(
            finding.c.draw_id.in_({one.draw_id for one in found}), scope.rows(finding.c.village_code)
        )
    )
    own = earlier[earlier["finding_id"].isin(waiting)]
    known = set(own[["draw_id", "code", "question"]].itertuples(index=False, name=None))
    return [one for one in found if (one.draw_id, one.code, one.question) not in known]


def read_household_values(
    snapshot: Snapshot, *, scope: Scope, on: date, household_ids: tuple[str, ...]
) -> pd.DataFrame:
    """The system's values for the questions about households; one row per household on the register.

    Columns: household_id, village_code, and the columns of the questions; empty if nothing was collected.
    """
    homes = households_on(on, scope=scope, of=household_ids)
    names = [name for question in load_questions()["household"].values() for name in question.columns]
    query = select(*homes.c["household_id", "village_code"], *(homes.c[name] for name in names))
    return read_frame(snapshot.connection, query)


def read_project_values(snapshot: Snapshot, *, scope: Scope, project_ids: tuple[str, ...]) -> pd.DataFrame:
    """The system's values for the questions about projects; one row per project.

    Columns: project_id, name, village_code, and the columns of the questions.
    """
    names = [name for question in load_questions()["project"].values() for name in question.columns]
    query = select(
        project.c.project_id,
        project.c.name_zh.label("name"),
        project.c.village_code,
        *(project.c[name] for name in names),
    )
    return read_frame(
        snapshot.connection,
        query.where(project.c.project_id.in_(project_ids), scope.rows(project.c.village_code)),
    )


def add_findings(ledger: Ledger, findings: Sequence[Finding], *more: Batch, recorded_by: str, scope: Scope) -> int:
    """Record findings together with what follows from them (`more`: problems), all or nothing; returns how many
    findings.

    Raises LedgerError for an unknown question or class, for a disagreement without an explanation, for a day to come,
    and as `Ledger.append` does.
    """
    for one in findings:
        _check(one)
    ledger.append((finding, [asdict(one) for one in findings]), *more, recorded_by=recorded_by, scope=scope)
    return len(findings)


def read_findings(ledger: Ledger, *, scope: Scope, draw_id: str) -> pd.DataFrame:
    """The newest finding about each question of each unit of a draw; one row per unit and question, all columns of the
    table."""
    newest = (
        select(func.max(finding.c.record_id).label("record_id"))
        .where(finding.c.draw_id == draw_id)
        .group_by(finding.c.code, finding.c.question)
        .subquery("newest")
    )
    return ledger.read(
        select(finding)
        .join(newest, newest.c.record_id == finding.c.record_id)
        .where(scope.rows(finding.c.village_code))
        .order_by(finding.c.record_id)
    )


def compared(found: pd.DataFrame) -> pd.DataFrame:
    """Those of some findings, as returned by `read_findings`, in which something was compared with the system."""
    asked = load_questions()
    known = [
        question not in asked[kind] or asked[kind][question].is_compared
        for kind, question in zip(found["kind"], found["question"], strict=True)
    ]
    return found[pd.Series(known, index=found.index, dtype="bool")]


def read_numbers(ledger: Ledger, *, scope: Scope, draw_id: str) -> frozenset[str]:
    """The numbers of all findings of a draw, of those recorded again too: problems name them as their source."""
    asked = select(finding.c.finding_id).where(finding.c.draw_id == draw_id, scope.rows(finding.c.village_code))
    return frozenset(ledger.read(asked)["finding_id"])


def read_question(ledger: Ledger, *, scope: Scope, finding_id: str) -> str | None:
    """The question that a finding answered; None if there is no such finding in the scope."""
    asked = select(finding.c.question).where(finding.c.finding_id == finding_id, scope.rows(finding.c.village_code))
    found = ledger.read(asked)["question"].tolist()
    return found[0] if found else None


def _check(one: Finding) -> None:
    questions = load_questions().get(one.kind, {})
    if one.question not in questions:
        raise LedgerError("finding_question_unknown", question=one.question[:40])
    if one.problem_class not in load_codes()["problem_class"]:
        raise LedgerError("problem_class_unknown", value=one.problem_class[:40])
    if not one.agrees and not (one.found_value or one.note or "").strip():
        raise LedgerError("finding_words_missing", unit=one.code)
    refuse_day_to_come(one.found_on)
