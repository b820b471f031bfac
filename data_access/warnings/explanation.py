"""Why a household has its lamp: what every rule in force says about it, and how far it is from the next band."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Date, Select, bindparam, select

from data_access.clock import Months, last_day, month_first_day
from data_access.database.engine import Snapshot
from data_access.households.judged import judged_on, judged_spells
from data_access.households.population import households_since
from data_access.memory import Memory
from data_access.risk import answers
from data_access.risk.rule import Rule
from data_access.risk.rulebook import Bands, Line, RuleBook
from data_access.risk.scoring import scored
from data_access.schema.tables import household, household_indicator
from data_access.scope import Scope


@dataclass(frozen=True)
class Assessment:
    """What one rule says about the household."""

    rule: Rule
    value: Any
    """The value that the rule tests, in the unit of its thresholds; None = not collected."""
    points: int | None
    """None = not assessed."""
    threshold: int | bool | str | tuple[str, ...] | None
    """Those of the step that is met; None if none is."""
    most: int
    """The points of the most severe step: the most that a rule not assessed could still give."""


@dataclass(frozen=True)
class Explanation:
    """One household on one day."""

    on: date
    indicators: Mapping[str, Any]
    """`household_type` and every column of `household_indicator`; all None if nothing was collected."""
    assessments: tuple[Assessment, ...]
    """One for every rule in force, in the order of their ids."""
    score: int
    lamp: str
    bands: Bands | None
    line: Line | None
    """The monitoring line for the income; None if its year has none."""
    hard_triggers: tuple[str, ...]

    def of(self, family: str, *, assessed: bool = True) -> tuple[Assessment, ...]:
        """The assessments of a family that give points, most points first; with `assessed` false, those not
        assessed."""
        found = [one for one in self.assessments if one.rule.family == family]
        if not assessed:
            return tuple(one for one in found if one.points is None)
        return tuple(sorted((one for one in found if one.points), key=lambda one: -(one.points or 0)))

    @property
    def to_collect(self) -> tuple[Mapping[str, str], ...]:
        """What a rule needs but was not collected: the name of each column in zh and en."""
        unknown = [one.rule for one in self.assessments if one.points is None]
        names = dict.fromkeys(name for rule in unknown for name in answers.missing_for(rule, self.indicators))
        return tuple(household_indicator.c[name].info for name in names)

    @property
    def triggers(self) -> tuple[Assessment, ...]:
        """The assessments that make the lamp red whatever the score."""
        return tuple(one for one in self.of("risk") if one.rule.id in self.hard_triggers)

    @property
    def balance(self) -> int:
        """Risk points less resistance points; unlike the score it may be negative."""
        return sum((1 if one.rule.family == "risk" else -1) * (one.points or 0) for one in self.assessments)

    @property
    def highest(self) -> int:
        """The score if everything not collected turned out as badly as possible."""
        return max(0, self.balance + sum(one.most for one in self.of("risk", assessed=False)))

    @property
    def lowest(self) -> int:
        """The score if everything not collected turned out as well as possible."""
        return max(0, self.balance - sum(one.most for one in self.of("resistance", assessed=False)))


def read_explanation(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> Explanation | None:
    """The explanation of a household on a day; None if it is not on the register that day or outside the scope."""
    return read_explanations(snapshot, scope=scope, household_ids=(household_id,), on=on).get(household_id)


def read_explanations(
    snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...], on: date
) -> dict[str, Explanation]:
    """The explanations of some households on a day, by household; without those that are not on the register that day,
    or outside the scope."""
    here = judged_on(on, scope=scope, rulebook=snapshot.rulebook, of=household_ids)
    query = scored(here, rulebook=snapshot.rulebook, on=on, keep=here.c.keys())
    names = [name for name in here.c.keys() if name not in ("household_id", "village_code")]  # noqa: SIM118 (columns)
    rows = sorted(snapshot.connection.execute(query).mappings(), key=lambda row: row["household_id"])
    return {row["household_id"]: _explanation(row, names=names, snapshot=snapshot, on=on) for row in rows}


def _explanation(row: Mapping[Any, Any], *, names: Iterable[str], snapshot: Snapshot, on: date) -> Explanation:
    rulebook = snapshot.rulebook
    indicators = {name: row[name] for name in names}
    period_end = indicators["income_period_end"]
    return Explanation(
        on=on,
        indicators=indicators,
        assessments=tuple(
            _assessment(rule, points=row[f"points_{rule.id}"], indicators=indicators, snapshot=snapshot, on=on)
            for rule in rulebook.rules_in_force(on=on)
        ),
        score=row["score"],
        lamp=row["lamp"],
        bands=rulebook.bands_in_force(on=on),
        line=None if period_end is None else rulebook.lines.get(period_end.year),
        hard_triggers=rulebook.hard_triggers,
    )


def _assessment(
    rule: Rule, *, points: int | None, indicators: Mapping[str, Any], snapshot: Snapshot, on: date
) -> Assessment:
    value = answers.value_of(rule, indicators, rulebook=snapshot.rulebook)
    step = answers.step_met(rule, value, on=on) if points else None
    return Assessment(
        rule=rule,
        value=value,
        points=points,
        threshold=None if step is None else step.threshold,
        most=max(step.points for step in rule.steps(on=on)),
    )


def read_score_history(snapshot: Snapshot, *, scope: Scope, household_id: str, months: Months) -> pd.DataFrame:
    """A household's score and lamp at each month end; one row per month in which it is on the register.

    Columns: month (text), score (NaN if nothing was collected), lamp, line_year (the year of the income that was
    judged; NA if none is known).
    """
    homes = households_since()
    home = snapshot.connection.execute(
        select(*homes.c["since", "closed_on"]).where(
            homes.c.household_id == household_id, scope.rows(homes.c.village_code)
        )
    ).one_or_none()
    rows = []
    if home is not None:
        scores = _scored_intervals(snapshot, household_id=household_id, months=months)
        for month in months.texts:
            day = min(last_day(month), months.cut_off)
            if home.since <= day and (home.closed_on is None or home.closed_on > day):
                found = next((one for one in scores if one["from"] <= day < one["to"]), None)
                known = (found["score"], found["lamp"], found["line_year"]) if found else (None, "undetermined", None)
                rows.append((month, *known))
    history = pd.DataFrame(rows, columns=["month", "score", "lamp", "line_year"])
    return history.astype({"month": "str", "score": "Float64", "lamp": "str", "line_year": "Int64"})


def _scored_intervals(snapshot: Snapshot, *, household_id: str, months: Months) -> list[dict[str, Any]]:
    """Each interval of indicators, split where a source first names the household, within each period of unchanged
    rules: `from`, `to` (not included), score, lamp, line_year."""
    first, end = month_first_day(months.first), months.cut_off + timedelta(days=1)
    starts = [first, *snapshot.rulebook.changes(after=first, until=months.cut_off)]
    scored_intervals = []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        query = _scored_period(snapshot.rulebook, on=start)
        values = {"homes": [household_id], "start": start, "stop": stop}
        scored_intervals += [
            {
                "from": max(row["spell_from"], start),
                "to": min(row["spell_to"], stop),
                "score": row["score"],
                "lamp": row["lamp"],
                "line_year": None if row["income_period_end"] is None else row["income_period_end"].year,
            }
            for row in snapshot.connection.execute(query, values).mappings()
        ]
    return scored_intervals


_PERIODS = Memory(most=32)


def _scored_period(rulebook: RuleBook, *, on: date) -> Select:
    """The intervals of some households (`homes`) between two days (`start` and `stop`), scored by the rules of a day.
    All are asked with one statement: putting it together takes longer than answering it."""

    def make() -> Select:
        spells = judged_spells(rulebook=rulebook, on=on, of=bindparam("homes", expanding=True))
        source = (
            select(household.c.household_type, *spells.c)
            .join_from(spells, household, household.c.household_id == spells.c.household_id)
            .where(
                spells.c.spell_from < bindparam("stop", type_=Date), spells.c.spell_to > bindparam("start", type_=Date)
            )
            .subquery("intervals")
        )
        return scored(source, rulebook=rulebook, on=on, keep=("spell_from", "spell_to", "income_period_end"))

    return _PERIODS.get((rulebook.hash, rulebook.coverage, on), make)
