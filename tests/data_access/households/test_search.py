"""Search: what finds whom, why, in which order; and that whatever is typed, nothing leaves the scope unmasked."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, select

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.households import search
from data_access.risk.rulebook import load_rulebook
from data_access.schema.tables import household as household_table
from data_access.schema.tables import member as member_table
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.reference.frames import records
from tests.support.households import CUT_OFF, TOWNSHIP, VILLAGE, Rows, household, merged, village

OTHER_TOWNSHIP, OTHER_VILLAGE = "610902101", "610902101201"
HEAD_ID, MEMBER_ID = "610902196703224715", "61090219720228664X"

Row = dict[str, Any]


def found(database: HouseholdDatabase, text: str, *, scope: Scope | None = None, page: int = 3) -> list[Row]:
    """Everything a text finds, read page by page; the count must agree."""
    rows: list[Row] = []
    scope = scope or Scope.district()
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        total = search.count_found(snapshot, scope=scope, text=text)
        for offset in range(0, total + 1, page):
            part = search.read_found(snapshot, scope=scope, text=text, language="zh", offset=offset, limit=page)
            rows += records(part)
    assert len(rows) == total
    return rows


def who(rows: list[Row]) -> list[tuple[str, str]]:
    return [(str(row["way"]), str(row["household_id"] or row["place"])) for row in rows]


def town() -> Rows:
    """Two villages in two townships; H1 in the first, H2 and H3 in the second."""
    first = household(
        "H1",
        head_name="王小明",
        head_id_no=HEAD_ID,
        phone="13812345678",
        members=[{"name": "王小明", "id_no": HEAD_ID}, {"name": "欧阳兰", "id_no": MEMBER_ID}],
    )
    second = household(
        "H2",
        village_code=OTHER_VILLAGE,
        head_name="王小明明",
        phone="13900004715",
        members=[{"name": "王小明明", "id_no": "610902198001010001"}],
    )
    third = household("H3", village_code=OTHER_VILLAGE, head_name="李四", members=[{"name": "李四"}, {"name": "王小"}])
    return merged(village(), village(OTHER_VILLAGE, township=OTHER_TOWNSHIP), first, second, third)


FINDS: dict[str, list[tuple[str, str]]] = {
    "王小明": [("head_name", "H1")],
    "王小": [("member_name", "H3")],  # whole names only
    "小明": [],
    "欧阳": [],
    "欧阳兰": [("member_name", "H1")],
    f"王 村{VILLAGE}": [("head_name", "H1")],  # surname and village
    "王　村6": [("head_name", "H1"), ("head_name", "H2"), ("member_name", "H3")],
    "欧阳 村6": [("member_name", "H1")],
    "欧 村6": [],
    "王小 村6": [],
    "王 村": [],
    "4715": [("head_id", "H1"), ("phone", "H2")],  # H1's head is found once, not as a member again
    "715": [],  # neither a whole number nor its last four digits
    "24715": [],
    "5678": [("phone", "H1")],
    "45678": [],
    "1381234567": [],
    HEAD_ID[1:]: [],
    HEAD_ID[:-1]: [],
    MEMBER_ID.lower(): [("member_id", "H1")],
    "664X": [("member_id", "H1")],
    "664x": [("member_id", "H1")],
    HEAD_ID: [("head_id", "H1")],
    "138 1234-5678": [("phone", "H1")],
    "１３８１２３４５６７８": [("phone", "H1")],  # full-width digits
    "H1": [("number", "H1")],
    "H": [],
    f"镇{TOWNSHIP}": [("township", TOWNSHIP)],
    f"村{VILLAGE}": [("village", VILLAGE)],
    "村6": [("village", VILLAGE), ("village", OTHER_VILLAGE)],
    "汉滨区": [],  # the district itself is no result
    "村": [],
    "王": [],
    "": [],
    "   ": [],
    "%%": [],
    "__": [],
    "王小_": [],
    "4_15": [],
    "%4715": [],
    "王\x00小明": [("head_name", "H1")],
    "' OR 1=1 --": [],
}


@pytest.fixture(scope="module")
def in_town(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(town())


def test_a_text_finds_whom_it_means_and_says_why(in_town: HouseholdDatabase) -> None:
    assert {text: who(found(in_town, text)) for text in FINDS} == FINDS


def test_the_beginning_of_a_number_finds_from_eight_characters_on_and_a_whole_number_always(
    make_database: MakeDatabase,
) -> None:
    database = make_database(merged(village(), household("6100000001"), household("6100000002"), household("61")))
    assert who(found(database, "6100000")) == []
    assert who(found(database, "61000000")) == [("number", "6100000001"), ("number", "6100000002")]
    assert who(found(database, "6100000002")) == [("number", "6100000002")]
    assert who(found(database, "61")) == [("number", "61")]


def test_a_person_is_found_until_the_day_they_leave(make_database: MakeDatabase) -> None:
    days = {"left today": CUT_OFF, "leaves tomorrow": date(2022, 10, 1)}
    homes = [household(name, members=[{"name": "赵六娘", "left_on": day}]) for name, day in days.items()]
    assert who(found(make_database(merged(village(), *homes)), "赵六娘")) == [("member_name", "leaves tomorrow")]


def test_a_closed_household_is_found_with_the_day_it_was_closed(make_database: MakeDatabase) -> None:
    rows = merged(village(), household(head_name="王小明", closed_on=date(2022, 3, 1)))
    assert [str(row["closed_on"])[:10] for row in found(make_database(rows), "王小明")] == ["2022-03-01"]


def test_missing_names_and_numbers_find_nobody(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household(members=[{"name": None, "id_no": None}])))
    assert [found(database, text) for text in ("王小明", "4715", "None", "nan")] == [[], [], [], []]


def test_what_is_found_is_masked(in_town: HouseholdDatabase) -> None:
    (row,) = found(in_town, "664X")
    assert row["matched"] == "610902**********4X"
    assert (row["head_name"], row["phone"]) == ("王**", "138****5678")
    assert [row["matched"] for row in found(in_town, "欧阳兰")] == ["欧阳*"]


def test_an_unmasked_scope_sees_what_matched(in_town: HouseholdDatabase) -> None:
    (row,) = found(in_town, "664X", scope=Scope.everything())
    assert (row["matched"], row["head_name"]) == (MEMBER_ID, "王小明")


def test_nothing_of_another_place_is_found(in_town: HouseholdDatabase) -> None:
    for regions in ((OTHER_TOWNSHIP,), (OTHER_VILLAGE,)):
        scope = Scope(regions=regions)
        assert who(found(in_town, "王 村6", scope=scope)) == [("head_name", "H2"), ("member_name", "H3")]
        assert who(found(in_town, "4715", scope=scope)) == [("phone", "H2")]
        assert who(found(in_town, "村6", scope=scope)) == [("village", OTHER_VILLAGE)]
        for elsewhere in (f"镇{TOWNSHIP}", "H1", "欧阳兰", f"王 村{VILLAGE}"):
            assert found(in_town, elsewhere, scope=scope) == []
    by_way = {way: text for text, ways in FINDS.items() for way, _ in ways}
    for text in (*by_way.values(), ""):
        assert found(in_town, text, scope=Scope(regions=())) == []


def test_a_village_scope_does_not_find_the_township_above(in_town: HouseholdDatabase) -> None:
    scope = Scope(regions=(VILLAGE,))
    assert found(in_town, f"镇{TOWNSHIP}", scope=scope) == []


def test_a_long_text_is_cut_before_it_reaches_the_database() -> None:
    assert len(search.cleaned("王" * 10_000)) == search.LONGEST_TEXT


@pytest.fixture(scope="module")
def sample(sample_url: str) -> Iterator[HouseholdDatabase]:
    database = HouseholdDatabase(make_url(sample_url))
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def secrets(sample: HouseholdDatabase) -> set[str]:
    """Every name, ID number and telephone of the sample."""
    columns = (household_table.c.head_name, household_table.c.phone, household_table.c.head_id_no)
    with sample.connect() as (connection, _):
        return {
            value
            for column in (*columns, member_table.c.name, member_table.c.id_no)
            for value in connection.execute(select(column).distinct()).scalars()
            if value
        }


typed = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789Xx％%_' -", max_size=20),
    st.text(alphabet="王李张刘陈文春玲'%_\\;-*", min_size=1, max_size=4),
    st.sampled_from(["王文", "李", "61000", "' OR '1'='1", '"; DROP TABLE household; --', "\\", "%", "大竹园", "0001"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=typed, regions=st.sampled_from([("610902111",), ("610902104", "610902002"), ("610902107201",), ()]))
def test_whatever_is_typed_stays_in_the_scope_and_masked(
    sample: HouseholdDatabase, secrets: set[str], text: str, regions: tuple[str, ...]
) -> None:
    for row in found(sample, text, scope=Scope(regions=regions), page=500):
        assert str(row["place"]).startswith(regions)
        if row["household_id"] is not None:
            shown = {str(value) for name, value in row.items() if name not in ("township", "village")}
            assert not shown & secrets


def test_a_page_beyond_the_end_is_empty(sample: HouseholdDatabase) -> None:
    with sample.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        page = search.read_found(snapshot, scope=Scope.district(), text="王文", language="en", offset=100_000, limit=50)
    assert isinstance(page, pd.DataFrame)
    assert page.empty
