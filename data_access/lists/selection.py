"""A list of households by conditions that a user chose: counted, paged and streamed in the database, masked.

The possible fields are declared by the tables, the indicators and the rules themselves. Conditions come from links and
widgets and are untrusted: fields, operators and codes are checked against closed lists, values are bound. A missing
value satisfies no comparison: whether something was collected is a separate question.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    null,
    select,
)

from data_access import disclosure
from data_access.cases.lists import case_states, cases_on
from data_access.cases.steps import step_entries
from data_access.clock import month_number
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame, stream_frames
from data_access.database.regions import PlaceNames
from data_access.declarations import Words, read_declared
from data_access.errors import NotCollectedError, ScopeError
from data_access.households.jobs import is_held, job_spells
from data_access.households.population import households_on
from data_access.risk.sources import Coverage, never_filled
from data_access.schema.collected import lacking
from data_access.schema.columns import in_words
from data_access.schema.contract import name_of
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household, household_indicator, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, month_of
from data_access.warnings.lists import lamps_on

MOST_CONDITIONS = 20

SELECTION = "selection"
"""What such a list is called where others are called by their metric."""

OPERATORS = {
    "code": ("is", "is_not", "missing", "present"),
    "boolean": ("is", "missing", "present"),
    "number": ("eq", "ne", "lt", "le", "gt", "ge", "missing", "present"),
    "text": ("is", "missing", "present"),
    "rule": ("is",),
}
"""Kind of field -> the operators it allows."""

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_FILE = Path(__file__).with_suffix(".yaml")
_JOBS = "jobs_"
_HIDDEN = ("household_id", "valid_from", "valid_to", "source")


Concluded = tuple[tuple[str, str], ...]
"""A household and the conclusion in force about it."""


@dataclass(frozen=True)
class Field:
    """Something that households can be selected by and a list can show."""

    key: str
    kind: str
    """A key of `OPERATORS`."""
    label: Mapping[str, str]
    codes: str | None = None


@dataclass(frozen=True)
class Condition:
    """One condition: a field, an operator, and what is wanted (nothing for `missing` and `present`)."""

    field: str
    operator: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Conditions that must all hold, and what the list shows besides name and place."""

    conditions: tuple[Condition, ...] = ()
    columns: tuple[str, ...] = ()


@cache
def load_computed_words(file: Path = _FILE) -> dict[str, Words]:
    """The names of the fields that have no column. Raises DeclarationError."""
    return read_declared(file, dict[str, Words])


def load_fields() -> dict[str, Field]:
    """Every field by its key: those of the household, its lamp, its case, its jobs, its data, and all its
    indicators."""
    own = {name: _declared(household.c[name]) for name in ("household_type", "relocated", "group_no", "grid_code")}
    computed = (
        _computed("lamp", "code", codes="lamp"),
        _computed("score", "number"),
        _computed("state", "code", codes="monitoring_state"),
        Field("category", "code", _label(monitoring_case.c.category), "monitor_category"),
        Field("cause", "code", _label(monitoring_case.c.cause_1), "cause"),
        _computed("rule", "rule"),
        _computed("step", "code", codes="case_step"),
        _computed("disposition", "code", codes="disposition"),
        _computed("data_age", "number"),
        _computed("collected_on", "text"),
    )
    indicators = {
        column.name: _declared(column)
        for column in household_indicator.c
        if column.name not in _HIDDEN and _kind(column) is not None
    }
    return own | {field.key: field for field in computed} | _jobs_fields() | indicators


def missing_columns(key: str, *, coverage: Coverage | None) -> tuple[str, ...]:
    """The columns without a value in a database with such a coverage, of those that a field is read from."""
    empty = never_filled(coverage)
    own = (name_of(table.c[key]) for table in (household, household_indicator) if key in table.c)
    said_by = _JOBS.removesuffix("_") if key.startswith(_JOBS) else key
    return (*lacking("selection", said_by, never_filled=empty), *(name for name in own if name in empty))


def _computed(key: str, kind: str, *, codes: str | None = None) -> Field:
    return Field(key, kind, load_computed_words()[key].model_dump(), codes)


def checked(selection: Selection) -> Selection:
    """The selection in a form that can be run. Raises ScopeError, naming the condition, for an invalid field, operator
    or value, and for too many conditions."""
    fields = load_fields()
    if len(selection.conditions) > MOST_CONDITIONS:
        raise ScopeError("selection_too_long", most=str(MOST_CONDITIONS))
    for condition in selection.conditions:
        _check(condition, fields=fields)
    for name in selection.columns:
        if name not in fields or fields[name].kind == "rule":
            raise ScopeError("selection_unknown", part=name[:40])
    return selection


def count_selection(
    snapshot: Snapshot, *, scope: Scope, on: date, selection: Selection, concluded: Concluded = ()
) -> int:
    """The number of households in a selection on a day.

    Args:
        concluded: the conclusions in force: they are in the ledger, which the household database cannot query.

    Raises ScopeError as `checked` does.
    """
    rows = _rows(snapshot, scope=scope, on=on, selection=selection, concluded=concluded).subquery("selected")
    return int(snapshot.connection.execute(select(func.count()).select_from(rows)).scalar_one())


def read_selection(
    snapshot: Snapshot,
    *,
    scope: Scope,
    on: date,
    selection: Selection,
    language: str,
    offset: int,
    limit: int,
    concluded: Concluded = (),
) -> pd.DataFrame:
    """One page of a selection; one row per household, by number.

    Columns: household_id, village_code, head_name, phone (as the scope may see them; head_id_no only if it is opened),
    township, village, and the chosen columns as they are stored. Raises ScopeError as `checked` does.
    """
    query = _listed(snapshot, scope=scope, on=on, selection=selection, concluded=concluded, language=language)
    return read_frame(snapshot.connection, query.offset(offset).limit(limit))


def stream_selection(
    snapshot: Snapshot,
    *,
    scope: Scope,
    on: date,
    selection: Selection,
    language: str,
    rows: int,
    concluded: Concluded = (),
) -> Iterator[pd.DataFrame]:
    """The whole selection for a file, in frames of at most `rows` rows, as `read_selection` returns them."""
    query = _listed(snapshot, scope=scope, on=on, selection=selection, concluded=concluded, language=language)
    yield from stream_frames(snapshot.connection, query, rows=rows)


def _listed(
    snapshot: Snapshot,
    *,
    scope: Scope,
    on: date,
    selection: Selection,
    concluded: Concluded,
    language: str,
) -> Select:
    rows = _rows(snapshot, scope=scope, on=on, selection=selection, concluded=concluded).subquery("selected")
    names = PlaceNames(language=language)
    id_number = disclosure.id_number(household.c.head_id_no, scope=scope).label("head_id_no")
    opened = [id_number] if "head_id_no" in scope.opened else []
    return (
        select(
            *rows.c["household_id", "village_code"],
            disclosure.name(household.c.head_name, scope=scope).label("head_name"),
            *opened,
            disclosure.phone(household.c.phone, scope=scope).label("phone"),
            *names.columns,
            *(rows.c[column] for column in dict.fromkeys(selection.columns)),
        )
        .select_from(
            names.joined(rows.join(household, household.c.household_id == rows.c.household_id), rows.c.village_code)
        )
        .order_by(rows.c.household_id)
    )


def _rows(snapshot: Snapshot, *, scope: Scope, on: date, selection: Selection, concluded: Concluded) -> Select:
    """The selected households with the fields that are referred to. Raises NotCollectedError for a condition about what
    is not collected: nobody fulfils it, and nobody fails it."""
    checked(selection)
    for condition in selection.conditions:
        if missing := missing_columns(condition.field, coverage=snapshot.version.coverage):
            raise NotCollectedError("not_collected", **load_fields()[condition.field].label, **in_words(missing))
    used = {*selection.columns, *(condition.field for condition in selection.conditions)}
    homes = households_on(on, scope=scope)
    source: FromClause = homes.join(household, household.c.household_id == homes.c.household_id)
    found: dict[str, ColumnElement] = {name: homes.c[name] for name in homes.c.keys()}  # noqa: SIM118
    found |= {name: household.c[name] for name in ("relocated", "group_no", "grid_code")}
    found["collected_on"] = homes.c.valid_from
    found["data_age"] = month_number(on) - month_of(homes.c.valid_from)
    if used & {"lamp", "score", "rule"}:
        lamps = lamps_on(snapshot, scope=scope, on=on)
        source = source.join(lamps, lamps.c.household_id == homes.c.household_id)
        found |= {"lamp": lamps.c.lamp, "score": lamps.c.score}
        found |= {
            f"rule:{rule}": lamps.c[f"points_{rule}"] for rule in _fired(selection) if f"points_{rule}" in lamps.c
        }
    if used & {"state", "category", "cause"}:
        cases, states = cases_on(on), case_states(on)
        source = source.outerjoin(cases, cases.c.household_id == homes.c.household_id)
        source = source.outerjoin(states, states.c.household_id == homes.c.household_id)
        found |= {"state": func.coalesce(states.c.state, "never")}
        found |= {"category": cases.c.category, "cause": cases.c.cause_1}
    if "step" in used:
        waiting = _waiting(snapshot, scope=scope, on=on)
        source = source.outerjoin(waiting, waiting.c.household_id == homes.c.household_id)
        found["step"] = waiting.c.step
    if used & set(_jobs_fields()):
        jobs = _jobs(on, scope=scope)
        source = source.outerjoin(jobs, jobs.c.household_id == homes.c.household_id)
        found |= {name: func.coalesce(jobs.c[name], 0) for name in _jobs_fields()}
    found["disposition"] = case(dict(concluded), value=homes.c.household_id) if concluded else cast(null(), String)
    kept = [_holds(condition, found) for condition in selection.conditions]
    columns = [
        (null() if missing_columns(name, coverage=snapshot.version.coverage) else found[name]).label(name)
        for name in dict.fromkeys(selection.columns)
    ]
    return select(homes.c.household_id, homes.c.village_code, *columns).select_from(source).where(*kept)


def _waiting(snapshot: Snapshot, *, scope: Scope, on: date) -> FromClause:
    """The step that the case of every household is waiting for; one row per household with such a case."""
    entries = step_entries(snapshot, scope, on).subquery("steps")
    return (
        select(entries.c.household_id, func.max(entries.c.step).label("step"))
        .group_by(entries.c.household_id)
        .subquery("waiting")
    )


def _jobs(on: date, *, scope: Scope) -> FromClause:
    """The number of members of every household with a job on a day, by place of work; one row per household with
    any."""
    jobs = job_spells(scope=scope).subquery("jobs")
    counts = [func.sum(flag(jobs.c.place == place)).label(f"{_JOBS}{place}") for place in load_codes()["work_place"]]
    return (
        select(jobs.c.household_id, *counts)
        .where(is_held(jobs, on=on))
        .group_by(jobs.c.household_id)
        .subquery("jobs_now")
    )


def _jobs_fields() -> dict[str, Field]:
    jobs = load_computed_words()["jobs"].model_dump()
    return {
        f"{_JOBS}{place}": Field(
            f"{_JOBS}{place}",
            "number",
            {language: text.format(place=words[language]) for language, text in jobs.items()},
        )
        for place, words in load_codes()["work_place"].items()
    }


def _fired(selection: Selection) -> set[str]:
    return {condition.wanted[0] for condition in selection.conditions if condition.field == "rule"}


def _holds(condition: Condition, found: Mapping[str, ColumnElement]) -> ColumnElement[bool]:
    field = load_fields()[condition.field]
    if field.kind == "rule":
        points = found.get(f"rule:{condition.wanted[0]}")
        if points is None:
            raise ScopeError("selection_value", field=condition.field, value=condition.wanted[0][:40])
        return points > 0
    column = found[condition.field]
    if condition.operator == "missing":
        return column.is_(None)
    if condition.operator == "present":
        return column.is_not(None)
    if field.kind == "number":
        return and_(column.is_not(None), _COMPARE[condition.operator](column, float(condition.wanted[0])))
    if field.kind == "boolean":
        return column.is_(condition.wanted[0] == "True")
    text = cast(column, String) if field.kind == "text" else column
    if condition.operator == "is_not":
        return and_(column.is_not(None), text.not_in(condition.wanted))
    return text.in_(condition.wanted)


def _check(condition: Condition, *, fields: Mapping[str, Field]) -> None:
    field = fields.get(condition.field)
    if field is None:
        raise ScopeError("selection_unknown", part=condition.field[:40])
    if condition.operator not in OPERATORS[field.kind]:
        raise ScopeError("selection_unknown", part=f"{condition.field} {condition.operator[:20]}")
    if condition.operator in ("missing", "present"):
        allowed = not condition.wanted
    elif field.kind == "number":
        allowed = len(condition.wanted) == 1 and _is_number(condition.wanted[0])
    elif field.kind == "rule":
        allowed = len(condition.wanted) == 1
    elif field.kind == "text":
        allowed = 0 < len(condition.wanted) <= MOST_CONDITIONS
    else:
        known = load_codes()["boolean" if field.kind == "boolean" else str(field.codes)]
        allowed = bool(condition.wanted) and all(value in known for value in condition.wanted)
        allowed = allowed and (field.kind != "boolean" or len(condition.wanted) == 1)
    if not allowed:
        raise ScopeError("selection_value", field=condition.field, value=",".join(condition.wanted)[:40])


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < _LARGEST
    except ValueError:
        return False


_LARGEST = 1e12
"""Larger than any amount of money or number of persons."""


def _declared(column: Any) -> Field:
    return Field(column.name, str(_kind(column)), _label(column), column.info["codes"])


def _label(column: Any) -> Mapping[str, str]:
    return {"zh": column.info["zh"], "en": column.info["en"]}


def _kind(column: Any) -> str | None:
    if column.info["codes"] is not None:
        return "code"
    if isinstance(column.type, Boolean):
        return "boolean"
    if isinstance(column.type, Integer | Float):
        return "number"
    return "text" if isinstance(column.type, String) else None
