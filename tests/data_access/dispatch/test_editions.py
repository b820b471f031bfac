"""An edition never changes; what the data says later about its day is a correction, and the flows explain the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pandas as pd
import pytest
from sqlalchemy import text

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.declarations import Words
from data_access.dispatch import editions
from data_access.dispatch.editions import (
    FLOWS,
    OPEN,
    Content,
    corrections,
    freeze,
    load_edition,
    load_facts,
    load_judged,
    read_all,
    read_editions,
    read_heads,
    read_judged,
)
from data_access.errors import LedgerError
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.facts.monthly import MonthlyFacts
from data_access.ledger.ledger import Ledger
from data_access.lists.lists import ListRequest, Without, count_list
from data_access.risk.sources import Coverage
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH
from tests.support.editions import of_metrics
from tests.support.households import COUNTY, TOWNSHIP, VILLAGE, household, merged, village
from tests.support.rulebooks import FEW_VALIDATIONS, of_rules, of_validations

pytestmark = pytest.mark.opens_a_database

DISTRICT = Scope.district()
MEETING, NOW = date(2022, 9, 25), date(2022, 9, 30)
Counted = tuple[MonthlyFacts, Content]
NOBODY = pd.DataFrame({"household_id": [], "village_code": [], "lamp": [], "score": [], "rules": []})

EARLY = {"identified_on": date(2022, 3, 1)}
UNCHECKED = "red_unchecked"
DROPOUT = {"dropout_n": 1}
"""A hard trigger: the household is red."""
RULES = of_rules("house_damaged", "income_below_line", "income_near_line", "school_dropout", "uninsured")


@contextmanager
def snapshot_of(database: HouseholdDatabase) -> Iterator[Snapshot]:
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=RULES)


def all_of(database: HouseholdDatabase, *, without: tuple[tuple[str, Without], ...] = ()) -> Counted:
    with snapshot_of(database) as snapshot:
        return read_all(snapshot, scope=DISTRICT, on=MEETING, left_out=without)


def content_of(database: HouseholdDatabase) -> Content:
    return all_of(database)[1]


def count(database: HouseholdDatabase, metric: str, *, on: date) -> int:
    with snapshot_of(database) as snapshot:
        return count_list(snapshot, scope=DISTRICT, request=ListRequest(metric=metric, on=on)).amount


def frozen(ledger: Ledger, counted: Counted, *, scope: Scope = DISTRICT) -> str:
    facts, content = counted
    return freeze(ledger, content, facts=facts, judged=NOBODY, name="9月调度会", recorded_by="张主任", scope=scope)


BEFORE = merged(
    village(),
    household("H1", cases=[EARLY], clues=[{"received_on": date(2022, 9, 10), "due_on": MEETING}]),
    household("H2", cases=[{"identified_on": date(2022, 9, 26)}]),
    household("H3", cases=[{**EARLY, "eliminated_on": date(2022, 9, 28)}]),
)


@pytest.fixture(scope="module", autouse=True)
def few_validations() -> Iterator[None]:
    with of_validations(*FEW_VALIDATIONS):
        yield


@pytest.fixture
def few_metrics() -> Iterator[None]:
    """Counts the metrics alone that the tests look at."""
    with of_metrics(OPEN, UNCHECKED, *FLOWS):
        yield


@pytest.fixture(scope="module")
def small(shared_database: MakeDatabase) -> HouseholdDatabase:
    """What there is before the edition is frozen."""
    return shared_database(BEFORE)


@pytest.fixture(scope="module")
def counted(small: HouseholdDatabase) -> Counted:
    """What was counted before the edition is frozen: every metric, once for all tests."""
    return all_of(small)


COUNTED = {
    "households": (3, 0),
    "open_share": (2, 3),
    "clues_received": (1, 0),
    "measures_overdue": (2, 0),
    "step_open": (2, 0),
    "department_clues_matched": (1, 0),
    "net_income_per_head": (180_000, 6),
    "visits_due_share": (2, 2),
    "calls_missing": (2, 0),
    "audit_households_share": (2, 3),
}
"""Metric -> count and base on the day of the meeting: from the monthly facts, and from lists of several kinds."""


def test_an_edition_counts_every_metric_as_its_list_does(counted: Counted, small: HouseholdDatabase) -> None:
    _, content = counted
    assert set(content.figures) == set(load_metrics())
    assert {metric: content.figures[metric].get(COUNTY) for metric in COUNTED} == COUNTED
    for metric, (figure, _) in COUNTED.items():
        assert count(small, metric, on=MEETING) == figure, metric


def test_an_edition_counts_on_its_day_and_not_at_the_end_of_the_month(
    counted: Counted, small: HouseholdDatabase
) -> None:
    _, content = counted
    assert content.figures[OPEN][COUNTY][0] == content.figures[OPEN][TOWNSHIP][0] == 2
    assert set(content.open_households) == {"H1", "H3"}
    assert count(small, OPEN, on=NOW) == 2
    with snapshot_of(small) as snapshot:
        assert set(editions.read_open_households(snapshot, scope=DISTRICT, on=NOW)) == {"H1", "H2"}


@ON_BOTH
def test_an_edition_is_read_back_as_it_was_frozen(ledger: Ledger, counted: Counted) -> None:
    _, content = counted
    number = frozen(ledger, counted)
    [row] = read_editions(ledger, scope=DISTRICT).to_dict("records")
    assert (row["edition_id"], row["day"], row["recorded_by"]) == (number, MEETING, "张主任")
    kept = load_edition(ledger, number, scope=DISTRICT)
    assert kept.content.open_households == content.open_households
    assert kept.count(OPEN, place=COUNTY) == 2
    assert kept.value("open_share", place=COUNTY) == pytest.approx(100 * 2 / 3)
    assert kept.value("in_work_share", place="610902999") is None


def test_an_edition_says_by_which_definition_it_counted(ledger: Ledger, counted: Counted) -> None:
    kept = load_edition(ledger, frozen(ledger, counted), scope=DISTRICT)
    assert all(kept.defines(key) for key in load_metrics())
    metric = load_metrics()[OPEN]
    for change in ({"version": 9}, {"per": 1000}, {"unit": "人"}, {"definition": Words(zh="别的", en="other")}):
        other = metric.model_copy(update=change)
        with patch.object(editions, "load_metrics", lambda other=other: {**load_metrics(), OPEN: other}):
            assert not kept.defines(OPEN)
            assert kept.defines("households")


def test_of_an_edition_of_before_definitions_were_kept_only_what_never_changed_is_known(
    ledger: Ledger, counted: Counted
) -> None:
    facts, content = counted
    kept = load_edition(ledger, frozen(ledger, (facts, replace(content, definitions={}))), scope=DISTRICT)
    assert {key for key in load_metrics() if not kept.defines(key)} == {
        key for key, metric in load_metrics().items() if metric.version > 1
    }


@pytest.mark.usefixtures("few_metrics")
def test_an_edition_keeps_who_stood_out_and_why(ledger: Ledger, make_database: MakeDatabase) -> None:
    indicators = {"dropout": DROPOUT, "damaged": {"house_damaged": True, "uninsured_n": 1}, "safe": {}, "unknown": None}
    database = make_database(
        merged(village(), *(household(name, indicators=held) for name, held in indicators.items()))
    )
    with snapshot_of(database) as snapshot:
        judged = read_judged(snapshot, scope=DISTRICT, on=MEETING)
        facts, content = read_all(snapshot, scope=DISTRICT, on=MEETING)
    number = freeze(ledger, content, facts=facts, judged=judged, name="9月", recorded_by="张主任", scope=DISTRICT)
    kept = load_edition(ledger, number, scope=DISTRICT)
    found = load_judged(ledger, kept, scope=DISTRICT)
    assert found is not None
    held = {row["household_id"]: (row["lamp"], row["rules"].split()) for row in found.to_dict("records")}
    assert set(held) == {"dropout", "damaged", "unknown"}
    assert held["dropout"] == ("red", ["school_dropout"])
    assert (held["damaged"][0], set(held["damaged"][1])) == ("yellow", {"house_damaged", "uninsured"})
    assert held["unknown"] == ("undetermined", [])
    assert found["village_code"].tolist() == [VILLAGE] * 3
    elsewhere = load_judged(ledger, kept, scope=Scope(regions=("610902999",)))
    assert elsewhere is not None
    assert elsewhere.empty
    now = judged.assign(lamp=judged["lamp"].replace("yellow", "red"))
    again = editions.judged_again(found, now[now["household_id"] != "unknown"], place=COUNTY)
    assert set(again[["household_id", "frozen", "recounted"]].itertuples(index=False, name=None)) == {
        ("damaged", "yellow", "red"),
        ("unknown", "undetermined", "none"),
    }


@ON_BOTH
def test_the_database_refuses_to_change_an_edition(ledger: Ledger, counted: Counted) -> None:
    frozen(ledger, counted)
    with pytest.raises(Exception, match="never changed"), ledger.engine.begin() as connection:
        connection.execute(text("UPDATE edition SET content = '{}'"))


@ON_BOTH
def test_an_edition_that_was_damaged_all_the_same_is_not_shown(ledger: Ledger, counted: Counted) -> None:
    number = frozen(ledger, counted)
    with ledger.engine.begin() as connection:
        trigger = "edition_no_UPDATE"
        table = "" if connection.dialect.name == "sqlite" else " ON edition"
        connection.execute(text(f"DROP TRIGGER {trigger}{table}"))
        connection.execute(text("UPDATE edition SET content = replace(content, 'H1', 'H9')"))
    with pytest.raises(LedgerError, match="edition_damaged"):
        load_edition(ledger, number, scope=DISTRICT)


def test_an_edition_needs_a_name_and_lies_in_the_scope(ledger: Ledger, counted: Counted) -> None:
    number = frozen(ledger, counted)
    with pytest.raises(LedgerError, match="edition_unknown"):
        load_edition(ledger, number, scope=Scope(regions=(TOWNSHIP,)))
    assert read_editions(ledger, scope=Scope(regions=(TOWNSHIP,))).empty


@pytest.mark.usefixtures("few_metrics")
def test_data_that_did_not_change_gives_no_correction(small: HouseholdDatabase, counted: Counted) -> None:
    again, (_, content) = content_of(small), counted
    assert corrections(content.open_households, again.open_households, place=COUNTY).empty
    assert again.figures == {key: content.figures[key] for key in again.figures}


@pytest.mark.usefixtures("few_metrics")
def test_a_later_load_shows_as_corrections_and_the_flows_explain_the_rest(
    make_database: MakeDatabase, counted: Counted
) -> None:
    _, then = counted
    after = make_database(
        merged(
            village(),
            household("H1", cases=[{"identified_on": date(2022, 9, 27)}]),
            household("H2", cases=[{"identified_on": date(2022, 9, 26)}]),
            household("H3", cases=[{**EARLY, "eliminated_on": date(2022, 9, 28)}]),
            household("H4", cases=[EARLY]),
            household("H5", cases=[EARLY]),
        )
    )
    recounted = content_of(after)
    rows = corrections(then.open_households, recounted.open_households, place=COUNTY)
    assert dict(zip(rows["household_id"], rows["change"], strict=True)) == {"H4": 1, "H5": 1, "H1": -1}
    correction = recounted.figures[OPEN][COUNTY][0] - then.figures[OPEN][COUNTY][0]
    assert correction == rows["change"].sum() == 1
    since = {key: count(after, key, on=NOW) - count(after, key, on=MEETING) for key in FLOWS}
    expected = then.figures[OPEN][COUNTY][0] + correction + sum(FLOWS[key] * since[key] for key in FLOWS)
    assert expected == count(after, OPEN, on=NOW) == 4
    elsewhere = corrections(then.open_households, recounted.open_households, place="610902999")
    assert elsewhere.empty


@ON_BOTH
def test_the_facts_of_an_edition_come_back_as_they_were_counted(ledger: Ledger, counted: Counted) -> None:
    number = frozen(ledger, counted)
    facts, _ = counted
    kept = load_facts(ledger, load_edition(ledger, number, scope=DISTRICT), scope=DISTRICT)
    held = facts.version.coverage
    assert held is not None
    version = replace(facts.version, coverage=Coverage(never_filled=held.never_filled))
    assert (kept.months, kept.version, kept.regions) == (facts.months, version, facts.regions)
    assert kept.months.cut_off == MEETING
    assert set(kept.frames) == set(facts.frames)
    for name, frame in facts.frames.items():
        pd.testing.assert_frame_equal(kept.frames[name], frame.reset_index(drop=True))
    [head] = read_heads(ledger, scope=DISTRICT)
    assert (head.edition_id, head.day) == (number, MEETING)


def test_facts_that_are_not_those_of_the_edition_are_not_shown(ledger: Ledger, counted: Counted) -> None:
    number = frozen(ledger, counted)
    kept = load_edition(ledger, number, scope=DISTRICT)
    other = replace(kept, facts_sha256="0" * 64)
    with pytest.raises(LedgerError, match="edition_damaged"):
        load_facts(ledger, other, scope=DISTRICT)


@pytest.mark.usefixtures("few_metrics")
def test_a_household_about_whom_a_conclusion_held_is_not_frozen_as_unchecked(make_database: MakeDatabase) -> None:
    database = make_database(
        merged(village(), household("R1", indicators=DROPOUT), household("R2", indicators=DROPOUT))
    )
    assert count(database, UNCHECKED, on=MEETING) == 2
    facts, content = all_of(database, without=((UNCHECKED, ("R1",)),))
    assert content.figures[UNCHECKED][COUNTY][0] == 1
    assert MetricTable(facts).count(UNCHECKED, place=TOWNSHIP, month="2022-09") == 1
