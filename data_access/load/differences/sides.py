"""The two registers that are compared, read in the loading transaction: that of a file, from its staged rows, and the
one held."""

from collections.abc import Callable, Sequence

import pandas as pd
from sqlalchemy import (
    Connection,
    Select,
    String,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from data_access import disclosure, id_numbers
from data_access.database.frames import read_frame
from data_access.load.differences.registers import DAYS, HOUSEHOLD, PERSON, Register, looked_up
from data_access.load.differences.rosters import HELD, LISTED
from data_access.load.lookups import temporary_table
from data_access.load.staging import Staged
from data_access.schema.tables import helper, household, household_indicator, member, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag

WATCHED = ("open", "eliminated")
_DAYS = (*DAYS, "day", "income_to")
_NUMBERS = ("loaded", "clue", "amount", "transfer_income")
_VILLAGES = ("household__village_code", "clue_unmatched__village_code")
_CERTIFICATES = ("member__id_no", "match__id_no")
_OF_HOUSEHOLD = {
    "village_code": "household.village_code",
    "household_type": "household.household_type",
    "category": "monitoring_case.category",
    "identified_on": "monitoring_case.identified_on",
    "outcome": "monitoring_case.outcome",
    "eliminated_on": "monitoring_case.eliminated_on",
    "head": "household.head_id_no",
    "helper_id": "household.helper_id",
    "helper": "said.helper",
}


def read_file(connection: Connection, staged: Staged, *, scope: Scope) -> Register:
    """The register of a file, with its rejected rows as far as they name a household and a person; names and numbers
    that are shown are masked as the scope may see them."""

    def own(name: str) -> ColumnElement:
        column = staged.column(*name.split("."))
        return cast(null(), String) if column is None else column

    def shown(mask: Callable[..., ColumnElement], name: str) -> ColumnElement:
        column = staged.column(*name.split("."))
        return cast(null(), String) if column is None else mask(column, scope=scope)

    rows = staged.rows
    query = select(
        rows.c.household_id,
        rows.c.member_id,
        *(own(name).label(label) for label, name in _OF_HOUSEHOLD.items()),
        shown(disclosure.name, "household.head_name").label("head_name"),
        shown(disclosure.id_number, "household.head_id_no").label("head_id_no"),
        shown(disclosure.name, "said.helper").label("helper_shown"),
        own("member.id_no").label("certificate"),
        shown(disclosure.name, "member.name").label("name"),
        shown(disclosure.id_number, "member.id_no").label("id_no"),
        flag(staged.alive()).label("loaded"),
    ).where(rows.c.household_id.is_not(None), rows.c.member_id.is_not(None))
    found = _tidy(read_frame(connection, query.order_by(rows.c.row_no)))
    found["outcome"] = found["outcome"].where(
        found["outcome"].notna() | found["eliminated_on"].isna(), other="eliminated"
    )
    values = [*_OF_HOUSEHOLD, "head_name", "head_id_no", "helper_shown"]
    by_home = found.groupby("household_id", sort=False)
    homes = by_home[values].first().assign(loaded=by_home["loaded"].min().astype(bool), closed_on=None)
    homes = homes.reset_index().rename(columns={"head_name": "name", "head_id_no": "id_no"})
    persons = found.drop_duplicates(["household_id", "member_id"]).assign(left_on=None)
    return Register(_of(homes, HOUSEHOLD), _of(persons, PERSON))


def read_held(connection: Connection, staged: Staged, *, scope: Scope) -> Register:
    """The register held on the day of the file, of its villages, and of households with a number or a person of it."""
    homes = _homes(connection, staged, scope=scope)
    held = _tidy(read_frame(connection, _households_held(staged, homes=homes, scope=scope)))
    if held.empty:
        return Register(*(_of(_tidy(pd.DataFrame(columns=list(columns))), columns) for columns in (HOUSEHOLD, PERSON)))
    persons = _persons_held(connection, staged, homes=homes, scope=scope)
    heads = persons[(persons["relation"] == "head") & persons["left_on"].isna()]
    heads = heads.drop_duplicates("household_id").set_index("household_id")
    cases = _tidy(read_frame(connection, _cases_held(homes)))
    cases = cases.sort_values("identified_on").drop_duplicates("household_id", keep="last")
    held = held.merge(cases, on="household_id", how="left")
    for name in ("head", "name", "id_no"):  # where the household names no head, the person who is
        of_person = looked_up(held["household_id"], heads["certificate" if name == "head" else name])
        held[name] = held[name].fillna(of_person)
    return Register(_of(held.assign(loaded=True), HOUSEHOLD), _of(persons, PERSON))


def read_roster(connection: Connection, staged: Staged, *, scope: Scope) -> pd.DataFrame:
    """The rows of a roster; columns `rosters.LISTED`."""

    def first(*names: str) -> ColumnElement:
        found = (staged.column(*name.split(".")) for name in names)
        return next((column for column in found if column is not None), cast(null(), String))

    number, name = first("member.id_no", "match.id_no"), first("member.name", "match.name")
    relief = staged.kind.department is not None
    clue = or_(first("clue.clue_id").is_not(None), first("clue_unmatched.clue_id").is_not(None))
    query = select(
        number.label("certificate"),
        disclosure.name(name, scope=scope).label("name"),
        disclosure.id_number(number, scope=scope).label("id_no"),
        first("household.village_code", "clue_unmatched.village_code").label("village_code"),
        first("clue.amount").label("amount"),
        first("member.left_on" if staged.kind.compared == "residents" else "clue.received_on").label("day"),
        first("member.leave_reason").label("reason"),
        (flag(clue) if relief else literal(0)).label("clue"),
    )
    return _tidy(read_frame(connection, query.order_by(staged.rows.c.row_no)))[list(LISTED)]


def read_persons(connection: Connection, staged: Staged, *, scope: Scope) -> pd.DataFrame:
    """The persons held on the day of a roster, of its villages and of households with a person of it; columns
    `rosters.HELD`."""
    homes = _homes(connection, staged, scope=scope)
    persons = _persons_held(connection, staged, homes=homes, scope=scope)
    incomes = _tidy(read_frame(connection, _incomes_held(staged, homes=homes)))
    incomes = incomes.drop_duplicates("household_id", keep="last")
    end = incomes["income_to"]
    found = persons.merge(incomes.assign(income_from=end - pd.DateOffset(years=1) + pd.Timedelta(days=1)), how="left")
    return found[list(HELD)]


def _incomes_held(staged: Staged, *, homes: Select) -> Select:
    own = household_indicator.c
    return (
        select(own.household_id, own.transfer_income, own.income_period_end.label("income_to"))
        .where(
            own.household_id.in_(homes),
            own.valid_from <= staged.as_of,
            or_(own.valid_to.is_(None), own.valid_to > staged.as_of),
        )
        .order_by(own.household_id, own.valid_from)
    )


def _homes(connection: Connection, staged: Staged, *, scope: Scope) -> Select:
    """The numbers of the households that are read: of the villages of a file, and those with a number or a person of
    it. They are looked for once, and kept in a temporary table."""
    rows = staged.rows
    village = next((found for name in _VILLAGES if (found := rows.c.get(name)) is not None), None)
    certificate = next((found for name in _CERTIFICATES if (found := rows.c.get(name)) is not None), None)
    number = rows.c.get("household_id")
    wanted = []
    if village is not None:
        wanted.append(household.c.village_code.in_(select(village).where(village.is_not(None))))
    if number is not None:
        wanted.append(household.c.household_id.in_(select(number)))
        unplaced = select(household.c.village_code).join(rows, number == household.c.household_id)
        wanted.append(household.c.village_code.in_(unplaced if village is None else unplaced.where(village.is_(None))))
    if certificate is not None:
        same = select(member.c.household_id).where(_start(member.c.id_no).in_(select(_start(certificate))))
        wanted.append(household.c.household_id.in_(same))
    own = select(household.c.household_id).where(scope.rows(household.c.village_code), or_(*wanted))
    homes = temporary_table("compared_households", ("household_id", String))
    homes.create(connection)
    connection.execute(insert(homes).from_select(["household_id"], own))
    return select(homes.c.household_id)


def _start(number: ColumnElement[str]) -> ColumnElement[str]:
    """What certificates of one person have in common: that of a disability begins with the ID number."""
    return func.upper(func.substr(number, 1, id_numbers.LENGTH))


def _households_held(staged: Staged, *, homes: Select, scope: Scope) -> Select:
    closed = case((household.c.closed_on <= staged.as_of, household.c.closed_on))
    return (
        select(
            *household.c["household_id", "village_code", "household_type", "helper_id"],
            household.c.head_id_no.label("head"),
            disclosure.name(household.c.head_name, scope=scope).label("name"),
            disclosure.id_number(household.c.head_id_no, scope=scope).label("id_no"),
            helper.c.name.label("helper"),
            disclosure.name(helper.c.name, scope=scope).label("helper_shown"),
            closed.label("closed_on"),
        )
        .outerjoin_from(household, helper, helper.c.helper_id == household.c.helper_id)
        .where(household.c.household_id.in_(homes))
        .order_by(household.c.household_id)
    )


def _cases_held(homes: Select) -> Select:
    known = monitoring_case.c
    return select(*known["household_id", "category", "identified_on", "outcome", "eliminated_on"]).where(
        known.outcome.in_(WATCHED), known.identified_on.is_not(None), known.household_id.in_(homes)
    )


def _persons_held(connection: Connection, staged: Staged, *, homes: Select, scope: Scope) -> pd.DataFrame:
    query = (
        select(
            *member.c["household_id", "member_id", "relation", "relief", "leave_reason"],
            household.c.village_code,
            member.c.id_no.label("certificate"),
            disclosure.name(member.c.name, scope=scope).label("name"),
            disclosure.id_number(member.c.id_no, scope=scope).label("id_no"),
            case((member.c.left_on <= staged.as_of, member.c.left_on)).label("left_on"),
        )
        .join(household, household.c.household_id == member.c.household_id)
        .where(
            member.c.household_id.in_(homes),
            or_(member.c.joined_on.is_(None), member.c.joined_on <= staged.as_of),
        )
        .order_by(member.c.household_id, member.c.member_id)
    )
    return _tidy(read_frame(connection, query))


def _tidy(found: pd.DataFrame) -> pd.DataFrame:
    """One type for each sort of column, whatever the database returns; certificates as those of persons."""
    types = {name: "datetime64[s]" if name in _DAYS else "str" for name in found if name not in _NUMBERS}
    tidy = found.astype(types | {name: "float64" for name in ("amount", "transfer_income") if name in found})
    for name in ("certificate", "head"):
        if name in tidy:
            tidy[name] = tidy[name].map(id_numbers.of_person, na_action="ignore").astype("str")
    return tidy


def _of(found: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    own = found[list(columns)]
    days = {name: "datetime64[s]" for name in DAYS if name in columns and own[name].dtype != "datetime64[s]"}
    return own.astype(days) if days else own
