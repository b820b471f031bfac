"""Every number shown is a metric declared in `metrics.yaml` and counted from the monthly facts, here and nowhere
else."""

import hashlib
import json
import re
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from data_access.clock import last_day, today
from data_access.declarations import Declared, Keyed, Many, Text, Words, one_of, read_declared, refuse
from data_access.errors import NotCollectedError
from data_access.facts.monthly import MonthlyFacts
from data_access.noted import is_noting, note
from data_access.region_codes import DIGITS, LEVELS, cut_codes, path_of
from data_access.risk.sources import Coverage, never_filled
from data_access.schema.collected import is_collected, lacking
from data_access.schema.columns import in_words
from data_access.schema.indicators import counted_columns
from data_access.schema.limits import load_limits, newest_limit

_FILE = Path(__file__).with_name("metrics.yaml")
_LIMIT = re.compile(r"{(\w+)}")
_LEDGER_FILE = Path(__file__).with_name("ledger_metrics.yaml")


class Term(Declared):
    """A sum over one monthly fact."""

    fact: Text
    column: Text
    where: dict[str, Annotated[Many[Text], Field(min_length=1)]] = Field(default_factory=dict)
    minus: Text | None = None
    times_of: Literal["counted_columns"] | None = Field(default=None, alias="times")

    @property
    def times(self) -> int:
        """How many times every row counts."""
        return len(counted_columns()) if self.times_of == "counted_columns" else 1

    @property
    def read(self) -> tuple[str, ...]:
        """What it reads of the fact: columns, and the values that it keeps (`flow=eliminated`)."""
        kept = [f"{name}={value}" for name, values in self.where.items() for value in values]
        return (self.column, *self.where, *kept, *([self.minus] if self.minus else []))

    def amounts(self, columns: Any) -> Any:
        """What each row adds to the sum; `columns`: those of a frame or a select, by name."""
        held = columns[self.column]
        return (held - columns[self.minus] if self.minus else held) * self.times

    def conditions(self, columns: Any, *, is_in: Callable[[Any, tuple[str, ...]], Any]) -> list[Any]:
        """The conditions for a row to be summed; `is_in`: tests, in a frame or a database, whether a value is among
        given ones."""
        return [is_in(columns[name], values) for name, values in self.where.items()]


class LedgerMetric(Declared):
    """One declared number that is counted from the app's own records."""

    key: str
    label: Words
    definition: Words
    """What it counts; `{limit}` stands for the number of a time limit."""
    unit: Literal["户", "人", "条", "项", "个", "元", "月", "%"]
    direction: Literal["good", "bad", "neutral"]
    rankable: bool
    status: Literal["confirm"] | None = None
    version: Annotated[int, Field(ge=1)] = 1
    """Raised where something else is counted from now on although neither words nor expression say so."""
    item: Text | None = None
    """The standing item of work it belongs to: a key of `standing_items.yaml`."""

    @field_validator("definition")
    @classmethod
    def _names_limits(cls, definition: Words) -> Words:
        for name in _LIMIT.findall(definition.zh + definition.en):
            one_of(name, load_limits())
        return definition

    def defined(self, language: str) -> str:
        """What it counts, with the time limits that are in force today."""
        return _LIMIT.sub(lambda found: str(newest_limit(found[1], on=today())), self.definition[language])

    @property
    def to_confirm(self) -> bool:
        """Whether the definition is our own interpretation (口径待确认)."""
        return self.status == "confirm"


class Metric(LedgerMetric):
    """One declared number that is counted from the monthly facts or from its list."""

    numerator: Term
    denominator: Term | None = None
    per: Annotated[int, Field(ge=1)] = 1
    period: Literal["month", "last_year"] = "month"

    def value(self, *, count: int, base: int) -> float | None:
        """The number itself: the count, or its share of `base`, in the metric's unit; None for a share of nothing."""
        if self.denominator is None:
            return count
        return None if base == 0 else count * self.per / base

    @property
    def definition_id(self) -> str:
        """Stands for the definition: another one where version, words, unit or expression are."""
        said = self.model_dump(include={"version", "definition", "unit", "numerator", "denominator", "per", "period"})
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return f"{self.version}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def of_last_year(self) -> bool:
        """Whether the denominator is that of the previous December."""
        return self.period == "last_year"

    def is_collected(self, coverage: Coverage | None) -> bool:
        """Whether a database with such a coverage keeps what the metric is counted by; without one it is."""
        return not self.lacking(coverage=coverage)

    def divides(self, *columns: str, coverage: Coverage | None) -> bool:
        """Whether a database with such a coverage keeps the columns by which the metric's count is divided."""
        return is_collected(self.numerator.fact, *columns, never_filled=never_filled(coverage))

    def lacking(self, *by: str, coverage: Coverage | None) -> tuple[str, ...]:
        """The columns without a value in a database with such a coverage, of those that the metric, divided by some
        columns, is counted by."""
        terms = [self.numerator] if self.denominator is None else [self.numerator, self.denominator]
        empty = never_filled(coverage)
        needed = [lacking(term.fact, *term.read, never_filled=empty) for term in terms]
        return tuple(dict.fromkeys(chain(*needed, lacking(self.numerator.fact, *by, never_filled=empty))))

    def require(self, *by: str, coverage: Coverage | None) -> None:
        """Raises NotCollectedError where the metric, or a column by which it is divided, is not collected."""
        if columns := self.lacking(*by, coverage=coverage):
            raise NotCollectedError("not_collected", **self.label.model_dump(), **in_words(columns))

    @model_validator(mode="after")
    def _is_divided(self) -> Self:
        if self.denominator is None and (self.unit == "%" or self.per != 1 or self.of_last_year):
            raise refuse("missing", at=("denominator",))
        return self


@cache
def load_metrics(file: Path = _FILE) -> dict[str, Metric]:
    """Every metric by its key, in the order of `metrics.yaml`. Raises DeclarationError."""
    return read_declared(file, Keyed[Metric])


@cache
def load_ledger_metrics(file: Path = _LEDGER_FILE) -> dict[str, LedgerMetric]:
    """Every metric of the app's own records by its key, in the order of `ledger_metrics.yaml`. Raises
    DeclarationError."""
    return read_declared(file, Keyed[LedgerMetric])


def rows_of(facts: MonthlyFacts, term: Term) -> pd.DataFrame:
    """The rows of a monthly fact that a term sums, with `amount`; one row per row of the fact."""
    frame = facts.frames[term.fact]
    if conditions := term.conditions(frame, is_in=pd.Series.isin):
        frame = frame[np.logical_and.reduce(conditions)]
    return frame.assign(amount=term.amounts(frame))


class MetricTable:
    """Every metric of the monthly facts at every place and month within a scope, counted once and then looked up.

    Places are counties, townships and villages by code; a place or month without rows has a count of 0 and no share.
    What is not collected here has no value; its counts raise NotCollectedError, so that no sentence says 0.
    """

    def __init__(self, facts: MonthlyFacts, *, again: Callable[[], "MetricTable"] | None = None) -> None:
        """`again`: how to get this table later, when reports may have changed it."""
        self.months, self._again = facts.months.texts, again
        self._coverage, self._begins, self._cut_off = facts.version.coverage, facts.begins, facts.months.cut_off
        frames = facts.frames.values()
        villages = sorted({code for frame in frames for code in frame["village_code"].unique()})
        months = sorted({*self.months, *(month for frame in frames for month in frame["month"].unique())})
        places = sorted({place for village in villages for place in path_of(village)})
        self._row = {place: row for row, place in enumerate(places)}
        self._column = {month: column for column, month in enumerate(months)}
        located = replace(facts, frames={name: self._located(frame) for name, frame in facts.frames.items()})
        self._terms = {
            term_key: self._sums(rows_of(located, term))
            for metric in load_metrics().values()
            for term_key, term in ((metric.key, metric.numerator), (f"{metric.key}:of", metric.denominator))
            if term is not None and term.fact in located.frames
        }

    def recounted(self, key: str, *, month: str, villages: pd.DataFrame) -> "MetricTable":
        """The same table with the numerator of a metric in one month counted anew.

        Args:
            villages: one row per village; village_code, count.
        """
        column, counted = self._column[month], Amounts(villages.assign(base=0), metric=load_metrics()[key])
        sums = self._terms[key].copy()
        sums[:, column] = [counted.count(place=place) for place in self._row]
        again = copy(self)
        again._terms = {**self._terms, key: sums}
        return again

    def found_by(self, again: Callable[[], "MetricTable"]) -> "MetricTable":
        """The same table, with how to get it later."""
        found = copy(self)
        found._again = again
        return found

    def _located(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A fact with the positions of its places and months in the table, looked up once for all metrics."""
        code, village = pd.factorize(frame["village_code"])
        number, month = pd.factorize(frame["month"])
        rows = {
            level: np.array([self._row[name[:digits]] for name in village], dtype=int)
            for level, digits in DIGITS.items()
        }
        columns = np.array([self._column[name] for name in month], dtype=int)
        return frame.assign(**{f"row_{level}": row[code] for level, row in rows.items()}, column=columns[number])

    def _sums(self, rows: pd.DataFrame) -> np.ndarray:
        """Sums of `amount` at every place (row) in every month (column)."""
        shape = (len(self._row), len(self._column))
        column, amount = rows["column"].to_numpy(), rows["amount"].to_numpy()
        cells = np.concatenate([rows[f"row_{level}"].to_numpy() * shape[1] + column for level in LEVELS])
        counted = np.bincount(cells, weights=np.tile(amount, len(LEVELS)), minlength=shape[0] * shape[1])
        return counted.round().astype(np.int64).reshape(shape)

    def _sum(self, key: str, *, place: str, month: str) -> int:
        row, column = self._row.get(place), self._column.get(month)
        if is_noting():
            again = self._again
            ask = (lambda: again()._terms[key]) if again else (lambda: None)
            note((again, key), ask=ask, answer=self._terms[key])
        return 0 if row is None or column is None else int(self._terms[key][row, column])

    def collects(self, key: str) -> bool:
        """Whether the database keeps what a metric is counted by; what it does not keep is neither zero nor none."""
        return load_metrics()[key].is_collected(self._coverage)

    def compares(self, key: str, *, earlier: date, later: date) -> bool:
        """Whether a metric of one day can be compared with that of another: not across a day on which its history, or
        that of a part of it, begins."""
        return not any(
            earlier < day <= later for term in self._terms_of(key) for day in self._begins.get(term.fact, ())
        )

    def reaches(self, key: str, *, month: str) -> bool:
        """Whether the history of a metric reaches back to the end of a month."""
        until = min(last_day(month), self._cut_off)
        begins = (min(days) for term in self._terms_of(key) if (days := self._begins.get(term.fact)))
        return all(day <= until for day in begins)

    def reaches_base(self, key: str, *, month: str) -> bool:
        """The same of what a share is compared with: for a share of last year, back to the first month of that."""
        first = f"{int(month[:4]) - 1}-01" if load_metrics()[key].of_last_year else month
        return self.reaches(key, month=first)

    def _terms_of(self, key: str) -> list[Term]:
        metric = load_metrics()[key]
        return [metric.numerator] if metric.denominator is None else [metric.numerator, metric.denominator]

    def _require(self, key: str, *, month: str, reached: bool) -> None:
        metric = load_metrics()[key]
        metric.require(coverage=self._coverage)
        if not reached:
            raise NotCollectedError("no_history", month=month, **metric.label.model_dump())

    def knows(self, key: str) -> bool:
        """Whether a metric is counted from the monthly facts; the others are counted on demand, from their lists."""
        return key in self._terms

    def value(self, key: str, *, place: str, month: str) -> float | None:
        """A metric at a place in a month; None for a share of nothing, and for what is not collected here."""
        metric = load_metrics()[key]
        if not self.collects(key) or not self.reaches_base(key, month=month):
            return None
        base = 0 if metric.denominator is None else self.base(key, place=place, month=month)
        return metric.value(count=self.count(key, place=place, month=month), base=base)

    def count(self, key: str, *, place: str, month: str) -> int:
        """The numerator of a metric at a place in a month. Raises NotCollectedError."""
        self._require(key, month=month, reached=self.reaches(key, month=month))
        return self._sum(key, place=place, month=month)

    def base(self, key: str, *, place: str, month: str) -> int:
        """The denominator of a share at a place in a month. Raises NotCollectedError."""
        self._require(key, month=month, reached=self.reaches_base(key, month=month))
        if load_metrics()[key].of_last_year:
            month = f"{int(month[:4]) - 1}-12"
        return self._sum(f"{key}:of", place=place, month=month)

    def change(self, key: str, *, place: str, month: str) -> float | None:
        """The change of a metric against the month before; None in the first month, if either value is missing, and
        where the two are not compared."""
        position = self.months.index(month)
        if position == 0:
            return None
        before, now = (min(last_day(one), self._cut_off) for one in (self.months[position - 1], month))
        if not self.compares(key, earlier=before, later=now):
            return None
        value = self.value(key, place=place, month=month)
        earlier = self.value(key, place=place, month=self.months[position - 1])
        return None if value is None or earlier is None else value - earlier

    def series(self, key: str, *, place: str) -> pd.Series:
        """A metric by month at a place, oldest month first, NaN if a share has no value. Raises NotCollectedError."""
        load_metrics()[key].require(coverage=self._coverage)
        values = [self.value(key, place=place, month=month) for month in self.months]
        return pd.Series(values, index=self.months, name=key, dtype="float64")


class Breakdown:
    """A metric's count by some columns of its fact, at every place and month within a scope."""

    def __init__(self, facts: MonthlyFacts, *, metric: str, by: tuple[str, ...]) -> None:
        self._metric, self._by, self._coverage = load_metrics()[metric], by, facts.version.coverage
        rows = rows_of(facts, self._metric.numerator)
        villages = rows.groupby(["village_code", "month", *by], dropna=False)["amount"].sum().reset_index()
        # The jobs fact has its own column `place`.
        within = [villages.assign(within=cut_codes(villages["village_code"], level=level)) for level in LEVELS]
        self._sums = pd.concat(within).groupby(["within", "month", *by], dropna=False)["amount"].sum().sort_index()

    def is_same(self, other: "Breakdown") -> bool:
        """Whether another one counts the same."""
        return (self._metric, self._by) == (other._metric, other._by) and self._sums.equals(other._sums)

    def at(self, *, place: str, month: str, by: tuple[str, ...] = ()) -> pd.Series:
        """The counts at a place in a month; index: the columns; empty if nothing was counted.

        Args:
            by: the columns wanted, where not all are.

        Raises NotCollectedError where one of them is not collected.
        """
        self._metric.require(*(by or self._by), coverage=self._coverage)
        try:
            counts = self._sums.loc[(place, month)]
        except KeyError:
            counts = self._sums.iloc[:0].droplevel(["within", "month"])
        return counts.groupby(list(by), dropna=False).sum() if by else counts


class Amounts:
    """One metric on one day at every place within a scope, for metrics that are counted on demand from their lists."""

    def __init__(self, villages: pd.DataFrame, *, metric: Metric, coverage: Coverage | None = None) -> None:
        """`villages`: one row per village; village_code, count, base. `coverage`: of the database they come from."""
        places = [villages.assign(place=cut_codes(villages["village_code"], level=level)) for level in LEVELS]
        self._sums = pd.concat(places).groupby("place")[["count", "base"]].sum()
        self._metric, self._coverage = metric, coverage

    @property
    def is_collected(self) -> bool:
        """Whether the database keeps what the metric is counted by."""
        return self._metric.is_collected(self._coverage)

    def count(self, *, place: str) -> int:
        """The numerator at a place. Raises NotCollectedError."""
        self._metric.require(coverage=self._coverage)
        return int(self._sums["count"].get(place, 0))

    def base(self, *, place: str) -> int:
        """The denominator at a place. Raises NotCollectedError."""
        self._metric.require(coverage=self._coverage)
        return int(self._sums["base"].get(place, 0))

    def value(self, *, place: str) -> float | None:
        """The metric at a place; None for a share of nothing, and for what is not collected here."""
        if not self.is_collected:
            return None
        return self._metric.value(count=self.count(place=place), base=self.base(place=place))
