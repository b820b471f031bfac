"""The declared steps of a case: which there are, who takes them, within how many days, in which order, since when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import Column, Date

from data_access.declarations import (
    Declared,
    Keyed,
    Many,
    Status,
    Text,
    Words,
    each_of,
    one_of,
    only_of,
    read_declared,
)
from data_access.schema.contract import FIRST_VERSION, since
from data_access.schema.dated import in_force
from data_access.schema.indicators import load_codes
from data_access.schema.limits import load_limits
from data_access.schema.tables import monitoring_case

_FILE = Path(__file__).with_name("steps.yaml")
FIRST_MEASURE = "first_measure"
MONTHS = "measure_within_months"
"""The limit that is counted in months; all others are counted in days."""
_DAYS = tuple(column.name for column in monitoring_case.c if isinstance(column.type, Date))


class First(Declared):
    """A day of a case without which a step cannot be taken, and who sees to it."""

    date: str
    acts: str

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, name: str) -> str:
        return one_of(name, _DAYS)

    @field_validator("acts")
    @classmethod
    def _is_a_level(cls, level: str) -> str:
        return one_of(level, load_codes()["step_level"])


class Step(Declared):
    """One step; `limit` and `within` are keys in `limits.yaml` of what runs from the discovery, or from the step
    before."""

    key: str
    date: str
    acts: str
    limit: str | None = None
    within: str | None = None
    first: First | None = None

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, name: str) -> str:
        return one_of(name, (FIRST_MEASURE, *_DAYS))

    @field_validator("acts")
    @classmethod
    def _is_a_level(cls, level: str) -> str:
        return one_of(level, load_codes()["step_level"])

    @field_validator("limit", "within")
    @classmethod
    def _is_a_limit(cls, key: str | None) -> str | None:
        return key if key is None else one_of(key, load_limits())


class _Procedure(Declared):
    """Which steps a case goes through from a day on."""

    status: Status
    reference: Words
    steps: Annotated[Many[Text], Field(min_length=2)]
    names: dict[str, Words]

    @field_validator("steps")
    @classmethod
    def _are_steps(cls, steps: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(steps, load_codes()["case_step"])

    @field_validator("names")
    @classmethod
    def _name_steps(cls, names: dict[str, Words]) -> dict[str, Words]:
        return only_of(names, load_codes()["case_step"])


class _Declaration(Declared):
    """What `steps.yaml` declares."""

    steps: Keyed[Step]
    elimination: Keyed[Step]
    procedures: Annotated[dict[date, _Procedure], Field(min_length=1)]

    @field_validator("steps")
    @classmethod
    def _have_words(cls, steps: dict[str, Step]) -> dict[str, Step]:
        return only_of(steps, load_codes()["case_step"], every=True)

    @field_validator("elimination")
    @classmethod
    def _have_words_too(cls, steps: dict[str, Step]) -> dict[str, Step]:
        return only_of(steps, load_codes()["elimination_step"], every=True)


@dataclass(frozen=True)
class Steps:
    """The steps of a procedure in order, those of an elimination, and the source of their names."""

    steps: tuple[Step, ...]
    elimination: tuple[Step, ...]
    names: Mapping[str, Words]
    placeholder: bool
    reference: Words

    def name(self, step: str, *, language: str) -> str:
        """What a step is called here."""
        return (self.names.get(step) or load_codes()["case_step"][step])[language]


@cache
def declared_steps(file: Path = _FILE) -> _Declaration:
    """Everything `steps.yaml` declares. Raises DeclarationError."""
    return read_declared(file, _Declaration)


def load_steps(*, on: date) -> Steps:
    """The steps in force on a day; before the first procedure, those of the first. Raises DeclarationError."""
    declared = declared_steps()
    procedures = declared.procedures
    procedure = in_force(procedures, on=on) or procedures[min(procedures)]
    return Steps(
        steps=tuple(declared.steps[key] for key in procedure.steps),
        elimination=tuple(declared.elimination.values()),
        names=procedure.names,
        placeholder=procedure.status == "placeholder",
        reference=procedure.reference,
    )


def kept_steps(steps: tuple[Step, ...], *, keeps: Callable[[Column], bool]) -> tuple[Step, ...]:
    """The steps without those that later versions of the contract added and a database does not have yet; `keeps`:
    whether it has a column."""

    def is_there(step: Step) -> bool:
        if step.date == FIRST_MEASURE:
            return True
        day = monitoring_case.c[step.date]
        return since(day) == FIRST_VERSION or keeps(day)

    return tuple(step for step in steps if is_there(step))
