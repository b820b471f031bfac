"""No small count is published, nor found by whoever knows the method and takes away what is published."""

from collections import defaultdict
from itertools import combinations, product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.facts.metrics import load_metrics
from data_access.facts.public_table import PublicTable, public_metrics, publish

SMALLEST = 5
counts_of_places = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=12)
)


def table_of(rows: list[list[int]], *, smallest: int = SMALLEST) -> PublicTable:
    index = [f"{610902100 + number}" for number in range(len(rows))]
    return publish(pd.DataFrame(rows, index=index), smallest=smallest)


@settings(max_examples=60)
@given(counts_of_places)
def test_a_published_number_is_zero_or_at_least_the_limit_every_place_is_in_one_row_and_the_rows_are_the_total(
    rows: list[list[int]],
) -> None:
    table = table_of(rows)
    published = [count for _, counts in table.rows for count in counts] + list(table.total)
    assert all(count is None or count == 0 or count >= SMALLEST for count in published)
    true_total = [sum(column) for column in zip(*rows, strict=True)]
    assert all(told is None or told == true for told, true in zip(table.total, true_total, strict=True))
    if table.rows:
        places = [place for group, _ in table.rows for place in group]
        assert len(places) == len(set(places)) == len(rows)
        assert [sum(column) for column in zip(*(counts for _, counts in table.rows), strict=True)] == true_total


def test_whoever_knows_the_method_cannot_tell_a_small_count() -> None:
    """All tables of three places: whatever is published, a count of 1 or 2 could as well be another number."""
    smallest, largest = 3, 8
    sources: dict[PublicTable, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(largest + 1), repeat=3):
        sources[table_of([[count] for count in counts], smallest=smallest)].append(counts)
    checked = 0
    for table, could_be in sources.items():
        if table.total[0] is not None and table.total[0] > largest and len(table.rows) < 2:
            continue  # more tables lead here than were looked at
        if any(len(places) > 1 and counts[0] > largest for places, counts in table.rows):
            continue
        for place in range(3):
            possible = {counts[place] for counts in could_be}
            checked += any(0 < count < smallest for count in possible)
            assert len(possible) > 1 or not 0 < min(possible) < smallest, (table, could_be)
    assert checked > 100


def test_a_place_with_a_small_count_stands_with_the_next_ones() -> None:
    table = table_of([[20], [4], [3], [6], [30]])
    assert table.rows[:2] == ((("610902100",), (20,)), (("610902104",), (30,))) or len(table.rows) == 2
    together = table.rows[-1]
    assert {"610902101", "610902102", "610902103"} <= set(together[0])
    assert together[1][0] >= (SMALLEST - 1) * 2 + SMALLEST
    assert table_of([[20], [5], [0]]).rows == ((("610902100",), (20,)), (("610902101",), (5,)), (("610902102",), (0,)))


def test_where_all_places_together_are_few_nothing_is_told() -> None:
    table = table_of([[4], [0], [0]])
    assert (table.rows, table.total) == ((), (None,))


def test_no_difference_of_two_columns_is_a_count_that_was_not_checked() -> None:
    terms = {key: load_metrics()[key].numerator for key in public_metrics()}
    assert all(load_metrics()[key].denominator is None for key in terms)
    for (_, whole), (_, part) in [pair for two in combinations(terms.items(), 2) for pair in (two, two[::-1])]:
        nested = (whole.fact, whole.column) == (part.fact, part.column) and whole.where.items() < part.where.items()
        if not nested:
            continue
        [(by, kept)] = part.where.items()
        rest = [
            other
            for other in terms.values()
            if (other.fact, other.column) == (whole.fact, whole.column) and set(other.where) == {by}
        ]
        assert {value for other in rest for value in other.where[by]} > set(kept), "the rest stands in the table too"
