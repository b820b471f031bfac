"""What is not kept is never 0, no or all: a figure declares every column that it is counted by, and says nothing where
one of them is not collected; no other figure changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Select, Table
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.sql.selectable import Join

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import NotCollectedError
from data_access.facts.metrics import Breakdown, MetricTable, Term, load_metrics
from data_access.facts.monthly import MonthlyFacts, read_monthly_facts
from data_access.facts.store import FactsStore
from data_access.lists import lists
from data_access.lists.figures import count_amounts, read_figures
from data_access.lists.lists import LISTINGS, ListRequest
from data_access.lists.selection import Condition, Selection, count_selection
from data_access.quality.external import _sources
from data_access.risk.sources import Coverage
from data_access.schema.collected import load_collected
from data_access.schema.contract import name_of
from data_access.schema.tables import metadata
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.data_access.schema.test_contract import changed
from tests.support.households import COUNTY, CUT_OFF, merged, village
from tests.support.query_walk import ROWS
from tests.support.rulebooks import FEW, of_rules

OPTIONAL = [name_of(part) for table in metadata.tables.values() for part in table.c if part.nullable]

ENDS = {
    "household.closed_on",
    "household_indicator.valid_to",
    "member.left_on",
    "employment.ended_on",
    "workplace.closed_on",
    "monitoring_case.ended_on",
    "monitoring_case.rejected_on",
    "monitoring_case.rolled_back_on",
}
"""Where a source does not keep when a row ended, its rows are what there is."""

REFINES = {
    "monitoring_case.follows_case_id",  # without it who comes back is identified anew
    "monitoring_case.identified_on",  # since when a household is known
    "measure.begun",
    "measure.done_on",
    "measure.due_on",
    "need.due_on",
    "need.raised_on",
    "clue.case_id",
    "clue_unmatched.village_code",
    "household_indicator.source",
    "monitoring_case.reviewed_on",
    "monitoring_case.approved_on",
    "visit.result",
    *(f"monitoring_case.cause_{number}" for number in range(2, 6)),
}
"""What tells more of a row where it is kept, and nothing false where it is not."""

JUDGED = {
    "lamps",
    "lamp_state",
    "lamp_changes",
    "lamp_effect",
    "unchecked",
    "shortfalls",
    "doubtful_eliminations",
    "conditions_met",
    "near_threshold",
    "changed_before_elimination",
    "collected_households",
    "collected_persons",
    "collection",
    "missing_values",
    "missing_person_items",
    "audit_findings",
    "audit_households",
    "outliers",
}
"""Facts of indicators as far as their rules are in force (`risk/sources.yaml`), and of what is missing or doubtful."""

WATCHED_TOO = {"jobs", "year_workers", "duty", "able", "calls_due"}
"""Facts of lifted-out households, and of watched ones where these are kept."""


@pytest.fixture(scope="module")
def database(shared_database: MakeDatabase) -> HouseholdDatabase:
    """A household of every kind."""
    return shared_database(ROWS)


@pytest.fixture(scope="module")
def facts(database: HouseholdDatabase) -> MonthlyFacts:
    return counted(database)


@pytest.fixture(scope="module")
def entries(database: HouseholdDatabase) -> dict[str, Select]:
    """The statement of every list."""
    with FactsStore(database).snapshot() as snapshot:
        plain = replace(snapshot, kept=None)
        return {fact: listing.entries(plain, Scope.everything(), CUT_OFF) for fact, listing in LISTINGS.items()}


def counted(database: HouseholdDatabase) -> MonthlyFacts:
    with database.connect() as (connection, version):
        return read_monthly_facts(Snapshot(connection=connection, version=version, rulebook=of_rules(*FEW)))


def without(facts: MonthlyFacts, *columns: str) -> MonthlyFacts:
    """The facts of a database that does not keep some columns."""
    return replace(facts, version=replace(facts.version, coverage=Coverage(never_filled=columns)))


def columns_of(*elements: ClauseElement) -> set[str]:
    """The columns behind some expressions that a database may do without."""
    seen: set[int] = set()
    return {name_of(part) for element in elements for part in _sources(element, seen=seen) if part.nullable}


def rows_by(query: Select) -> Iterator[ClauseElement]:
    """What decides which rows a query has."""
    for part in _parts(query, seen={}):
        if isinstance(part, Select) and part.whereclause is not None:
            yield part.whereclause
        elif isinstance(part, Join) and part.onclause is not None and isinstance(part.right, Table):
            yield part.onclause


def _parts(element: ClauseElement, *, seen: dict[int, ClauseElement]) -> Iterator[ClauseElement]:
    """Everything within an expression, once however often it stands there."""
    if id(element) not in seen:
        seen[id(element)] = element
        yield element
        for child in element.get_children():
            yield from _parts(child, seen=seen)


def declared(term: Term) -> set[str]:
    needs = load_collected().figures
    return {name for key in (term.fact, *(f"{term.fact}.{one}" for one in term.read)) for name in needs.get(key, ())}


def terms() -> Iterator[tuple[str, Term]]:
    for key, metric in load_metrics().items():
        yield from ((key, term) for term in (metric.numerator, metric.denominator) if term is not None)


def test_every_figure_declares_the_columns_that_it_is_counted_by(entries: dict[str, Select]) -> None:
    lacking = {}
    for key, term in terms():
        if term.fact in JUDGED:
            continue
        query = entries[term.fact]
        values = query.subquery("entries").c
        named = [values[name] for name in (term.column, *term.where, *([term.minus] if term.minus else []))]
        read = columns_of(*named)
        if term.fact in WATCHED_TOO:
            read = {name for name in read if not name.startswith(("monitoring_case.", "employment."))}
        undeclared = read - declared(term) - ENDS - REFINES - _said_by_rules(term)
        if undeclared:
            lacking[key] = sorted(undeclared)
    assert lacking == {}


def _said_by_rules(term: Term) -> set[str]:
    """A clue is compared with an indicator; where that is not kept, it is not comparable."""
    if term.fact != "recent_clues":
        return set()
    return {"clue.amount", *(name for name in OPTIONAL if name.startswith("household_indicator."))}


def test_what_decides_the_rows_of_a_fact_is_declared_too(entries: dict[str, Select]) -> None:
    lacking = {}
    for fact in {term.fact for _, term in terms()} - JUDGED:
        needs = {
            name for key, columns in load_collected().figures.items() if key.split(".")[0] == fact for name in columns
        }
        read = columns_of(*rows_by(entries[fact]))
        if fact in WATCHED_TOO:
            read = {name for name in read if not name.startswith(("monitoring_case.", "household.household_type"))}
        undeclared = read - needs - ENDS - REFINES
        if undeclared:
            lacking[fact] = sorted(undeclared)
    assert lacking == {}


def test_each_column_silences_the_figures_that_are_counted_by_it_and_no_other(facts: MonthlyFacts) -> None:
    month = facts.months.texts[-1]
    whole = MetricTable(without(facts))
    known = [key for key in load_metrics() if whole.knows(key)]
    before = {key: whole.value(key, place=COUNTY, month=month) for key in known}
    # Of columns that silence the same figures one is tried.
    silenced = {frozenset(key for key, term in terms() if name in declared(term)): name for name in OPTIONAL}
    assert len(silenced) > 30
    for silent, name in silenced.items():
        table = MetricTable(without(facts, name))
        now = {key: table.value(key, place=COUNTY, month=month) for key in known}
        assert now == {key: None if key in silent else value for key, value in before.items()}, name
        for key in silent & set(known):
            with pytest.raises(NotCollectedError):
                table.count(key, place=COUNTY, month=month)
            with pytest.raises(NotCollectedError):
                table.series(key, place=COUNTY)
            assert table.change(key, place=COUNTY, month=month) is None


TABLES = (
    ("member", "clue"),
    ("household_indicator", "measure"),
    ("monitoring_case", "workplace"),
    ("employment", "screening"),
)
"""The tables that monthly facts are counted from, but those that no database does without; two are tried at once from
which no figure is counted together."""


@pytest.mark.parametrize("missing", TABLES, ids="-".join)
def test_tables_that_are_not_there_silence_their_figures_and_no_other(
    make_database: MakeDatabase, facts: MonthlyFacts, missing: tuple[str, ...]
) -> None:
    whole, month = MetricTable(facts), facts.months.texts[-1]
    database = make_database(ROWS)
    for name in missing:
        changed(database, f"DROP TABLE {name}")
    table = MetricTable(counted(database))
    judged = {key for key, term in terms() if term.fact in JUDGED and "household_indicator" in missing}
    for key in set(filter(whole.knows, load_metrics())) - judged:
        expected = whole.value(key, place=COUNTY, month=month) if table.collects(key) else None
        assert table.value(key, place=COUNTY, month=month) == expected, key


def snapshot_without(snapshot: Snapshot, *columns: str) -> Snapshot:
    return replace(snapshot, version=replace(snapshot.version, coverage=Coverage(never_filled=columns)))


def test_lists_breakdowns_and_conditions_say_so_too(database: HouseholdDatabase) -> None:
    everything = Scope.everything()
    with FactsStore(database).snapshot() as whole:
        snapshot = snapshot_without(
            whole, "clue.due_on", "employment.place", "household.relocated", "phone_check.called_on"
        )
        overdue = ListRequest("clues_overdue", CUT_OFF)
        with pytest.raises(NotCollectedError) as caught:
            lists.count_list(snapshot, scope=everything, request=overdue)
        assert caught.value.details["zh"] == load_metrics()["clues_overdue"].label.zh
        lists.count_list(snapshot, scope=everything, request=ListRequest("workers_in_work", CUT_OFF))
        at_home = ListRequest("workers_in_work", CUT_OFF, filters=(("place", "outside"),))
        with pytest.raises(NotCollectedError):
            lists.count_list(snapshot, scope=everything, request=at_home)
        with pytest.raises(NotCollectedError):
            lists.read_breakdown(snapshot, scope=everything, metric="workers_in_work", by=("place",), on=CUT_OFF)
        lists.read_breakdown(snapshot, scope=everything, metric="workers_in_work", by=("channel",), on=CUT_OFF)
        due = ListRequest("calls_due_households", CUT_OFF)
        called = lists.read_list(snapshot, scope=everything, request=due, language="zh")
        assert called["was_called"].isna().all(), "not: no"
        figures = read_figures(
            snapshot, scope=everything, metrics=("clues_received", "clues_overdue"), by=("village_code",), on=CUT_OFF
        )
        assert figures["clues_overdue"].isna().all()
        for operator, wanted in (("is", ("False",)), ("missing", ())):
            asked = Selection(conditions=(Condition("relocated", operator, wanted),))
            with pytest.raises(NotCollectedError):
                count_selection(snapshot, scope=everything, on=CUT_OFF, selection=asked)
        amounts = count_amounts(snapshot, scope=everything, metric="calls_made", on=CUT_OFF)
        assert amounts.value(place=COUNTY) is None
        with pytest.raises(NotCollectedError):
            amounts.count(place=COUNTY)


def test_a_breakdown_says_what_it_still_can(facts: MonthlyFacts) -> None:
    facts = without(facts, "employment.place")
    month = facts.months.texts[-1]
    broken = Breakdown(facts, metric="off_farm_workers", by=("channel", "place"))
    with pytest.raises(NotCollectedError):
        broken.at(place=COUNTY, month=month)
    assert broken.at(place=COUNTY, month=month, by=("channel",)).sum() == MetricTable(facts).count(
        "off_farm_workers", place=COUNTY, month=month
    )


def test_in_a_database_of_ours_what_has_not_happened_yet_is_0_and_what_was_never_asked_is_not(
    make_database: MakeDatabase,
) -> None:
    rows = {**ROWS, "clue": [{**row, "checked_on": None, "due_on": None, "result": None} for row in ROWS["clue"]]}
    facts = counted(make_database(rows))
    table, month = MetricTable(facts), facts.months.texts[-1]
    assert table.value("clues_checked", place=COUNTY, month=month) == 0
    assert table.value("clues_overdue", place=COUNTY, month=month) is None
    connected = [{**rows["data_load"][0], "kind": "connected"}]
    table = MetricTable(counted(make_database({**rows, "data_load": connected})))
    assert table.value("clues_checked", place=COUNTY, month=month) is None


def test_in_a_database_of_ours_a_table_without_a_row_is_kept_all_the_same(make_database: MakeDatabase) -> None:
    with make_database(merged(village())).connect() as (_, version):
        assert version.coverage is not None
        assert {name.split(".")[0] for name in version.coverage.never_filled} == {"data_load", "region"}


def test_across_the_day_on_which_a_history_begins_nothing_is_compared(facts: MonthlyFacts) -> None:
    months = facts.months.texts
    first, second, third = months[-3:]
    begun = date.fromisoformat(f"{second}-10")
    table = MetricTable(replace(facts, begins={"jobs": (begun,), "lamps": (begun,)}))
    assert table.value("off_farm_workers", place=COUNTY, month=first) is None, "not 0"
    with pytest.raises(NotCollectedError, match="no_history"):
        table.count("off_farm_workers", place=COUNTY, month=first)
    assert table.value("off_farm_workers", place=COUNTY, month=second) is not None
    for key in ("off_farm_workers", "red_households", "completeness"):
        assert table.change(key, place=COUNTY, month=second) is None
        assert table.change(key, place=COUNTY, month=third) is not None
    assert table.change("open_households", place=COUNTY, month=second) is not None


@pytest.mark.parametrize(("begun", "share"), [(date(2021, 1, 31), True), (date(2021, 2, 1), False)])
def test_a_year_is_compared_with_a_whole_one(facts: MonthlyFacts, begun: date, share: bool) -> None:
    facts = replace(facts, begins={"year_workers": (begun,)})
    table, month = MetricTable(facts), facts.months.texts[-1]
    assert month == "2022-09"
    assert table.reaches_base("share_of_last_year", month=month) is share
    assert table.count("share_of_last_year", place=COUNTY, month=month) >= 0
    if not share:
        assert table.value("share_of_last_year", place=COUNTY, month=month) is None
        with pytest.raises(NotCollectedError):
            table.base("share_of_last_year", place=COUNTY, month=month)


def test_a_history_begins_with_the_first_job_the_first_clue_and_each_source(
    database: HouseholdDatabase, facts: MonthlyFacts
) -> None:
    begins = facts.begins
    assert begins["jobs"] == begins["duty"] == (min(row["started_on"] for row in ROWS["employment"]),)
    assert begins["clues"] == (min(row["received_on"] for row in ROWS["clue"]),)
    with FactsStore(database).snapshot() as snapshot:
        assert begins["lamps"] == snapshot.rulebook.connected_days
    assert begins["lamps"]
