"""What a report changes is counted again, and nothing else: as if everything had been."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Table, event, make_url
from sqlalchemy.sql import visitors

from data_access.clock import Months, month_number
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.monthly import PARTS, MonthlyFacts, read_monthly_facts
from data_access.facts.store import FactsStore
from data_access.ledger.ledger import Ledger
from data_access.load.loading import undo
from data_access.posting.post import post_waiting
from data_access.reports import records
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from tests.data_access.load.conftest import WriteCsv, embedded
from tests.data_access.load.conftest import write_csv as write_csv
from tests.support.households import CUT_OFF, VILLAGE, household, load, merged, village
from tests.support.query_walk import ROWS
from tests.support.rulebooks import FEW, of_rules

pytestmark = pytest.mark.opens_a_database

CLUE = {"clue_id": "T1", "received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)}
WORLD = merged(village(), load(), household("H1", indicators={"water_problem": True}, clues=[CLUE]))


class Counting:
    """Counts how often everything is counted, and counts it the first time."""

    def __init__(self) -> None:
        self.number = 0
        self.facts: MonthlyFacts | None = None

    def __call__(self, snapshot: Snapshot) -> MonthlyFacts:
        self.number += 1
        self.facts = replace(self.facts or read_monthly_facts(snapshot), version=snapshot.version)
        return self.facts


def newest(facts: MonthlyFacts, frame: str, column: str) -> int:
    return int(facts.frames[frame].query("month == '2022-09'")[column].sum())


def test_after_a_report_the_facts_are_those_of_a_whole_count_made_from_what_it_touched(
    tmp_path: Path, ledger: Ledger, write_csv: WriteCsv
) -> None:
    target, counting = embedded(tmp_path, WORLD), Counting()
    store = FactsStore(HouseholdDatabase(make_url(target.url)), build=counting)
    before = store.current().facts
    assert (newest(before, "clues", "overdue"), newest(before, "unchecked", "households")) == (1, 1)
    report = FieldReport("clue_result", "H1", VILLAGE, "T1", date(2022, 10, 5), "李村干", values={"result": "helped"})
    records.add_reports(ledger, [report], recorded_by="张干部", scope=Scope.district())
    post_waiting(ledger, url=make_url(target.url))
    after = store.current().facts
    assert counting.number == 1
    assert after.version != before.version
    assert (newest(after, "clues", "overdue"), newest(after, "unchecked", "households")) == (0, 0)
    assert newest(after, "clues", "checked") == 1, "it counts in the newest month, although its day is later"
    with store.snapshot() as snapshot:
        whole = read_monthly_facts(snapshot)
    for name, frame in whole.frames.items():
        pd.testing.assert_frame_equal(frame, after.frames[name], check_like=True)
        assert (after.frames[name] is before.frames[name]) == (name not in ("clues", "unchecked")), name
    rows = [["户编号", "线索编号", "接收日期"], ["H1", "T2", "2022-09-01"]]
    assert target.load(write_csv(rows), "table_clue").published
    store.current()
    assert counting.number == 2, "a file: everything"
    undo(url=make_url(target.url))
    store.current()
    assert counting.number == 3, "an undo: everything"
    store.database.dispose()


def test_every_frame_names_the_tables_that_it_is_counted_from(tmp_path: Path) -> None:
    target = embedded(tmp_path, ROWS)
    database = HouseholdDatabase(make_url(target.url))
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=of_rules(*FEW))
        months = Months(first=month_number(date(2021, 5, 1)), cut_off=CUT_OFF)
        seen: set[str] = set()

        def note(_connection: Any, statement: Any, *_: Any) -> None:
            seen.update(one.name for one in visitors.iterate(statement) if isinstance(one, Table))

        event.listen(connection.engine, "before_execute", note)
        for part in PARTS:
            seen.clear()
            part.read(snapshot, scope=Scope.everything(), months=months)
            named = {table for one in PARTS if set(one.frames) & set(part.frames) for table in one.tables}
            assert seen <= named, part.frames
        event.remove(connection.engine, "before_execute", note)
    database.dispose()
