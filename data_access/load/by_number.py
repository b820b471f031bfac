"""Whose rows they are that name no household but the certificate number of a person: of its head, or of a member."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    String,
    Subquery,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from data_access.files.spellings import HIDDEN_LETTERS
from data_access.id_numbers import LENGTH
from data_access.load.kinds import SHARED_KEYS
from data_access.load.problems import detail, problem, report
from data_access.load.staging import Staged
from data_access.schema.tables import household, member

NUMBER = ("match", "id_no")


def owner(number: ColumnElement[str]) -> ScalarSelect[str]:
    """The one household in which a person, or the head, has a certificate number; NULL if there is none or several."""
    held = _owners()
    return select(held.c.household_id).where(held.c.id_no == number, held.c.households == 1).scalar_subquery()


def find_owners(connection: Connection, staged: Staged) -> None:
    """Fill in the household of rows that name none, and the person where their kind is about one; rows for which it is
    not found, or not one alone, are reported, and those that name one household and a person of another."""
    rows, number = staged.rows, staged.column(*NUMBER)
    if number is None:
        return
    alone, label = rows.c.household_id.is_(None), ".".join(NUMBER)
    _forget_needless(connection, staged)
    held = _owners()
    several = problem(
        staged, "number_of_several", column=label, value=number, said=detail(households=held.c.households)
    )
    several = several.join_from(rows, held, held.c.id_no == number).where(alone, held.c.households > 1)
    none = problem(staged, "number_of_nobody", column=label, value=number)
    none = none.where(alone, number.is_not(None), ~select(held.c.id_no).where(held.c.id_no == number).exists())
    needed = problem(staged, "nobody_named", column=label).where(alone, number.is_(None))
    said = detail(household=held.c.household_id)
    another = problem(staged, "number_of_another", column=label, value=number, said=said)
    another = another.join_from(rows, held, held.c.id_no == number).where(
        rows.c.household_id != held.c.household_id, held.c.households == 1
    )
    for found in (several, none, needed, another):
        report(connection, staged, found)
    connection.execute(update(rows).values(household_id=owner(number)).where(alone))
    if "member_id" in rows.c:
        _find_persons(connection, staged)
    note_other_names(connection, staged)


def note_other_names(connection: Connection, staged: Staged) -> None:
    """Note the rows that name somebody whom the household of their number has not: a wrong digit makes it another's."""
    rows, number, name = staged.rows, staged.column(*NUMBER), staged.column("match", "name")
    if number is None or name is None:
        return
    called = select(member.c.household_id, member.c.name).union(select(household.c.household_id, household.c.head_name))
    names = called.subquery("names")
    own = names.c.household_id == rows.c.household_id
    found = problem(staged, "name_not_in_household", column=".".join(NUMBER), value=number)
    found = found.where(
        number.is_not(None),
        name.is_not(None),
        ~or_(*(name.contains(sign, autoescape=True) for sign in sorted(HIDDEN_LETTERS))),
        select(names.c.name).where(own, names.c.name.is_not(None)).exists(),
        ~select(names.c.name).where(own, names.c.name == name).exists(),
    )
    report(connection, staged, found)


def _forget_needless(connection: Connection, staged: Staged) -> None:
    """What is wrong with a certificate number does not matter where the row names household and person itself."""
    rows, own, fields = staged.rows, staged.problems, staged.kind.fields
    headings = {
        found.headings[at]
        for _, found in staged.parts
        for at, field in found.columns.items()
        if fields[field].key == ".".join(NUMBER)
    }
    named = and_(*(rows.c[name].is_not(None) for name in SHARED_KEYS if name in rows.c))
    needless = own.c.row_no.in_(select(rows.c.row_no).where(named))
    connection.execute(delete(own).where(own.c.column.in_(headings), needless))


def _find_persons(connection: Connection, staged: Staged) -> None:
    """Fill in the person of rows whose household is known; report those of whom it holds nobody with the number."""
    rows, number = staged.rows, staged.filled(*NUMBER)
    unknown = rows.c.member_id.is_(None)
    person = select(func.min(member.c.member_id)).where(
        member.c.household_id == rows.c.household_id, as_id_number(member.c.id_no) == number, member.c.left_on.is_(None)
    )
    connection.execute(update(rows).values(member_id=person.scalar_subquery()).where(unknown))
    said = func.coalesce(number, literal("", String))
    none = problem(staged, "number_of_nobody", column=".".join(NUMBER), value=said)
    report(connection, staged, none.where(unknown, rows.c.household_id.is_not(None)))


def as_id_number(held: ColumnElement[str]) -> ColumnElement[str]:
    """A certificate number that is held, as ID number: a database that others fill may hold a small x, and the number
    of a disability card begins with the ID number."""
    number = func.upper(held)
    return case((func.length(number) > LENGTH, func.substr(number, 1, LENGTH)), else_=number)


def _owners() -> Subquery:
    """One row per certificate number of persons who are members and heads of households that are open: id_no,
    household_id (one of them), households (how many)."""
    persons = select(member.c.id_no, member.c.household_id).where(member.c.left_on.is_(None))
    heads = select(household.c.head_id_no, household.c.household_id).where(household.c.closed_on.is_(None))
    known = persons.union(heads).subquery("known")
    spelled = as_id_number(known.c.id_no).label("id_no")
    count = func.count(known.c.household_id.distinct()).label("households")
    one = func.min(known.c.household_id).label("household_id")
    return select(spelled, one, count).where(spelled.is_not(None)).group_by(spelled).subquery("owners")
