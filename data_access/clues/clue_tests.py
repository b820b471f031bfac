"""Whether what a clue says agrees with what was collected about the household, by the tests of `clue_tests.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import add
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, false, func, literal, or_, true

from data_access.risk.scoring import COMPARE, Row, net_income
from data_access.schema.indicators import load_codes, load_indicators
from data_access.sql import flag
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("clue_tests.yaml")

AGREEMENTS = ("agree", "conflict", "not_comparable")
"""What a comparison can end in; the codes of `clue_agreement`."""

_TESTS = ("at_least", "equals", "any_of")


@dataclass(frozen=True)
class ClueTest:
    """One test that a kind of clue puts to the household; `indicator` is None where it is computed."""

    test: str
    indicator: str | None
    value: Any


@dataclass(frozen=True)
class ClueTests:
    """The tests of every kind of clue, which indicators count as a survey, and where the reading is from."""

    kinds: Mapping[str, tuple[ClueTest, ...]]
    survey: tuple[str, ...]
    placeholder: bool
    reference: Mapping[str, str]


@cache
def load_clue_tests() -> ClueTests:
    """The tests as declared.

    Raises ValueError where they do not cover every kind of clue, or name an indicator or a test that does not exist.
    """
    declared = read_yaml(_FILE)
    kinds = {kind: tuple(_read(entry, kind=kind) for entry in tests) for kind, tests in declared["kinds"].items()}
    if set(kinds) != set(load_codes()["clue_kind"]):
        raise ValueError("clue_tests.yaml: `kinds` must have one entry per code of clue_kind, and no other")
    return ClueTests(
        kinds=kinds,
        survey=tuple(declared["survey"]),
        placeholder=declared["status"] == "placeholder",
        reference=declared["reference"],
    )


def _read(entry: dict[str, Any], *, kind: str) -> ClueTest:
    test, indicator = entry["test"], entry.get("indicator")
    columns = {column.name for one in load_indicators() if one.table == "household_indicator" for column in one.columns}
    if test not in (*_TESTS, "at_least_amount", "income_fell"):
        raise ValueError(f"clue_tests.yaml: {kind} has the unknown test {test}")
    if (indicator is None) != (test == "income_fell") or (indicator is not None and indicator not in columns):
        raise ValueError(f"clue_tests.yaml: {kind} tests {indicator}, which household_indicator does not hold")
    return ClueTest(test=test, indicator=indicator, value=entry.get("value"))


def agreement(*, kind: ColumnElement[str], amount: ColumnElement[int], row: Row) -> ColumnElement[str]:
    """SQL: one of AGREEMENTS for a clue of this kind and amount, against a row of `household_indicator` (all NULL where
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
