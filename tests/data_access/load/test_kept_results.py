"""What a load keeps on a server is what would be worked out, and is read as long as it holds and no longer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from sqlalchemy import Connection, create_engine, delete, insert, make_url, select, text, update
from sqlalchemy.exc import OperationalError

from data_access.clues.comparison import LISTINGS
from data_access.database import server, server_tables
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.frames import read_frame
from data_access.database.server_tables import drop_outdated, kept_result
from data_access.database.shared_tables import KeptTables
from data_access.employment.monthly import bound_jobs
from data_access.facts.monthly import read_monthly_facts
from data_access.income.figures import read_sub_items
from data_access.income.incomes import BASES, judged_incomes
from data_access.load import kept_results, target
from data_access.load.kept_results import finish_older, keep_older, keep_results, newest_load
from data_access.load.upgrade import DONE, TO_DO, main
from data_access.quality.validation import found_on
from data_access.quality.validation_rules import load_validation_rules
from data_access.schema.tables import data_load, employment, household_indicator
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on
from tests.support.databases import empty_database
from tests.support.edges import edge_rows
from tests.support.households import create_database
from tests.support.rulebooks import FEW, FEW_VALIDATIONS, of_rules, of_validations

pytestmark = pytest.mark.opens_a_database

READER = "kept_reader"
RULEBOOK = of_rules(*FEW)
KEPT = re.compile(r"\bkept_\d+_\w+")

WORKED_OUT = [
    "lamps",
    "incomes of the assessment",
    "incomes of the calendar",
    "doubtful data",
    "jobs",
    "recent clues",
]


@pytest.fixture(scope="module", autouse=True)
def _worth_keeping() -> Iterator[None]:
    """However few households there are; by few rules, and only as many older months as are asked about."""
    limits = server.load_server().model_copy(update={"kept_from_households": 1, "kept_months_later": 3})
    with (
        patch.object(server_tables, "load_server", lambda: limits),
        patch.object(kept_results, "load_server", lambda: limits),
        patch.object(kept_results, "load_rulebook", lambda: RULEBOOK),
        of_validations(*FEW_VALIDATIONS),
    ):
        yield


@pytest.fixture(scope="module")
def first_load(postgres_url: str) -> tuple[str, set[str]]:
    """A database after its first load, and what was kept when that could be seen; read it, do not change it."""
    url, rows = empty_database(postgres_url), dict(edge_rows())
    loads = rows.pop("data_load")
    engine = create_engine(url)
    create_database(engine, rows)
    with engine.begin() as connection:
        connection.execute(text(f"DO $$ BEGIN CREATE ROLE {READER} LOGIN; EXCEPTION WHEN OTHERS THEN NULL; END $$"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}"))
    engine.dispose()
    with patch.object(target, "keep_older") as older, target.open_target(make_url(url), create=True) as opened:
        for row in loads:
            opened.connection.execute(insert(data_load).values(row))
        opened.publish()
    older.assert_called_once_with(make_url(url), newest_too=True)
    with reading(url) as snapshot:
        at_once = is_kept(snapshot)
    newest = server.load_server().model_copy(update={"kept_months_later": 0})
    with patch.object(kept_results, "load_server", lambda: newest):
        keep_older(make_url(url), newest_too=True)
        finish_older()
    return url, at_once


@pytest.fixture(scope="module")
def kept_url(first_load: tuple[str, set[str]]) -> str:
    """A database of which everything is kept; read it, do not change it."""
    return first_load[0]


@pytest.fixture
def url(postgres_url: str, kept_url: str) -> str:
    """A copy of it."""
    return empty_database(postgres_url, like=kept_url)


def write(url: str, change: Callable[[Connection], Any] | None = None, **options: bool) -> None:
    """A load that changes something."""
    engine = create_engine(url)
    with engine.begin() as connection:
        before = newest_load(connection)
        if change is not None:
            change(connection)
            newest = connection.execute(select(data_load).where(data_load.c.load_id == before)).mappings().one()
            connection.execute(insert(data_load).values({**newest, "load_id": before + 1}))
        keep_results(connection, before=before, **options)
    drop_outdated(engine, before=before)
    engine.dispose()


@contextmanager
def reading(url: str, *, kept: bool = True, user: str | None = None) -> Iterator[Snapshot]:
    database = HouseholdDatabase(make_url(url).set(username=user) if user else make_url(url))
    with database.connect() as (connection, version):
        tables = KeptTables() if kept else None
        yield Snapshot(connection=connection, version=version, rulebook=RULEBOOK, kept=tables)
    database.dispose()


def questions(snapshot: Snapshot, scope: Scope) -> dict[str, Any]:
    """What is asked of the newest day, by name; in the order of WORKED_OUT."""
    on, first = snapshot.cut_off, load_validation_rules()[FEW_VALIDATIONS[0]]
    asked = [lamps_on(snapshot, scope=scope, on=on)]
    asked += [judged_incomes(snapshot, scope=scope, basis=basis, on=on) for basis in BASES]
    asked += [found_on(snapshot, scope=scope, on=on), bound_jobs(snapshot, scope=scope)]
    asked += [LISTINGS["recent_clues"].entries(snapshot, scope, on).subquery()]
    asked += [found_on(snapshot, scope=scope, on=on, rules=(first,))]
    return dict(zip([*WORKED_OUT, "doubtful data of a rule"], asked, strict=True))


def tables_read(snapshot: Snapshot) -> dict[str, str]:
    """The table that is kept of each of WORKED_OUT."""
    asked = questions(snapshot, Scope.everything())
    return {name: KEPT.search(str(asked[name]))[0] for name in WORKED_OUT}  # type: ignore[index]


def is_kept(snapshot: Snapshot) -> set[str]:
    """What of WORKED_OUT is read from a table that is kept."""
    asked = questions(snapshot, Scope.everything())
    return {name for name in WORKED_OUT if KEPT.search(str(asked[name]))}


def rows_of(snapshot: Snapshot, scope: Scope) -> dict[str, pd.DataFrame]:
    frames = {
        name: read_frame(snapshot.connection, select(asked)) for name, asked in questions(snapshot, scope).items()
    }
    return {
        name: frame.sort_values(list(frame.columns), ignore_index=True, key=lambda part: part.astype("str"))
        for name, frame in frames.items()
    }


def test_of_the_first_load_everything_is_kept_once_it_is_seen(first_load: tuple[str, set[str]]) -> None:
    url, at_once = first_load
    assert at_once == set()
    with reading(url) as snapshot:
        assert is_kept(snapshot) == set(WORKED_OUT)


def test_what_is_kept_is_what_is_worked_out_in_every_scope(kept_url: str) -> None:
    with reading(kept_url) as snapshot, reading(kept_url, kept=False) as bare:
        assert is_kept(snapshot) == set(WORKED_OUT)
        assert is_kept(bare) == set()
        for scope in (Scope.everything(), Scope(regions=("610902107",)), Scope(regions=())):
            for basis in BASES:
                asked: Any = {"scope": scope, "basis": basis, "on": bare.cut_off, "level": "township"}
                pd.testing.assert_frame_equal(read_sub_items(snapshot, **asked), read_sub_items(bare, **asked))
            expected = rows_of(bare, scope)
            for name, found in rows_of(snapshot, scope).items():
                pd.testing.assert_frame_equal(found, expected[name], obj=name)


def test_the_facts_that_are_kept_are_those_that_are_counted(kept_url: str) -> None:
    with reading(kept_url) as snapshot, reading(kept_url, kept=False) as bare:
        found, expected = (read_monthly_facts(one).frames for one in (snapshot, bare))
    assert found.keys() == expected.keys()
    for name, frame in found.items():
        pd.testing.assert_frame_equal(frame, expected[name], obj=name)


def test_other_rules_and_other_days_are_worked_out(kept_url: str) -> None:
    with reading(kept_url) as snapshot:
        other = replace(snapshot, rulebook=replace(snapshot.rulebook, bands={}, hash="other"))
        assert is_kept(other) == set(WORKED_OUT) - {"lamps"}
        assert not KEPT.search(str(lamps_on(snapshot, scope=Scope.everything(), on=date(2021, 6, 30))))


def test_whoever_may_read_households_reads_what_is_kept(kept_url: str) -> None:
    with reading(kept_url, user=READER) as snapshot:
        assert is_kept(snapshot) == set(WORKED_OUT)
        assert len(rows_of(snapshot, Scope.everything())["lamps"]) > 0


def test_what_was_written_to_is_made_anew_and_what_no_reader_needs_any_more_is_dropped(url: str) -> None:
    with reading(url) as early:
        first = tables_read(early)
        write(url, lambda connection: connection.execute(update(employment).values(monthly_wage=1)))
        with reading(url) as snapshot:
            second = tables_read(snapshot)
        assert {name for name in WORKED_OUT if first[name] != second[name]} == {"doubtful data", "jobs"}
        assert len(rows_of(early, Scope.everything())["doubtful data"]) > 0
    # Reports change what lamps, incomes and doubtful data are made of, but not the records of incomes.
    write(url, lambda connection: connection.execute(delete(household_indicator)), only_what_holds=True)
    with reading(url) as snapshot, reading(url, kept=False) as bare:
        assert is_kept(snapshot) == {"incomes of the calendar", "jobs"}
        expected = rows_of(bare, Scope.everything())
        for name, frame in rows_of(snapshot, Scope.everything()).items():
            pd.testing.assert_frame_equal(frame, expected[name], obj=name)
        there = set(
            bare.connection.execute(text("SELECT tablename FROM pg_tables WHERE tablename ~ '^kept_'")).scalars()
        )
        assert there == {kept_result.name, *bare.connection.execute(select(kept_result.c.table_name)).scalars()}
        assert first["doubtful data"] not in there
        assert second["doubtful data"] in there


def test_a_load_is_in_even_if_nothing_could_be_kept(url: str) -> None:
    refused = OperationalError("no room", None, Exception("no room"))
    with patch.object(server_tables, "_let_read", side_effect=refused):
        write(url, lambda connection: connection.execute(update(household_indicator).values(wage_income=7)))
    with reading(url) as snapshot:
        assert is_kept(snapshot) == {"incomes of the calendar", "jobs"}
        assert set(snapshot.connection.execute(select(household_indicator.c.wage_income)).scalars()) == {7}


def test_an_upgrade_keeps_what_is_not_kept(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([url, "--check"]) == DONE
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(kept_result))
        for name in connection.execute(
            text("SELECT tablename FROM pg_tables WHERE tablename ~ '^kept_[0-9]'")
        ).scalars():
            connection.execute(text(f"DROP TABLE {name}"))
    engine.dispose()
    capsys.readouterr()
    assert main([url, "--check"]) == TO_DO
    assert kept_result.name in capsys.readouterr().out
    with patch.object(target, "keep_older") as older:
        assert main([url]) == DONE
    older.assert_called_once_with(make_url(url), newest_too=False)
    with reading(url) as snapshot:
        assert is_kept(snapshot) == set(WORKED_OUT)


def test_older_months_are_kept_once_a_load_is_seen_and_found_by_those_who_read_already(url: str) -> None:
    database, tables = HouseholdDatabase(make_url(url)), KeptTables()

    def asked() -> tuple[bool, int]:
        """Whether what readers of an older month begin with is kept, and how many households are red then."""
        with database.connect() as (connection, version):
            snapshot = Snapshot(connection=connection, version=version, rulebook=RULEBOOK, kept=tables)
            scope, on = Scope.everything(), date(2022, 5, 31)
            found = [lamps_on(snapshot, scope=scope, on=on)]
            found += [judged_incomes(snapshot, scope=scope, basis=basis, on=on) for basis in BASES]
            rows = read_frame(connection, select(found[0]))
            return all(KEPT.search(str(one)) for one in found), int((rows["lamp"] == "red").sum())

    was_kept, red = asked()
    keep_older(make_url(url))
    finish_older()
    with patch.object(server_tables, "_LOOK_AGAIN_SECONDS", 600):  # what was found holds for a while
        assert (was_kept, asked()) == (False, (False, red))
    with patch.object(server_tables, "_LOOK_AGAIN_SECONDS", 0):
        assert asked() == (True, red)
    database.dispose()
