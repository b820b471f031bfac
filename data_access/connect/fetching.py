"""What the mapped tables of theirs hold, as it stands there: a column at a time, each distinct value once. All of it is
read in one transaction, so that one table never knows what another does not know yet."""

import gc
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as arrow_csv
from psycopg.pq import Format
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    FromClause,
    MetaData,
    Select,
    String,
    Table,
    and_,
    cast,
    false,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.exc import NoSuchTableError, OperationalError, ProgrammingError

import data_access
from data_access.clock import moment_now
from data_access.connect.errors import ConnectError
from data_access.connect.mapping import SourceMapping, SourceRows
from data_access.connect.source import reason_of
from data_access.files.cells import CellRuleError, day

BATCH = 20_000
_BLOCK = 16 << 20
"""Bytes of a copy that are parsed at a time; no row may be longer."""
_AS_A_CURSOR_READS = {"max_parallel_workers_per_gather": "0", "work_mem": "64MB", "enable_nestloop": "off"}
"""Settings of a PostgreSQL under which a copy gives rows in the order in which they lie, and joins whole tables: of one
that was filled a moment ago it knows nothing, and would look up row by row for minutes."""

Progress = Callable[[float, str], None]
"""Called with the progress of a run (0 to 1) and the table it has come to."""


@dataclass(frozen=True)
class Cells:
    """A column of theirs."""

    texts: pa.StringArray
    """Its distinct values as text; no NULL among them."""
    place: np.ndarray
    """Which of them stands in each row; -1 where nothing does."""
    value: Callable[[int], Any]
    """The distinct value at a position, as the driver gives it."""

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def of(cls, values: Sequence[Any]) -> "Cells":
        """The column with these values."""
        numbers = _Numbers()
        return _cells(numbers, [numbers.places(values)])


Part = dict[str, Cells]
"""Column of theirs -> its cells."""


@dataclass
class Fetched:
    """What was read of a source."""

    cut_off: date
    tables: dict[str, Part]
    """Table of ours -> the columns of theirs that it comes from."""
    indicators: list[Part]
    digest: str = field(default="")
    """The same for the same values read by the same mapping in the same version of the program."""


def fetch(engine: Engine, mapping: SourceMapping, *, progress: Progress) -> Fetched:
    """Read every part of the mapping. Raises ConnectError for a table or column that is not there."""
    parts = [*mapping.tables.items(), *(("household_indicator", part) for part in mapping.indicators)]
    with _one_state(engine, schema=mapping.source_schema) as connection, _no_garbage():
        _check_names(connection, mapping)
        source = Fetched(cut_off=_cut_off(connection, mapping), tables={}, indicators=[])
        for at, (table, part) in enumerate(parts):
            progress(0.4 * at / len(parts), table)
            number = at - len(mapping.tables)
            place = f"tables.{table}.sql" if number < 0 else f"indicators.{number}.sql"
            with _names_its_place(place, is_sql=part.sql is not None):
                found = _fetch_part(connection, part, schema=mapping.source_schema)
            if at < len(mapping.tables):
                source.tables[table] = found
            else:
                source.indicators.append(found)
    source.digest = _digest(source, mapping)
    return source


def _check_names(connection: Connection, mapping: SourceMapping) -> None:
    """Raises ConnectError for what the mapping names and the source lacks: all of it at once, before anything is
    read."""
    wanted: dict[str, list[str]] = {}
    for part in (*mapping.tables.values(), *mapping.indicators):
        if part.table is not None:
            wanted.setdefault(part.table, []).extend(part.source_columns())
    if mapping.cut_off.table is not None and mapping.cut_off.column is not None:
        wanted.setdefault(mapping.cut_off.table, []).append(mapping.cut_off.column)
    missing: dict[str, ConnectError] = {}
    for table, columns in wanted.items():
        try:
            found = _reflected(connection, table, schema=mapping.source_schema)
        except ConnectError as error:
            missing[table] = error
            continue
        for column in columns:
            try:
                _own_column(found, column, table=table)
            except ConnectError as error:
                missing[f"{table}.{column}"] = error
    if len(missing) == 1:
        raise next(iter(missing.values()))
    if missing:
        raise ConnectError("names_missing", number=str(len(missing)), names=", ".join(missing))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Nothing is looked through for garbage meanwhile: millions of values stay, and none of them is any."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _names_its_place(place: str, *, is_sql: bool) -> Iterator[None]:
    """What a source refuses in a SELECT of the mapping is said with the place of the SELECT."""
    try:
        yield
    except (ProgrammingError, OperationalError, psycopg.ProgrammingError) as error:
        if not is_sql or getattr(error, "connection_invalidated", False):
            raise
        raise ConnectError("sql_refused", place=place, reason=reason_of(error)) from error


def _cut_off(connection: Connection, mapping: SourceMapping) -> date:
    said = mapping.cut_off
    if said.day is not None:
        return said.day
    table, column = str(said.table), str(said.column)
    own = _own_column(_reflected(connection, table, schema=mapping.source_schema), column, table=table)
    newest = connection.execute(select(own).where(own.is_not(None)).order_by(own.desc()).limit(1)).scalar()
    try:
        found = newest if isinstance(newest, date) and not isinstance(newest, datetime) else day(newest)
    except (CellRuleError, TypeError, AttributeError) as error:
        raise ConnectError("no_cut_off", table=table, column=column) from error
    return min(found, moment_now().date())


@contextmanager
def _one_state(engine: Engine, *, schema: str | None) -> Iterator[Connection]:
    """Args:
    schema: where a PostgreSQL looks first for the tables of SELECTs that name none.
    """
    with engine.connect() as connection:
        if engine.dialect.name in ("postgresql", "mysql", "mariadb"):
            connection.execution_options(isolation_level="REPEATABLE READ")
        if engine.dialect.name == "postgresql":
            for name, value in _AS_A_CURSOR_READS.items():
                connection.execute(select(func.set_config(name, value, True)))
            if schema is not None:
                first = f"{engine.dialect.identifier_preparer.quote(schema)}, "
                path = literal(first) + func.current_setting("search_path")
                connection.execute(select(func.set_config("search_path", path, True)))
        yield connection


def _fetch_part(connection: Connection, part: SourceRows, *, schema: str | None) -> Part:
    if part.rows:
        names = dict.fromkeys(name for row in part.rows for name in row)
        return {name: Cells.of([row.get(name) for row in part.rows]) for name in names}
    query = _select(connection, part, schema=schema)
    if connection.dialect.name == "postgresql" and connection.dialect.driver == "psycopg":
        return _copied(connection, query)
    return _fetched(connection, query)


def _select(connection: Connection, part: SourceRows, *, schema: str | None) -> Select:
    if part.sql is not None:
        source: FromClause = (
            text(part.sql).columns(*(Column(name) for name in part.source_columns())).subquery("source")
        )
    else:
        source = _reflected(connection, str(part.table), schema=schema)
    wanted = [_own_column(source, name, table=part.named()) for name in part.source_columns()]
    conditions = [_holds(_own_column(source, name, table=part.named()), values) for name, values in part.where.items()]
    return select(*wanted).select_from(source).where(*conditions)


def _reflected(connection: Connection, name: str, *, schema: str | None) -> Table:
    try:
        columns = inspect(connection).get_columns(name, schema=schema)  # its keys and indexes are nothing to us
    except NoSuchTableError as error:
        raise ConnectError("no_such_table", table=name) from error
    # Without their types, which SQLAlchemy would bring every value to: what stands there is read as cells are.
    return Table(name, MetaData(), *(Column(one["name"]) for one in columns), schema=schema)


def _own_column(source: FromClause, name: str, *, table: str) -> Any:
    try:
        return source.c[name]
    except KeyError as error:
        raise ConnectError("no_such_column", table=table, column=name, known=", ".join(source.c.keys())) from error


def _holds(own: Any, values: Sequence[str | None]) -> Any:
    said = [value for value in values if value is not None]
    among = cast(own, String).in_(said) if said else false()
    return or_(among, own.is_(None)) if None in values else and_(among)


class _Numbers(dict[Any, int]):
    """Distinct values -> their numbers, in the order in which they come."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number

    def places(self, values: Sequence[Any]) -> np.ndarray:
        return np.fromiter(map(self.__getitem__, values), np.int32, len(values))


def _fetched(connection: Connection, query: Select) -> Part:
    """Rows as the driver gives them, in batches."""
    result = connection.execute(query, execution_options={"stream_results": True})
    numbers = {name: _Numbers() for name in list(result.keys())}
    places: dict[str, list[np.ndarray]] = {name: [] for name in numbers}
    cursor: Any = result.cursor
    first = result.fetchone()  # where the driver streams SQLAlchemy holds it already; the others need not be its rows
    rows = [] if first is None else [tuple(first), *cursor.fetchmany(BATCH)]
    while rows:
        for (name, known), values in zip(numbers.items(), zip(*rows, strict=True), strict=True):
            places[name].append(known.places(values))
        rows = cursor.fetchmany(BATCH)
    result.close()
    return {name: _cells(known, places[name]) for name, known in numbers.items()}


def _cells(numbers: _Numbers, places: Sequence[np.ndarray]) -> Cells:
    place = np.concatenate(places) if places else np.empty(0, np.int32)
    said = np.fromiter((value is not None and value == value for value in numbers), bool, len(numbers))  # nor NaN
    renumbered = np.where(said, np.cumsum(said) - 1, -1).astype(np.int32)
    values = list(compress(numbers, said))
    return Cells(pa.array(map(str, values), pa.string()), renumbered[place], values.__getitem__)


def _copied(connection: Connection, query: Select) -> Part:
    """Rows as a PostgreSQL copies them out: as text, which is parsed by columns."""
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    driver: Any = connection.connection.driver_connection
    described: Any = connection.execute(query.limit(0)).cursor.description
    said = io.BytesIO()
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.construct_params()) as copy,
    ):
        for data in copy:
            said.write(data)
    columns = _parsed(said, [one.name for one in described])
    return {
        one.name: _coded(column, driver, type_code=one.type_code)
        for one, column in zip(described, columns, strict=True)
    }


def _parsed(said: io.BytesIO, names: Sequence[str]) -> list[pa.ChunkedArray]:
    if not said.tell():
        return [pa.chunked_array([], pa.string()) for _ in names]
    said.seek(0)
    table = arrow_csv.read_csv(
        said,
        read_options=arrow_csv.ReadOptions(column_names=list(names), block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,  # an empty text is quoted, NULL is not
        ),
    )
    return list(table.columns)


def _coded(column: pa.ChunkedArray, driver: psycopg.Connection[Any], *, type_code: int) -> Cells:
    found = column.combine_chunks().dictionary_encode()
    texts = found.dictionary
    place = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    loader = driver.adapters.get_loader(type_code, Format.TEXT)
    load = None if loader is None else loader(type_code, driver).load

    def value(at: int) -> Any:
        said = texts[at].as_py()
        try:
            return said if load is None else load(said.encode())
        except psycopg.DataError:  # such as a day of infinity: a text that is no day
            return said

    return Cells(texts, place, value)


def _digest(source: Fetched, mapping: SourceMapping) -> str:
    found = hashlib.sha256(f"{program_digest()} {source.cut_off} {mapping.model_dump_json()}".encode())
    for part in (*source.tables.values(), *source.indicators):
        for name, cells in part.items():
            found.update(f"{name} {len(cells)}".encode())
            found.update(cells.place.tobytes())
            for buffer in cells.texts.buffers():
                found.update(buffer or b"")
    return found.hexdigest()


@cache
def program_digest() -> str:
    """The same for the same program, with the same declarations."""
    found = hashlib.sha256()
    for file in sorted(Path(data_access.__file__).parent.rglob("*")):
        if file.suffix in (".py", ".yaml"):
            found.update(file.read_bytes())
    return found.hexdigest()
