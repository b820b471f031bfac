"""Reports become data exactly once, whatever is killed, undone, restored or reported twice; nothing is written over."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from data_access.database import versions
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import LedgerError, ScopeError
from data_access.ledger.ledger import Ledger
from data_access.load.errors import LoadError
from data_access.load.loading import undo
from data_access.load.target import open_target
from data_access.posting.post import Posted, post_waiting
from data_access.posting.waiting import in_doubt, not_in_data, read_posted_numbers
from data_access.reports import records
from data_access.reports.records import FieldReport
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.load.conftest import LoadedInto, WriteCsv, embedded
from tests.support.databases import ON_BOTH
from tests.support.households import CUT_OFF, VILLAGE, Rows, household, load, merged, village
from tests.support.ledgers import copy_ledger

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

CAME = {"clue_id": "T1", "way": "department", "kind": "medical_cost", "received_on": date(2022, 8, 1)}
BASE = merged(
    village(),
    load(),
    household("H1", clues=[{**CAME, "due_on": date(2022, 8, 16)}, {**CAME, "clue_id": "T2"}]),
    household("H2", clues=[CAME]),
)
DAY = date(2022, 10, 5)
CLUES = [["户编号", "线索编号", "接收日期", "核查日期", "核查结果"]]
DISTRICT = Scope.district()


def clue_result(household_id: str = "H1", thing: str = "T1", *, result: str = "helped", **changes: Any) -> FieldReport:
    values = {"result": result, **({"reason": "other"} if result == "not_included" else {})}
    return FieldReport(
        **{
            "kind": "clue_result",
            "household_id": household_id,
            "village_code": VILLAGE,
            "thing": thing,
            "happened_on": DAY,
            "reported_by": "李村医",
            "values": values,
            **changes,
        }
    )


def report(ledger: Ledger, *reports: FieldReport) -> int:
    return records.add_reports(ledger, reports, recorded_by="张干部", scope=DISTRICT)


def post(ledger: Ledger, target: LoadedInto) -> Posted:
    return post_waiting(ledger, url=make_url(target.url))


def clues(target: LoadedInto) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(row["household_id"], row["clue_id"]): (row["checked_on"], row["result"]) for row in target.rows("clue")}


def known(ledger: Ledger, target: LoadedInto) -> tuple[int, int]:
    """How many reports wait, and how many are in doubt, as a page finds it."""
    rows = records.read_reports(ledger, scope=DISTRICT)
    url = make_url(target.url)
    database = HouseholdDatabase(url)
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        posted = read_posted_numbers(snapshot, scope=DISTRICT)
    database.dispose()
    return len(not_in_data(rows, posted=posted)), len(in_doubt(rows))


@ON_BOTH
def test_a_report_becomes_data_once_and_moves_no_cut_off(make_target: MakeTarget, ledger: Ledger) -> None:
    target = make_target(BASE)
    assert report(ledger, clue_result(), clue_result("H2", result="not_included")) == 2
    assert report(ledger, clue_result()) == 0, "twice the same is one report"
    assert known(ledger, target) == (2, 0)
    assert post(ledger, target) == Posted(applied=2)
    assert known(ledger, target) == (0, 0)
    assert clues(target) == {
        ("H1", "T1"): (DAY, "helped"),
        ("H1", "T2"): (None, None),
        ("H2", "T1"): (DAY, "not_included"),
    }
    [first, noted] = target.rows("data_load")
    assert (noted["kind"], noted["table_name"], noted["rows"], noted["cut_off"]) == ("post", "clue", 2, CUT_OFF)
    assert post(ledger, target) == Posted()
    assert target.rows("data_load") == [first, noted]


@ON_BOTH
def test_what_the_data_say_otherwise_is_left_alone_until_somebody_decides(
    make_target: MakeTarget, ledger: Ledger
) -> None:
    target = make_target(BASE)
    report(ledger, clue_result(), clue_result(result="wrong_data", reported_by="王村长"))
    report(ledger, clue_result("H9"), clue_result(thing="T9"), clue_result(thing="T2", happened_on=date(2022, 7, 1)))
    assert post(ledger, target) == Posted(applied=1, doubts=4)
    rows = in_doubt(records.read_reports(ledger, scope=DISTRICT))
    assert dict(zip(rows["household_id"] + rows["thing"], rows["why"], strict=True)) == {
        "H1T1": "against",
        "H9T1": "unknown",
        "H1T9": "unknown",
        "H1T2": "too_early",
    }
    assert '"result": "helped"' in rows["held"].iloc[0]
    assert post(ledger, target) == Posted(), "it is not asked again and again"
    [doubted] = rows[rows["why"] == "against"]["report_no"]
    records.decide(ledger, report_no=doubted, village_code=VILLAGE, counts=True, recorded_by="刘主任", scope=DISTRICT)
    assert post(ledger, target) == Posted(applied=1)
    assert clues(target)["H1", "T1"] == (DAY, "wrong_data")
    assert known(ledger, target) == (0, 3)


@ON_BOTH
def test_an_undo_of_a_file_leaves_the_reports_and_is_not_theirs(
    make_target: MakeTarget, write_csv: WriteCsv, ledger: Ledger
) -> None:
    target = make_target(BASE)
    report(ledger, clue_result("H2"))
    post(ledger, target)
    file = write_csv([*CLUES, ["H1", "T1", "2022-08-01", "2022-09-01", "不纳入"], ["H1", "T3", "2022-09-20", "", ""]])
    assert target.load(file, "table_clue").published
    before = clues(target)
    report(ledger, clue_result(thing="T2"), clue_result(thing="T3"))
    assert post(ledger, target) == Posted(applied=2)
    assert undo(url=make_url(target.url)) == "rows.csv", "the file, not the reports"
    assert clues(target) == {("H1", "T1"): (None, None), ("H1", "T2"): (None, None), ("H2", "T1"): (DAY, "helped")}
    assert known(ledger, target) == (2, 0)
    assert post(ledger, target) == Posted(applied=1, doubts=1), "of what the file brought nothing is known any more"
    assert clues(target)["H1", "T2"] == (DAY, "helped")
    assert before["H1", "T1"] != clues(target)["H1", "T1"]


@ON_BOTH
def test_what_is_taken_back_is_as_it_was_unless_a_file_says_otherwise_since(
    make_target: MakeTarget, write_csv: WriteCsv, ledger: Ledger
) -> None:
    target = make_target(BASE)
    before = target.rows("clue")
    report(ledger, clue_result(), clue_result("H2"), clue_result(thing="T2"))
    post(ledger, target)
    assert target.load(write_csv([*CLUES, ["H2", "T1", "2022-08-01", "", "数据有误"]]), "table_clue").published
    rows = records.records_of(records.read_reports(ledger, scope=DISTRICT))
    for row in rows:
        records.take_back(ledger, report=row, reported_by="李村医", recorded_by="张干部", scope=DISTRICT)
    assert post(ledger, target) == Posted(applied=2, doubts=1)
    assert [row for row in target.rows("clue") if row["household_id"] == "H1"] == before[:2]
    assert clues(target)["H2", "T1"] == (DAY, "wrong_data"), "what a file said since is not put back"
    [changed] = in_doubt(records.read_reports(ledger, scope=DISTRICT)).to_dict("records")
    assert (changed["household_id"], changed["why"]) == ("H2", "changed_since")


def test_a_restored_backup_gets_the_reports_again_and_readers_of_the_old_version_read_on(
    tmp_path: Path, ledger: Ledger
) -> None:
    target = embedded(tmp_path / "a", BASE)
    shutil.copytree(tmp_path / "a", tmp_path / "backup")
    report(ledger, clue_result())
    database = HouseholdDatabase(make_url(target.url))
    with database.connect() as (connection, _):
        post(ledger, target)
        held = connection.exec_driver_sql("SELECT count(*) FROM clue WHERE checked_on IS NOT NULL").scalar()
        assert held == 0, "one view"
    database.dispose()
    assert clues(target)["H1", "T1"] == (DAY, "helped")
    restored = LoadedInto(f"duckdb:///{(tmp_path / 'backup' / 'household').as_posix()}")
    assert clues(restored)["H1", "T1"] == (None, None)
    assert post(ledger, restored) == Posted(applied=1)
    assert clues(restored) == clues(target)


KILLED = """
import os, signal, sys
from sqlalchemy import make_url
from data_access.ledger.ledger import Ledger
from data_access.load import target
from data_access.posting import post
from data_access.database import versions
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def post_and_die(moment, url, ledger):
    if moment == "before":
        target.EmbeddedTarget.publish = kill
    elif moment == "pointer":
        versions.publish = kill
    else:
        Ledger.note = kill
    post.post_waiting(Ledger(make_url(ledger)), url=make_url(url))
killed = 0
for at in range(1, len(sys.argv), 3):
    child = os.fork()
    if not child:
        post_and_die(*sys.argv[at : at + 3])
        os._exit(0)
    killed += os.waitpid(child, 0)[1] == signal.SIGKILL
sys.exit(killed)
"""
"""Posts in processes that are killed: before the data are published, before the pointer names them, and after."""


def test_killed_between_ledger_and_data_a_report_is_neither_lost_nor_there_twice(tmp_path: Path) -> None:
    districts: dict[str, tuple[LoadedInto, Ledger]] = {}
    for moment in ("before", "pointer", "after"):
        address = copy_ledger(os.environ["LEDGER_DATABASE_URL"], tmp_path / f"{moment}.sqlite")
        districts[moment] = embedded(tmp_path / moment, BASE), Ledger(make_url(address))
        report(districts[moment][1], clue_result(), clue_result("H2"))
    asked = [
        part
        for moment, (target, ledger) in districts.items()
        for part in (moment, target.url, ledger.engine.url.render_as_string(hide_password=False))
    ]
    killed = subprocess.run([sys.executable, "-c", KILLED, *asked], cwd=Path(__file__).parents[3], check=False)
    assert killed.returncode == len(districts)
    for moment, (target, ledger) in districts.items():
        assert post(ledger, target) == Posted(applied=0 if moment == "after" else 2)
        assert clues(target)["H1", "T1"] == clues(target)["H2", "T1"] == (DAY, "helped")
        assert len(target.rows("data_load")) == 2
        ledger.dispose()


def test_posts_take_no_kept_version_from_files(tmp_path: Path, ledger: Ledger) -> None:
    pointer = tmp_path / "household"
    for _ in range(4):
        target = embedded(tmp_path, BASE)
    files = versions.all_files(pointer)
    for home, thing in (("H1", "T1"), ("H1", "T2"), ("H2", "T1")):
        report(ledger, clue_result(home, thing))
        assert post(ledger, target) == Posted(applied=1)
    held = versions.all_files(pointer)
    assert [file for file in held if not versions.is_post(file)] == files
    assert len(held) == len(files) + 2, "the current one, and the one that somebody may be about to open"
    assert versions.current_file(pointer) == held[-1]


def test_a_load_that_is_under_way_is_waited_for_and_what_is_taken_back_meanwhile_never_comes_into_the_data(
    tmp_path: Path, ledger: Ledger
) -> None:
    target = embedded(tmp_path, BASE)
    report(ledger, clue_result(), clue_result("H2"))
    with open_target(make_url(target.url)), pytest.raises(LoadError, match="under_way"):
        post(ledger, target)
    own, _ = records.records_of(records.read_reports(ledger, scope=DISTRICT))
    records.take_back(ledger, report=own, reported_by="李村医", recorded_by="张干部", scope=DISTRICT)
    before = clues(target)
    post(ledger, target)
    other = "H2" if own["household_id"] == "H1" else "H1"
    assert clues(target) == {**before, (other, "T1"): (DAY, "helped")}
    assert known(ledger, target) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"values": {}}, "report_result_missing"),
        ({"values": {"result": "not_included"}}, "report_reason_missing"),
        ({"values": {"result": "helped", "reason": "other"}}, "report_reason_missing"),
        ({"values": {"result": "maybe"}}, "report_unknown_value"),
        ({"values": {"result": "helped", "due_on": "2022-01-01"}}, "report_unknown_value"),
        ({"happened_on": date(2999, 1, 1)}, "report_day_to_come"),
        ({"reported_by": " "}, "ledger_name_missing"),
    ],
)
def test_what_a_report_cannot_say_is_refused(ledger: Ledger, changes: dict[str, Any], key: str) -> None:
    with pytest.raises(LedgerError) as error:
        report(ledger, clue_result(**changes))
    assert error.value.key == key


def test_a_household_outside_the_scope_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ScopeError, match="ledger_outside_scope"):
        records.add_reports(ledger, [clue_result()], recorded_by="张干部", scope=Scope(("610902999",), actions=None))
