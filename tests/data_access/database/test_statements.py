"""No statement of the app reads beyond the reader's scope, or asks for what a cluster that spreads households over
machines cannot do."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import Select, create_engine, make_url, select

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.shared_tables import KeptTables
from data_access.lists.lists import LISTINGS
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import household
from data_access.scope import Scope
from tests.support import query_walk
from tests.support.households import create_database
from tests.support.query_walk import Walk, query_functions
from tests.support.scope_proof import MARKED, unbound
from tests.support.statements import broken_rules

pytestmark = pytest.mark.opens_a_database

ACROSS_HOUSEHOLDS = {
    # Whether a certificate number stands there twice can only be told by looking at everybody. The inner query stands
    # by itself and gives a short list of numbers: a cluster works it out first and sends it to every machine.
    "nullif(upper(replace(member.id_no": "data_access.quality",
    # The same of telephones and of the numbers of heads: a short list of those that several households have.
    "sharing.value = nullif(": "data_access.quality",
    "heads_alike.value = nullif(": "data_access.quality",
    # Projects and assets are no household's, and stand on every machine.
    "PARTITION BY project.village_code": "data_access.quality",
    "PARTITION BY asset.village_code": "data_access.quality",
    # Nor are regions: names that are alike are told apart.
    "PARTITION BY region.parent_code": "data_access.database.regions",
}
"""What a broken rule begins with or compares, that is meant -> where."""


OF_THE_WHOLE_DISTRICT = {
    "data_access.quality.compliance.check_database": "counts what is wrong with the data, for whoever loads it",
    "data_access.dispatch.editions.read_all": "what is frozen is cut to a scope when it is read",
    "data_access.facts.monthly.recount_monthly_facts": "facts hold no households, and are cut to a scope when read",
    "data_access.database.regions.read_regions": "names of places are no secret; the tree is cut to the scope",
}
"""Queries that take no scope -> why."""

BEYOND_THE_SCOPE = {
    "region: SELECT region.code, region.parent_code": "names of places are no secret; two alike are told apart",
    "income_record: SELECT max(income_record.period_end)": "one day: how far the incomes of the district are recorded",
    "household, household_indicator: SELECT substr(valued.village_code": "what is usual in the whole township",
    "household: SELECT nullif(replace(household.phone": "a telephone that several households have, wherever they are",
    "household: SELECT nullif(upper(replace(household.head_id_no": "the same of the number of a head",
    "employment, household, member: SELECT jobs.workplace_id, count(*)": "who works in a factory, counted",
    "household, household_indicator: SELECT intervals.spell_from": "of one household, found within the scope before",
}
"""What is read beyond the scope, as the proof begins to say it -> why."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseholdDatabase]:
    url = f"duckdb:///{tmp_path_factory.mktemp('walk') / 'households.duckdb'}"
    engine = create_engine(url)
    create_database(engine, query_walk.ROWS)
    engine.dispose()
    database = HouseholdDatabase(make_url(url))
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def walked(database: HouseholdDatabase) -> Walk:
    """Every query, run once. On one database: no statement of the app asks which one it is sent to."""
    return query_walk.walk(database, scope=MARKED)


def test_every_query_is_walked(walked: Walk) -> None:
    functions = query_functions()
    assert sorted(name for name, function in functions.items() if function.__code__ not in walked.entered) == []
    assert len(functions) > 90


def test_every_statement_keeps_to_one_household_a_machine(walked: Walk) -> None:
    broken = defaultdict(set)
    meant = set()
    for name, statement in walked.sent:
        for rule in broken_rules(statement):
            known = next((part for part in ACROSS_HOUSEHOLDS if part in rule), None)
            if known is None:
                broken[name].add(rule)
            else:
                meant.add(known)
    assert dict(broken) == {}
    assert meant == set(ACROSS_HOUSEHOLDS), "what is meant is still there"
    assert len(walked.sent) > len(LISTINGS)


def test_every_statement_is_bound_by_the_scope(walked: Walk) -> None:
    found = [(name, said) for name, statement in walked.sent for said in unbound(statement)]
    used, leaks = set(), []
    for name, said in found:
        reason = name if name in OF_THE_WHOLE_DISTRICT else next((one for one in BEYOND_THE_SCOPE if one in said), None)
        leaks += [] if reason else [(name, said)]
        used.add(reason)
    assert leaks == []
    assert used == {*OF_THE_WHOLE_DISTRICT, *BEYOND_THE_SCOPE}, "no exception is listed that is not needed"


def test_the_marked_scope_covers_all_that_is_walked() -> None:
    assert all(MARKED.covers(row["village_code"]) for row in query_walk.ROWS["household"])


def test_rows_kept_for_everybody_are_bound_when_they_are_read(database: HouseholdDatabase) -> None:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook(), kept=KeptTables())
        kept = select(snapshot.begin_with("homes", scope=MARKED, make=_homes))
    assert "FROM kept.table_" in str(kept)
    assert unbound(kept) == []


def _homes(scope: Scope) -> Select:
    return select(*household.c["household_id", "village_code"]).where(scope.rows(household.c.village_code))


def test_a_query_whose_arguments_are_unknown_here_is_named() -> None:
    def read_shades(snapshot: Snapshot, *, scope: Scope, shade: str) -> None: ...

    with pytest.raises(LookupError, match="read_shades: no value to try for shade"):
        list(query_walk.turns_by_name(read_shades))
