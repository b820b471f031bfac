"""What is kept in memory is what would be worked out, is made once, and is never another version's or another day's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pandas as pd
import pytest
from sqlalchemy import Select, func, make_url, select

from data_access import door
from data_access.database import shared_tables, versions
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.frames import read_frame
from data_access.database.shared_tables import KeptTables
from data_access.income.incomes import BASES, judged_incomes
from data_access.schema.tables import household
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH
from tests.support.households import household as home
from tests.support.households import merged, village
from tests.support.rulebooks import FEW, of_rules

READERS = 16
"""More than SQLAlchemy gives connections to by itself."""

AUTUMN = date(2022, 9, 30)
RULEBOOK = of_rules(*FEW)
ROWS = merged(village(), home("H1", indicators={"water_problem": True}), home("H2"))


@contextmanager
def reading(database: HouseholdDatabase, kept: KeptTables | None) -> Iterator[Snapshot]:
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=RULEBOOK, kept=kept)


@pytest.fixture
def own_url(sample_url: str, tmp_path: Path) -> str:
    """A copy that nobody else has open: all in a process who open one file share its memory, kept tables and all."""
    pointer = Path(make_url(sample_url).database or "")
    shutil.copy(versions.current_file(pointer), tmp_path / "household.duckdb")
    return f"duckdb:///{(tmp_path / 'household.duckdb').as_posix()}"


@pytest.fixture
def embedded(own_url: str) -> Iterator[HouseholdDatabase]:
    made = HouseholdDatabase(make_url(own_url))
    yield made
    made.dispose()


def lamps(snapshot: Snapshot, *, scope: Scope, on: date, rules_of: date | None = None) -> pd.DataFrame:
    rows = read_frame(snapshot.connection, select(lamps_on(snapshot, scope=scope, on=on, rules_of=rules_of)))
    return rows.sort_values("household_id", ignore_index=True)


def uses_kept(snapshot: Snapshot, on: date, rules_of: date | None = None) -> bool:
    return "kept." in str(lamps_on(snapshot, scope=Scope.district(), on=on, rules_of=rules_of))


TOWNSHIPS = Scope(regions=("610902107", "610902110"))
ASKED = (
    (Scope.district(), AUTUMN, None),
    (TOWNSHIPS, AUTUMN, None),
    (Scope(regions=()), AUTUMN, None),
    (TOWNSHIPS, AUTUMN, date(2021, 6, 30)),
    (TOWNSHIPS, date(2021, 12, 31), None),
)
"""Scope, day, and the day whose rules are meant."""


def test_lamps_that_are_kept_are_those_that_are_worked_out_in_every_scope(embedded: HouseholdDatabase) -> None:
    with reading(embedded, KeptTables()) as snapshot:
        kept = [lamps(snapshot, scope=scope, on=on, rules_of=rules_of) for scope, on, rules_of in ASKED]
        assert all(uses_kept(snapshot, on, rules_of) for _, on, rules_of in ASKED)
    with reading(embedded, None) as snapshot:
        for (scope, on, rules_of), found in zip(ASKED, kept, strict=True):
            pd.testing.assert_frame_equal(found, lamps(snapshot, scope=scope, on=on, rules_of=rules_of))


@pytest.mark.parametrize("basis", sorted(BASES))
def test_incomes_that_are_kept_are_those_that_are_worked_out(embedded: HouseholdDatabase, basis: str) -> None:
    found = []
    for kept in (KeptTables(), None):
        with reading(embedded, kept) as snapshot:
            query = select(judged_incomes(snapshot, scope=Scope(regions=("610902107",)), basis=basis, on=AUTUMN))
            assert ("kept." in str(query)) == (kept is not None)
            found.append(read_frame(snapshot.connection, query).sort_values("household_id", ignore_index=True))
    pd.testing.assert_frame_equal(found[0], found[1])


@ON_BOTH
def test_a_server_keeps_nothing(make_database: MakeDatabase) -> None:
    with reading(make_database(ROWS), KeptTables()) as snapshot:
        assert uses_kept(snapshot, AUTUMN) == (snapshot.connection.dialect.name == "duckdb")
        assert lamps(snapshot, scope=Scope.district(), on=AUTUMN)["household_id"].tolist() == ["H1", "H2"]


def test_a_table_is_made_once_for_all_readers(embedded: HouseholdDatabase) -> None:
    kept, made = KeptTables(), []

    def make() -> Select:
        made.append(1)
        return select(household.c.household_id)

    def read() -> None:
        with embedded.connect() as (connection, _):
            assert kept.find(connection, key="once", rules="R", make=make) is not None

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    read()
    assert made == [1]


def test_what_was_made_is_compressed_afterwards(embedded: HouseholdDatabase) -> None:
    kept = KeptTables()

    def uncompressed() -> bool:
        with embedded.connect() as (connection, _):
            table = kept.find(connection, key="once", rules="R", make=numbers)
            assert table is not None
            stored = func.pragma_storage_info(f"kept.{table.name}").table_valued("compression")
            return "Uncompressed" in connection.execute(select(stored.c.compression)).scalars()

    assert uncompressed()
    kept.compress()
    assert not uncompressed()


def test_the_first_reader_of_a_file_that_others_have_open_begins_with_what_is_kept_too(
    embedded: HouseholdDatabase, own_url: str
) -> None:
    others = HouseholdDatabase(make_url(own_url))
    with reading(others, KeptTables()) as snapshot:
        assert uses_kept(snapshot, AUTUMN)
        with reading(embedded, KeptTables()) as first:
            assert uses_kept(first, date(2022, 6, 30))
    others.dispose()


MOST = 4


@pytest.fixture
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many are kept."""
    monkeypatch.setattr(shared_tables, "MOST_TABLES", MOST)


def numbers() -> Select:
    return select(household.c.household_id)


def fill(database: HouseholdDatabase, kept: KeptTables, *, rules: str) -> list[bool]:
    """Ask for one table more than are kept; which of them were."""
    found = []
    for number in range(MOST + 1):
        with database.connect() as (connection, _):
            found.append(kept.find(connection, key=number, rules=rules, make=numbers) is not None)
    return found


@pytest.mark.usefixtures("few_tables")
def test_beyond_the_most_tables_everything_is_worked_out(embedded: HouseholdDatabase) -> None:
    assert fill(embedded, KeptTables(), rules="R") == [True] * MOST + [False]


@pytest.mark.usefixtures("few_tables")
def test_tables_of_rules_that_changed_give_way_and_who_reads_them_goes_on(embedded: HouseholdDatabase) -> None:
    kept = KeptTables()
    fill(embedded, kept, rules="before")
    with embedded.connect() as (connection, _):
        table = kept.find(connection, key=0, rules="before", make=numbers)
        assert table is not None
        rows = connection.execute(select(table)).fetchmany(1)
        assert fill(embedded, kept, rules="after") == [True] * MOST + [False]
        assert rows
        assert len(connection.execute(select(table)).all()) == len(connection.execute(numbers()).all())


def test_many_readers_that_wait_for_a_table_do_not_keep_its_maker_from_a_connection(
    embedded: HouseholdDatabase,
) -> None:
    kept, begun, found = KeptTables(), Barrier(READERS, timeout=60), []

    def read() -> None:
        with embedded.connect() as (connection, _):
            begun.wait()
            found.append(kept.find(connection, key="one", rules="R", make=numbers))

    readers = [Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(found) == READERS


def test_the_app_begins_with_what_is_kept(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def question(snapshot: Snapshot, *, scope: Scope, on: date) -> str:
        return str(lamps_on(snapshot, scope=scope, on=on))

    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", own_url)
    assert "kept." in door.read(question, scope=Scope.district(), on=AUTUMN)
    assert "kept." in door.run(question, scope=Scope.district(), on=AUTUMN)


def test_who_began_to_read_before_a_table_was_made_begins_with_it_too(embedded: HouseholdDatabase) -> None:
    kept = KeptTables()
    with reading(embedded, kept) as early, reading(embedded, kept) as late:
        assert uses_kept(early, AUTUMN)
        assert uses_kept(late, date(2022, 6, 30))
        assert uses_kept(early, date(2022, 6, 30))
        found = lamps(early, scope=Scope.district(), on=date(2022, 6, 30))
    with reading(embedded, None) as snapshot:
        pd.testing.assert_frame_equal(found, lamps(snapshot, scope=Scope.district(), on=date(2022, 6, 30)))


@pytest.mark.usefixtures("few_tables")
def test_whoever_finds_a_table_dropped_works_it_out(embedded: HouseholdDatabase, own_url: str) -> None:
    here, there, other = KeptTables(), KeptTables(), HouseholdDatabase(make_url(own_url))
    for database, kept, rules in ((embedded, here, "before"), (other, there, "before"), (other, there, "after")):
        fill(database, kept, rules=rules)
    with embedded.connect() as (connection, _):
        assert here.find(connection, key=0, rules="before", make=numbers) is None
    other.dispose()


def test_other_rules_have_another_table(embedded: HouseholdDatabase) -> None:
    kept = KeptTables()
    with reading(embedded, kept) as snapshot:
        first = lamps_on(snapshot, scope=Scope.district(), on=AUTUMN)
    changed = replace(RULEBOOK, bands={}, hash="other")
    with reading(embedded, kept) as snapshot:
        other = replace(snapshot, rulebook=changed)
        assert str(lamps_on(other, scope=Scope.district(), on=AUTUMN)) != str(first)
        assert set(lamps(other, scope=Scope.district(), on=AUTUMN)["lamp"]) == {"undetermined"}
