"""The demonstration ledger: what it holds, that it is sound, and when the board shows it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, make_url, select

from data_access import clock
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.dispatch import editions
from data_access.handouts import handouts
from data_access.inspection import calls, draws, findings, look_back, problems, recheck, seeds
from data_access.ledger import demonstration
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from data_access.posting.waiting import is_posted
from data_access.reports.records import read_reports
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings.dispositions import read_dispositions
from sample_data.demonstration.story import load_story
from sample_data.demonstration.telling import tell
from tests.support.server import ROOT

DISTRICT = Scope.district()
MONTHS = [work.month for work in load_story().months]


@pytest.fixture(scope="module")
def told(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The ledger made on the small sample."""
    url = make_url(f"sqlite:///{tmp_path_factory.mktemp('told') / 'demonstration.sqlite'}")
    tell(url, sample=make_url(sample_url))
    ledger = Ledger(url)
    yield ledger
    ledger.dispose()


@pytest.mark.opens_a_database
def test_what_the_pages_of_records_show_is_in_it(told: Ledger, sample_url: str) -> None:
    drawn = draws.read_draws(told, scope=DISTRICT)
    assert sorted(drawn["month"]) == MONTHS
    assert set(drawn["seed_from"]) == {seeds.EDITION}, "frozen before the meeting in which the number is called"
    for number in drawn["draw_id"]:
        found = findings.read_findings(told, scope=DISTRICT, draw_id=number)["agrees"].astype(bool)
        assert set(found) == {True, False}
    for kind in (recheck.KIND, look_back.KIND):
        assert len(draws.read_draws(told, scope=DISTRICT, kind=kind)) == 1

    known = problems.read_problems(told, scope=DISTRICT, on=clock.today())
    assert set(known["state"]) == {"open", "struck_off", "reopened"}
    assert known["held_on"].notna().any()
    assert {"inspection", "telephone", "recheck", "meeting"} <= set(known["source"])
    overdue = known[known["overdue"]]["days_overdue"]
    assert 0 < len(overdue) < len(known[known["state"] != "struck_off"])
    assert overdue.max() < 30  # nothing of a year ago waits

    boards = [
        set(handouts.board(_rows(told, one["handout_id"]), due_on=one["due_on"], on=clock.today())["state"])
        for one in handouts.read_handouts(told, scope=DISTRICT).to_dict("records")
    ]
    assert set().union(*boards) >= {"complete", "waiting", "overdue"}
    for work in load_story().months:
        assert len(calls.read_results(told, scope=DISTRICT, first=work.last.replace(day=1), last=work.last))
    assert {"watch"} <= set(read_dispositions(told, scope=DISTRICT)["conclusion"])
    # What is reported becomes data: the sample's figures would no longer be those that are written down.
    assert not read_reports(told, scope=DISTRICT)["kind"].map(is_posted).any()


def _rows(told: Ledger, number: str) -> pd.DataFrame:
    return handouts.read_rows(told, handout_id=number, scope=DISTRICT)


@pytest.mark.opens_a_database
def test_each_edition_has_corrections_in_both_directions(told: Ledger, sample_url: str) -> None:
    database = HouseholdDatabase(make_url(sample_url))
    heads = editions.read_heads(told, scope=DISTRICT)
    assert sorted(f"{one.day:%Y-%m}" for one in heads) == MONTHS
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        for head in heads:
            kept = editions.load_edition(told, head.edition_id, scope=DISTRICT)
            frozen = kept.content.open_households
            now = editions.read_open_households(snapshot, scope=DISTRICT, on=kept.day)
            changed = editions.corrections(frozen, now, place="610902")["change"]
            assert set(changed) == {1, -1}
            assert kept.count(editions.OPEN, place="610902") == len(frozen)
            facts = editions.load_facts(told, kept, scope=DISTRICT)
            assert facts.months.cut_off == kept.day
    database.dispose()


@pytest.mark.opens_a_database
def test_its_audit_record_holds_and_goes_forward_to_the_present(told: Ledger) -> None:
    verdict = told.verify()
    assert verdict.broken_at is None, verdict
    moments = told.read(select(audit_entry.c.recorded_at).order_by(audit_entry.c.record_id))["recorded_at"]
    assert moments.is_monotonic_increasing
    assert clock.in_place(moments.iloc[0]).date() == load_story().months[0].days.freeze
    assert timedelta(0) <= clock.today() - clock.in_place(moments.iloc[-1]).date() < timedelta(7)
    assert told.read(select(func.count()).select_from(audit_entry)).iloc[0, 0] == verdict.entries


@pytest.mark.parametrize("own", [None, *demonstration.ONES_OWN])
def test_the_board_shows_it_to_nobody_with_records_data_or_people_of_their_own(
    own: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in demonstration.ONES_OWN:
        monkeypatch.delenv(name, raising=False)
    made, default = tmp_path / "demonstration.sqlite", tmp_path / "ledger.sqlite"
    monkeypatch.setattr(demonstration, "DEMONSTRATION_FILE", made)
    monkeypatch.setattr(demonstration, "DEFAULT_FILE", default)
    assert not demonstration.is_demonstrated()
    made.touch()
    assert demonstration.is_demonstrated()
    if own is None:
        default.touch()
    else:
        monkeypatch.setenv(own, "something")
    assert not demonstration.is_demonstrated()


def test_no_other_ledger_has_a_clock_of_its_own() -> None:
    """Records say when they were made: only what is marked as a demonstration may say something else."""
    files = (file for package in ("data_access", "pages", "sample_data") for file in (ROOT / package).rglob("*.py"))
    named = {
        str(file.relative_to(ROOT)) for file in files if re.search(r"\bLedger\([^)]*\bnow=", file.read_text("utf-8"))
    }
    assert named == {"sample_data/demonstration/telling.py"}
