"""Groups, grids and searches of the small sample: what the app says is what a slow count over all rows gives."""

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.households import search
from data_access.lists import village_parts
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from pages.households.places.figures import COMPARED
from tests.reference.frames import Frames
from tests.reference.places import Counts, count_parts, find_households
from tests.support.households import CUT_OFF


def read_parts(database: HouseholdDatabase, *, by: str, place: str) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        scope = Scope.district().narrowed(place)
        return village_parts.read_groups(snapshot, scope=scope, by=by, on=CUT_OFF, metrics=COMPARED)


def without_zeros(parts: pd.DataFrame, *, village: str | None = None) -> Counts:
    """As the reference counts; a grid's code begins with its village."""
    return {
        (village or part[:12], part): {str(name): int(value) for name, value in row.items() if value}
        for part, row in zip(parts["part"], parts.drop(columns="part").to_dict("records"), strict=True)
    }


@pytest.fixture(scope="module")
def of_grids(tables: Frames) -> Counts:
    """The slow count of every grid."""
    return count_parts(tables, by="grid_code", on=CUT_OFF, metrics=COMPARED)


@pytest.fixture(scope="module")
def of_groups(tables: Frames) -> Counts:
    """The slow count of every group."""
    return count_parts(tables, by="group_no", on=CUT_OFF, metrics=COMPARED)


def test_every_grid_has_the_figures_of_the_slow_count(database: HouseholdDatabase, of_grids: Counts) -> None:
    assert len(of_grids) > 500
    assert without_zeros(read_parts(database, by="grid_code", place="610902")) == of_grids


def test_groups_have_the_figures_of_the_slow_count(
    database: HouseholdDatabase, tables: Frames, of_groups: Counts
) -> None:
    largest = tables["household"]["village_code"].value_counts().index[:2]
    for village in largest:
        of_village = {key: counts for key, counts in of_groups.items() if key[0] == village}
        assert without_zeros(read_parts(database, by="group_no", place=village), village=village) == of_village


@pytest.fixture(scope="module")
def meant(tables: Frames) -> dict[str, set[str]]:
    """Text -> the households it means, by the slow search."""
    home, person = tables["household"].iloc[7], tables["member"].iloc[99]
    texts = [
        home["household_id"],
        home["household_id"][:8],
        home["head_name"],
        home["phone"][-4:],
        home["head_id_no"],
        home["head_name"][:2],
        person["name"],
        person["id_no"][-4:],
        person["id_no"][-5:],
        "王文",
        "0001",
        "没有这人",
    ]
    return find_households(tables, texts, on=CUT_OFF)


def test_a_search_finds_exactly_the_households_it_means(
    embedded: HouseholdDatabase, meant: dict[str, set[str]]
) -> None:
    for text, households in meant.items():
        with embedded.connect() as (connection, version):
            snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
            found = search.read_found(
                snapshot, scope=Scope.district(), text=text, language="zh", offset=0, limit=10_000
            )
        assert set(found["household_id"].dropna()) == households, text
