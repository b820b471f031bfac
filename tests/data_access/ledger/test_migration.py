"""Migrations of the ledger: what was recorded stays, in order and for ever; a program opens what it knows."""

import importlib
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    DDL,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    String,
    Table,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

import data_access.registry
from data_access.ledger import migration
from data_access.ledger.audit_chain import Event, audit_entry
from data_access.ledger.declaration import metadata
from data_access.ledger.filter_templates import read_templates, save_template
from data_access.ledger.ledger import Ledger, opened
from data_access.ledger.migration import State, bring_up, standing
from data_access.ledger.migration_error import MigrationError
from data_access.scope import Scope
from tests.support.databases import empty_database
from tests.support.ledgers import copy_ledger, copy_ledger_on_a_server
from tests.support.older_ledger import make_older
from tests.support.server import ROOT

pytestmark = pytest.mark.opens_a_database

Known = Callable[..., None]

OWN = migration.VERSIONS
NOW = migration.revisions(OWN)[0]
NEXT = "9999"
"""The revision that a later program knows."""

FIRST = f'revision, down_revision = "{NEXT}", "{NOW}"\n'
IMPORTS = "from alembic import op\nfrom sqlalchemy import Column, DateTime, Integer, String\n"
SECOND = f"""{IMPORTS}{FIRST}
def upgrade() -> None:
    op.add_column("filter_template", Column("colour", String()))
    with op.batch_alter_table("audit_entry") as batch:
        batch.alter_column("place", type_=String(40))
    op.create_table(
        "later_note",
        Column("record_id", Integer(), primary_key=True, autoincrement=True),
        Column("text", String()),
        Column("recorded_by", String(200), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
    )
"""
"""Adds a column and a table, and changes a column, for which SQLite has to copy the table."""

FAILING = SECOND + '    op.execute("SELECT 1 FROM nowhere")\n'
SLOW = SECOND.replace("def upgrade() -> None:", "def upgrade() -> None:\n    import time\n    time.sleep(1)")

LATER = Table(
    "later_note",
    type(metadata)(),
    Column("record_id", Integer, primary_key=True),
    Column("text", String),
    Column("recorded_by", String),
    Column("recorded_at", DateTime(timezone=True)),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records' / 'ledger.sqlite'}"
    return empty_database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Known:
    """Says which revisions a program knows beside its own; nothing: it is the program of today. `own`: which of those
    it knows, as a pattern for their files."""

    def know(*revisions: str, own: str = "*.py") -> None:
        folder = tmp_path / f"versions {len(list(tmp_path.glob('versions*')))} 100%"
        folder.mkdir()
        for file in OWN.glob(own):
            shutil.copy(file, folder)
        for revision in revisions:
            (folder / f"{NEXT}_later.py").write_text(revision, encoding="utf-8")
        monkeypatch.setattr(migration, "VERSIONS", folder)

    return know


@pytest.fixture
def filled_file(ledger_template: str, tmp_path: Path) -> str:
    """The address of a ledger with records, in SQLite."""
    (tmp_path / "records").mkdir()
    address = copy_ledger(ledger_template, tmp_path / "records" / "ledger.sqlite")
    fill(address)
    return address


@pytest.fixture
def filled_on_a_server(postgres_ledger_template: str) -> str:
    """The same on PostgreSQL."""
    address = copy_ledger_on_a_server(postgres_ledger_template)
    fill(address)
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest) -> str:
    """The address of either."""
    kinds = {"sqlite": "filled_file", "postgresql": "filled_on_a_server"}
    return str(request.getfixturevalue(kinds[request.param]))


def fill(address: str) -> None:
    """Record something in a ledger, with its entries in the audit record."""
    ledger = Ledger(make_url(address))
    for name in ("甲", "乙"):
        save_template(ledger, name=name, link="f=lamp.is.red", recorded_by="张三", scope=Scope.everything())
    ledger.note(Event(kind="exported", place="610902", detail={"file": "名单.xlsx"}), recorded_by="李四")
    ledger.dispose()


def brought_up(address: str) -> Ledger:
    """The ledger after an upgrade: SQLite when it is opened, PostgreSQL by the command."""
    if make_url(address).get_backend_name() == "postgresql":
        with opened(make_url(address)) as engine:
            bring_up(engine)
    return Ledger(make_url(address))


def contents(address: str) -> dict[str, list[dict]]:
    """Every row of the tables of today, without what is empty: a column may be of later."""
    with opened(make_url(address)) as engine, engine.connect() as connection:
        found: dict[str, list[dict]] = {}
        for name in set(inspect(connection).get_table_names()) & set(metadata.tables):
            table = metadata.tables[name]
            there = [
                table.c[column["name"]] for column in inspect(connection).get_columns(name) if column["name"] in table.c
            ]
            rows = connection.execute(select(*there).order_by(table.c.record_id)).mappings()
            found[name] = [{key: value for key, value in row.items() if value is not None} for row in rows]
        return found


def refuses_changes(engine: Engine, table: Table) -> bool:
    """Whether the database itself refuses to change and to delete what is in a table."""
    for statement in (table.update().values(recorded_by="王五"), table.delete()):
        with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
            connection.execute(statement)
    return True


def before_migrations(address: str, *, but: tuple[str, ...] = ()) -> None:
    """A ledger as a program from before migrations left it, which makes the tables it needs."""
    make_older(address)
    with opened(make_url(address)) as engine, engine.begin() as connection:
        for table in ("alembic_version", *but):
            connection.execute(DDL(f"DROP TABLE {table}"))  # type: ignore[no-untyped-call]


def state_of(connection: Connection) -> State:
    return standing(connection).state


# What a program declares, and what its revisions make


def test_the_revisions_make_what_the_subjects_declare(address: str) -> None:
    """Whoever changes a table of records writes a revision too."""
    for module in pkgutil.walk_packages(data_access.__path__, "data_access."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    Ledger(make_url(address)).dispose()

    def declared(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or not str(name).startswith("trial")

    with opened(make_url(address)) as engine, engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": declared}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        assert state_of(connection) is State.CURRENT


# A ledger from before migrations


def test_a_ledger_from_before_migrations_is_recognised_and_keeps_its_records(address: str) -> None:
    before_migrations(address)
    ledger = brought_up(address)
    with ledger.engine.connect() as connection:
        assert state_of(connection) is State.CURRENT
    verdict = ledger.verify()
    assert (verdict.entries, verdict.broken_at) == (4, None), "the three of those days, and the one that seals them"
    ledger.dispose()


def test_tables_that_nobody_had_needed_before_migrations_are_made(address: str) -> None:
    before_migrations(address, but=("draw", "drawn_unit", "edition"))
    ledger = brought_up(address)
    assert refuses_when_filled(ledger)
    assert read_templates(ledger)["name"].tolist() == ["乙", "甲"]
    ledger.dispose()


def refuses_when_filled(ledger: Ledger) -> bool:
    row = {"draw_id": "D", "kind": "x", "month": "2022-09", "seed": "1", "algorithm": "1", "frame_hash": "x"}
    row |= {"settings": "{}", "data_version": "1"}
    ledger.append((metadata.tables["draw"], [{**row, "frame_rows": 1}]), recorded_by="张三", scope=Scope.everything())
    return refuses_changes(ledger.engine, metadata.tables["draw"])


def test_a_table_of_somebody_else_is_no_ledger_and_stays_as_it_is(address: str) -> None:
    with opened(make_url(address)) as engine, engine.begin() as connection:
        connection.execute(text("CREATE TABLE audit_entry (record_id INTEGER, place VARCHAR)"))
    with pytest.raises(MigrationError) as caught:
        brought_up(address)
    assert caught.value.key == "ledger_unknown"
    assert caught.value.details["table"] == "audit_entry"
    with opened(make_url(address)) as engine, engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["audit_entry"]


# The next revision


def test_records_the_chain_and_what_guards_them_outlive_a_migration(filled: str, known: Known) -> None:
    before = contents(filled)
    known(SECOND)
    ledger = brought_up(filled)
    assert contents(filled) == before
    save_template(ledger, name="丙", link="", recorded_by="张三", scope=Scope.everything())
    with ledger.engine.begin() as connection:
        assert state_of(connection) is State.CURRENT
        columns = [column["name"] for column in inspect(connection).get_columns("filter_template")]
        assert columns[-1] == "colour"
        connection.execute(LATER.insert().values(text="x", recorded_by="张三", recorded_at=datetime.now(UTC)))
    verdict = ledger.verify()
    assert (verdict.entries, verdict.broken_at, verdict.table) == (4, 4, "later_note"), "all but what no program wrote"
    for table in (audit_entry, metadata.tables["filter_template"], LATER):
        assert refuses_changes(ledger.engine, table)
    ledger.dispose()


def test_a_second_entry_after_the_same_one_is_refused_after_a_migration_too(filled: str, known: Known) -> None:
    known(SECOND)
    ledger = brought_up(filled)
    with pytest.raises(DBAPIError, match=r"previous_hash|never changed"), ledger.engine.begin() as connection:
        columns = [column for column in audit_entry.c if column.name != "record_id"]
        connection.execute(audit_entry.insert().from_select(columns, select(*columns)))
    ledger.dispose()


def test_a_revision_that_fails_leaves_the_ledger_as_it_was(filled: str, known: Known) -> None:
    before = contents(filled)
    known(FAILING)
    with pytest.raises(MigrationError) as caught:
        brought_up(filled)
    assert caught.value.key == "ledger_not_brought_up"
    assert "nowhere" in caught.value.text("en")
    known()
    ledger = Ledger(make_url(filled))
    assert contents(filled) == before
    with ledger.engine.connect() as connection:
        assert "later_note" not in inspect(connection).get_table_names()
    assert refuses_changes(ledger.engine, audit_entry)
    ledger.dispose()


STARTED = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from data_access.ledger import migration
from data_access.ledger.ledger import opened
migration.VERSIONS = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for address in sys.argv[2:]:
    with opened(make_url(address)) as engine:
        migration.bring_up(engine)
"""


def test_of_two_servers_that_start_at_once_one_migrates_and_the_other_waits(
    filled_file: str, filled_on_a_server: str, known: Known, tmp_path: Path
) -> None:
    """From any working directory, and without a word of Alembic's on the screen; of one ledger after the other."""
    addresses = (filled_file, filled_on_a_server)
    before = [contents(address) for address in addresses]
    known(SLOW)
    command = [sys.executable, "-c", STARTED, str(migration.VERSIONS), *addresses]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    servers = [
        subprocess.Popen(
            command,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "LEDGER_KEY_FILE": str(tmp_path / "ledger.key")},
            **pipes,
        )  # type: ignore[call-overload]
        for _ in range(2)
    ]
    assert [server.stdout.readline() for server in servers] == ["ready\n"] * 2
    for server in servers:
        server.stdin.write("\n")
        server.stdin.flush()
    assert [server.communicate(timeout=60)[0] for server in servers] == ["", ""]
    assert [server.returncode for server in servers] == [0, 0]
    assert [contents(address) for address in addresses] == before


# Which revisions a program opens


def test_a_server_of_an_older_revision_is_not_touched_by_the_app_which_says_what_to_run(
    filled_on_a_server: str, known: Known
) -> None:
    known(SECOND)
    with pytest.raises(MigrationError) as caught:
        Ledger(make_url(filled_on_a_server))
    assert caught.value.key == "ledger_older"
    for language in ("zh", "en"):
        assert "python -m data_access.upgrade" in caught.value.text(language)
    known()
    Ledger(make_url(filled_on_a_server)).dispose()


def test_a_ledger_of_a_newer_program_is_refused_and_not_touched(address: str, known: Known) -> None:
    known(SECOND)
    fill(address)
    before = contents(address)
    known()
    for opening in (Ledger, brought_up):
        with pytest.raises(MigrationError) as caught:
            opening(make_url(address) if opening is Ledger else address)  # type: ignore[arg-type]
        assert caught.value.key == "ledger_newer"
    assert NEXT in caught.value.text("zh")
    assert NEXT in caught.value.text("en")
    known(SECOND)
    Ledger(make_url(address)).dispose()
    assert contents(address) == before
