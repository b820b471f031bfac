"""Who sees which rows: no scope ever shows a row outside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from data_access.errors import ScopeError
from data_access.scope import Scope

pytestmark = pytest.mark.opens_a_database

TOWNSHIPS = ("610902001", "610902002", "610902100")
VILLAGES = tuple(f"{township}{number:03d}" for township in TOWNSHIPS for number in (1, 2, 201))

homes = Table("homes", MetaData(), Column("village_code", String))


def rows_seen(scope: Scope) -> set[str]:
    engine = create_engine("sqlite://")
    homes.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(homes), [{"village_code": village} for village in VILLAGES])
        return set(connection.execute(select(homes).where(scope.rows(homes.c.village_code))).scalars())


def test_everything_is_every_row_unmasked() -> None:
    assert rows_seen(Scope.everything()) == set(VILLAGES)
    assert not Scope.everything().masked


def test_a_reader_without_sign_in_sees_every_row_masked() -> None:
    assert rows_seen(Scope.district()) == set(VILLAGES)
    assert Scope.district().masked


def test_a_township_sees_its_own_villages_only() -> None:
    assert rows_seen(Scope(regions=("610902001",))) == {
        village for village in VILLAGES if village.startswith("610902001")
    }


def test_no_region_at_all_sees_nothing() -> None:
    assert rows_seen(Scope(regions=())) == set()


@given(st.lists(st.one_of(st.sampled_from((*TOWNSHIPS, *VILLAGES)), st.text(max_size=12)), max_size=4))
def test_whatever_the_regions_no_row_outside_them_is_seen(regions: list[str]) -> None:
    allowed = {village for village in VILLAGES if any(village.startswith(region) for region in regions)}
    assert rows_seen(Scope(regions=tuple(regions))) == allowed


@pytest.mark.parametrize("wildcard", ["%", "_", "6109020__", "%201", "610902001%"])
def test_wildcards_in_a_region_are_plain_characters(wildcard: str) -> None:
    assert rows_seen(Scope(regions=(wildcard,))) == set()


def test_narrowing_keeps_the_masking_and_takes_the_place() -> None:
    narrowed = Scope(regions=("610902001",), masked=True).narrowed("610902001002")
    assert narrowed == Scope(regions=("610902001002",), masked=True)


@pytest.mark.parametrize("place", ["610902", "610902002", "610902002001"])
def test_a_place_outside_the_scope_is_refused(place: str) -> None:
    with pytest.raises(ScopeError, match=place):
        Scope(regions=("610902001",)).narrowed(place)


PLACES = ("610902", *TOWNSHIPS, *VILLAGES)
OWN = ("610902001001", "610902001201", "610902100")


@pytest.mark.parametrize(
    ("place", "held"),
    [("610902", OWN), ("610902001", OWN[:2]), ("610902100201", ("610902100201",)), ("610902001001", OWN[:1])],
)
def test_who_has_several_places_sees_those_in_a_region_together(place: str, held: tuple[str, ...]) -> None:
    assert Scope(regions=OWN).narrowed(place).regions == held


@given(st.lists(st.sampled_from(PLACES[1:]), max_size=4), st.sampled_from(PLACES))
def test_narrowing_shows_what_the_scope_and_the_place_have_in_common(regions: list[str], place: str) -> None:
    scope = Scope(regions=tuple(regions))
    if scope.opens(place):
        assert rows_seen(scope.narrowed(place)) == {row for row in rows_seen(scope) if row.startswith(place)}
    else:
        with pytest.raises(ScopeError):
            scope.narrowed(place)


@pytest.mark.parametrize(
    ("regions", "whole"),
    [
        (None, None),
        ((), None),
        (("610902001001",), "610902001001"),
        (OWN[:2], "610902001"),
        (OWN, "610902"),
        (("610902001", "610902001001"), "610902001"),
    ],
)
def test_the_whole_of_several_places_is_the_smallest_region_that_holds_them(
    regions: tuple[str, ...] | None, whole: str | None
) -> None:
    assert Scope(regions=regions).whole == whole


def test_places_seen_together_show_names_when_all_of_them_were_opened() -> None:
    one = Scope(regions=OWN[:2], unmasked_places=OWN[:1])
    assert (one.narrowed("610902001").masked, one.narrowed(OWN[0]).masked) == (True, False)
    assert not Scope(regions=OWN[:2], unmasked_places=OWN[:2]).narrowed("610902001").masked
