"""The door: cached under version and scope, and nobody can change what another is given."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import String, column, create_engine, func, select, table

from data_access import door
from data_access.database import engine, server
from data_access.database.engine import Snapshot
from data_access.database.reads import Reads
from data_access.errors import DatabaseError
from data_access.ledger.ledger import Ledger
from data_access.lists.lists import ListRequest
from data_access.posting.waiting import read_posted_numbers
from data_access.reports.records import FieldReport, add_reports
from data_access.schema import tables as schema
from data_access.scope import Scope
from tests.support.databases import empty_database, write_version
from tests.support.households import VILLAGE, create_database, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

CALLS: list[Scope] = []


def read_numbers(snapshot: Snapshot, *, scope: Scope, first: int) -> pd.DataFrame:
    """A query that remembers that it ran."""
    CALLS.append(scope)
    return pd.DataFrame({"load": [snapshot.version.load_id], "first": [first]})


@pytest.fixture(autouse=True)
def pointer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    CALLS.clear()
    pointer = tmp_path / "household"
    write_version(pointer, merged(village(), household("H1"), load(load_id=1)))
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", f"duckdb:///{pointer}")
    yield pointer
    door.store().database.dispose()


def test_a_query_runs_once_for_the_same_scope_and_arguments() -> None:
    for _ in range(3):
        door.read(read_numbers, scope=Scope.district(), first=1)
    assert len(CALLS) == 1


@pytest.mark.parametrize("scope", [Scope(regions=("610902001",)), Scope(regions=None, masked=False), Scope(regions=())])
def test_another_scope_never_gets_what_was_kept_for_this_one(scope: Scope) -> None:
    door.read(read_numbers, scope=Scope.district(), first=1)
    door.read(read_numbers, scope=scope, first=1)
    assert [Scope.district(), scope] == CALLS


def echo(snapshot: Snapshot, *, scope: Scope, asked: Any) -> tuple:
    """A query that answers with what it was asked."""
    return scope, asked


BASE = Scope(regions=("610902", "610902107"))
DIFFERENT: dict[str, tuple[Any, ...]] = {
    "regions": (None, (), ("",), ("610902",), ("610902107", "610902"), ("610902610902107",), ("610902' OR 1=1",)),
    "masked": (False,),
    "department": ("medical", "610902"),
    "unmasked_places": (("610902",), ("610902", "610902107"), ("610902610902107",)),
    "unmasked_households": (("610902",), ("610902", "610902107"), ("H1",)),
    "opened": (frozenset({"phone"}), frozenset({"head_name"}), frozenset({"phone", "head_name"})),
}
"""Every part of a scope -> what it may be besides; the same value in one part and in another is two scopes."""


def test_whoever_asks_gets_what_was_worked_out_for_exactly_this_scope() -> None:
    assert list(DIFFERENT) == [part.name for part in fields(Scope) if part.compare]
    scopes = [BASE, *(replace(BASE, **{part: value}) for part, values in DIFFERENT.items() for value in values)]
    for arguments in ((), (1,), (1, 0), (0, 1)):
        for scope in (*scopes, *scopes):
            assert door.read(echo, scope=scope, asked=arguments) == (scope, arguments)


def test_other_arguments_are_another_result() -> None:
    assert door.read(read_numbers, scope=Scope.district(), first=1)["first"].tolist() == [1]
    assert door.read(read_numbers, scope=Scope.district(), first=2)["first"].tolist() == [2]


REQUEST = ListRequest("red_households", date(2022, 9, 30))
OTHERS: dict[str, Any] = {
    "metric": "yellow_households",
    "on": date(2022, 8, 31),
    "filters": (("rule", "water_unsafe"),),
    "without": ("H1",),
    "sort": "score",
    "descending": True,
    "offset": 50,
    "limit": 50,
}


@pytest.mark.parametrize("name", [field.name for field in fields(ListRequest)])
def test_a_list_asked_for_otherwise_is_another_result(name: str) -> None:
    other = replace(REQUEST, **{name: OTHERS[name]})
    assert other != REQUEST
    for asked in (REQUEST, other, REQUEST):
        _, answer = door.read(echo, scope=Scope.district(), asked=asked)
        assert getattr(answer, name) == getattr(asked, name)


def test_a_new_version_is_read_anew(pointer: Path) -> None:
    assert door.read(read_numbers, scope=Scope.district(), first=1)["load"].tolist() == [1]
    write_version(pointer, merged(village(), household("H1"), load(load_id=2)))
    assert door.read(read_numbers, scope=Scope.district(), first=1)["load"].tolist() == [2]


def test_changing_a_frame_changes_nobody_elses() -> None:
    mine = door.read(read_numbers, scope=Scope.district(), first=1)
    mine.loc[0, "first"] = 99
    assert door.read(read_numbers, scope=Scope.district(), first=1)["first"].tolist() == [1]


def test_the_metric_table_of_a_scope_knows_its_places_only() -> None:
    table = door.metric_table(scope=Scope(regions=("610902999",)))
    assert table.count("households", place="610902", month="2022-09") == 0
    assert door.metric_table(scope=Scope.district()).count("households", place="610902", month="2022-09") == 1


@pytest.fixture
def busy_server(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A household database on a server whose statements may take two seconds."""
    limits = server.ServerLimits(
        statement_seconds=2, work_memory_mb=1, kept_from_households=1, kept_months=1, kept_months_later=0
    )
    for module in (engine, server):
        monkeypatch.setattr(module, "load_server", lambda: limits)
    url = empty_database(postgres_url)
    made = create_engine(url)
    create_database(made, merged(village(), household("H1"), load(load_id=1)))
    made.dispose()
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", url)
    yield url
    door.store().database.dispose()


def nap(snapshot: Snapshot, *, scope: Scope) -> int:
    """A query that takes a minute."""
    snapshot.connection.execute(select(func.pg_sleep(60)))
    return snapshot.version.load_id


def test_a_statement_that_takes_too_long_is_ended_and_the_next_one_answered(busy_server: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        door.read(nap, scope=Scope.district())
    assert (caught.value.key, caught.value.details["seconds"]) == ("too_slow", "2")
    assert door.read(read_numbers, scope=Scope.district(), first=1)["load"].tolist() == [1]


class _LeftError(Exception):
    """The reader is gone."""


def test_a_statement_ends_when_its_reader_leaves(busy_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave() -> None:
        raise _LeftError

    monkeypatch.setattr(door, "_run_wanted", leave)
    with pytest.raises(_LeftError):
        door.read(nap, scope=Scope.district())
    made = create_engine(busy_server)
    with made.connect() as connection:
        activity = table("pg_stat_activity", column("query", String), column("state"))
        asleep = activity.c.query.contains("pg_sleep")
        assert connection.execute(select(activity.c.query).where(activity.c.state == "active", asleep)).all() == []
    made.dispose()


def test_reports_leave_answers_that_were_read_from_other_tables(
    monkeypatch: pytest.MonkeyPatch, ledger: Ledger
) -> None:
    monkeypatch.setattr(door, "ledger", lambda: ledger)
    asked: list[str] = []

    def read_homes(snapshot: Snapshot, *, scope: Scope) -> int:
        asked.append("homes")
        return int(snapshot.connection.execute(select(func.count()).select_from(schema.household)).scalar_one())

    def read_visits(snapshot: Snapshot, *, scope: Scope) -> int:
        asked.append("visits")
        visited = select(func.count()).where(schema.visit.c.household_id == schema.household.c.household_id)
        return int(snapshot.connection.execute(visited).scalar_one())

    def answers() -> tuple[int, int, int]:
        """Households, visits, and reports in the data."""
        everything = Scope.everything()
        posted = door.read(read_posted_numbers, scope=everything)
        return door.read(read_homes, scope=everything), door.read(read_visits, scope=everything), len(posted)

    door.store().current()
    assert answers() == (1, 0, 0)
    on, values = date(2022, 9, 20), {"kind": "home", "result": "stable"}
    report = FieldReport("visit", "H1", VILLAGE, on.isoformat(), on, "李村干", values=values)
    add_reports(ledger, [report], recorded_by="李村干", scope=Scope.district())
    assert door.post_waiting_reports().applied == 1
    assert answers() == (1, 1, 1)
    assert asked == ["homes", "visits", "visits"], "households are not asked again"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT 1 FROM household JOIN visit ON EXTRACT(year FROM visit.visited_on) = 2022", {"household", "visit"}),
        ("WITH own AS (SELECT 1 FROM need) SELECT * FROM own JOIN (SELECT 1 FROM clue) AS b ON 1=1", {"need", "clue"}),
        ("SELECT * FROM kept.table_0123456789abcdef", {"member"}),
        ("SELECT * FROM household, kept.table_0123456789abcdee", None),
        ("SELECT report_no FROM posted_report", None),
        ("SELECT 1 FROM household WHERE EXISTS (SELECT 1 FROM information_schema.columns)", None),
        ("SELECT 1", None),
    ],
)
def test_what_a_statement_reads_is_known_or_said_to_be_unknown(statement: str, found: set[str] | None) -> None:
    made = {"table_0123456789abcdef": frozenset({"member"})}
    reads = Reads()
    reads.note(statement, kept=made.get)
    assert reads.found == found
