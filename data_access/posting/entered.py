"""What was reported of households and persons and is entered into the national system: whether the data hold it by now.

A sheet has its own numbers for new persons and no days of a change, so what is held is recognised by what it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from data_access.reports.kinds import ReportKind
from data_access.schema.tables import household, member
from data_access.scope import Scope

BORN = "born"


def entered(
    connection: Connection, reports: Sequence[Mapping[str, Any]], *, kind: ReportKind, scope: Scope
) -> frozenset[str]:
    """The numbers of those of some reports of a kind that the data hold."""
    homes = {one["household_id"] for one in reports}
    if kind.enters == "closes":
        closed = select(household.c.household_id).where(
            household.c.household_id.in_(homes),
            household.c.closed_on.is_not(None),
            scope.rows(household.c.village_code),
        )
        gone = set(connection.execute(closed).scalars())
        return frozenset(one["report_no"] for one in reports if one["household_id"] in gone)
    if kind.enters == "arrives":
        return frozenset(_arrived(connection, reports, scope=scope))
    persons = _persons(connection, reports, scope=scope)
    if kind.enters == "joins":
        return frozenset(_joined(reports, persons))
    told = {(row["household_id"], row["member_id"]): row["left_on"] for row in persons}
    if kind.enters == "leaves":
        return frozenset(
            one["report_no"] for one in reports if told.get((one["household_id"], one["thing"])) is not None
        )
    elsewhere = {(row["member_id"], row["household_id"]) for row in persons if row["left_on"] is None}
    return frozenset(
        one["report_no"]
        for one in reports
        if any(number == one["thing"] and home != one["household_id"] for number, home in elsewhere)
    )


def _arrived(connection: Connection, reports: Sequence[Mapping[str, Any]], *, scope: Scope) -> Iterator[str]:
    """The numbers of the reports whose household is there: new in its village since that day, not split off another; of
    two each needs one."""
    before = member.alias("before")
    split = exists().where(
        member.c.household_id == household.c.household_id,
        before.c.member_id == member.c.member_id,
        before.c.household_id != household.c.household_id,
    )
    query = (
        select(*household.c["village_code", "registered_on", "household_type"])
        .where(
            household.c.village_code.in_({one["content"]["village_code"] for one in reports}),
            household.c.registered_on >= min(one["happened_on"] for one in reports),
            ~split,
            scope.rows(household.c.village_code),
        )
        .order_by(household.c.registered_on, household.c.household_id)
    )
    left = [tuple(row) for row in connection.execute(query)]
    for one in sorted(reports, key=lambda one: one["happened_on"], reverse=True):
        said = one["content"]
        for home in left:
            village_code, since, household_type = home
            same = village_code == said["village_code"] and household_type in (None, said["household_type"])
            if same and since >= one["happened_on"]:
                left.remove(home)
                yield one["report_no"]
                break


def _persons(connection: Connection, reports: Sequence[Mapping[str, Any]], *, scope: Scope) -> list[Mapping[str, Any]]:
    """The persons of the households that are reported about, and whoever has the number of one, anywhere."""
    query = (
        select(*member.c["household_id", "member_id", "relation", "gender", "birth_date", "joined_on", "left_on"])
        .join(household, household.c.household_id == member.c.household_id)
        .where(
            or_(
                member.c.household_id.in_({one["household_id"] for one in reports}),
                member.c.member_id.in_({one["thing"] for one in reports}),
            ),
            scope.rows(household.c.village_code),
        )
        .order_by(member.c.household_id, member.c.member_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _joined(reports: Sequence[Mapping[str, Any]], persons: Iterable[Mapping[str, Any]]) -> list[str]:
    """The numbers of the reports whose person is there; of two twins each needs one."""
    left = list(persons)
    found: list[str] = []
    for one in reports:
        person = next((row for row in left if _is_meant(row, one)), None)
        if person is not None:
            left.remove(person)
            found.append(one["report_no"])
    return found


def _is_meant(person: Mapping[str, Any], report: Mapping[str, Any]) -> bool:
    """Whether a person may be the one that joined: born that day, or new since, with that place in the household."""
    said, on = report["content"], report["happened_on"]
    if person["household_id"] != report["household_id"] or person["gender"] not in (None, said["gender"]):
        return False
    if said["join_reason"] == BORN and person["birth_date"] is not None:
        return bool(person["birth_date"] == on)
    return bool(person["joined_on"] >= on and person["relation"] in (None, said["relation"]))
