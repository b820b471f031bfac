"""What the staged rows say about each table: one row per row of the table, in a temporary table.

A column that the file does not have, or a blank cell, says nothing: it is NULL here and changes nothing in the table.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import Subquery

from data_access.clock import month_first_day, month_number
from data_access.load import case_days
from data_access.load.cells import BEGUN, load_checks
from data_access.load.families import PERSONS
from data_access.load.kinds import SHARED_KEYS
from data_access.load.lookups import make_findable, temporary_table
from data_access.load.staging import Staged
from data_access.schema.indicators import load_codes
from data_access.schema.tables import (
    employment,
    household_indicator,
    income_record,
    measure,
    metadata,
    monitoring_case,
)
from data_access.sql import flag, month_of

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")


@dataclass(frozen=True)
class Incoming:
    """What a file says about one table."""

    target: Table
    rows: Table
    """One row per row of the target, with the same columns."""
    links: tuple[str, ...]
    """The key columns by which a row of the target belongs to staged rows."""
    filled: bool = True
    """Whether it says anything: what says nothing is neither checked nor merged."""

    def same_key(self, other: Table) -> ColumnElement[bool]:
        """SQL: whether a row here and one of another table have the same key."""
        return and_(*(self.rows.c[column.name] == other.c[column.name] for column in self.target.primary_key.columns))

    def said(self) -> list[Column]:
        """The columns of the target that are not its key."""
        return [column for column in self.target.c if not column.primary_key]


def build_incoming(connection: Connection, staged: Staged) -> dict[str, Incoming]:
    """Put together what the accepted staged rows say about each table of their kind; families were counted before."""
    incoming = {table: _build(connection, staged, table) for table in staged.kind.targets}
    if not incoming:  # a kind that is only compared
        return {}
    filled = connection.execute(select(*(exists(select(one.rows)) for one in incoming.values()))).one()
    return {table: replace(one, filled=bool(says)) for (table, one), says in zip(incoming.items(), filled, strict=True)}


def _build(connection: Connection, staged: Staged, table: str) -> Incoming:
    target = metadata.tables[table]
    special = _SPECIAL.get(table) if table != staged.kind.row else None
    links = tuple(
        column.name
        for column in target.primary_key.columns
        if staged.column(table, column.name) is not None and (special is None or column.name in SHARED_KEYS)
    )
    rows = _incoming_rows(target)
    rows.create(connection)
    incoming = Incoming(target=target, rows=rows, links=links)
    query = _grouped(staged, incoming) if special is None else special(staged, incoming)
    connection.execute(insert(rows).from_select([column.name for column in query.selected_columns], query))
    make_findable(connection, rows, *list(rows.c)[:1])
    return incoming


def _grouped(staged: Staged, incoming: Incoming) -> Select:
    """One row per key; rows that share a key say the same or nothing, which was checked before."""
    table = incoming.target.name
    values: list[ColumnElement] = []
    for column in incoming.target.c:
        own = staged.column(table, column.name)
        if own is not None and (persons := staged.kind.values.get(f"{table}.{column.name}")) is not None:
            values.append(_of_persons(own, persons).label(column.name))
        elif own is not None:
            values.append((own if column.name in incoming.links else _one_of(own)).label(column.name))
        elif column.name == "valid_from" and staged.kind.dated:
            values.append(literal(staged.as_of, Date).label(column.name))
        elif f"{table}.{column.name}" in staged.kind.counted:
            how = staged.kind.counted[f"{table}.{column.name}"]
            values.append(
                func.max(staged.families.c[PERSONS if how.rows else f"{table}.{column.name}"]).label(column.name)
            )
    if table == "household_indicator" and staged.kind.dated:
        values += _income_period(staged, {value.name for value in values})
    keys = staged.keys(table)
    query = select(*values).where(staged.alive(), *(key.is_not(None) for key in keys)).group_by(*keys)
    if table == "household_indicator" and staged.kind.counted:
        families = staged.families
        query = query.outerjoin_from(staged.rows, families, families.c.household_id == staged.rows.c.household_id)
    return query


def _of_persons(column: Column, how: str) -> ColumnElement:
    """What the rows of a household's persons make together; unknown where one of them does not say it."""
    together = cast(func.sum(column), Integer) if how == "sum" else func.max(column)
    return case((func.count(column) == func.count(), together), else_=null())


def _one_of(column: Column) -> ColumnElement:
    """One of several equal values: databases have no maximum of booleans."""
    if isinstance(column.type, Boolean):
        return func.max(cast(column, Integer)) == 1
    return func.max(column)


def _income_period(staged: Staged, there: set[str]) -> list[ColumnElement]:
    """The assessment year and the number of persons, for incomes that come without them."""
    if not there.intersection(INCOMES):
        return []
    found: list[ColumnElement] = []
    if "income_period_end" not in there:
        found.append(literal(assessment_end(staged.as_of), Date).label("income_period_end"))
    if "income_persons" not in there:
        size = staged.column("household_indicator", "family_size")
        persons = func.max(staged.families.c[PERSONS])
        found.append((persons if size is None else func.coalesce(func.max(size), persons)).label("income_persons"))
    return found


def assessment_end(as_of: date) -> date:
    """The last day of the latest assessment year that has ended by a day."""
    ends = load_checks().assessment_year_ends
    this_year = date(as_of.year, ends.month, ends.day)
    return this_year if this_year <= as_of else this_year.replace(year=as_of.year - 1)


def _cases(staged: Staged, incoming: Incoming) -> Select:
    """The case that the household's rows refer to: the one identified in that month, or else the one that went through
    the procedure here and waits for its entry, or a new one."""
    said = _grouped(staged, incoming).subquery("said")
    there = {column.name for column in said.c}
    if not {"category", "identified_on"} <= there:
        return _nothing(incoming)
    month = cast(extract("year", said.c.identified_on) * 100 + extract("month", said.c.identified_on), Integer)
    known = _meant_case(said)
    eliminated = said.c.eliminated_on if "eliminated_on" in there else cast(null(), Date)
    outcome = said.c.outcome if "outcome" in there else null()
    persons = (
        select(staged.families.c[PERSONS])
        .where(staged.families.c.household_id == said.c.household_id)
        .scalar_subquery()
    )
    identified = case_days.identified(said.c.identified_on, known=known, as_of=staged.as_of)
    own = {
        "case_id": func.coalesce(known.c.case_id, said.c.household_id.concat("-").concat(cast(month, String))),
        "discovered_on": func.coalesce(known.c.discovered_on, said.c.identified_on),
        "identified_on": identified,
        "eliminated_on": func.coalesce(
            known.c.eliminated_on,
            case_days.eliminated(eliminated, known=known, identified_on=identified, as_of=staged.as_of),
        ),
        "outcome": func.coalesce(outcome, case((eliminated.is_not(None), "eliminated"), else_="open")),
        "persons": case((known.c.eliminated_on.is_(None), persons), else_=known.c.persons),
    }
    columns = [
        own[column.name].label(column.name) if column.name in own else said.c[column.name]
        for column in monitoring_case.c
        if column.name in own or column.name in there
    ]
    return (
        select(*columns)
        .outerjoin_from(said, known, known.c.household_id == said.c.household_id)
        .where(said.c.category.is_not(None), said.c.identified_on.is_not(None))
    )


def _meant_case(said: Subquery) -> Subquery:
    """The case held that a sheet means by the month of an identification, of which it knows no day; at most one row per
    household."""
    held = monitoring_case.c
    same_month = month_of(held.identified_on) == month_of(said.c.identified_on)
    waits = and_(held.identified_on.is_(None), month_of(held.discovered_on) <= month_of(said.c.identified_on))
    place = func.row_number().over(
        partition_by=held.household_id,
        order_by=(flag(same_month).desc(), held.discovered_on.desc(), held.case_id.desc()),
    )
    found = (
        select(monitoring_case, place.label("place"))
        .join_from(said, monitoring_case, held.household_id == said.c.household_id)
        .where(or_(same_month, waits), held.outcome.not_in(("rejected", "ended")))
        .subquery("found")
    )
    return select(*(column for column in found.c if column.name != "place")).where(found.c.place == 1).subquery("known")


def _nothing(incoming: Incoming) -> Select:
    return select(*(cast(null(), column.type).label(column.name) for column in incoming.target.c)).where(false())


def _yearly_incomes(staged: Staged, incoming: Incoming) -> Select:
    """One income record for the whole year, for households that have none for that year yet."""
    indicators = _incoming_rows(household_indicator)  # built already, as it comes before incomes among the targets
    end = indicators.c.income_period_end
    start = cast(extract("year", end) - 1, Integer)
    first = func.make_date(start, load_checks().assessment_year_ends.month + 1, 1)
    recorded = exists().where(
        income_record.c.household_id == indicators.c.household_id,
        income_record.c.period_end > first,
        income_record.c.period_end <= end,
    )
    amounts = [*INCOMES, "compliant_self_pay"]
    return select(
        indicators.c.household_id,
        cast(first, Date).label("period_start"),
        end.label("period_end"),
        indicators.c.income_persons.label("persons"),
        *(indicators.c[name] for name in amounts),
    ).where(~recorded, end.is_not(None), or_(*(indicators.c[name].is_not(None) for name in INCOMES)))


def _measures(staged: Staged, incoming: Incoming) -> Select:
    """The measures that the columns of a person sheet name, one for each kind: of the case that the sheet names, else
    of the one that is watched. A measure of the kind that is held already is that measure."""
    kinds = [name for name in load_codes()["measure_kind"] if staged.column("measures", name) is not None]
    if not kinds:
        return _nothing(incoming)
    said = union_all(
        *(
            select(
                staged.rows.c.household_id,
                literal(kind).label("kind"),
                func.min(staged.filled("measures", kind)).label("first"),
            )
            .where(staged.alive(), staged.filled("measures", kind).is_not(None))
            .group_by(staged.rows.c.household_id)
            for kind in kinds
        )
    ).subquery("said")
    cases = _watched_cases()
    own_id = cases.c.case_id.concat("-").concat(said.c.kind)
    held = measure.alias("held")
    same_kind = (
        select(func.min(measure.c.measure_id))
        .where(
            measure.c.household_id == said.c.household_id,
            measure.c.case_id == cases.c.case_id,
            measure.c.kind == said.c.kind,
        )
        .scalar_subquery()
    )
    number = func.coalesce(same_kind, own_id)
    first = cast(func.nullif(said.c.first, BEGUN), Date)
    return (
        select(
            said.c.household_id,
            number.label("measure_id"),
            cases.c.case_id,
            said.c.kind,
            case((held.c.measure_id == own_id, first), else_=func.coalesce(held.c.started_on, first)).label(
                "started_on"
            ),
            case((and_(said.c.first == BEGUN, held.c.started_on.is_(None)), true())).label("begun"),
        )
        .join_from(said, cases, cases.c.household_id == said.c.household_id)
        .outerjoin(held, and_(held.c.household_id == said.c.household_id, held.c.measure_id == number))
    )


def _watched_cases() -> Subquery:
    """The case of each household that is watched: the one of the sheet, else the one held; one row per household."""
    said = _incoming_rows(monitoring_case)  # built already, as cases come before measures among the targets
    watched = ("open", "eliminated")
    of_sheet = select(said.c.household_id, said.c.case_id)
    known = (
        select(monitoring_case.c.household_id, func.max(monitoring_case.c.case_id).label("case_id"))
        .where(
            monitoring_case.c.outcome.in_(watched),
            ~exists().where(said.c.household_id == monitoring_case.c.household_id),
        )
        .group_by(monitoring_case.c.household_id)
    )
    return union_all(of_sheet, known).subquery("watched")


def work_began(staged: Staged) -> ColumnElement[date]:
    """SQL: the first day of the months for which a sheet says that somebody worked, up to its own; its own day where it
    does not say."""
    months, last = staged.column("said", "work_months"), month_number(staged.as_of)
    if months is None:
        return literal(staged.as_of, Date)
    began = {f"{number}": literal(month_first_day(last - number + 1), Date) for number in range(1, 13)}
    whole = func.regexp_replace(months, "[^0-9].*$", "")  # with its unit, or a part of a month
    return case(began, value=whole, else_=literal(staged.as_of, Date))


def _jobs(staged: Staged, incoming: Incoming) -> Select:
    """The jobs that a person sheet names; one row per person with one. Where it does not say since when, an open job of
    the same place and channel goes on, and another one begins on the day of the sheet; the first that is known of a
    person as many months before as the sheet says."""
    rows, held = staged.rows, employment
    parts = {
        column.name: own
        for column in held.c
        if not column.primary_key and (own := staged.column(held.name, column.name)) is not None
    }
    if not parts:
        return _nothing(incoming)
    started = staged.column(held.name, "started_on")
    newest = (
        select(*held.c["household_id", "member_id"], func.max(held.c.started_on).label("started_on"))
        .where(
            held.c.started_on <= staged.as_of,
            or_(held.c.ended_on.is_(None), held.c.ended_on > staged.as_of),
        )
        .group_by(held.c.household_id, held.c.member_id)
        .subquery("newest")
    )
    same = [
        or_(parts[name].is_(None), held.c[name].is_(None), parts[name] == held.c[name])
        for name in ("place", "channel")
        if name in parts
    ]
    goes_on = and_(held.c.started_on.is_not(None), *same)
    ever = held.alias("ever")
    had_one = exists().where(ever.c.household_id == rows.c.household_id, ever.c.member_id == rows.c.member_id)
    begins = case(
        (goes_on, held.c.started_on),
        (had_one, literal(staged.as_of, Date)),
        else_=work_began(staged),
    )
    return (
        select(
            rows.c.household_id,
            rows.c.member_id,
            (begins if started is None else func.coalesce(started, begins)).label("started_on"),
            *(own.label(name) for name, own in parts.items()),
        )
        .outerjoin_from(
            rows, newest, and_(newest.c.household_id == rows.c.household_id, newest.c.member_id == rows.c.member_id)
        )
        .outerjoin(held, and_(*(held.c[column.name] == column for column in newest.c)))
        .where(staged.alive(), or_(*(own.is_not(None) for own in parts.values())))
    )


_SPECIAL = {
    "monitoring_case": _cases,
    "income_record": _yearly_incomes,
    "measure": _measures,
    "employment": _jobs,
}
"""Tables of which a file that has one row for something else says more than columns of theirs."""


def _incoming_rows(target: Table) -> Table:
    """The temporary table of what a file says about a table."""
    return temporary_table(f"incoming_{target.name}", *((column.name, column.type) for column in target.c))
