"""Broken rules of staged rows, as SQL finds them."""

from sqlalchemy import ColumnElement, Connection, Select, String, case, cast, func, insert, literal, select

from data_access.load.rules import rejecting
from data_access.load.staging import Staged
from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata

_NO_DETAIL = "{}"


def report(connection: Connection, staged: Staged, found: Select) -> None:
    """Add broken rules; `found` selects the columns of `problem`."""
    connection.execute(insert(staged.problems).from_select(staged.problems.c.keys(), found))


def problem(
    staged: Staged,
    rule: str,
    *,
    column: str = "",
    value: ColumnElement | None = None,
    said: ColumnElement | None = None,
) -> Select:
    """A broken rule for every staged row; the caller selects the rows."""
    shown = literal("") if value is None else func.coalesce(cast(_as_written(value, column=column), String), "")
    told = literal(_NO_DETAIL) if said is None else said
    rejects = rule in rejecting(sample=staged.sample)
    return select(staged.rows.c.row_no, literal(column), shown, literal(rule), told, literal(rejects))


def _as_written(value: ColumnElement, *, column: str) -> ColumnElement:
    """A value as it stands in a file: a code as its word."""
    table, _, name = column.partition(".")
    declared = metadata.tables[table].c.get(name) if table in metadata.tables else None
    codes = None if declared is None else declared.info.get("codes")
    if codes is None:
        return value
    return case({one: label["zh"] for one, label in load_codes()[codes].items()}, value=value, else_=value)


def detail(**values: ColumnElement) -> ColumnElement[str]:
    """SQL: what fills in a sentence, as JSON; marks that JSON gives a meaning are left out of the values."""
    said: ColumnElement[str] = literal("{")
    for number, (name, value) in enumerate(values.items()):
        plain = func.replace(func.replace(cast(value, String), '"', ""), "\\", "")
        said = said.concat(f'{", " if number else ""}"{name}": "').concat(plain).concat('"')
    return said.concat("}")


def first_problems(connection: Connection, staged: Staged) -> dict[int, str]:
    """A rule that rejects a row, for every staged row that is rejected, by its number."""
    own = staged.problems
    query = select(own.c.row_no, func.min(own.c.rule)).where(own.c.rejects)
    return {row.row_no: row[1] for row in connection.execute(query.group_by(own.c.row_no))}
