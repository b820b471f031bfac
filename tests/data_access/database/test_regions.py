"""Regions by name, and where the villages of a township lie, as far as it is known."""

import pytest
from sqlalchemy import literal, select

from data_access.database.engine import Snapshot
from data_access.database.regions import PlaceNames, read_regions, read_village_points
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import region
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import TOWNSHIP, VILLAGE, Rows, merged, village


def placed() -> Rows:
    """Four villages: exact, estimated, of unknown exactness, without coordinates; and one of another township."""
    rows = merged(
        village(),
        *(village(f"61090210020{n}") for n in (2, 3, 4)),
        village("610902101201", township="610902101"),
    )
    points = {
        VILLAGE: {"lon": 109.0, "lat": 32.5, "approximate": False},
        "610902100202": {"lon": 109.1, "lat": 32.6, "approximate": True},
        "610902100203": {"lon": 109.2, "lat": 32.7},
        "610902100204": {"lon": 109.3},
        "610902101201": {"lon": 109.4, "lat": 32.9},
    }
    return rows | {"region": [row | points.get(row["code"], {}) for row in rows["region"]]}


def test_villages_with_coordinates_are_given_and_unknown_exactness_counts_as_an_estimate(
    make_database: MakeDatabase,
) -> None:
    database = make_database(placed())
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        points = read_village_points(snapshot, scope=Scope.district(), township=TOWNSHIP)
        of_one = read_village_points(snapshot, scope=Scope(regions=(VILLAGE,)), township=TOWNSHIP)
    assert list(points["code"]) == [VILLAGE, "610902100202", "610902100203"]
    assert [bool(value) for value in points["approximate"]] == [False, True, True]
    assert list(of_one["code"]) == [VILLAGE]


@pytest.mark.parametrize(
    ("language", "code", "shown"),
    [
        ("zh", VILLAGE, (f"镇{TOWNSHIP}", f"村{VILLAGE}")),
        ("en", VILLAGE, ("Town", f"村{VILLAGE}")),
        ("zh", TOWNSHIP, (f"镇{TOWNSHIP}", None)),
        ("en", "610902199999", (None, None)),
    ],
    ids=["in Chinese", "without an English name the Chinese one", "of a township no village", "unknown"],
)
def test_a_place_is_named_in_the_language_asked_or_in_chinese(
    make_database: MakeDatabase, language: str, code: str, shown: tuple[str | None, str | None]
) -> None:
    names = PlaceNames(language=language)
    rows = select(literal(code).label("code")).subquery("rows")
    english = [row | ({"name_en": "Town"} if row["code"] == TOWNSHIP else {}) for row in village()["region"]]
    with make_database(merged({"region": english})).connect() as (connection, _):
        found = connection.execute(select(*names.columns).select_from(names.joined(rows, rows.c.code))).one()
    assert tuple(found) == shown


def test_villages_of_one_name_in_one_township_are_told_apart(make_database: MakeDatabase) -> None:
    other = "610902101201"
    named = {VILLAGE: "双龙村", "610902100202": "双龙村", other: "双龙村"}
    rows = merged(village(), village("610902100202"), village(other, township="610902101"))
    rows |= {"region": [row | {"name_zh": named.get(row["code"], row["name_zh"])} for row in rows["region"]]}
    told = {VILLAGE: "双龙村（201）", "610902100202": "双龙村（202）", other: "双龙村"}
    places = select(region.c.code).where(region.c.level == "village").subquery("places")
    names = PlaceNames(language="zh")
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        screens = read_regions(snapshot, scope=Scope.district()).names
        lists = select(places.c.code, names.columns[1]).select_from(names.joined(places, places.c.code))
        assert dict(connection.execute(lists).tuples().all()) == told
    assert {code: screens["zh"][code] for code in told} == told
    assert screens["en"][VILLAGE] == "双龙村 (201)"
