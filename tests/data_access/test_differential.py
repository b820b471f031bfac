"""DuckDB and PostgreSQL answer the same, and so do SQLite and PostgreSQL for the ledger.

The tests of this folder meet their edge cases on the embedded databases alone; this pass stands for all of them on
PostgreSQL. Both databases hold the same rows (`support/edges.py`), in which every column holds what databases disagree
about: ends of months and leap days, intervals that touch, integers that do not divide, halves, booleans and texts that
are missing, both cases, patterns and quotes. Every query of the walk (`support/query_walk.py`) is asked with the walk's
arguments, on the newest day and on another. Every list is read whole on one day, in some order, and every other one is
asked something on another day: what can be asked of any list (a file, a breakdown, a filtered count, amounts) is
written once for all of them, so the lists take turns with it and with the days, and the fields of a selection with the
comparisons of their kind: each is met several times. The answers must be equal row by row, and in their order wherever
a query gives one; numbers to six digits, since DuckDB keeps a decimal in four bytes. Rules of every shape judge, and
few validation rules look for doubtful data; that both agree about each single rule is said by its scenarios
(`risk/test_scenarios.py`), and of the validation rules by one pass over all that they find.

A ledger table keeps the same values on SQLite and PostgreSQL. On PostgreSQL itself run besides: the reference, the
scenarios, the loads, backups and locks, and whatever is marked `ON_BOTH`: the triggers, the audit chain, and for every
subject of the ledger one life of a record from its writer to its reader.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass, replace
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
from data_access.database.frames import read_frame
from data_access.database.shared_tables import KeptTables
from data_access.errors import AppError
from data_access.facts import monthly
from data_access.facts.metrics import load_metrics
from data_access.ledger import declaration
from data_access.ledger.ledger import Ledger
from data_access.lists import figures, lists
from data_access.lists.selection import OPERATORS, Condition, Selection, load_fields, read_selection
from data_access.quality.validation import findings
from data_access.quality.validation_rules import load_validation_rules
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from data_access.warnings.monthly import read_unchecked_monthly
from tests.support import query_walk
from tests.support.databases import empty_database
from tests.support.edges import DAYS, TEXTS, VILLAGES, edge_rows
from tests.support.editions import of_metrics
from tests.support.households import create_database
from tests.support.query_walk import FEW, Arguments, gives_a_statement, query_functions, turns
from tests.support.rulebooks import EVERY_SHAPE, FEW_VALIDATIONS, of_rules, of_validations

DISTRICT = Scope.district()
VALUES: Mapping[str, tuple[Any, ...]] = {
    **query_walk.VALUES,
    "scope": (DISTRICT, Scope(regions=(VILLAGES[0][:9],), masked=True)),
    # The first is a household that is watched on the first of the days; the last are those that hold most edges.
    "household_id": ("W1", "B1", "e103", "E110"),
    "household_ids": (("E000", "e001", "B1", "W1", "nobody"), tuple(f"E{number:03}" for number in range(0, 120, 2))),
    "codes": (tuple(VILLAGES),),
    "language": ("zh", "en"),
    "project_ids": ((f"XM{VILLAGES[0]}0", f"XM{VILLAGES[1]}1", f"XM{VILLAGES[2]}2"),),
    "township": (VILLAGES[0][:9],),
    "limit": (500,),
    "rows": (7, 2048),
    "selection": (query_walk.SELECTION, Selection(columns=query_walk.SELECTION.columns)),
    "text": (*TEXTS, "e00", "E00", "_", "%", "\\", "an", "6109021975", "01001x", "01001X"),
}
"""Name of an argument -> what it is tried with: more than the walk does."""

IN_FACTS = {monthly.recount_monthly_facts, *(part.read for part in monthly.PARTS)} - {read_unchecked_monthly}
"""What an edition asks with all facts."""

QUERIES = {
    name: function
    for name, function in query_functions().items()
    if not name.rpartition(".")[2].startswith("_")
    and function.__module__ not in (lists.__name__, figures.__name__)
    and not gives_a_statement(function)  # the others read from it
    and function not in IN_FACTS
}

NAMES = sorted(QUERIES)
FRAMES = sorted(query_walk.metric_of_frame())

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
    "data_access.load.origins.read_origins",
    "data_access.load.origins.read_replaced",
    "data_access.posting.waiting.read_posted_numbers",
    "data_access.posting.waiting.read_arrived_numbers",
    "data_access.posting.waiting.read_undone_numbers",
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
            snapshots.append(
                Snapshot(connection=connection, version=version, rulebook=of_rules(*EVERY_SHAPE), kept=kept)
            )
        stack.enter_context(of_metrics(*FEW))
        stack.enter_context(of_validations(*FEW_VALIDATIONS))
        yield Both(*snapshots)


@pytest.fixture(scope="module")
def server_ledger(postgres_url: str) -> Iterator[Ledger]:
    ledger = Ledger(make_url(empty_database(postgres_url)))
    yield ledger
    ledger.dispose()


@pytest.mark.parametrize("name", NAMES)
def test_a_query_answers_the_same(both: Both, name: str) -> None:
    query, ordered = QUERIES[name], name not in WITHOUT_ORDER
    days = (DAYS[0], _turned(DAYS[1:], NAMES.index(name)))
    with patch.object(query_walk, "VALUES", {**VALUES, "on": days, "_on": days, "until": days}):
        answered = [both.agree(query, ordered=ordered, **arguments) for arguments in turns(query, both.embedded)]
    assert any(answered) or not answered or name in AFTER_A_LOAD, "one answer says something"


def test_every_validation_rule_finds_the_same(both: Both) -> None:
    with of_validations(*load_validation_rules()):
        assert both.agree(_findings, ordered=False) > 2_000


def _findings(snapshot: Snapshot) -> pd.DataFrame:
    return read_frame(snapshot.connection, findings(snapshot, scope=DISTRICT, on=DAYS[0]))


@pytest.mark.parametrize("frame", FRAMES)
def test_a_list_is_the_same_row_by_row(both: Both, frame: str) -> None:
    turn, details = FRAMES.index(frame), lists.LISTINGS[frame].details
    of_each_kind = list({kind: name for name, kind in details.items()}.values())
    order: Arguments = {"sort": _turned([None, *of_each_kind], turn), "descending": turn % 2 == 0}
    metrics = [key for key, metric in load_metrics().items() if metric.numerator.fact == frame]
    days = [_turned(DAYS, turn + number) for number in range(len(DAYS))]
    whole = (lists.ListRequest(metric=metric, on=on, limit=5_000, **order) for on in days for metric in metrics)
    assert any(both.agree(lists.read_list, scope=DISTRICT, request=one, language="zh") for one in whole)


@pytest.mark.parametrize("frame", FRAMES[::2])
def test_a_list_is_put_into_a_file_counted_and_summed_the_same(both: Both, frame: str) -> None:
    around, which = divmod(FRAMES[::2].index(frame), 4)
    query, ordered, asked = list(_questions(frame, on=_turned(DAYS, around + which + 1), turn=around))[which]
    both.agree(query, ordered=ordered, scope=DISTRICT, **asked)


def _questions(frame: str, *, on: date, turn: int) -> Iterator[tuple[Callable[..., Any], bool, Arguments]]:
    """What can be asked of any list: the query, whether its answer has an order, and its arguments."""
    metric, listing = query_walk.metric_of_frame()[frame], lists.LISTINGS[frame]
    filters = tuple((column, next(iter(load_codes()[codes]))) for column, codes in listing.facets.items())
    filters = (("rule", "water_unsafe"),) if "reasons" in listing.details else filters
    whole = lists.ListRequest(metric=metric, on=on)
    by = tuple(listing.facets) or ("village_code",)
    yield _whole_list, True, {"request": whole, "language": "zh"}
    yield lists.read_breakdown, False, {"metric": metric, "by": by, "on": on}
    yield lists.count_list, True, {"request": replace(whole, filters=filters and (_turned(filters, turn),))}
    yield figures.read_amounts, False, {"metric": metric, "on": on}


def _turned(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def _whole_list(snapshot: Snapshot, **asked: Any) -> pd.DataFrame:
    """A list as files get it; how many rows come at a time is each database's own."""
    parts = list(lists.stream_list(snapshot, **asked, rows=7))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


@pytest.mark.parametrize(("kind", "operator"), [(kind, one) for kind, every in OPERATORS.items() for one in every])
def test_a_field_is_compared_the_same(both: Both, kind: str, operator: str) -> None:
    fields_of = [key for key in sorted(load_fields()) if load_fields()[key].kind == kind]
    for key in (_turned(fields_of, OPERATORS[kind].index(operator) + half) for half in (0, len(fields_of) // 2)):
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
