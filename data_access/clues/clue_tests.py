"""Whether a clue agrees with the data collected about the household, by the tests of `clue_tests.yaml`."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import add
from pathlib import Path
from typing import Literal, Self

from pydantic import field_validator, model_validator
from sqlalchemy import ColumnElement, Integer, and_, case, false, func, literal, or_, true

from data_access.declarations import Declared, Many, Status, Words, each_of, one_of, only_of, read_declared, refuse
from data_access.risk.scoring import COMPARE, Row, net_income
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household_indicator
from data_access.sql import flag

_FILE = Path(__file__).with_name("clue_tests.yaml")

AGREEMENTS = ("agree", "conflict", "not_comparable")
"""The possible results of a comparison; the codes of `clue_agreement`."""


class ClueTest(Declared):
    """One test of the household for a kind of clue; `indicator` is None if it is computed."""

    test: Literal["at_least", "equals", "any_of", "at_least_amount", "income_fell"]
    indicator: str | None = None
    value: int | bool | str | Many[str] | None = None

    @field_validator("indicator")
    @classmethod
    def _is_a_column(cls, name: str | None) -> str | None:
        return name if name is None else one_of(name, household_indicator.c.keys())

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.indicator is None and self.test != "income_fell":
            raise refuse("missing", at=("indicator",))
        if self.indicator is not None and self.test == "income_fell":
            raise refuse("extra_forbidden", at=("indicator",))
        if self.test in _FITS:
            if not isinstance(self.value, _FITS[self.test]) or (self.test == "at_least" and self.value is True):
                raise refuse("value_does_not_fit", at=("value",), test=self.test, value=self.value)
        elif self.value is not None:
            raise refuse("extra_forbidden", at=("value",))
        return self


_FITS: Mapping[str, type | tuple[type, ...]] = {"at_least": int, "equals": (bool, str), "any_of": tuple}
"""Test -> the comparison it makes."""


class ClueTests(Declared):
    """The tests of every kind of clue, which indicators count as a survey, and the source of this reading."""

    status: Status
    reference: Words
    survey: Many[str]
    kinds: dict[str, Many[ClueTest]]

    @field_validator("survey")
    @classmethod
    def _are_sources(cls, survey: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(survey, load_codes()["indicator_source"])

    @field_validator("kinds")
    @classmethod
    def _are_all(cls, kinds: dict[str, tuple[ClueTest, ...]]) -> dict[str, tuple[ClueTest, ...]]:
        return only_of(kinds, load_codes()["clue_kind"], every=True)

    @property
    def placeholder(self) -> bool:
        """Whether it still waits for a published source."""
        return self.status == "placeholder"


@cache
def load_clue_tests(file: Path = _FILE) -> ClueTests:
    """The tests as declared in `clue_tests.yaml`. Raises DeclarationError."""
    return read_declared(file, ClueTests)


def agreement(*, kind: ColumnElement[str], amount: ColumnElement[int], row: Row) -> ColumnElement[str]:
    """SQL: one of AGREEMENTS for a clue of this kind and amount, against a row of `household_indicator` (all NULL if
    nothing was collected)."""
    return case(
        *((kind == name, _of_kind(tests, amount=amount, row=row)) for name, tests in load_clue_tests().kinds.items()),
        else_="not_comparable",
    )


def _of_kind(tests: Sequence[ClueTest], *, amount: ColumnElement[int], row: Row) -> ColumnElement[str]:
    if not tests:
        return literal("not_comparable")
    put = [_is_put(test, amount=amount) for test in tests]
    known = [or_(~asked, _is_known(test, row=row)) for test, asked in zip(tests, put, strict=True)]
    # SQL's third truth value must not leak into the CASE: what is unknown does not hold.
    holds = [func.coalesce(_holds(test, amount=amount, row=row), false()) for test in tests]
    asked_anything = reduce(add, (flag(asked) for asked in put), literal(0, Integer)) > 0
    return case((or_(*holds), "agree"), (and_(asked_anything, *known), "conflict"), else_="not_comparable")


def _is_put(test: ClueTest, *, amount: ColumnElement[int]) -> ColumnElement[bool]:
    return amount.is_not(None) if test.test == "at_least_amount" else true()


def _is_known(test: ClueTest, *, row: Row) -> ColumnElement[bool]:
    if test.indicator is not None:
        return row[test.indicator].is_not(None)
    known = and_(
        net_income(row).is_not(None),
        row["last_net_income"].is_not(None),
        row["income_persons"] > 0,
        row["last_income_persons"] > 0,
    )
    return func.coalesce(known, false())


def _holds(test: ClueTest, *, amount: ColumnElement[int], row: Row) -> ColumnElement[bool]:
    if test.indicator is None:
        fell = net_income(row) * row["last_income_persons"] < row["last_net_income"] * row["income_persons"]
        return and_(_is_known(test, row=row), fell)
    if test.test == "at_least_amount":
        return row[test.indicator] >= amount
    return COMPARE[test.test](row[test.indicator], test.value)
