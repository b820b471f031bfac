"""What people recorded is read within the scope only: every reader of the ledger, in scopes made by chance."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, Table, make_url

from data_access.dispositions import disposition, read_dispositions
from data_access.handouts import handout_row, read_rows
from data_access.inspection.calls import call_result, read_results
from data_access.inspection.draws import drawn_unit, read_units
from data_access.inspection.findings import finding, read_findings
from data_access.inspection.problems import problem_step, read_steps
from data_access.ledger import Ledger
from data_access.records import PLACE_COLUMNS, metadata
from data_access.scope import Scope

VILLAGES = tuple(f"6109021{township}{village}" for township in ("01", "02", "10") for village in ("201", "202", "210"))
DAY = date(2022, 9, 28)
THE_SAME = ("draw_id", "handout_id", "problem_id")
"""Columns by which a reader asks: one draw, one handout, one problem of all villages."""

READERS: dict[str, Callable[[Ledger, Scope], pd.DataFrame]] = {
    "units": lambda ledger, scope: read_units(ledger, scope=scope, draw_id="D"),
    "findings": lambda ledger, scope: read_findings(ledger, scope=scope, draw_id="D"),
    "calls": lambda ledger, scope: read_results(ledger, scope=scope, first=DAY, last=DAY),
    "steps": lambda ledger, scope: read_steps(ledger, scope=scope, problem_id="D"),
    "conclusions": lambda ledger, scope: read_dispositions(ledger, scope=scope),
    "handout rows": lambda ledger, scope: read_rows(ledger, handout_id="D", scope=scope),
}
TABLES = (drawn_unit, finding, call_result, problem_step, disposition, handout_row)

codes = st.one_of(
    st.sampled_from([*VILLAGES, *{village[:9] for village in VILLAGES}, "610902", "610903", ""]),
    st.sampled_from(["%", "_", "610902%", "6109021__", "' OR 1=1 --", "610902102201' OR ''='"]),
    st.text(max_size=14),
)
scopes = st.one_of(st.none(), st.lists(codes, max_size=3).map(tuple)).map(lambda regions: Scope(regions=regions))


def value(column: Column, village: str) -> Any:
    if column.name in PLACE_COLUMNS:
        return village[:9] if column.name == "township_code" else village
    if column.name in THE_SAME:
        return "D"
    kinds = {Boolean: False, Date: DAY, DateTime: datetime.now(UTC), Float: 1.0, Integer: 1}
    return next((filler for kind, filler in kinds.items() if isinstance(column.type, kind)), f"x{village}")


def rows_of(table: Table) -> list[dict[str, Any]]:
    own = [column for column in table.c if column.name not in ("record_id", "recorded_by", "recorded_at")]
    return [{column.name: value(column, village) for column in own} for village in VILLAGES]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    file: Path = tmp_path_factory.mktemp("records") / "ledger.sqlite"
    ledger = Ledger(make_url(f"sqlite:///{file}"))
    for table in TABLES:
        ledger.append((table, rows_of(table)), by="张三", scope=Scope.everything())
    yield ledger
    ledger.dispose()


def places(rows: pd.DataFrame) -> list[str]:
    name = next(name for name in PLACE_COLUMNS if name in rows)
    return rows[name].tolist()


def test_every_reader_reads_every_village_for_whoever_sees_the_district(records: Ledger) -> None:
    for name, read in READERS.items():
        assert len(read(records, Scope.district())) == len(VILLAGES), name


@given(scope=scopes)
@settings(max_examples=200, deadline=None)
def test_no_reader_shows_a_record_outside_the_scope(records: Ledger, scope: Scope) -> None:
    for name, read in READERS.items():
        found = places(read(records, scope))
        wanted = [place for place in places(read(records, Scope.district())) if scope.covers(place)]
        assert sorted(found) == sorted(wanted), name


def test_every_table_with_a_place_is_read_here_or_by_its_own_tests() -> None:
    placed = {name for name, table in metadata.tables.items() if set(PLACE_COLUMNS) & set(table.c.keys())}
    elsewhere = {"problem", "replacement", "unmasking", "handout_answer", "trial_page"}
    assert placed - elsewhere == {table.name for table in TABLES}
