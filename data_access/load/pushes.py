"""Warnings of departments: each is matched to a household by its number or by the certificate number of a person. What
they say of a household as a whole becomes its indicator where the department is declared to be authoritative."""

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    String,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.schema import CreateTable

from data_access.id_numbers import LENGTH
from data_access.load.by_number import as_id_number, note_other_names, owner
from data_access.load.incoming import Incoming
from data_access.load.kinds import FileKind
from data_access.load.merge import BEFORE
from data_access.load.notes import titles
from data_access.load.problems import problem, report
from data_access.load.review import holds_after
from data_access.load.staging import Staged
from data_access.region_codes import township_of
from data_access.risk.rulebook import load_rulebook
from data_access.schema.limits import limit
from data_access.schema.tables import clue, clue_unmatched, data_load, household, household_indicator, member, region


def match_rows(connection: Connection, staged: Staged) -> None:
    """Number the warnings, find the household of every row that names none, and report rows for which none is found.

    A warning gets the same number whenever it is loaded: the number is computed from its row.
    """
    rows, kind = staged.rows, staged.kind
    number = staged.column("match", "id_no")
    if kind.is_roster:  # it has no day of its own for a person
        connection.execute(update(rows).values(clue__received_on=literal(staged.as_of, Date)))
    connection.execute(update(rows).values(clue__clue_id=_clue_id(staged)))
    if number is not None:
        alone = rows.c.household_id.is_(None) & number.is_not(None)
        connection.execute(update(rows).values(household_id=owner(number)).where(alone))
    received = rows.c.clue__received_on
    amounts = [column for column in _said_values(staged) if isinstance(column.type, Integer)]
    within = literal(limit("clue_within_days", on=staged.as_of), Integer)
    usual = func.coalesce(rows.c.clue__kind, literal(kind.usual_kind))
    matched = exists().where(household.c.household_id == rows.c.household_id)
    connection.execute(
        update(rows).values(
            clue__department=literal(kind.department),
            clue__kind=usual,
            **({"clue__amount": func.coalesce(rows.c.clue__amount, *amounts)} if amounts else {}),
            clue__due_on=received + within,
            clue_unmatched__clue_id=case((~matched, rows.c.clue__clue_id)),
            clue_unmatched__department=literal(kind.department),
            clue_unmatched__kind=usual,
            clue_unmatched__received_on=received,
            clue__clue_id=case((matched, rows.c.clue__clue_id)),
        )
    )
    shown = rows.c.household_id if number is None else number
    zeros = func.coalesce(shown, "").like(f"{'_' * (LENGTH - 3)}000")
    for rule, meant in (("not_matched_zeros", zeros), ("not_matched", ~zeros)):
        found = problem(staged, rule, value=shown)
        report(connection, staged, found.where(rows.c.clue__clue_id.is_(None), meant, staged.alive()))
    note_other_names(connection, staged)
    _note_corrections(connection, staged)
    _drop_values(connection, staged)


def _note_corrections(connection: Connection, staged: Staged) -> None:
    """Count the warnings of households of which others of the same class and day are held with another amount: a file
    that corrects an earlier one does not take it back."""
    own = staged.rows.c
    if "clue__amount" not in own or staged.kind.is_roster:
        return
    again = staged.rows.alias("again")
    other = exists().where(
        clue.c.household_id == own.household_id,
        clue.c.department == own.clue__department,
        clue.c.kind == own.clue__kind,
        clue.c.received_on == own.clue__received_on,
        clue.c.amount != own.clue__amount,
        ~exists().where(again.c.clue__clue_id == clue.c.clue_id),
    )
    if count := connection.execute(select(func.count()).select_from(staged.rows).where(other)).scalar_one():
        staged.notes.append(("note_other_amount", str(count)))


def speaks_of_all(kind: FileKind) -> bool:
    """Whether a file of a kind tells, of those whom it does not name, that nothing happened to them."""
    sources = load_rulebook().sources.values()
    return any(source.events is not None and source.events.file == kind.key for source in sources)


def note_reach(connection: Connection, staged: Staged, *, part: bool, name: str) -> None:
    """Say of a list of events of whom it speaks: of those alone whom it names, where it is that of a part of the
    district; that its name or title names one township alone, which may be such a part; of the first one also how far
    it reaches, and what it will mean for all others."""
    if not speaks_of_all(staged.kind):
        return
    if part:
        staged.notes.append(("note_list_of_part", ""))
        return
    townships = connection.execute(select(region.c.name_zh).where(region.c.level == "township")).scalars().all()
    said = "\n".join((name, *titles(staged)))
    if len(townships) > 1 and len(named := {one for one in townships if one and one in said}) == 1:
        staged.notes.append(("note_list_names_township", *named))
    if connection.execute(select(exists().where(data_load.c.kind == staged.kind.key))).scalar():
        return
    own = household.c.household_id == staged.rows.c.household_id
    villages = connection.execute(select(household.c.village_code).where(own, staged.alive()).distinct()).scalars()
    staged.notes.append(("note_first_list", str(len({township_of(code) for code in villages}))))


def _said_values(staged: Staged) -> list[Column]:
    """The staged columns that say something of a household as a whole."""
    said = (staged.column(*name.split(".")) for name in staged.kind.values)
    return [column for column in said if column is not None]


def _drop_values(connection: Connection, staged: Staged) -> None:
    """Leave out what a file says of households that are not on the register, or of which something newer is held: the
    warning counts, the value does not."""
    rows, said = staged.rows, _said_values(staged)
    if not said:
        return
    own = household.c.household_id == rows.c.household_id
    something = or_(*(column.is_not(None) for column in said))
    older = exists().where(household_indicator.c.household_id == rows.c.household_id, holds_after(staged.as_of))
    homes = select(func.count(rows.c.household_id.distinct())).where(something, exists().where(own), older)
    if count := connection.execute(homes).scalar_one():
        staged.notes.append(("note_values_older", str(count)))
    gone = or_(~exists().where(own, household.c.closed_on.is_(None)), older)
    connection.execute(update(rows).where(gone).values({column.name: None for column in said}))


def _clue_id(staged: Staged) -> ColumnElement[str]:
    names = ("match.id_no", "match.name", "clue.household_id", "clue.kind", "clue.amount", "clue.received_on")
    said = [staged.column(*name.split(".")) for name in (*names, *staged.kind.values)]
    texts = [func.coalesce(cast(column, String), "") for column in said if column is not None]
    sender = [literal(staged.kind.department), *([literal(staged.kind.key)] if staged.kind.is_roster else [])]
    return literal("T").concat(func.substr(func.md5(func.concat_ws("|", *sender, *texts)), 1, 20))


def keep_news(connection: Connection, staged: Staged) -> None:
    """Of a roster of relief, only those become clues whom no household marks with it, and of whom no clue of the kind
    waits to be checked."""
    rows, kind = staged.rows, staged.kind
    if not kind.is_roster:
        return
    own = member.c.household_id == rows.c.household_id
    marked = exists().where(
        own,
        as_id_number(member.c.id_no) == staged.filled("match", "id_no"),
        member.c.left_on.is_(None),
        member.c.relief == kind.compared,
    )
    waits = exists().where(
        clue.c.household_id == rows.c.household_id,
        clue.c.department == kind.department,
        clue.c.kind == kind.usual_kind,
        clue.c.checked_on.is_(None),
    )
    known = update(rows).where(or_(marked, waits)).values(clue__clue_id=None, clue_unmatched__clue_id=None)
    connection.execute(known)


def drop_matched(connection: Connection, incoming: Incoming) -> None:
    """Remove warnings that now have a household from the list of unmatched ones; the journal keeps them."""
    before, held = BEFORE[clue_unmatched.name], clue_unmatched
    connection.execute(CreateTable(before, if_not_exists=True))
    now_matched = held.c.clue_id.in_(select(incoming.rows.c.clue_id))
    kept = select(*held.c, true()).where(now_matched)
    connection.execute(insert(before).from_select([column.name for column in before.c], kept))
    connection.execute(delete(held).where(now_matched))
