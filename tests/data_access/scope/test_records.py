"""What people recorded is read within the scope only: every statement of every reader of the ledger is bound by it, and
every reader of places is asked in every kind of scope."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, Table, event, make_url
from sqlalchemy.sql.selectable import SelectBase

from data_access.access.unmasking import UnmaskTarget
from data_access.access.users import make_user
from data_access.database.engine import DataVersion
from data_access.dispatch.editions import Content, Edition
from data_access.errors import LedgerError
from data_access.handouts.handouts import handout_row, read_rows
from data_access.inspection.calls import call_result, read_results
from data_access.inspection.draws import drawn_unit, read_units
from data_access.inspection.findings import Finding, finding, read_findings
from data_access.inspection.problems import problem_step, read_steps
from data_access.ledger.declaration import PLACE_COLUMNS, metadata
from data_access.ledger.ledger import Ledger
from data_access.reports.records import FieldReport, field_report, read_reports, report_review
from data_access.scope import Scope
from data_access.warnings.dispositions import disposition, read_dispositions
from tests.support.query_walk import functions_taking
from tests.support.scope_proof import MARKED, unbound

pytestmark = pytest.mark.opens_a_database

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
    "reports": lambda ledger, scope: read_reports(ledger, scope=scope),
    "handout rows": lambda ledger, scope: read_rows(ledger, handout_id="D", scope=scope),
}
TABLES = (drawn_unit, finding, call_result, problem_step, disposition, handout_row, field_report, report_review)
SAID = {"field_report.kind": "clue_result", "field_report.content": "{}"}
"""Columns that are read as something."""

SCOPES: dict[str, tuple[str, ...] | None] = {
    "none": None,
    "empty": (),
    "county": ("610902",),
    "another county": ("610903",),
    "township": (VILLAGES[0][:9],),
    "two townships": (VILLAGES[0][:9], VILLAGES[3][:9]),
    "village": (VILLAGES[0],),
    "mixed": (VILLAGES[0][:9], VILLAGES[-1], "%"),
    "everything": ("",),
    "wildcards": ("%", "_", "6109021__"),
    "forged": ("' OR 1=1 --", "610902102201' OR ''='"),
}


def value(column: Column, village: str) -> Any:
    if str(column) in SAID:
        return SAID[str(column)]
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
        ledger.append((table, rows_of(table)), recorded_by="张三", scope=Scope.everything())
    yield ledger
    ledger.dispose()


def places(rows: pd.DataFrame) -> list[str]:
    name = next(name for name in PLACE_COLUMNS if name in rows)
    return rows[name].tolist()


def test_every_reader_reads_every_village_for_whoever_sees_the_district(records: Ledger) -> None:
    for name, read in READERS.items():
        assert len(read(records, Scope.district())) == len(VILLAGES), name


@pytest.mark.parametrize("regions", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("name", READERS)
def test_no_reader_shows_a_record_outside_the_scope(
    records: Ledger, name: str, regions: tuple[str, ...] | None
) -> None:
    read, scope = READERS[name], Scope(regions=regions)
    wanted = [place for place in places(read(records, Scope.district())) if scope.covers(place)]
    assert sorted(places(read(records, scope))) == sorted(wanted)


def test_every_table_with_a_place_is_read_here_or_by_its_own_tests() -> None:
    placed = {name for name, table in metadata.tables.items() if set(PLACE_COLUMNS) & set(table.c.keys())}
    elsewhere = {"problem", "replacement", "unmasking", "handout_answer", "trial_page"}
    assert placed - elsewhere == {table.name for table in TABLES}


ASKED: dict[str, Any] = {
    "scope": replace(MARKED, actions=frozenset({"read_audit", "unmask_drawn", "draw_for_names", "export_lists"})),
    "about": ("D",),
    "draw_id": "D",
    "handout_id": "D",
    "problem_id": "D",
    "edition_id": "D",
    "kept": Edition("D", "", DAY, 1, "", "", "", datetime.now(UTC), Content({}, {}, {}), ""),
    "user_id": "zhang",
    "reader": make_user(user_id="zhang", label="张三", role="inspector", places=VILLAGES[:1]),
    "subject": "households",
    "kind": "inspection",
    "months": ("2022-09",),
    "month": "2022-09",
    "finding_id": "D",
    "found": (
        Finding(
            *("D", "D", "household", "H1", VILLAGES[0][:9], VILLAGES[0], "house", "house"), agrees=False, found_on=DAY
        ),
    ),
    "version": DataVersion("x", 1, DAY, is_sample=False),
    "household_id": "H1",
    "household_ids": ("H1",),
    "as_of": datetime.now(UTC),
    "at": datetime.now(UTC),
    "on": DAY,
    "first": DAY,
    "last": DAY,
    "since": DAY,
    "until": DAY,
    "problems": (),
    "reports": (
        FieldReport(
            "visit", "H1", VILLAGES[0], DAY.isoformat(), DAY, "张三", values={"kind": "home", "result": "stable"}
        ),
    ),
    "target": UnmaskTarget(village_code=VILLAGES[0]),
}
"""Name of an argument -> what a reader of the ledger is asked with."""

BEYOND_THE_SCOPE = {
    ("access.audit_log.read_entries", "audit_entry"): "the whole record, for whoever may read it",
    ("access.audit_log.read_alerts", "audit_entry"): "the whole record, for whoever may read it",
    ("ledger.anchors.read_doubts", "audit_entry"): "the record's own entries, which name nobody",
    ("ledger.rekey.read_printing", "audit_entry"): "the record's own entries, which name nobody",
    ("ledger.rekey.read_advice", "audit_entry"): "as above",
    ("access.unmasking.read_unmasked", "unmasking"): "what a user opened: that user's own records",
    ("dispatch.editions.load_facts", "edition_facts"): "of an edition found within the scope; cut to it when unpacked",
    ("dispatch.editions.load_judged", "edition_facts"): "as above",
    ("handouts.handouts.read_rows", "handout_answer"): "the newest answer to each row; rows of the scope are kept",
    ("inspection.draws.read_units", "replacement"): "of units found within the scope before",
    (
        "inspection.findings.read_findings",
        "finding",
    ): "the newest finding of each question; those of the scope are kept",
    ("reports.records.reports_batch", "field_report"): "the same report is one, whoever recorded it",
    ("inspection.problems.not_yet_opened", "problem"): "of everywhere: the same finding is one problem for everybody",
}
"""Reader and table that it reads beyond the scope -> why it may."""


def test_every_statement_of_every_reader_is_bound_by_the_scope(records: Ledger) -> None:
    sent: dict[str, list[Any]] = defaultdict(list)
    asking = ["nobody"]
    event.listen(records.engine, "before_execute", lambda _, statement, *__: sent[asking[0]].append(statement))
    for name, read in readers().items():
        asking[0] = name
        with suppress(LedgerError):  # what is asked for need not be there
            read(records, **arguments_of(read))
    found = {
        (name, tables): shown
        for name, statements in sent.items()
        for statement in statements
        if isinstance(statement, SelectBase)
        for tables, _, shown in (said.partition(": ") for said in unbound(statement))
    }
    assert found.keys() == BEYOND_THE_SCOPE.keys(), found
    assert sent.keys() == readers().keys()


def arguments_of(read: Callable[..., Any]) -> dict[str, Any]:
    asked = [one for one in inspect.signature(read).parameters.values() if one.annotation is not Ledger]
    return {one.name: ASKED[one.name] for one in asked if one.default is one.empty or one.name in ASKED}


def readers() -> dict[str, Callable[..., Any]]:
    """Every public function that reads the ledger and writes nothing, by module and name. What follows from answers
    asks one of them; what goes through both databases (`url`) is the server's own."""
    found = functions_taking(Ledger)
    return {
        name.removeprefix("data_access."): function
        for name, function in found.items()
        if not name.rpartition(".")[2].startswith("_")
        and not {"recorded_by", "user", "password", "old", "answers", "url"}
        & inspect.signature(function).parameters.keys()
    }
