"""No statement of the app asks for what a cluster that spreads households over machines cannot do."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url

from data_access.engine import HouseholdDatabase, Snapshot
from data_access.lists import LISTINGS
from data_access.scope import Scope
from tests.support import query_walk
from tests.support.households import create_database
from tests.support.query_walk import Walk, query_functions
from tests.support.statements import broken_rules

ACROSS_HOUSEHOLDS = {
    # Whether a certificate number stands there twice can only be told by looking at everybody. The inner query stands
    # by itself and gives a short list of numbers: a cluster works it out first and sends it to every machine.
    "nullif(upper(replace(member.id_no": "data_access.quality",
}
"""What a broken rule begins with or compares, that is meant -> where."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Every query, run once. On one database: no statement of the app asks which one it is sent to."""
    url = f"duckdb:///{tmp_path_factory.mktemp('walk') / 'households.duckdb'}"
    engine = create_engine(url)
    create_database(engine, query_walk.ROWS)
    engine.dispose()
    database = HouseholdDatabase(make_url(url))
    yield query_walk.walk(database)
    database.dispose()


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


def test_a_query_whose_arguments_are_unknown_here_is_named() -> None:
    def read_shades(snapshot: Snapshot, *, scope: Scope, shade: str) -> None: ...

    with pytest.raises(LookupError, match="read_shades: no value to try for shade"):
        list(query_walk.turns_by_name(read_shades))
