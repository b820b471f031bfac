"""Net income of every household over a year, judged by the line of that year: the newest assessment year collected
(October to September), or the calendar year so far.

Net income = wage + business + property + transfer income − business costs, the same expression that the rules use.
If any part is missing, the income of the household is unknown: it is counted separately, never as poor and never as
safe.
"""

from calendar import monthrange
from datetime import date
from functools import partial

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Double,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.sql import Subquery

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.households.population import households_on, registered_on
from data_access.risk.scoring import income_line, net_income
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household, income_record
from data_access.scope import Scope

BASES = {"assessment": "income", "calendar": "income_calendar"}
"""The kinds of year that an income can be taken over -> the fact with the incomes of that year."""

PARTS = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")

_YEAR = 12
_QUARTER = 3


def read_years_without_line(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The years in which incomes in force on a day end and for which no monitoring line is declared: no rule judges
    these incomes. One row per village and year.

    Columns: village_code, year, households (户).
    """
    homes = households_on(on, scope=scope)
    year = cast(extract("year", homes.c.income_period_end), Integer)
    rows = (
        select(homes.c.village_code, year.label("year"))
        .where(year.is_not(None), year.not_in(snapshot.rulebook.lines))
        .subquery("without_line")
    )
    query = select(*rows.c, func.count().label("households")).group_by(*rows.c).order_by(*rows.c)
    return read_frame(snapshot.connection, query)


def calendar_through(snapshot: Snapshot, *, on: date) -> date | None:
    """The last day, not after a given day, up to which incomes of its calendar year are recorded; None if no period of
    that year is recorded."""
    record = income_record
    query = select(func.max(record.c.period_end)).where(
        record.c.period_start >= date(on.year, 1, 1), record.c.period_end <= on
    )
    return snapshot.connection.execute(query).scalar()


def judged_incomes(snapshot: Snapshot, *, scope: Scope, basis: str, on: date) -> Subquery:
    """Every household on the register on a day with its income; one row per household. Money in yuan.

    Columns: village_code, household_id; period_end and months (of the year the income is of); line (yuan per person;
    NULL if none applies); per_head (whole yuan, rounded down; NULL if not known); band (of `income_band`); change (of
    `income_change`, against the year before; NULL if either is not known); and values that are 0 if not known:
    households (1), known (1), persons, net, the five PARTS, compared (1 if both years are known), net and persons of
    the compared households in both years (now_net, now_persons, last_net, last_persons).

    Args:
        basis: a key of BASES. An unfinished calendar year is not compared with the line of a whole year.
    """
    make = partial(_judged, snapshot, basis=basis, on=on)
    return snapshot.begin_with("judged_incomes", basis, on, scope=scope, make=make)


def _judged(snapshot: Snapshot, scope: Scope, *, basis: str, on: date) -> Select:
    source = _assessed(snapshot, scope=scope, on=on) if basis == "assessment" else _recorded(snapshot, scope, on)
    own = source.c
    known = func.coalesce(and_(own.net.is_not(None), own.persons > 0), false())
    compared = func.coalesce(and_(known, own.last_net.is_not(None), own.last_persons > 0), false())
    now, last = own.net * own.last_persons, own.last_net * own.persons

    def value(condition: ColumnElement[bool], column: ColumnElement[int]) -> ColumnElement[int]:
        return case((condition, cast(column, BigInteger)), else_=literal(0, BigInteger))

    return select(
        *source.c["village_code", "household_id", "period_end", "months", "line"],
        case((known, cast(func.floor(cast(own.net, Double) / func.nullif(own.persons, 0)), BigInteger))).label(
            "per_head"
        ),
        _band(known, own.net, own.persons, own.line).label("band"),
        case((~compared, null()), (now < last, "down"), (now > last, "up"), else_="same").label("change"),
        literal(1, Integer).label("households"),
        value(known, literal(1)).label("known"),
        value(known, own.persons).label("persons"),
        value(known, own.net).label("net"),
        *(value(known, own[name]).label(name) for name in PARTS),
        value(compared, literal(1)).label("compared"),
        value(compared, own.net).label("now_net"),
        value(compared, own.persons).label("now_persons"),
        value(compared, own.last_net).label("last_net"),
        value(compared, own.last_persons).label("last_persons"),
    )


def band_limits() -> list[int]:
    """The upper limits of the bands of incomes, in percent of the line; the codes of `income_band` are these
    limits."""
    return [int(code) for code in load_codes()["income_band"] if code.isdigit()]


def _band(
    known: ColumnElement[bool], net: ColumnElement[int], persons: ColumnElement[int], line: ColumnElement[int]
) -> ColumnElement[str]:
    # Multiplied, not divided, as in the rules: a household on the edge must fall on the same side everywhere.
    limits = ((net * 100 < line * persons * limit, str(limit)) for limit in band_limits())
    return case((~known, "unknown"), (line.is_(None), "no_line"), *limits, else_="more")


def _assessed(snapshot: Snapshot, *, scope: Scope, on: date) -> Subquery:
    """Incomes of the assessment year in the indicators in force; one row per household on the register."""
    homes = households_on(on, scope=scope)
    row = {column.name: column for column in homes.c}
    return select(
        *homes.c["village_code", "household_id"],
        homes.c.income_period_end.label("period_end"),
        literal(_YEAR, Integer).label("months"),
        income_line(row, snapshot.rulebook).label("line"),
        net_income(row).label("net"),
        cast(homes.c.income_persons, BigInteger).label("persons"),
        *homes.c[*PARTS],
        cast(homes.c.last_net_income, BigInteger).label("last_net"),
        cast(homes.c.last_income_persons, BigInteger).label("last_persons"),
    ).subquery("assessed")


def _recorded(snapshot: Snapshot, scope: Scope, on: date) -> Subquery:
    """Incomes of the calendar year so far from the records; one row per household on the register."""
    through = calendar_through(snapshot, on=on)
    ends = through or date(on.year, 12, 31)
    before = date(ends.year - 1, ends.month, monthrange(ends.year - 1, ends.month)[1])
    now, last = _year_to(ends).subquery("this_year"), _year_to(before).subquery("last_year")
    line = snapshot.rulebook.lines.get(ends.year) if through == date(on.year, 12, 31) else None
    return (
        select(
            *household.c["village_code", "household_id"],
            # Cast: databases do not know the type of a NULL passed as a parameter.
            cast(through, Date).label("period_end"),
            literal(ends.month, Integer).label("months"),
            cast(line.value if line else None, BigInteger).label("line"),
            *now.c["net", "persons", *PARTS],
            last.c.net.label("last_net"),
            last.c.persons.label("last_persons"),
        )
        .outerjoin_from(household, now, now.c.household_id == household.c.household_id)
        .outerjoin(last, last.c.household_id == household.c.household_id)
        .where(registered_on(on), scope.rows(household.c.village_code))
        .subquery("recorded")
    )


def _year_to(through: date) -> Select:
    """Income from 1 January up to a day; one row per household for which every quarter is recorded in full.

    Columns: household_id, net, the five PARTS, persons (of the last quarter)."""
    record = income_record
    net = net_income({column.name: column for column in record.c})
    return (
        select(
            record.c.household_id,
            cast(func.sum(net), BigInteger).label("net"),
            *(cast(func.sum(record.c[name]), BigInteger).label(name) for name in PARTS),
            cast(func.max(case((record.c.period_end == through, record.c.persons))), BigInteger).label("persons"),
        )
        .where(record.c.period_start >= date(through.year, 1, 1), record.c.period_end <= through)
        .group_by(record.c.household_id)
        .having(func.count(net) == through.month // _QUARTER)
    )


def _entries(snapshot: Snapshot, scope: Scope, on: date, *, basis: str) -> Select:
    """One row per household on the register with its income of the year; values as in `judged_incomes`."""
    return select(judged_incomes(snapshot, scope=scope, basis=basis, on=on))


def _listing(basis: str) -> Listing:
    return Listing(
        entries=partial(_entries, basis=basis),
        details={
            "per_head": "yuan",
            "line": "yuan",
            "band": "income_band",
            "change": "income_change",
            "period_end": "date",
        },
        facets={"band": "income_band", "change": "income_change"},
    )


LISTINGS = {frame: _listing(basis) for basis, frame in BASES.items()}
