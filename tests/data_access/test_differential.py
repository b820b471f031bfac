"""DuckDB and PostgreSQL answer the same, and so do SQLite and PostgreSQL for the ledger.

The tests of this folder meet their edge cases on the embedded databases alone; this pass stands for all of them on
PostgreSQL. Both databases hold the same rows (`support/edges.py`), in which every column holds what databases disagree
about: ends of months and leap days, intervals that touch, integers that do not divide, halves, booleans and texts that
are missing, both cases, patterns and quotes. Every query of the walk (`support/query_walk.py`) is asked with the walk's
arguments on several days. Every list is read whole, and grouped by all that it can be filtered by; the lists take turns
with the kinds of order, the filters and the days, and the fields of a selection with the comparisons of their kind, so
that each of these is met many times. The answers must be equal row by row, and in their order wherever a query gives
one; numbers to six digits, since DuckDB keeps a decimal in four bytes.

A ledger table keeps the same values on SQLite and PostgreSQL. On PostgreSQL itself run besides: the reference, the
scenarios, the loads, backups and locks, and whatever is marked `ON_BOTH`: the triggers, the audit chain, and for every
subject of the ledger one life of a record from its writer to its reader.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from numbers import Number
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Table,
    create_engine,
    make_url,
    select,
)

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.shared_tables import KeptTables
from data_access.dispatch import editions
from data_access.errors import AppError
from data_access.facts.metrics import load_metrics
from data_access.ledger import declaration
from data_access.ledger.ledger import Ledger
from data_access.lists import figures, lists
from data_access.lists.selection import OPERATORS, Condition, Selection, load_fields, read_selection
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from tests.support import query_walk
from tests.support.databases import empty_database
from tests.support.edges import DAYS, TEXTS, VILLAGES, edge_rows
from tests.support.households import create_database
from tests.support.query_walk import FEW, Arguments, gives_a_statement, metric_of_frame, query_functions, turns

DISTRICT = Scope.district()
VALUES: Mapping[str, tuple[Any, ...]] = {
    **query_walk.VALUES,
    "scope": (DISTRICT, Scope(regions=(VILLAGES[0][:9],), masked=True)),
    "on": DAYS,
    "_on": DAYS,
    "until": DAYS,
    # The first is a household that is watched on the first of the days.
    "household_id": ("W1", "e001", "B1", *(f"E{number:03}" for number in range(0, 26, 2))),
    "household_ids": (("E000", "e001", "B1", "nobody"), tuple(f"E{number:03}" for number in range(0, 120, 2))),
    "project_ids": ((f"XM{VILLAGES[0]}0", f"XM{VILLAGES[1]}1", f"XM{VILLAGES[2]}2"),),
    "township": (VILLAGES[0][:9],),
    "limit": (500,),
    "rows": (7, 2048),
    "selection": (query_walk.SELECTION, Selection(columns=query_walk.SELECTION.columns)),
    "text": (*TEXTS, "e00", "E00", "_", "%", "\\", "an", "6109021975", "01001x", "01001X"),
}
"""Name of an argument -> what it is tried with: more than the walk does."""

QUERIES = {
    name: function
    for name, function in query_functions().items()
    if not name.rpartition(".")[2].startswith("_")
    and function.__module__ not in (lists.__name__, figures.__name__)
    and not gives_a_statement(function)  # the others read from it
}

FRAMES = sorted(metric_of_frame())
FIELDS = sorted(load_fields(), key=lambda key: (load_fields()[key].kind, key))

WITHOUT_ORDER = {
    "data_access.dispatch.editions.read_all",
    "data_access.warnings.dispositions.read_fingerprints",
    "data_access.cases.durations.read_durations",
    "data_access.inspection.findings.read_household_values",
    "data_access.inspection.sampling_frame.read_frame_units",
    "data_access.cases.steps.read_steps",
}
"""Queries whose readers bring their rows into an order themselves."""

AFTER_A_LOAD = {
    "data_access.load.history.read_undoable",
    "data_access.load.differences.kept.read_kept",
    "data_access.posting.waiting.read_posted_numbers",
    "data_access.posting.waiting.read_arrived_numbers",
}
"""Queries of what only a load leaves behind."""


@dataclass(frozen=True)
class Both:
    """The same rows on two databases."""

    embedded: Snapshot
    server: Snapshot

    def agree(self, query: Callable[..., Any], *, ordered: bool = True, **arguments: Any) -> int:
        """Asserts that both answer the same; gives how many rows or other things the answer has."""
        expected, found = (_answer(snapshot, query, arguments) for snapshot in (self.embedded, self.server))
        if not ordered:
            expected, found = _in_any_order(expected), _in_any_order(found)
        assert found == expected, (query.__name__, arguments)
        return len(expected) if isinstance(expected, list) else expected not in (None, 0)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Both]:
    urls = f"duckdb:///{tmp_path_factory.mktemp('edges') / 'households.duckdb'}", empty_database(postgres_url)
    with ExitStack() as stack:
        snapshots = []
        for url in urls:
            engine = create_engine(url)
            create_database(engine, edge_rows())
            engine.dispose()
            database = HouseholdDatabase(make_url(url))
            stack.callback(database.dispose)
            connection, version = stack.enter_context(database.connect())
            kept = KeptTables() if url.startswith("duckdb") else None
            snapshots.append(Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=kept))
        stack.enter_context(patch.object(query_walk, "VALUES", VALUES))
        stack.enter_context(patch.object(editions, "load_metrics", lambda: {key: load_metrics()[key] for key in FEW}))
        yield Both(*snapshots)


@pytest.fixture(scope="module")
def server_ledger(postgres_url: str) -> Iterator[Ledger]:
    ledger = Ledger(make_url(empty_database(postgres_url)))
    yield ledger
    ledger.dispose()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_answers_the_same(both: Both, name: str) -> None:
    query = QUERIES[name]
    ordered = name not in WITHOUT_ORDER
    answered = [both.agree(query, ordered=ordered, **arguments) for arguments in turns(query, both.embedded)]
    assert any(answered) or not answered or name in AFTER_A_LOAD, "one answer says something"


@pytest.mark.parametrize("frame", FRAMES)
def test_a_list_is_the_same_row_by_row(both: Both, frame: str) -> None:
    metric, day = _listed(both.embedded, frame)
    listing, number = lists.LISTINGS[frame], FRAMES.index(frame)
    assert both.agree(_whole_list, scope=DISTRICT, request=lists.ListRequest(metric=metric, on=day), language="zh") > 0
    of_each_kind = list({kind: name for name, kind in listing.details.items()}.values())
    for turn in range(min(len(of_each_kind), 2)):
        sort, descending = _turned(of_each_kind, number + turn), turn == 0
        page = lists.ListRequest(metric=metric, on=day, limit=500, sort=sort, descending=descending)
        assert both.agree(lists.read_list, scope=DISTRICT, request=page, language="zh") > 0
    both.agree(lists.read_amounts, ordered=False, scope=DISTRICT, metric=metric, on=day)
    both.agree(
        lists.read_breakdown,
        ordered=False,
        scope=DISTRICT,
        metric=metric,
        by=tuple(listing.facets) or ("village_code",),
        on=_turned(DAYS, number),
    )
    filters = tuple((column, next(iter(load_codes()[codes]))) for column, codes in listing.facets.items())
    filters = (("rule", "water_unsafe"),) if "reasons" in listing.details else filters
    request = lists.ListRequest(
        metric=metric, on=_turned(DAYS, number + 1), filters=filters and (_turned(filters, number),)
    )
    both.agree(lists.count_list, scope=DISTRICT, request=request)


def _turned(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def _listed(snapshot: Snapshot, frame: str) -> tuple[str, date]:
    """A metric of the frame and a day with things on its list: there is one, or the world lacks an edge."""
    metrics = [key for key, metric in load_metrics().items() if metric.numerator.fact == frame]
    return next(
        (metric, on)
        for metric in metrics
        for on in DAYS
        if lists.count_list(snapshot, scope=DISTRICT, request=lists.ListRequest(metric=metric, on=on)).rows
    )


def _whole_list(snapshot: Snapshot, **asked: Any) -> pd.DataFrame:
    """A list as files get it; how many rows come at a time is each database's own."""
    return pd.concat(list(lists.stream_list(snapshot, **asked, rows=7)), ignore_index=True)


@pytest.mark.parametrize("key", FIELDS)
def test_a_field_is_compared_the_same(both: Both, key: str) -> None:
    kind, number = load_fields()[key].kind, FIELDS.index(key)
    operators = OPERATORS[kind]
    for turn in range(min(len(operators), 2)):
        operator = _turned(operators, number + turn * (len(operators) // 2))
        condition = Condition(key, operator, _wanted(key, operator))
        selection = Selection(conditions=(condition,), columns=(key,) if kind != "rule" else ())
        page: Arguments = {"selection": selection, "on": DAYS[0], "language": "zh", "offset": 0, "limit": 500}
        both.agree(read_selection, ordered=False, scope=DISTRICT, **page)


RECORDS = [
    table
    for table in declaration.metadata.sorted_tables
    if table.name != "audit_entry"
    and not table.name.startswith("trial_")  # a chain, not any row; tables of other tests
]


@pytest.mark.parametrize("table", RECORDS, ids=lambda table: table.name)
def test_a_record_is_read_as_it_was_written(ledger: Ledger, server_ledger: Ledger, table: Table) -> None:
    own = [column for column in table.c if column.name not in ("record_id", "recorded_by", "recorded_at")]
    rows: list[dict[str, Any]] = [
        {column.name: _filler(column, text=text, missing=missing) for column in own}
        for text, missing in [("有", False), *((text, True) for text in TEXTS)]
    ]
    read = []
    for each in (ledger, server_ledger):
        each.append((table, rows), recorded_by="张三", scope=Scope.everything())
        found = each.read(select(*own).order_by(table.c.record_id))
        read.append([[_cell(one) for one in row] for row in found.itertuples(index=False, name=None)])
    assert read[0] == read[1]
    assert len(read[0]) == len(rows)


def _filler(column: Column[Any], *, text: str, missing: bool) -> Any:
    if column.nullable and missing:
        return None
    if column.name in declaration.PLACE_COLUMNS:
        return VILLAGES[0]
    fillers = {
        Boolean: False,
        Date: date(2020, 2, 29),
        DateTime: datetime(2022, 9, 30, 23, 59, 59, 999_999, tzinfo=UTC),
        Float: 0.1,
        Integer: 7,
        LargeBinary: b"\x00\xff",
    }
    return next((filler for kind, filler in fillers.items() if isinstance(column.type, kind)), text)


def _cell(one: Any) -> Any:
    if pd.isna(one):
        return None
    return declaration.in_utc(one).isoformat() if isinstance(one, datetime) else one


def _wanted(key: str, operator: str) -> tuple[str, ...]:
    field = load_fields()[key]
    if operator in ("missing", "present"):
        return ()
    if field.kind == "number":
        return ("7",)
    if field.kind == "rule":
        return ("water_unsafe", "major_illness")
    codes = {"code": field.codes, "boolean": "boolean"}.get(field.kind)
    return tuple(load_codes()[codes])[:1] if codes else ("1",)


def _answer(snapshot: Snapshot, query: Callable[..., Any], arguments: Arguments) -> Any:
    try:
        return _plain(query(snapshot, **arguments))
    except AppError as error:
        return ("refused", error.key)


def _in_any_order(answer: Any) -> Any:
    return sorted(map(_in_any_order, answer), key=str) if isinstance(answer, list) else answer


def _plain(value: Any) -> Any:
    """An answer as values that can be compared, whatever types a database gives to them."""
    if isinstance(value, pd.Series):
        value = value.to_frame()
    if isinstance(value, pd.DataFrame):
        numbered = isinstance(value.index, pd.RangeIndex)
        rows = value.itertuples(index=not numbered, name=None)
        return [list(value.columns)] * bool(len(value)) + [_plain(row) for row in rows]
    if is_dataclass(value) and not isinstance(value, type):
        return [
            [field.name, _plain(getattr(value, field.name))]
            for field in fields(value)
            if field.name not in ("version", "read_at")
        ]
    if isinstance(value, Mapping):
        return [[key, _plain(one)] for key, one in value.items()]
    if isinstance(value, str | bool | type(None)):
        return value
    if isinstance(value, list | tuple | Iterator):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Number) or hasattr(value, "dtype") or type(value).__name__ == "Decimal":
        return bool(value) if type(value).__name__ in ("bool_", "bool") else float(f"{float(value):.6g}")
    if type(value).__module__.startswith("data_access"):
        return [[name, _plain(one)] for name, one in vars(value).items()]
    raise TypeError(f"cannot compare {type(value).__name__}")
