"""One person twice: in two rows of a file, or in a row and in another household that the database holds; and households
with two heads, as they come about where the rows of several families carry one number."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, literal, or_, select
from sqlalchemy import exists as sql_exists

from data_access.load.families import in_family, is_same_person
from data_access.load.problems import detail, problem, report
from data_access.load.staging import Staged
from data_access.schema.tables import member

HEAD = "head"


def review_persons(connection: Connection, staged: Staged) -> None:
    """Find persons who occur twice, and households with two heads."""
    if staged.kind.row != member.name:
        return
    for own in _marks(staged):
        _find_twice(connection, staged, own)
        _find_elsewhere(connection, staged, own)
    _find_left(connection, staged)
    if staged.column(member.name, "relation") is not None:
        _find_heads(connection, staged)


def _marks(staged: Staged) -> Iterator[tuple[str, ...]]:
    """By which columns two rows are of one person: the number of a certificate, or number and name together, as some
    files number the persons of every household from 1."""
    for names in (("id_no",), ("member_id", "name")):
        if all(staged.column(member.name, name) is not None for name in names):
            yield names


def _find_twice(connection: Connection, staged: Staged, names: tuple[str, ...]) -> None:
    """Rows of persons who stand in an earlier row, with another number or in another household."""
    rows = staged.rows
    own = [staged.filled(member.name, name) for name in names]
    keys = staged.keys(member.name)
    complete = and_(*(column.is_not(None) for column in (*own, *keys)))
    first = (
        select(*(column.label(f"mark{at}") for at, column in enumerate(own)), func.min(rows.c.row_no).label("first_no"))
        .where(complete)
        .group_by(*own)
        .having(func.count() > 1)
        .subquery("first")
    )
    earlier = rows.alias("earlier")
    again = and_(*(column == first.c[f"mark{at}"] for at, column in enumerate(own)), rows.c.row_no > first.c.first_no)
    query = (
        problem(
            staged,
            "person_twice",
            column=f"{member.name}.{names[0]}",
            value=rows.c.household_id,
            said=detail(row=earlier.c.row),
        )
        .join_from(rows, first, again)
        .join(earlier, earlier.c.row_no == first.c.first_no)
        .where(or_(*(earlier.c[key.name] != key for key in keys)))
    )
    report(connection, staged, query if names == ("id_no",) else query.where(_no_number(staged, rows)))


def _find_elsewhere(connection: Connection, staged: Staged, names: tuple[str, ...]) -> None:
    """Persons whom the database holds in another household, or with another number, and of whom the file says nothing
    there."""
    rows = staged.rows
    pairs = [(staged.filled(member.name, name), member.c[name]) for name in names]
    there = rows.alias("there")
    told = sql_exists().where(
        *(there.c[key.name] == member.c[key.name.removeprefix(f"{member.name}__")] for key in staged.keys(member.name))
    )
    same = and_(
        *(own == (func.upper(held) if held.name == "id_no" else held) for own, held in pairs),
        or_(member.c.household_id != rows.c.household_id, member.c.member_id != rows.c.member_id),
    )
    query = (
        problem(
            staged,
            "person_elsewhere",
            column=f"{member.name}.{names[0]}",
            value=rows.c.household_id,
            said=detail(household=member.c.household_id),
        )
        .join_from(rows, member, same)
        .where(in_family(member, as_of=staged.as_of), ~told)
    )
    report(connection, staged, query if names == ("id_no",) else query.where(_no_number(staged, rows)))


def _no_number(staged: Staged, rows: FromClause) -> ColumnElement[bool]:
    """SQL: whether a row has no number of a certificate, by which the person was looked for already."""
    own = staged.column(member.name, "id_no")
    return literal(True) if own is None else rows.c[own.name].is_(None)


def _find_left(connection: Connection, staged: Staged) -> None:
    """Persons who have left their household according to the database."""
    query = problem(
        staged, "person_has_left", value=staged.rows.c.household_id, said=detail(day=member.c.left_on)
    ).join_from(staged.rows, member, is_same_person(staged))
    report(connection, staged, query.where(member.c.left_on <= staged.as_of))


def _find_heads(connection: Connection, staged: Staged) -> None:
    rows = staged.rows
    relation = staged.filled(member.name, "relation")
    first = (
        select(rows.c.household_id, func.min(rows.c.row_no).label("first_no"))
        .where(relation == HEAD)
        .group_by(rows.c.household_id)
        .subquery("first")
    )
    earlier = rows.alias("earlier")
    name = f"{member.name}.relation"
    two = (
        problem(staged, "two_heads", column=name, value=rows.c.household_id, said=detail(row=earlier.c.row))
        .join_from(rows, first, first.c.household_id == rows.c.household_id)
        .join(earlier, earlier.c.row_no == first.c.first_no)
        .where(relation == HEAD, rows.c.row_no > first.c.first_no, earlier.c.member_id != rows.c.member_id)
    )
    report(connection, staged, two)
    there = rows.alias("there")
    told = sql_exists().where(there.c.household_id == member.c.household_id, there.c.member_id == member.c.member_id)
    another = (
        problem(staged, "another_head", column=name, value=rows.c.household_id)
        .join_from(rows, first, first.c.first_no == rows.c.row_no)
        .join(member, member.c.household_id == rows.c.household_id)
        .where(
            in_family(member, as_of=staged.as_of),
            member.c.relation == HEAD,
            member.c.member_id != rows.c.member_id,
            ~told,
        )
    )
    report(connection, staged, another)
