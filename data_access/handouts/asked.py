"""What the returned form of a list asks about its rows, as declared in `asked.yaml`, and what an answer reports."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import model_validator
from sqlalchemy import Boolean, Column, Date

from data_access.cases import opening
from data_access.cases.procedure import Step, declared_steps, load_steps
from data_access.cases.recording import kind_of_day
from data_access.declarations import Declared, Keyed, Text, each_of, one_of, read_declared
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import LISTINGS
from data_access.reports import corrections
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.schema.indicators import load_codes, load_indicators

_FILE = Path(__file__).with_name("asked.yaml")

STEP, FIRST = "step", "first"
"""Stand for the kind of report of the step that a row waits for, and of what has to come before it."""

_KNOWN = frozenset({"rejected_step"})
"""What the row says already."""

CAUSE = "cause_1"
"""What a form says of a case that it opens; all else is known of the household and its clue."""


Besides = Mapping[str, Column]
"""What is asked besides, by column."""


class AskedOfRows(Declared):
    """What is asked about the rows of one list; its key is the fact behind it."""

    key: str
    verdicts: Text
    reports: dict[Text, Text]
    step: Text | None = None
    opens: Text | None = None
    """The answer that opens a case, too, where its cause is given."""
    column: Text | None = None
    """The indicator of each row that is corrected: the answer is how its new value is known."""

    @model_validator(mode="after")
    def _reports(self) -> Self:
        each_of(tuple(self.reports), load_codes()[one_of(self.verdicts, load_codes())], at=("reports",))
        kinds = (*load_report_kinds(), *([STEP, FIRST] if self.step is not None else []))
        for named in self.reports.values():
            one_of(named, kinds)
        if self.opens is not None:
            one_of(self.opens, self.reports)
        return self

    @property
    def thing(self) -> str:
        """The column with the number of the thing that a row is; empty where a row is a household, or an indicator."""
        return "" if self.column is not None else LISTINGS[self.key].thing

    @property
    def dated(self) -> ReportKind | None:
        """The kind of report about things that are there already, before whose own day nothing is reported."""
        kinds = (load_report_kinds()[named] for named in self.reports.values() if named in load_report_kinds())
        return next((kind for kind in kinds if self.thing and kind.after is not None), None)

    @property
    def reasons(self) -> tuple[str, str] | None:
        """The answer that needs a reason, and the code list of the reasons."""
        kinds = (load_report_kinds()[named] for named in self.reports.values() if named in load_report_kinds())
        needed = ((result, kind.filled.c[column]) for kind in kinds for result, column in kind.needs.items())
        return next(((result, str(column.info["codes"])) for result, column in needed), None)

    def has_answers(self, verdicts: Iterable[str]) -> bool:
        """Whether some answers are its own: forms sent out before it was declared ask whether a row is so."""
        return set(verdicts) <= set(load_codes()[self.verdicts])

    def kinds_of(self, answer: str, *, step: Step | None) -> tuple[ReportKind, ...]:
        """The kinds of report that an answer makes, at a step where its row waits for one: what has to come first,
        before it."""
        named = self.reports.get(answer)
        if named is None:
            return ()
        if named not in (STEP, FIRST):
            return (load_report_kinds()[named],)
        days = [] if step is None or step.first is None else [step.first.date]
        days += [] if step is None or named == FIRST else [step.date]
        return tuple(kind for day in days if (kind := kind_of_day(day)) is not None)

    def steps(self, *, on: date) -> dict[str, Step]:
        """The steps that a row can wait for by the procedure of a day; what begins it is none. What ends it is entered
        elsewhere: of a case that waits for it the first step of its elimination is reported."""
        declared = load_steps(on=on)
        held = () if self.step is None else declared.steps if self.step == STEP else declared.elimination
        own = {step.key: step for step in held[1:] if kind_of_day(step.date) is not None}
        return own | ({held[-1].key: declared.elimination[0]} if self.step == STEP else {})

    def besides(self, *, on: date, step: str | None = None) -> Besides:
        """What is asked besides: the columns that are filled.

        Args:
            step: of the rows that wait for this one alone.
        """
        steps: list[Step | None] = [one for key, one in self.steps(on=on).items() if step in (None, key)]
        return {
            name: kind.filled.c[name]
            for answer in self.reports
            for one in steps or [None]
            for name, kind in self.said(answer, step=one)
        }

    def said(self, answer: str, *, step: Step | None) -> Iterator[tuple[str, ReportKind]]:
        """What an answer says besides, by column; of what has to come first its day, too."""
        if self.column is not None:
            yield self.column, load_report_kinds()[corrections.INDICATOR]
            return
        if answer == self.opens:
            yield CAUSE, load_report_kinds()[opening.KIND]
        kinds = [kind for kind in self.kinds_of(answer, step=step) if kind.key != opening.KIND]
        for kind in kinds:
            if kind is not kinds[-1]:
                yield kind.day, kind
            left_out = {kind.result, kind.by, *kind.needs.values(), *_KNOWN}
            yield from ((name, kind) for name in kind.says if name not in left_out)


@cache
def load_asked(file: Path = _FILE) -> dict[str, AskedOfRows]:
    """What is asked, by the fact behind a list. Raises DeclarationError."""
    return read_declared(file, Keyed[AskedOfRows])


def asked_of(metric: str, *, corrected: str | None = None) -> AskedOfRows | None:
    """What the form of a list asks; None where it asks whether a row is so, as for households chosen by conditions.

    Args:
        corrected: the indicator that the list was sent out to correct.
    """
    if corrected is not None:
        return _asked_of_correction(corrected)
    declared = load_metrics().get(metric)
    return None if declared is None else load_asked().get(declared.numerator.fact)


@cache
def _asked_of_correction(column: str) -> AskedOfRows:
    """What the form of a list asks that is sent out to correct an indicator of its households."""
    kind = corrections.INDICATOR
    reports = dict.fromkeys(load_codes()[corrections.BASES], kind)
    return AskedOfRows(key=kind, verdicts=corrections.BASES, reports=reports, column=column)


def corrected_in(thing: object) -> str | None:
    """The indicator that a row of a handout is, by the number of its thing; None where it is another thing, or none."""
    table = load_report_kinds()[corrections.INDICATOR].table
    names = {part.name for one in load_indicators() if one.table == table for part in one.columns}
    return thing if isinstance(thing, str) and thing in names else None


def asked_besides() -> tuple[str, ...]:
    """Every column that a form can ask for besides, by any procedure."""
    days = declared_steps().procedures
    named = (asked.besides(on=day) for asked in load_asked().values() for day in days)
    return tuple(dict.fromkeys(name for columns in named for name in columns))


def choices_of(column: Column) -> str | None:
    """The code list that a column is filled in from; None for free text, numbers and days."""
    return "boolean" if isinstance(column.type, Boolean) else column.info["codes"]


def is_day(column: Column) -> bool:
    """Whether a column holds a day."""
    return isinstance(column.type, Date)
