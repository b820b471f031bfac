"""One rule as a file declares it: what it tests, its dated values, whom it concerns, and what is refused in it."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from data_access.declarations import Declared, Many, Source, Text, Words, refuse
from data_access.schema.dated import in_force
from data_access.schema.indicators import IndicatorColumn, load_codes, load_indicators

Family = Literal["risk", "resistance"]
Dimension = Literal[
    "income",
    "housing",
    "water",
    "education",
    "medical",
    "food_clothing",
    "industry",
    "employment",
    "disaster",
    "labour",
]
Shortfall = Literal["income", "housing", "water", "medical", "education"]
Test = Literal["above", "at_least", "below", "at_most", "equals", "any_of", "fell_by"]

FAMILIES: tuple[str, ...] = get_args(Family)
DIMENSIONS: tuple[str, ...] = get_args(Dimension)
SHORTFALLS: tuple[str, ...] = get_args(Shortfall)
TESTS: tuple[str, ...] = get_args(Test)
NUMBER_TESTS = ("above", "at_least", "below", "at_most")
CODE_TESTS = ("equals", "any_of")

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income")
_NET_INCOME = (*INCOMES, "business_cost")


@dataclass(frozen=True)
class ComputedInput:
    """An input of rules that is computed from several columns."""

    test: str
    """The only test that `scoring.py` can apply to it in integers."""
    columns: tuple[str, ...]


COMPUTED_INPUTS = {
    "net_income_pc": ComputedInput("below", (*_NET_INCOME, "income_persons", "income_period_end")),
    "income_yoy": ComputedInput("fell_by", (*_NET_INCOME, "income_persons", "last_net_income", "last_income_persons")),
    "self_pay_ratio": ComputedInput("at_least", (*_NET_INCOME, "compliant_self_pay")),
}


def _listed(threshold: Any) -> Any:
    """A list of codes as a tuple; the rule itself refuses whatever its test cannot use."""
    return tuple(threshold) if isinstance(threshold, list) else threshold


class RuleStep(Declared):
    """One threshold of a rule and the points it gives."""

    threshold: Annotated[int | bool | str | tuple[str, ...], PlainValidator(_listed)]
    points: Annotated[int, Field(gt=0)]


def _most_severe_first(steps: tuple[RuleStep, ...]) -> tuple[RuleStep, ...]:
    if any(later.points >= earlier.points for earlier, later in pairwise(steps)):
        raise refuse("most_severe_first")
    return steps


def _without_numbers(text: Words) -> Words:
    if re.search(r"\d", text.zh + text.en):
        raise refuse("number_in_text")
    return text


Sources = Annotated[Many[Source], Field(min_length=1)]
Steps = Annotated[Many[RuleStep], Field(min_length=1), AfterValidator(_most_severe_first)]


class AppliesTo(Declared):
    """The households that a rule applies to."""

    household_type: Annotated[Many[Literal["general", "lifted_out"]], Field(min_length=1)]


class Rule(Declared):
    """One declared rule."""

    id: Text
    family: Family
    dimension: Dimension
    label: Words
    description: Annotated[Words, AfterValidator(_without_numbers)]
    input: Text
    test: Test
    unit: Words
    values: Annotated[dict[date, Steps | None], Field(min_length=1)]
    """Start date -> steps, most severe first; None withdraws the rule from that day on."""
    reference: Sources
    applies_to: AppliesTo | None = None
    scale: Literal["percent_of_line"] | None = None
    shortfall: Shortfall | None = None

    @property
    def dated_steps(self) -> dict[date, tuple[RuleStep, ...]]:
        """Start date -> steps; an empty tuple withdraws the rule from that day on."""
        return {start: steps or () for start, steps in self.values.items()}

    def steps(self, *, on: date) -> tuple[RuleStep, ...]:
        """The steps in force on a day; empty when the rule is not in force."""
        return in_force(self.values, on=on) or ()

    @property
    def household_types(self) -> tuple[str, ...] | None:
        """The household types it applies to; None for all."""
        return None if self.applies_to is None else self.applies_to.household_type

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `household_indicator` that it uses."""
        computed = COMPUTED_INPUTS.get(self.input)
        return (self.input,) if computed is None else computed.columns

    @property
    def is_placeholder(self) -> bool:
        """Whether any of it still waits for a published source."""
        return any(source.status == "placeholder" for source in self.reference)

    @model_validator(mode="after")
    def _check(self) -> Self:
        column = _input_columns().get(self.input)
        if self.input not in COMPUTED_INPUTS and column is None:
            raise refuse("unknown_reference", at=("input",), name=self.input, known="indicators.yaml")
        if self.test not in (allowed := _tests_of(self.input)):
            raise refuse("test_does_not_fit", at=("test",), name=self.test, input=self.input, known=allowed)
        if (self.scale == "percent_of_line") != (self.input == "net_income_pc"):
            raise refuse("scale_of_income", at=("scale",))
        for start, steps in self.values.items():
            _check_thresholds(steps or (), test=self.test, column=column, at=("values", start))
        return self


def _input_columns() -> dict[str, IndicatorColumn]:
    """Every indicator column that a rule may use, by name."""
    return {
        column.name: column
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
    }


def input_names() -> tuple[str, ...]:
    """Every input that a rule may use: the columns of indicators, and what is computed from several."""
    return (*_input_columns(), *COMPUTED_INPUTS)


def _tests_of(name: str) -> tuple[str, ...]:
    if name in COMPUTED_INPUTS:
        return (COMPUTED_INPUTS[name].test,)
    return NUMBER_TESTS if _input_columns()[name].type in ("integer", "decimal") else CODE_TESTS


def _check_thresholds(
    steps: tuple[RuleStep, ...], *, test: str, column: IndicatorColumn | None, at: tuple[str | int | date, ...]
) -> None:
    """Check that every threshold suits the test, is a code of the column if that has codes, and appears once."""
    seen: set[Any] = set()
    for number, step in enumerate(steps):
        place, threshold = (*at, number, "threshold"), step.threshold
        if not _fits(threshold, test=test, column=column):
            kind = {"any_of": "threshold_codes", "equals": "threshold_answer"}.get(test, "int_type")
            raise refuse(kind, at=place, value=threshold)
        for one in threshold if isinstance(threshold, tuple) else (threshold,):
            if column is not None and column.codes is not None and one not in load_codes()[column.codes]:
                raise refuse("unknown_reference", at=place, name=one, known=tuple(load_codes()[column.codes]))
            if one in seen:
                raise refuse("stands_twice", at=place, name=one)
            seen.add(one)


def _fits(threshold: Any, *, test: str, column: IndicatorColumn | None) -> bool:
    if test == "any_of":
        return isinstance(threshold, tuple) and threshold != () and all(isinstance(code, str) for code in threshold)
    if test == "equals" and column is not None:
        return type(threshold) is (bool if column.type == "boolean" else str)
    return type(threshold) is int
