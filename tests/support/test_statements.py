"""The look through statements finds what a cluster would refuse, however it is written, and nothing else."""

from typing import Any

import pytest
from sqlalchemy import (
    Select,
    and_,
    except_,
    exists,
    func,
    intersect,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
)

from data_access.schema.tables import clue, household, member, monitoring_case, region, visit
from tests.support.statements import HOUSEHOLD_TABLES, broken_rules

H, M, C, V, R = household.c, member.c, monitoring_case.c, visit.c, region.c

SAME = M.household_id == H.household_id
OTHER = member.alias("other")
BY_HOUSEHOLD = select(M.household_id, func.count().label("persons")).group_by(M.household_id).subquery("by_household")
BY_CASE = select(func.min(C.household_id).label("household_id"), C.case_id).group_by(C.case_id).subquery("by_case")
NUMBERS = select(M.household_id.label("number")).cte("numbers")
BOTH = union_all(select(C.household_id), select(clue.c.household_id)).subquery("both")
HALF = union_all(select(C.household_id), select(R.code.label("household_id"))).subquery("half")
BY_VILLAGE = select(H.village_code, func.count().label("households")).group_by(H.village_code).subquery("by_village")
RANKED = select(M.household_id, func.row_number().over(partition_by=M.household_id).label("rank")).subquery("ranked")


def recursive() -> Select:
    places = select(R.code, R.parent_code).where(R.level == "county").cte("places", recursive=True)
    below = region.alias("below")
    places = places.union_all(select(below.c.code, below.c.parent_code).where(below.c.parent_code == places.c.code))
    return select(places)


GOOD: dict[str, Any] = {
    "one table": select(H.household_id).where(H.phone == "1"),
    "join": select(M.name).join_from(member, household, SAME),
    "the other way round": select(M.name).join_from(household, member, H.household_id == M.household_id),
    "and more": select(M.name).join_from(member, household, and_(SAME, M.name == H.head_name)),
    "WHERE": select(M.name, H.phone).where(SAME),
    "a chain": select(M.name)
    .join_from(member, household, SAME)
    .outerjoin(monitoring_case, C.household_id == M.household_id),
    "an alias": select(OTHER.c.name).join_from(member, OTHER, OTHER.c.household_id == M.household_id),
    "a subquery": select(H.phone).join_from(household, BY_HOUSEHOLD, BY_HOUSEHOLD.c.household_id == H.household_id),
    "another name in a CTE": select(H.phone).join_from(household, NUMBERS, NUMBERS.c.number == H.household_id),
    "a union": select(H.phone).join_from(household, BOTH, BOTH.c.household_id == H.household_id),
    "EXISTS": select(H.phone).where(exists().where(SAME)),
    "a scalar": select(H.phone, select(func.count()).where(SAME).scalar_subquery()),
    "IN": select(H.phone).where(H.household_id.in_(select(M.household_id))),
    "NOT IN of two": select(V.kind).where(
        tuple_(V.household_id, V.helper_id).not_in(select(H.household_id, H.helper_id))
    ),
    "places": select(H.phone, R.name_zh).join_from(household, region, R.code == H.village_code),
    "a name of a place": select(H.phone, select(R.name_zh).where(R.code == H.village_code).scalar_subquery()),
    "places by places": select(R.code).where(R.parent_code.in_(select(region.alias("up").c.code))),
    "a window": select(RANKED).where(RANKED.c.rank == 1),
    "sums beside places": select(R.code).outerjoin_from(region, BY_VILLAGE, BY_VILLAGE.c.village_code == R.code),
    "sets": intersect(select(C.household_id), select(V.household_id)),
    "a value of its own": select(H.phone).where(
        H.registered_on < select(func.max(V.visited_on)).scalar_subquery(), exists(select(M.name).where(M.name == "x"))
    ),
    "union of anything": union(select(C.case_id), select(M.member_id)),
}

BAD: dict[str, tuple[Any, str]] = {
    "join": (select(M.name).join_from(member, household, M.name == H.head_name), "joined"),
    "either": (select(M.name).join_from(member, household, or_(SAME, M.name == H.head_name)), "joined"),
    "unequal": (select(M.name).join_from(member, household, M.household_id != H.household_id), "joined"),
    "changed": (select(M.name).join_from(member, household, func.lower(M.household_id) == H.household_id), "joined"),
    "crossed": (select(M.name).join_from(member, household, true()), "joined"),
    "equated to itself": (select(M.name).join_from(member, household, H.household_id == H.household_id), "joined"),
    "the third": (
        select(M.name)
        .join_from(member, household, SAME)
        .outerjoin(monitoring_case, and_(C.case_id == M.member_id, SAME)),
        "joined",
    ),
    "too late": (select(M.name).join_from(member, household, M.name == H.head_name).where(SAME), "joined"),
    "WHERE": (select(M.name, H.phone).where(M.name == H.head_name), "brought together"),
    "each to a number": (
        select(M.name, H.phone).where(M.household_id == "1", H.household_id == "1"),
        "brought together",
    ),
    "an alias": (select(OTHER.c.name).join_from(member, OTHER, OTHER.c.member_id == M.member_id), "joined"),
    "a subquery": (select(H.phone).join_from(household, BY_CASE, BY_CASE.c.household_id == H.household_id), "joined"),
    "sums": (select(H.phone).join_from(household, BY_VILLAGE, BY_VILLAGE.c.village_code == H.village_code), "joined"),
    "half a union": (select(H.phone).join_from(household, HALF, HALF.c.household_id == H.household_id), "joined"),
    "EXISTS": (select(H.phone).where(exists().where(M.name == H.head_name)), "brought together"),
    "a scalar": (
        select(H.phone, select(func.count()).where(M.name == H.head_name).scalar_subquery()),
        "brought together",
    ),
    "in a function": (
        select(H.phone, func.coalesce(select(func.count()).where(M.name == H.head_name).scalar_subquery(), 0)),
        "brought together",
    ),
    "IN": (select(H.phone).where(H.head_name.in_(select(M.name))), "IN without"),
    "IN of another": (select(H.phone).where(H.household_id.in_(select(C.case_id))), "IN without"),
    "below": (
        select(func.count()).select_from(
            select(M.name).join_from(member, household, M.name == H.head_name).subquery("deep")
        ),
        "joined",
    ),
    "in a union": (union_all(select(H.phone), select(H.phone).where(H.phone == M.name)), "brought together"),
    "sets": (except_(select(C.case_id), select(V.helper_id)), "EXCEPT"),
    "a window": (select(func.row_number().over(order_by=H.phone)), "window"),
    "a window by village": (select(func.lead(H.phone).over(partition_by=H.village_code)), "window"),
    "a window over places": (select(func.row_number().over(order_by=R.code)), "window"),
    "a window to sort by": (select(H.phone).order_by(func.rank().over(order_by=H.phone)), "window"),
    "a window by a case": (select(func.count().over(partition_by=BY_CASE.c.household_id)), "window"),
    "recursive": (recursive(), "recursive"),
}

OPAQUE: dict[str, Any] = {
    "text": text("SELECT 1"),
    "text inside": select(H.phone).where(text("phone = '1'")),
    "a column in words": select(literal_column("phone")).select_from(household),
    "LATERAL": select(H.phone, select(M.name).where(SAME).lateral("beside")),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_stays_within_a_household_is_left_alone(name: str) -> None:
    assert broken_rules(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_what_leaves_a_household_is_found(name: str) -> None:
    statement, said = BAD[name]
    found = broken_rules(statement)
    assert found
    assert all(said in rule for rule in found)


@pytest.mark.parametrize("name", OPAQUE)
def test_what_cannot_be_looked_into_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="cannot look into"):
        broken_rules(OPAQUE[name])


def test_tables_below_a_household_are_those_that_are_spread() -> None:
    assert {"household", "member", "clue", "employment"} < HOUSEHOLD_TABLES
    assert not {"region", "workplace", "clue_unmatched", "data_load"} & HOUSEHOLD_TABLES
