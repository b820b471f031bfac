"""What can only be judged across many rows or against the database: duplicates, rows of a household that disagree,
references, what a new row requires, data older than those held."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)

from data_access.load.incoming import INCOMES, Incoming
from data_access.load.kinds import SHARED_KEYS
from data_access.load.problems import detail, problem, report
from data_access.load.staging import Staged
from data_access.schema.references import Reference, load_references
from data_access.schema.tables import household_indicator, income_record, metadata, monitoring_case
from data_access.sql import month_of

_BEGIN_AND_END = (
    ("monitoring_case", "identified_on", "eliminated_on"),
    ("need", "raised_on", "met_on"),
    ("measure", "started_on", "done_on"),
    ("employment", "started_on", "ended_on"),
    ("workplace", "opened_on", "closed_on"),
    ("project", "started_on", "finished_on"),
    ("clue", "received_on", "checked_on"),
)
"""Table -> the day on which something of it begins, and that on which it ends."""


def review_rows(connection: Connection, staged: Staged) -> None:
    """Find what is wrong within the rows and with what they refer to."""
    if staged.kind.row:
        _find_twice(connection, staged)
    if staged.kind.whole:
        _find_disagreement(connection, staged)
    for reference in load_references():
        found: set[tuple[str, ...]] = set()
        for source in _concrete(reference, staged=staged):
            columns = tuple(map(_name, source))
            if columns not in found:  # tables of a kind share keys: one fault, told once
                found.add(columns)
                _find_unknown(connection, staged, source=source, reference=reference)


def review_incoming(connection: Connection, staged: Staged, incoming: Mapping[str, Incoming]) -> None:
    """Find what the database cannot accept, and drop what rejected rows say from what is to be merged."""
    says = {table: one for table, one in incoming.items() if one.filled}
    for one in says.values():
        _find_needed(connection, staged, one)
    dated = staged.kind.dated and staged.kind.department is None
    if dated:
        _find_older(connection, staged)
    if dated and household_indicator.name in says:
        _find_smaller(connection, staged, says[household_indicator.name])
    _find_ended_before(connection, staged)
    if monitoring_case.name in incoming and staged.kind.row != monitoring_case.name:
        _find_cases_without_day(connection, staged)
        if monitoring_case.name in says:
            _find_case_problems(connection, staged, says[monitoring_case.name])
    if income_record.name in incoming and staged.kind.dated and household_indicator.name in says:
        _find_income_differences(connection, staged, says[household_indicator.name])
    if not connection.execute(select(exists().where(staged.problems.c.rejects))).scalar_one():
        return
    if staged.kind.whole:
        _find_incomplete(connection, staged)
    for one in says.values():
        still_said = exists().where(*links_of(staged, one), staged.alive())
        connection.execute(one.rows.delete().where(~still_said))


def links_of(staged: Staged, incoming: Incoming) -> Iterator[ColumnElement[bool]]:
    """SQL: which staged rows a row of a table comes from."""
    for name in incoming.links:
        yield incoming.rows.c[name] == staged.filled(incoming.target.name, name)


def _find_twice(connection: Connection, staged: Staged) -> None:
    table = metadata.tables[staged.kind.row]
    own = [staged.column(table.name, column.name) for column in table.primary_key.columns]
    keys = [column for column in own if column is not None]
    if len(keys) < len(own):
        return
    rows = staged.rows
    complete = and_(*(key.is_not(None) for key in keys))
    first = (
        select(*keys, func.min(rows.c.row_no).label("first_no"))
        .where(complete)
        .group_by(*keys)
        .having(func.count() > 1)
        .subquery("first")
    )
    again = and_(*(key == first.c[key.name] for key in keys), rows.c.row_no > first.c.first_no)
    held = rows.alias("held")
    number = staged.column("match", "id_no")
    shown: ColumnElement = keys[-1]
    if staged.kind.department is not None or staged.kind.numbers:  # made here: nobody who reads the file knows it
        shown = rows.c.household_id if number is None else func.coalesce(number, rows.c.household_id)
    query = (
        problem(staged, "row_twice", value=shown, said=detail(row=held.c.row))
        .join_from(rows, first, again)
        .join(held, held.c.row_no == first.c.first_no)
    )
    report(connection, staged, query)


def _find_disagreement(connection: Connection, staged: Staged) -> None:
    """Columns of the household for which its rows disagree."""
    rows = staged.rows
    shared = [
        column
        for column in rows.c
        if "__" in column.name and metadata.tables.get(column.name.split("__")[0]) in _of_households()
    ]
    if not shared:
        return
    flags = [cast(func.min(_plain(column)) != func.max(_plain(column)), Integer) for column in shared]
    by_home = select(rows.c.household_id, *(flag.label(f"n{at}") for at, flag in enumerate(flags)))
    homes = by_home.group_by(rows.c.household_id).subquery("homes")
    totals = connection.execute(select(*(func.coalesce(func.sum(column), 0) for column in list(homes.c)[1:]))).one()
    for at, (column, total) in enumerate(zip(shared, totals, strict=True)):
        if total:
            different = select(homes.c.household_id).where(homes.c[f"n{at}"] == 1)
            name = column.name.replace("__", ".")
            query = problem(staged, "rows_disagree", column=name, value=column)
            report(connection, staged, query.where(rows.c.household_id.in_(different)))


@cache
def _of_households() -> tuple[Table, ...]:
    """The tables of which all rows of a household say the same."""
    return tuple(table for table in metadata.tables.values() if "member_id" not in table.c)


def _plain(column: Column) -> ColumnElement:
    return cast(column, Integer) if isinstance(column.type, Boolean) else column


def _concrete(reference: Reference, *, staged: Staged) -> Iterator[list[str]]:
    """The columns of a declared reference, for every table of the kind that it applies to."""
    for table in staged.kind.targets:
        source = [name.replace("*.", f"{table}.") for name in reference.columns]
        if any(name.split(".")[0] != table for name in source) or tuple(source) == reference.to:
            continue
        if all(staged.column(*name.split(".")) is not None for name in source):
            yield source


def _find_unknown(connection: Connection, staged: Staged, *, source: list[str], reference: Reference) -> None:
    """Rows whose reference is found neither in the database nor in another row of the file."""
    rows, target = staged.rows, reference.to
    own = [staged.filled(*name.split(".")) for name in source]
    known_table = metadata.tables[target[0].split(".")[0]]
    known = [known_table.c[name.split(".")[1]] for name in target]
    there = exists().where(*(a == b for a, b in zip(known, own, strict=True)))
    conditions = [*(column.is_not(None) for column in own), ~there]
    if known_table.name in staged.kind.targets:
        other = rows.alias("other")
        beside = [other.c.get(_name(name)) for name in target]
        if all(column is not None for column in beside):
            pairs = zip(beside, own, strict=True)
            conditions.append(~exists().where(*(a == b for a, b in pairs)))  # type: ignore[arg-type]
    said = literal(json.dumps({"what_zh": reference.zh, "what_en": reference.en}))
    report(
        connection,
        staged,
        problem(staged, "unknown_reference", column=source[-1], value=own[-1], said=said).where(*conditions),
    )


def _name(name: str) -> str:
    table, column = name.split(".")
    return column if column in SHARED_KEYS else f"{table}__{column}"


def _find_needed(connection: Connection, staged: Staged, incoming: Incoming) -> None:
    """Rows that would add something without the values that the contract requires."""
    target = incoming.target
    given = staged.kind.defaults.get(target.name, {})
    there = incoming.same_key(target)
    needed = [part for part in target.c if not (part.nullable or part.primary_key or part.name in given)]
    blank = [incoming.rows.c[column.name].is_(None) for column in needed]
    lacks = exists().where(or_(false(), *blank), ~exists().where(there))
    if not needed or not connection.execute(select(lacks)).scalar_one():
        return
    for column, is_blank in zip(needed, blank, strict=True):
        lacking = exists().where(*links_of(staged, incoming), is_blank, ~exists().where(there))
        name = f"{target.name}.{column.name}"
        report(connection, staged, problem(staged, "needed_for_new", column=name).where(lacking, staged.alive()))


def _find_older(connection: Connection, staged: Staged) -> None:
    """Households for which the database holds indicators of a later day."""
    held = household_indicator
    newest = (
        select(held.c.household_id, func.max(held.c.valid_from).label("day"))
        .where(holds_after(staged.as_of))
        .group_by(held.c.household_id)
        .subquery("newest")
    )
    query = problem(
        staged, "older_than_known", value=staged.rows.c.household_id, said=detail(day=newest.c.day)
    ).join_from(staged.rows, newest, newest.c.household_id == staged.rows.c.household_id)
    report(connection, staged, query)


def holds_after(day: date) -> ColumnElement[bool]:
    """SQL: whether an interval of indicators says something of a time after a day."""
    return or_(household_indicator.c.valid_from > day, household_indicator.c.valid_to > day)


def _find_smaller(connection: Connection, staged: Staged, incoming: Incoming) -> None:
    """Households of which fewer persons are known than there were in the indicators held."""
    held, said, rows = household_indicator, incoming.rows, staged.rows
    if staged.column(held.name, "family_size") is not None:
        return
    smaller = (
        select(said.c.household_id, held.c.family_size.label("was"), said.c.family_size.label("now"))
        .join_from(said, held, and_(held.c.household_id == said.c.household_id, held.c.valid_to.is_(None)))
        .where(said.c.family_size < held.c.family_size)
        .subquery("smaller")
    )
    first = select(func.min(rows.c.row_no)).group_by(rows.c.household_id)
    name = f"{held.name}.family_size"
    told = detail(was=smaller.c.was, now=smaller.c.now)
    query = problem(staged, "family_smaller", column=name, value=rows.c.household_id, said=told)
    query = query.join_from(rows, smaller, smaller.c.household_id == rows.c.household_id)
    report(connection, staged, query.where(rows.c.row_no.in_(first), staged.alive()))


def _find_ended_before(connection: Connection, staged: Staged) -> None:
    """Rows of which something ends before it begins."""
    for table, begins, ends in _BEGIN_AND_END:
        first, last = staged.column(table, begins), staged.column(table, ends)
        if first is not None and last is not None:
            query = problem(staged, "ended_before", column=f"{table}.{ends}", value=last, said=detail(day=first))
            report(connection, staged, query.where(last < first, staged.alive()))


def _find_cases_without_day(connection: Connection, staged: Staged) -> None:
    category = staged.column("monitoring_case", "category")
    day = staged.column("monitoring_case", "identified_on")
    if category is not None:
        lacking = category.is_not(None) if day is None else and_(category.is_not(None), day.is_(None))
        query = problem(staged, "case_without_day", column="monitoring_case.category", value=category)
        report(connection, staged, query.where(lacking, staged.alive()))


def _find_case_problems(connection: Connection, staged: Staged, incoming: Incoming) -> None:
    """Cases that contradict those held."""
    rows, known, said = staged.rows, monitoring_case, incoming.rows
    same_home = [said.c.household_id == rows.c.household_id, known.c.household_id == rows.c.household_id]
    active = and_(known.c.outcome.in_(("open", "eliminated")), known.c.identified_on.is_not(None))
    other = exists().where(*same_home, known.c.case_id != said.c.case_id, active)
    again = exists().where(
        *same_home, known.c.case_id == said.c.case_id, known.c.outcome == "eliminated", said.c.outcome == "open"
    )
    undated = exists().where(
        said.c.household_id == rows.c.household_id, said.c.outcome == "eliminated", said.c.eliminated_on.is_(None)
    )
    for rule, condition, column in (
        ("another_case", other, "identified_on"),
        ("case_already_eliminated", again, "outcome"),
        ("needed", undated, "eliminated_on"),
    ):
        query = problem(staged, rule, column=f"monitoring_case.{column}", value=rows.c.household_id)
        report(connection, staged, query.where(condition, staged.alive()))


def _find_income_differences(connection: Connection, staged: Staged, incoming: Incoming) -> None:
    """Households whose incomes differ from the sum of the income records of the same year, if the whole year is
    recorded."""
    said, record = incoming.rows, income_record
    sums = (
        select(
            said.c.household_id,
            *(func.sum(record.c[name]).label(name) for name in INCOMES),
        )
        .join_from(
            said,
            record,
            and_(
                record.c.household_id == said.c.household_id,
                record.c.period_end <= said.c.income_period_end,
                month_of(record.c.period_start) > month_of(said.c.income_period_end) - 12,
            ),
        )
        .group_by(said.c.household_id)
        .subquery("sums")
    )
    differs = or_(*(and_(said.c[name].is_not(None), said.c[name] != sums.c[name]) for name in INCOMES))
    homes = select(said.c.household_id).join_from(said, sums, sums.c.household_id == said.c.household_id).where(differs)
    first = select(func.min(staged.rows.c.row_no)).group_by(staged.rows.c.household_id)
    query = problem(
        staged, "income_differs", column="household_indicator.wage_income", value=staged.rows.c.household_id
    )
    report(
        connection,
        staged,
        query.where(staged.rows.c.household_id.in_(homes), staged.rows.c.row_no.in_(first), staged.alive()),
    )


def _find_incomplete(connection: Connection, staged: Staged) -> None:
    """The other rows of households of which one was rejected."""
    rows = staged.rows
    whole = rows.alias("whole")
    rejected = select(whole.c.household_id).where(~staged.alive(whole), whole.c.household_id.is_not(None))
    query = problem(staged, "household_incomplete", value=rows.c.household_id)
    report(connection, staged, query.where(staged.alive(), rows.c.household_id.in_(rejected)))
