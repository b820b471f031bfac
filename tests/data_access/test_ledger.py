"""The ledger: records are added and never changed, all or none, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from data_access.ledger import LONGEST_TEXT, Disposition, Ledger, ledger_url
from data_access.problems import LedgerProblemError
from data_access.scope import Scope
from tests.support.databases import empty_database
from tests.support.households import TOWNSHIP, VILLAGE

LOOKED_AT = Disposition(
    household_id="H1",
    village_code=VILLAGE,
    conclusion="watch",
    lamp="red",
    fingerprint="abc",
    decided_by="张干部",
    until=date(2022, 12, 31),
)
DISTRICT = Scope.district()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'records' / 'ledger.sqlite'}"
    else:
        url = empty_database(request.getfixturevalue("postgres_url"))
    made = Ledger(make_url(url))
    yield made
    made.dispose()


def test_a_conclusion_is_kept_with_who_and_when(ledger: Ledger) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert ledger.add_dispositions([LOOKED_AT], scope=DISTRICT) == 1
    [row] = ledger.read_dispositions(scope=DISTRICT).to_dict("records")
    assert {name: row[name] for name in vars(LOOKED_AT)} == vars(LOOKED_AT)
    assert row["decided_at"].replace(tzinfo=row["decided_at"].tzinfo or UTC) >= before


def test_a_new_conclusion_follows_the_old_one_and_both_stay(ledger: Ledger) -> None:
    ledger.add_dispositions([LOOKED_AT], scope=DISTRICT)
    first = ledger.version()
    ledger.add_dispositions([replace(LOOKED_AT, conclusion="include")], scope=DISTRICT)
    history = ledger.read_dispositions(scope=DISTRICT, household_ids=["H1"])
    assert history["conclusion"].tolist() == ["include", "watch"]
    assert ledger.version() > first > 0


def test_nobody_reads_or_writes_outside_the_scope(ledger: Ledger) -> None:
    ledger.add_dispositions([LOOKED_AT], scope=Scope(regions=(TOWNSHIP,)))
    elsewhere = Scope(regions=("610902101",))
    assert ledger.read_dispositions(scope=elsewhere).empty
    with pytest.raises(LedgerProblemError, match="ledger_outside_scope"):
        ledger.add_dispositions([LOOKED_AT], scope=elsewhere)
    assert len(ledger.read_dispositions(scope=DISTRICT)) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"conclusion": "drop table"}, "ledger_unknown_conclusion"),
        ({"conclusion": "not_include"}, "ledger_reason_missing"),
        ({"reason": "assets"}, "ledger_reason_missing"),
        ({"conclusion": "not_include", "reason": "because"}, "ledger_unknown_conclusion"),
        ({"decided_by": "  "}, "ledger_name_missing"),
        ({"note": "x" * (LONGEST_TEXT + 1)}, "ledger_text_too_long"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_of_it_is_kept(ledger: Ledger, change: dict, problem: str) -> None:
    with pytest.raises(LedgerProblemError, match=problem):
        ledger.add_dispositions([LOOKED_AT, replace(LOOKED_AT, **change)], scope=DISTRICT)
    assert ledger.version() == 0


def test_a_note_may_be_as_long_as_allowed(ledger: Ledger) -> None:
    assert ledger.add_dispositions([replace(LOOKED_AT, note="x" * LONGEST_TEXT)], scope=DISTRICT) == 1


def test_records_outlive_the_program(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    Ledger(url).add_dispositions([LOOKED_AT], scope=DISTRICT)
    assert Ledger(url).read_dispositions(scope=DISTRICT)["household_id"].tolist() == ["H1"]


def test_a_ledger_that_cannot_be_opened_says_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database, whatever its name says; long enough to be looked at")
    with pytest.raises(LedgerProblemError, match=r"ledger_unreachable.*ledger\.sqlite"):
        Ledger(make_url(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))


def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", "nowhere")
    with pytest.raises(LedgerProblemError, match="ledger_bad_url"):
        ledger_url()
