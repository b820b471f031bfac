"""The ledger: records are added and never changed, all or none, on SQLite and PostgreSQL, even through a kill."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, String, create_engine, delete, func, make_url, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from data_access.errors import AppError, LedgerError
from data_access.ledger import keys
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.declaration import LONGEST_TEXT, keep_for_ever, metadata, record_table
from data_access.ledger.ledger import Ledger, ledger_url
from data_access.scope import Scope
from tests.support.databases import ON_BOTH, empty_database
from tests.support.ledgers import copy_ledger_on_a_server

pytestmark = pytest.mark.opens_a_database

DISTRICT = Scope.district()
PAGE = record_table(
    "trial_page",
    "测试",
    "a trial",
    Column("number", Integer, nullable=False),
    Column("text", String(LONGEST_TEXT)),
    Column("village_code", String),
    action="draw",
)
LINE = record_table("trial_line", "测试行", "a line", Column("number", Integer, nullable=False), action="draw")


def opened(url: str) -> Ledger:
    """A ledger that has the tables of these tests too."""
    made = Ledger(make_url(url))
    with made.engine.begin() as connection:
        metadata.create_all(connection, tables=[PAGE, LINE])
        for table in (PAGE, LINE):
            keep_for_ever(connection, table.name)
    return made


@pytest.fixture
def ledger(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    made = opened(
        f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        if database_kind == "embedded"
        else copy_ledger_on_a_server(request.getfixturevalue("postgres_ledger_template"))
    )
    yield made
    made.dispose()


@ON_BOTH
def test_a_record_is_kept_with_who_and_when(ledger: Ledger) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert ledger.append((PAGE, [{"number": 1, "text": "一"}]), recorded_by=" 张干部 ", scope=DISTRICT) == 1
    [row] = ledger.read(select(PAGE)).to_dict("records")
    assert (row["number"], row["text"], row["recorded_by"]) == (1, "一", "张干部")
    assert row["recorded_at"].replace(tzinfo=row["recorded_at"].tzinfo or UTC) >= before


@ON_BOTH
@pytest.mark.parametrize("statement", [update(PAGE).values(number=2), delete(PAGE)], ids=["change", "delete"])
def test_the_database_itself_refuses_to_change_or_delete_a_record(ledger: Ledger, statement: object) -> None:
    ledger.append((PAGE, [{"number": 1}]), recorded_by="张干部", scope=DISTRICT)
    with pytest.raises(DBAPIError, match="never changed"), ledger.engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    assert ledger.read(select(PAGE.c.number))["number"].tolist() == [1]


def test_what_another_schema_of_the_server_refuses_is_refused_in_this_one_too(postgres_url: str) -> None:
    url = make_url(empty_database(postgres_url))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(CreateSchema("other"))
    engine.dispose()
    Ledger(url.update_query_dict({"options": "-csearch_path=other"})).dispose()
    ledger = Ledger(url)
    ledger.note(Event(kind="signed_in"), recorded_by="张干部")
    with pytest.raises(DBAPIError, match="never changed"), ledger.engine.begin() as connection:
        connection.execute(delete(audit_entry))
    ledger.dispose()


@ON_BOTH
@pytest.mark.parametrize(
    ("row", "by", "problem"),
    [
        ({"village_code": "610902100201"}, "张干部", "ledger_outside_scope"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "张干部", "ledger_text_too_long"),
        ({}, "  ", "ledger_name_missing"),
        ({}, "x" * (LONGEST_TEXT + 1), "ledger_text_too_long"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_of_it_is_kept(
    ledger: Ledger, row: dict, by: str, problem: str
) -> None:
    elsewhere = Scope(regions=("610902101",), actions=None)
    with pytest.raises(AppError, match=problem):
        ledger.append(
            (LINE, [{"number": 1}]), (PAGE, [{"number": 1}, {"number": 2, **row}]), recorded_by=by, scope=elsewhere
        )
    assert ledger.read(select(PAGE)).empty
    assert ledger.read(select(LINE)).empty


@ON_BOTH
def test_a_text_may_be_as_long_as_allowed(ledger: Ledger) -> None:
    assert ledger.append((PAGE, [{"number": 1, "text": "x" * LONGEST_TEXT}]), recorded_by="张", scope=DISTRICT) == 1


def test_records_outlive_the_program(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    opened(url).append((PAGE, [{"number": 7}]), recorded_by="张干部", scope=DISTRICT)
    assert opened(url).read(select(PAGE.c.number))["number"].tolist() == [7]


WRITER = """
import os, sys
from data_access.ledger import keys
from data_access.scope import Scope
from tests.data_access.ledger.test_ledger import LINE, LINES, PAGE, opened


def write(url, key):
    os.environ[keys.VARIABLE] = key
    ledger = opened(url)
    number = 0
    while True:
        number += 1
        ledger.append(
            (PAGE, [{"number": number}]), (LINE, [{"number": number}] * LINES), recorded_by="x", scope=Scope.district()
        )
        print(number, flush=True)


while line := sys.stdin.readline():
    if (writer := os.fork()) == 0:
        write(*line.split())
    print(writer, flush=True)
    os.waitpid(writer, 0)
    print("ended", flush=True)
"""
"""With every line it reads, a ledger and its key, a process of its own that writes until it is killed."""
LINES = 200


def test_a_kill_in_the_middle_of_any_write_leaves_every_record_whole_or_not_there(
    postgres_url: str, tmp_path: Path
) -> None:
    urls = (f"sqlite:///{tmp_path / 'ledger.sqlite'}", empty_database(postgres_url))
    said: dict[str, list[int]] = {url: [] for url in urls}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        for url, pause in itertools.product(urls, (0.0, 0.003, 0.011, 0.017)):
            writers.stdin.write(f"{url} {keys.key_file(make_url(url))}\n")
            writers.stdin.flush()
            told = [int(writers.stdout.readline()) for _ in range(2)]
            time.sleep(pause)
            writer = max(told)  # its number, which is larger than the first it wrote
            os.kill(writer, signal.SIGKILL)
            said[url].append(min(told))
            said[url] += [int(line) for line in iter(writers.stdout.readline, "ended\n")]
    for url in urls:
        ledger = opened(url)
        pages = ledger.read(select(func.count().label("n")).select_from(PAGE))["n"].item()
        lines = ledger.read(select(func.count().label("n")).select_from(LINE))["n"].item()
        assert ledger.verify().broken_at is None
        ledger.dispose()
        assert lines == pages * LINES
        # What was said to be written is there; at most one more was written by each and not yet said.
        assert len(said[url]) <= pages <= len(said[url]) + 4


def test_a_ledger_that_cannot_be_opened_says_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database, whatever its name says; long enough to be looked at")
    with pytest.raises(LedgerError, match=r"ledger_unreachable.*ledger\.sqlite"):
        Ledger(make_url(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))


def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", "nowhere")
    with pytest.raises(LedgerError, match="ledger_bad_url"):
        ledger_url()
