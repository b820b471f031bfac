"""The families that a file speaks of, as they are after the load: the persons in the file, and those that the database
holds beside them. A file need not name every person of a family."""

from datetime import date

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
)

from data_access.load.counted import Counted
from data_access.load.lookups import make_findable, temporary_table
from data_access.load.staging import Staged
from data_access.schema.tables import member
from data_access.sql import flag

PERSONS = "persons"

_BORN = "member.birth_date"


def count_families(connection: Connection, staged: Staged) -> None:
    """Count the families in a temporary table, `staged.families`: one row per household of the file that has somebody.

    Columns: household_id, persons, and the counted columns of the kind (`table.column`), which are empty where the
    value of a person is missing or the file says nothing of it.
    """
    counted = {name: how for name, how in staged.kind.counted.items() if not how.rows}
    columns = ((name, Integer) for name in (PERSONS, *counted))
    families = staged.families = temporary_table("staged_families", ("household_id", String), *columns)
    families.create(connection)
    if not staged.kind.dated:
        return
    counted = {
        name: how for name, how in counted.items() if all(_said(staged, own) is not None for own in needed_by(how))
    }
    needed = dict.fromkeys(own for how in counted.values() for own in (*needed_by(how), *how.but_for))
    people = _people(staged, needed=list(needed)).subquery("people")
    counts = [count(people, how, as_of=staged.as_of).label(name) for name, how in counted.items()]
    query = select(people.c.household_id, func.count().label(PERSONS), *counts).group_by(people.c.household_id)
    connection.execute(insert(families).from_select([column.name for column in query.selected_columns], query))
    make_findable(connection, families, families.c.household_id)


def needed_by(how: Counted) -> list[str]:
    """The columns (`table.column`) without which nothing is said of what is counted."""
    return [*([] if how.of is None else [how.of]), *([_BORN] if how.by_age else [])]


def count(people: FromClause, how: Counted, *, as_of: date) -> ColumnElement[int]:
    """SQL: how many persons of a household count; NULL where that is not known of one of them.

    Args:
        people: one row per person, with columns named `table.column`.
    """
    conditions: list[ColumnElement[bool]] = []
    if how.of is not None:
        own = people.c[how.of]
        conditions.append(own.in_([own.type.python_type(code) for code in how.among]))
    if how.by_age:
        conditions += _of_age(people.c[_BORN], how, as_of=as_of)
    conditions += [~func.coalesce(people.c[name].in_(codes), false()) for name, codes in how.but_for.items()]
    # Three values: false where one condition fails, unknown where none fails and one is unknown.
    counts = and_(*conditions)
    number = func.sum(flag(counts))
    return case((func.count(counts) == func.count(), cast(number, Integer)), else_=null())


def _of_age(born: ColumnElement[date], how: Counted, *, as_of: date) -> list[ColumnElement[bool]]:
    day = as_of if how.age_on is None else how.age_on.last_by(as_of)
    found: list[ColumnElement[bool]] = []
    if how.from_age is not None:
        found.append(born <= years_before(day, how.from_age))
    if how.below_age is not None:
        found.append(born > years_before(day, how.below_age))
    return found


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; on 29 February the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def in_family(people: FromClause, *, as_of: date) -> ColumnElement[bool]:
    """SQL: whether a person belongs to the family on a day."""
    joined = or_(people.c.joined_on.is_(None), people.c.joined_on <= as_of)
    return and_(joined, _has_not_left(people, as_of=as_of))


def _has_not_left(people: FromClause, *, as_of: date) -> ColumnElement[bool]:
    return or_(people.c.left_on.is_(None), people.c.left_on > as_of)


def is_same_person(staged: Staged) -> ColumnElement[bool]:
    """SQL: whether a staged row and a person who is held have the same key."""
    rows = staged.rows
    own = staged.column("member", "member_id")
    return and_(member.c.household_id == rows.c.household_id, member.c.member_id == (null() if own is None else own))


def _said(staged: Staged, name: str) -> Column | None:
    return staged.column(*name.split("."))


def _people(staged: Staged, *, needed: list[str]) -> Select:
    """One row per person: household_id, and the values that the file says, or else the database holds."""
    rows, same = staged.rows, is_same_person(staged)
    held = {name: member.c[name.split(".")[1]] for name in needed}
    values = [
        (column if (own := _said(staged, name)) is None else func.coalesce(own, column)).label(name)
        for name, column in held.items()
    ]
    in_file = (
        select(rows.c.household_id, *values)
        .outerjoin_from(rows, member, same)
        .where(staged.alive(), rows.c.household_id.is_not(None), _has_not_left(member, as_of=staged.as_of))
    )
    if staged.column("member", "member_id") is None:
        in_file = in_file.where(false())  # a file of households names no persons
    beside = select(member.c.household_id, *(column.label(name) for name, column in held.items())).where(
        in_family(member, as_of=staged.as_of),
        exists().where(rows.c.household_id == member.c.household_id, staged.alive()),
        ~exists().where(same, staged.alive()),
    )
    everybody = union_all(in_file, beside).subquery("everybody")
    return select(everybody)
