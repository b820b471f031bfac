"""The facts of the version in force: counted once for everybody, kept when the database is gone."""

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from data_access.clock import Months, month_number
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.regions import read_regions
from data_access.declarations import DeclarationError
from data_access.errors import DatabaseError
from data_access.facts.monthly import MonthlyFacts
from data_access.facts.store import FactsStore
from data_access.households.population import read_households_monthly
from data_access.risk.rulebook import RULES_FOLDER
from data_access.scope import Scope
from tests.support.databases import write_version
from tests.support.households import household, load, merged, village

pytestmark = pytest.mark.opens_a_database

ONE = merged(village(), household("H1"), load(load_id=1))
TWO = merged(village(), household("H1"), household("H2"), load(load_id=2))


class Builds:
    """Counts the households alone, how often facts are built, and takes its time."""

    def __init__(self, seconds: float = 0) -> None:
        self.number, self.seconds = 0, seconds
        self._lock = threading.Lock()

    def __call__(self, snapshot: Snapshot) -> MonthlyFacts:
        with self._lock:
            self.number += 1
        time.sleep(self.seconds)
        months, scope = Months(first=month_number(date(2022, 9, 1)), cut_off=snapshot.cut_off), Scope.everything()
        return MonthlyFacts(
            version=snapshot.version,
            rules_version=snapshot.rulebook.version,
            rules_hash=snapshot.rulebook.hash,
            months=months,
            read_at=datetime.now(UTC),
            regions=read_regions(snapshot, scope=scope),
            frames={"households": read_households_monthly(snapshot, scope=scope, months=months)},
        )


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    write_version(tmp_path / "household", ONE)
    return tmp_path / "household"


def store_of(pointer: Path, *, build: Builds | None = None, rules_folder: Path = RULES_FOLDER) -> FactsStore:
    database = HouseholdDatabase(make_url(f"duckdb:///{pointer}"))
    return FactsStore(database, build=build or Builds(), rules_folder=rules_folder)


def households(facts: MonthlyFacts) -> int:
    newest = facts.frames["households"].query("month == '2022-09'")
    return int(newest["households"].sum())


def test_twenty_first_visitors_cause_one_computation(pointer: Path) -> None:
    builds = Builds(seconds=0.2)
    store = store_of(pointer, build=builds)
    with ThreadPoolExecutor(20) as visitors:
        facts = list(visitors.map(lambda _: store.current().facts, range(20)))
    assert builds.number == 1
    assert all(one is facts[0] for one in facts)


def test_facts_are_kept_while_nothing_changes(pointer: Path) -> None:
    builds = Builds()
    store = store_of(pointer, build=builds)
    assert store.current().facts is store.current().facts
    assert builds.number == 1


def test_a_new_version_appears_on_the_next_run_under_its_own_number(pointer: Path) -> None:
    store = store_of(pointer)
    assert households(store.current().facts) == 1
    write_version(pointer, TWO)
    facts = store.current().facts
    assert (facts.version.load_id, households(facts)) == (2, 2)


def test_a_version_that_arrives_while_an_old_connection_is_held_is_never_shown_with_old_rows(pointer: Path) -> None:
    store = store_of(pointer)
    with store.database.connect():
        write_version(pointer, TWO)
        facts = store.current().facts
    assert (facts.version.load_id, households(facts)) == (2, 2)


def test_a_changed_rule_file_counts_anew(pointer: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, rules, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    builds = Builds()
    store = store_of(pointer, rules_folder=rules, build=builds)
    before = store.current().facts
    bands = rules / "bands.yaml"
    bands.write_text(bands.read_text(encoding="utf-8").replace("2022.1", "2022.2"), encoding="utf-8")
    after = store.current().facts
    assert builds.number == 2
    assert (before.rules_version, after.rules_version) == ("2022.1", "2022.2")


def test_when_the_database_goes_the_last_good_facts_stay_with_the_problem_and_its_time(pointer: Path) -> None:
    store = store_of(pointer)
    good = store.current().facts
    pointer.rename(pointer.with_name("elsewhere"))
    first, second = store.current(), store.current()
    assert first.facts is good
    assert isinstance(first.error, DatabaseError)
    assert first.error_since is not None
    assert first.error_since == second.error_since


def test_when_the_database_is_back_the_problem_is_over(pointer: Path) -> None:
    store = store_of(pointer)
    store.current()
    pointer.rename(pointer.with_name("elsewhere"))
    store.current()
    pointer.with_name("elsewhere").rename(pointer)
    assert store.current().error is None


def test_a_rule_file_that_breaks_while_running_leaves_the_last_good_facts(pointer: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, rules, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    store = store_of(pointer, rules_folder=rules)
    good = store.current().facts
    (rules / "rules" / "accident.yaml").write_text("id: nonsense\n")
    current = store.current()
    assert current.facts is good
    assert isinstance(current.error, DeclarationError)
    assert current.error.file == "accident.yaml"


@pytest.mark.parametrize("text", ["id: nonsense\n", None])
def test_new_data_are_counted_by_the_last_good_rules_while_a_rule_file_is_broken(
    pointer: Path, tmp_path: Path, text: str | None
) -> None:
    rules = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, rules, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    store = store_of(pointer, rules_folder=rules)
    good = store.rulebook()
    bands = rules / "bands.yaml"
    sound = bands.read_bytes()
    bands.write_text(text) if text else bands.unlink()
    assert store.rulebook() is good
    with store.snapshot() as snapshot:
        assert snapshot.rulebook == good.here(snapshot.version.coverage)
    write_version(pointer, TWO)
    current = store.current()
    assert (current.facts.version.load_id, current.facts.rules_hash) == (2, good.hash)
    assert isinstance(current.error, DeclarationError)
    assert current.error.file == "bands.yaml"
    bands.write_bytes(sound + b"# mended\n")
    assert store.current().error is None
    assert store.rulebook().hash != good.hash


def test_rules_that_were_never_good_are_refused(pointer: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, rules, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (rules / "rules" / "accident.yaml").write_text("id: nonsense\n")
    store = store_of(pointer, rules_folder=rules)
    for _ in range(2):
        with pytest.raises(DeclarationError):
            store.rulebook()


def test_without_any_good_facts_the_problem_itself_comes_up(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError):
        store_of(tmp_path / "household").current()


def test_a_database_into_which_nothing_was_loaded_says_so(tmp_path: Path) -> None:
    rows = merged(village())
    rows["data_load"] = []
    write_version(tmp_path / "household", rows)
    with pytest.raises(DatabaseError, match="nothing_loaded"):
        store_of(tmp_path / "household").current()
