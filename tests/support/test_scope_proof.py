"""The proof finds every way around the scope, and takes what is bound for bound."""

from typing import Any

import pytest
from sqlalchemy import Select, and_, except_, exists, func, literal_column, or_, select, text, true, union_all

from data_access.schema.tables import (
    clue,
    clue_unmatched,
    helper,
    household,
    member,
    monitoring_case,
    region,
    visit,
    workplace,
)
from data_access.scope import Scope
from tests.support.scope_proof import MARKED, unbound

H, M, C, V, R = household.c, member.c, monitoring_case.c, visit.c, region.c

IN_SCOPE = MARKED.rows(H.village_code)
SAME = M.household_id == H.household_id
UP = region.alias("up")
HOMES = select(H.household_id, H.village_code).where(IN_SCOPE).cte("homes")
ANYWHERE = select(H.household_id, H.village_code).cte("anywhere")
PERSONS = select(M.household_id, func.count().label("persons")).group_by(M.household_id).subquery("persons")
BY_VILLAGE = select(H.village_code, func.count().label("homes")).group_by(H.village_code).subquery("by_village")
BOTH = union_all(select(C.household_id), select(clue.c.household_id)).subquery("both")
HALF = union_all(select(C.household_id), select(clue.c.case_id.label("household_id"))).subquery("half")
FEW = select(M.household_id).limit(5).subquery("few")
NEWEST = func.row_number().over(partition_by=M.household_id, order_by=M.joined_on)
OF_ALL = func.row_number().over(order_by=M.joined_on)


def members() -> Select:
    return select(M.name).join_from(member, household, SAME)


def first(window: Any) -> Any:
    return select(M.household_id, window.label("rank")).subquery("ranked")


GOOD: dict[str, Any] = {
    "one table": select(H.phone).where(IN_SCOPE),
    "and more": select(H.phone).where(and_(H.phone == "1", and_(H.closed_on.is_(None), IN_SCOPE))),
    "a table of places": select(clue_unmatched.c.kind).where(MARKED.rows(clue_unmatched.c.village_code)),
    "join": members().where(IN_SCOPE),
    "join on the scope": select(M.name).join_from(member, household, and_(SAME, IN_SCOPE)),
    "WHERE": select(M.name).where(SAME, IN_SCOPE),
    "a chain": members().join(visit, V.household_id == M.household_id).where(IN_SCOPE),
    "an optional side": select(H.phone).outerjoin_from(household, member, SAME).where(IN_SCOPE),
    "an optional side that is required": select(M.name).outerjoin_from(member, household, SAME).where(IN_SCOPE),
    "an optional side of its own": select(R.name_zh)
    .outerjoin_from(region, household, and_(H.village_code == R.code, IN_SCOPE))
    .where(MARKED.rows(R.code)),
    "a subquery": select(PERSONS.c.persons, H.phone).where(PERSONS.c.household_id == H.household_id, IN_SCOPE),
    "a CTE": select(M.name).join_from(member, HOMES, HOMES.c.household_id == M.household_id),
    "a CTE bound outside": select(ANYWHERE.c.household_id).where(MARKED.rows(ANYWHERE.c.village_code)),
    "sums of places": select(BY_VILLAGE.c.homes).where(MARKED.rows(BY_VILLAGE.c.village_code)),
    "a union": union_all(select(H.phone).where(IN_SCOPE), members().where(IN_SCOPE)),
    "a union bound outside": select(BOTH).join_from(BOTH, HOMES, HOMES.c.household_id == BOTH.c.household_id),
    "EXISTS": select(H.phone).where(IN_SCOPE, exists().where(SAME)),
    "NOT EXISTS, or": select(H.phone).where(IN_SCOPE, or_(H.phone == "1", ~exists().where(SAME))),
    "a scalar": select(select(func.count()).where(SAME).scalar_subquery()).select_from(household).where(IN_SCOPE),
    "a value of the scope": select(select(func.max(H.registered_on)).where(IN_SCOPE).scalar_subquery()),
    "IN the scope": select(M.name).where(M.household_id.in_(select(HOMES.c.household_id))),
    "IN any": select(H.phone).where(IN_SCOPE, or_(H.phone == "1", H.household_id.not_in(select(M.household_id)))),
    "looked up": select(helper.c.name)
    .outerjoin_from(household, helper, helper.c.helper_id == H.helper_id)
    .where(IN_SCOPE),
    "a name of a name": select(UP.c.name_zh)
    .join_from(household, region, R.code == H.village_code)
    .join(UP, UP.c.code == func.coalesce(R.parent_code, H.village_code))
    .where(IN_SCOPE),
    "of the same place": select(workplace.c.jobs).where(workplace.c.village_code == H.village_code, IN_SCOPE),
    "ranked in a household": select(H.phone).where(first(NEWEST).c.household_id == H.household_id, IN_SCOPE),
    "nothing of a place": select(func.current_date()),
}

BAD: dict[str, tuple[Any, str]] = {
    "no condition": (select(H.phone), "household"),
    "everything": (select(H.phone).where(Scope.everything().rows(H.village_code)), "household"),
    "another scope": (select(H.phone).where(Scope(regions=("610902",)).rows(H.village_code)), "household"),
    "another column": (select(H.phone).where(MARKED.rows(H.grid_code)), "household"),
    "either": (select(H.phone).where(or_(IN_SCOPE, H.phone == "1")), "household"),
    "not": (select(H.phone).where(~IN_SCOPE), "household"),
    "one of two": (select(M.name, H.phone).where(IN_SCOPE, M.name == H.head_name), "member"),
    "join on something else": (
        select(M.name).join_from(member, household, M.name == H.head_name).where(IN_SCOPE),
        "member",
    ),
    "join or": (select(M.name).join_from(member, household, or_(SAME, M.name == "1")).where(IN_SCOPE), "member"),
    "crossed": (select(M.name).join_from(member, household, true()).where(IN_SCOPE), "member"),
    "unequal": (select(M.name).where(M.household_id != H.household_id, IN_SCOPE), "member"),
    "changed": (select(M.name).where(func.lower(M.household_id) == H.household_id, IN_SCOPE), "member"),
    "equal to itself": (select(M.name, H.phone).where(M.household_id == M.household_id, IN_SCOPE), "member"),
    "an outer join that leaks": (
        select(M.name).outerjoin_from(member, household, and_(SAME, IN_SCOPE)),
        "member",
    ),
    "an outer join of the scope": (
        select(M.name).outerjoin_from(member, HOMES, HOMES.c.household_id == M.household_id),
        "member",
    ),
    "a full join": (
        select(M.name).join_from(household, member, SAME, full=True).where(IN_SCOPE, H.phone == "1"),
        "member",
    ),
    "the condition of an outer join": (
        select(H.phone).outerjoin_from(household, member, and_(SAME, IN_SCOPE)),
        "household, member",
    ),
    "a third on something else": (
        members()
        .outerjoin(visit, V.household_id == H.household_id)
        .outerjoin(clue, V.helper_id == clue.c.clue_id)
        .where(IN_SCOPE),
        "clue",
    ),
    "one branch": (union_all(select(H.phone).where(IN_SCOPE), select(H.phone)), "household"),
    "one branch deep down": (
        select(union_all(select(H.phone).where(IN_SCOPE), members()).subquery("deep")),
        "household, member",
    ),
    "one branch of a difference": (except_(select(H.phone).where(IN_SCOPE), select(H.phone)), "household"),
    "half a union": (select(HALF).join_from(HALF, HOMES, HOMES.c.household_id == HALF.c.household_id), "clue"),
    "a subquery": (select(H.phone).where(IN_SCOPE, PERSONS.c.persons == 1), "member"),
    "a CTE": (select(ANYWHERE.c.village_code), "household"),
    "sums": (select(H.phone, select(func.count()).select_from(member).scalar_subquery()).where(IN_SCOPE), "member"),
    "sums in a function": (
        select(func.coalesce(select(func.count()).select_from(member).scalar_subquery(), 0)),
        "member",
    ),
    "EXISTS": (select(H.phone).where(IN_SCOPE, exists().where(M.name == H.head_name)), "member"),
    "only EXISTS": (select(M.name).where(exists().where(IN_SCOPE)), "member"),
    "IN of anybody": (select(H.phone).where(IN_SCOPE, H.head_name.in_(select(M.name))), "member"),
    "NOT IN the scope": (select(M.name).where(M.household_id.not_in(select(HOMES.c.household_id))), "member"),
    "IN the scope, or": (
        select(M.name).where(or_(M.name == "1", M.household_id.in_(select(HOMES.c.household_id)))),
        "member",
    ),
    "in a condition of a join": (
        select(H.phone)
        .join_from(household, region, exists().where(M.name == "1"))
        .where(IN_SCOPE, MARKED.rows(R.code)),
        "member",
    ),
    "to sort by": (
        select(H.phone).where(IN_SCOPE).order_by(select(func.max(V.visited_on)).scalar_subquery()),
        "visit",
    ),
    "not looked up by its key": (
        select(helper.c.name).join_from(household, helper, helper.c.name == H.head_name).where(IN_SCOPE),
        "helper",
    ),
    "the first of everybody": (
        select(H.phone).where(first(OF_ALL).c.household_id == H.household_id, IN_SCOPE),
        "member",
    ),
    "the first few of everybody": (select(H.phone).where(FEW.c.household_id == H.household_id, IN_SCOPE), "member"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_bound_is_left_alone(name: str) -> None:
    assert unbound(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_a_way_around_the_scope_is_found(name: str) -> None:
    statement, tables = BAD[name]
    assert tables in [said.partition(": ")[0] for said in unbound(statement)]


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT 1"),
        select(H.phone).where(IN_SCOPE, text("phone = '1'")),
        select(literal_column("phone")).select_from(household).where(IN_SCOPE),
        select(H.phone, select(M.name).where(SAME).lateral("beside")).where(IN_SCOPE),
    ],
    ids=["text", "text inside", "a column in words", "LATERAL"],
)
def test_what_cannot_be_looked_into_is_refused(statement: Any) -> None:
    with pytest.raises(TypeError, match="cannot look into"):
        unbound(statement)
