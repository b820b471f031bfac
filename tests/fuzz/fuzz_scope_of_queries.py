"""Whatever anybody asks, a query gives what it would give if nothing outside the reader's scope existed, and shows no
name or number that is not open to the reader.

More than 10,000 cases: every query under scopes, filters, sorts, pages and texts made up by chance. They take a quarter
of an hour: `make fuzz` runs them, pytest alone does not. The short form is `tests/data_access/scope/test_queries.py`.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.support.scope_cases import LISTS, LOOKED_UP, OTHERS, SELECTIONS, Worlds, cases, check
from tests.support.worlds import worlds

pytestmark = pytest.mark.opens_a_database


@pytest.fixture(scope="module")
def known_worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with worlds(tmp_path_factory.mktemp("worlds")) as made:
        yield made


def plenty(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate, Phase.shrink],
    )


@given(case=cases(LISTS))
@plenty(800)
def test_a_list_shows_nothing_outside_the_scope(known_worlds: Worlds, case: tuple) -> None:
    check(known_worlds, *case)


@given(case=cases(SELECTIONS))
@plenty(6_000)
def test_a_selection_shows_nothing_outside_the_scope(known_worlds: Worlds, case: tuple) -> None:
    check(known_worlds, *case)


@given(case=cases(LOOKED_UP))
@plenty(2_900)
def test_who_is_looked_up_outside_the_scope_is_not_found(known_worlds: Worlds, case: tuple) -> None:
    check(known_worlds, *case)


@given(case=cases(OTHERS))
@plenty(350)
def test_no_other_query_shows_anything_outside_the_scope(known_worlds: Worlds, case: tuple) -> None:
    check(known_worlds, *case)
