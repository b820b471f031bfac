"""What the validation rules find in a database that need not keep the contract: a rule whose columns are missing is
named, not asked.

A statement reads the tables of the contract. Where the database has a table only in part, or not at all, a CTE of the
same name stands in front of it, in which what is missing is NULL: not collected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import (
    CTE,
    Column,
    ColumnClause,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    cast,
    column,
    false,
    func,
    null,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.expression import ClauseElement

from data_access.clock import today
from data_access.database.frames import read_frame
from data_access.quality.expressions import Day
from data_access.quality.row_rules import load_row_rules
from data_access.quality.validation import findings_of, subjects
from data_access.quality.validation_rules import ValidationRule, load_validation_rules, row_rule
from data_access.schema.column_types import fits
from data_access.schema.contract import name_of, present_tables
from data_access.schema.tables import data_load, household, metadata
from data_access.scope import Scope

_HOME = (household.c.household_id, household.c.village_code, household.c.registered_on)
"""What tells that a household is on the register, and where."""


@dataclass(frozen=True)
class Judgement:
    """What the rules found, and which could not be asked."""

    on: date
    """The day that was judged, and the cut-off."""
    cut_off_known: bool
    """Whether the database itself names its cut-off."""
    found: pd.DataFrame
    """As returned by `findings_of`."""
    asked: tuple[ValidationRule, ...]
    not_asked: Mapping[str, str]
    """Rule -> the columns it lacks, or what the database answered."""


def judge(connection: Connection, *, on: date | None = None) -> Judgement:
    """Ask every rule in force on a day (by default the newest cut-off of the data, or today)."""
    unusable = unusable_columns(connection)
    cut_off, is_sample = _newest_load(connection, unusable=unusable)
    day = on or cut_off or today()
    rules = [
        rule
        for rule in load_validation_rules().values()
        if rule.values(on=day) is not None and (rule.on_sample or not is_sample)
    ]
    read = _columns_read(rules, on=day)
    lacking = {rule.id: lacks for rule in rules if (lacks := _lacking(rule, read[rule.id], unusable=unusable))}
    in_front = _tables_in_front(connection, unusable=unusable)
    frames: list[pd.DataFrame] = []
    failed: dict[str, str] = {}
    for about in subjects():
        its = [rule for rule in rules if rule.about == about and rule.id not in lacking]
        query = findings_of(its, day=Day(on=day, known=day, missing=unusable), scope=Scope.everything())
        try:
            frames.append(read_frame(connection, select(query.subquery("found")).add_cte(*in_front)))
        except SQLAlchemyError as error:
            connection.rollback()
            failed |= {rule.id: str(error).splitlines()[0] for rule in its}
    not_asked = lacking | failed
    return Judgement(
        on=day,
        cut_off_known=cut_off is not None,
        found=pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True),
        asked=tuple(rule for rule in rules if rule.id not in not_asked),
        not_asked=not_asked,
    )


def unusable_columns(connection: Connection) -> frozenset[str]:
    """The columns of the contract that the database lacks, or keeps as another type."""
    present = present_tables(connection)
    return frozenset(
        name_of(part)
        for declared in metadata.tables.values()
        for part in declared.c
        if not fits(part, present.get(declared.name, {}))
    )


def _newest_load(connection: Connection, *, unusable: frozenset[str]) -> tuple[date | None, bool]:
    """The cut-off of the newest load and whether it is sample data; None where the database does not tell."""
    if any(name_of(part) in unusable for part in (data_load.c.load_id, data_load.c.cut_off)):
        return None, False
    sample = false() if name_of(data_load.c.is_sample) in unusable else data_load.c.is_sample
    query = select(data_load.c.cut_off, sample.label("is_sample")).order_by(data_load.c.load_id.desc()).limit(1)
    row = connection.execute(query).first()
    return (None, False) if row is None else (row.cut_off, bool(row.is_sample))


def _tables_in_front(connection: Connection, *, unusable: frozenset[str]) -> list[CTE]:
    """One CTE for each table that the database does not have in full, with all its columns."""
    present = present_tables(connection)
    schema = connection.execute(select(func.current_schema())).scalar()
    made = []
    for name, declared in metadata.tables.items():
        if any(name_of(part) in unusable for part in declared.c):
            there = [part for part in declared.c if name_of(part) not in unusable]
            own = table(name, *(column(part.name, part.type) for part in there), schema=schema)
            columns = [
                own.c[part.name] if part in there else cast(null(), part.type).label(part.name) for part in declared.c
            ]
            rows = select(*columns) if name in present else select(*columns).where(false())
            made.append((rows.select_from(own) if there else rows).cte(name))
    return made


def _lacking(rule: ValidationRule, read: Set[Column], *, unusable: frozenset[str]) -> str:
    """The columns that a rule cannot do without and the database does not have, in words; empty if there are none.

    Args:
        read: the columns that its condition is made of.
    """
    needed = {name_of(part) for part in read}
    if _checks_each_column(rule):
        # One column or the other may be missing: the rest is checked.
        return "" if needed - unusable else ", ".join(sorted(needed))
    tables = {part.table for part in read}
    needed |= {name_of(part) for one in tables for part in one.c if not part.nullable}
    if any("household_id" in one.c for one in tables):
        needed |= {name_of(part) for part in _HOME}
    return ", ".join(sorted(needed & unusable))


def _checks_each_column(rule: ValidationRule) -> bool:
    rows = load_row_rules().rows.get(rule.about)
    return rows is not None and rule.id in {row_rule(rule.about, check) for check in rows.checks}


def _columns_read(rules: Sequence[ValidationRule], *, on: date) -> dict[str, set[Column]]:
    """Rule -> the columns of the contract that its condition is made of."""
    moment, found = Day(on=on, known=on), dict[str, set[Column]]()
    asked = {(rule.about, rule.id): rule.values(on=on) or {} for rule in rules}
    for about, its in subjects().items():
        for subject in its:
            source: FromClause = subject.source(moment, scope=Scope.everything())
            for rule, condition in subject.conditions.items():
                if (about, rule) in asked and rule not in found:
                    holds = condition(dict(source.c), asked[about, rule], moment).holds
                    found[rule] = set(_sources(holds, seen=set()))
    return found


def _sources(element: ClauseElement, *, seen: set[int]) -> Iterator[Column]:
    """The columns of tables behind an expression, through every subquery."""
    for part in visitors.iterate(element):
        if id(part) in seen or not isinstance(part, ColumnElement):
            continue
        seen.add(id(part))
        if isinstance(part, Column) and isinstance(part.table, Table):
            yield part
        elif isinstance(part, ColumnClause):
            for base in _bases(part):
                yield from _sources(base, seen=seen)


def _bases(part: ColumnClause) -> Iterable[ClauseElement]:
    return part.base_columns - {part}
