"""Checks a database that is not ours against the contract, and proposes views that would make it comply: what is
missing, of a wrong type, empty, duplicated, or coded differently. It reads and never writes. See docs/connect.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, Label, String, Table, cast, func, null, select
from sqlalchemy.schema import CreateView

from data_access.declarations import Words, load_sentences
from data_access.schema.column_types import fits
from data_access.schema.contract import FIRST_VERSION, Present, present_tables, since
from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata

SHOWN = 5
"""How many unexpected codes are named; more would obscure the other breaches."""

_FILE = Path(__file__).with_name("compliance.yaml")


@dataclass(frozen=True)
class Breach:
    """A breach of the contract: a key of `check.yaml`, the place, and the details."""

    kind: str
    place: str
    said: Mapping[str, str] | None = None
    found: str = ""
    wanted: str = ""
    rows: int = 0

    def text(self, language: str) -> str:
        """The breach as a sentence with its remedy."""
        said = (self.said or {}).get(language, "")
        return _sentences()[self.kind][language].format(
            place=self.place, said=said, found=self.found, wanted=self.wanted, rows=self.rows
        )


@cache
def _sentences() -> dict[str, Words]:
    return load_sentences(_FILE)


def check_database(connection: Connection) -> list[Breach]:
    """All breaches of the contract in a database, in the contract's order; empty if it complies. What a later version
    added may be missing: `python -m data_access.upgrade --check` lists it."""
    present = present_tables(connection)
    return [breach for declared in metadata.tables.values() for breach in _check_table(connection, declared, present)]


def _check_table(connection: Connection, declared: Table, present: Present) -> Iterator[Breach]:
    if declared.name not in present:
        if since(declared) == FIRST_VERSION:
            yield Breach("table_missing", declared.name, said=declared.info)
        return
    types = present[declared.name]
    there = [part for part in declared.c if part.name in types]
    yield from (
        Breach("column_missing", f"{declared.name}.{part.name}", said=part.info)
        for part in declared.c
        if part.name not in types and since(part) == FIRST_VERSION
    )
    yield from _check_types(there, types)
    if connection.execute(select(func.count()).select_from(declared)).scalar_one() == 0:
        yield Breach("table_empty", declared.name, said=declared.info)
        return
    yield from _check_values(connection, there)
    if all(part in there for part in declared.primary_key.columns):
        yield from _check_key(connection, declared)


def _check_types(there: list[Column], types: Mapping[str, str]) -> Iterator[Breach]:
    for part in there:
        if not fits(part, types):
            yield Breach("wrong_type", _place(part), found=types[part.name], wanted=str(part.type).lower())


def _check_values(connection: Connection, there: list[Column]) -> Iterator[Breach]:
    for part in there:
        if not part.nullable:
            empty = connection.execute(select(func.count()).where(part.is_(None))).scalar_one()
            if empty:
                yield Breach("null_in_required", _place(part), rows=empty)
        codes = part.info["codes"]
        if codes is not None:
            yield from _check_codes(connection, part, codes=codes)


def _check_codes(connection: Connection, part: Column, *, codes: str) -> Iterator[Breach]:
    value = cast(part, String)
    query = (
        select(value.label("code"), func.count().label("rows"))
        .where(part.is_not(None), value.not_in(list(load_codes()[codes])))
        .group_by(value)
        .order_by(value)
    )
    rows = connection.execute(query).all()
    if rows:
        named = ", ".join(str(row.code) for row in rows[:SHOWN]) + (", …" if len(rows) > SHOWN else "")
        yield Breach("unexpected_code", _place(part), found=named, wanted=codes, rows=sum(row[1] for row in rows))


def _check_key(connection: Connection, declared: Table) -> Iterator[Breach]:
    key = list(declared.primary_key.columns)
    twice = select(*key).group_by(*key).having(func.count() > 1).subquery("twice")
    found = connection.execute(select(func.count()).select_from(twice)).scalar_one()
    if found:
        names = ", ".join(part.name for part in key)
        yield Breach("key_twice", declared.name, said={"zh": names, "en": names}, rows=found)


def proposed_views(connection: Connection) -> Iterator[str]:
    """A view for every missing table of the first version."""
    present = present_tables(connection)
    for declared in metadata.tables.values():
        if declared.name not in present and since(declared) == FIRST_VERSION:
            yield proposed_view(declared, connection=connection)


def proposed_view(declared: Table, *, connection: Connection) -> str:
    """SQL of a view for a table, to be completed by hand: each column is NULL under its name."""
    notes = "\n".join(f"-- {part.name}: {part.info['zh']} / {part.info['en']}" for part in declared.c)
    view = CreateView(select(*map(_nothing, declared.c)), declared.name).compile(dialect=connection.dialect)
    return f"-- {declared.info['zh']} / {declared.info['en']}\n{notes}\n{str(view).strip()};"


def proposed_column(part: Column, *, connection: Connection) -> str:
    """The line that a view lacks, to be completed by hand."""
    line = str(select(_nothing(part)).compile(dialect=connection.dialect)).removeprefix("SELECT ")
    return f"-- {_place(part)}: {part.info['zh']} / {part.info['en']}\n{line},"


def _nothing(part: Column) -> Label:
    return cast(null(), part.type).label(part.name)


def _place(part: Column) -> str:
    return f"{part.table.name}.{part.name}"
