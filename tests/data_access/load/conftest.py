"""Household databases that can be loaded into, and files made by hand."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, Table, create_engine, make_url, select

from data_access.database import versions
from data_access.load.kinds import REGISTER, load_kinds
from data_access.load.loading import load_file
from data_access.load.report import Report
from data_access.schema.tables import metadata
from tests.support.databases import empty_database, write_version
from tests.support.households import Rows, create_database

AS_OF = date(2022, 9, 30)

WriteCsv = Callable[..., Path]


@dataclass(frozen=True)
class LoadedInto:
    """A household database and what is loaded into it."""

    url: str

    compares: bool = False
    """Whether a sheet is compared with what is held: a third of a load, and of no matter to most tests."""

    def load(self, path: Path, kind: str = "persons", **options: Any) -> Report:
        own = load_kinds()[kind]
        if own.compared == REGISTER and not self.compares:
            own = replace(own, compared=None)
        return load_file(path, url=make_url(self.url), kind=own, **{"as_of": AS_OF, **options})

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, as it is now, in the order of its key."""
        return self._read([table])[table]

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """Everything but the record of the loads."""
        return self._read([name for name in metadata.tables if name != "data_load"])

    def _read(self, tables: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        url = make_url(self.url)
        if url.get_backend_name() == "duckdb":
            url = url.set(database=str(versions.current_file(Path(str(url.database)))))
        engine = create_engine(url)
        with engine.connect() as connection:
            found = {name: connection.execute(_everything(metadata.tables[name])).mappings().all() for name in tables}
        engine.dispose()
        return {name: [dict(row) for row in rows] for name, rows in found.items()}


def _everything(table: Table) -> Select:
    return select(table).order_by(*table.primary_key.columns)


@pytest.fixture
def make_target(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Rows], LoadedInto]:
    """Makes a household database from rows."""

    def make(rows: Rows) -> LoadedInto:
        if database_kind == "postgresql":
            return on_a_server(request.getfixturevalue("postgres_url"), rows)
        return embedded(tmp_path, rows)

    return make


def embedded(folder: Path, rows: Rows) -> LoadedInto:
    """An embedded database: a version and the pointer to it."""
    pointer = folder / "household"
    write_version(pointer, rows)
    return LoadedInto(f"duckdb:///{pointer.as_posix()}")


def on_a_server(server_url: str, rows: Rows) -> LoadedInto:
    """A database on a PostgreSQL server."""
    url = empty_database(server_url)
    engine = create_engine(url)
    create_database(engine, rows)
    engine.dispose()
    return LoadedInto(url)


@pytest.fixture
def write_csv(tmp_path: Path) -> Iterator[WriteCsv]:
    """Writes a CSV file; the first row is the heading."""

    def write(rows: Iterable[Sequence[Any]], *, name: str = "rows.csv", encoding: str = "utf-8-sig") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    yield write
