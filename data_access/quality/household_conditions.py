"""The validation rules about one household: its indicators against each other, its members and its income records."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Integer, and_, case, cast, func, or_, select
from sqlalchemy.sql import Subquery

from data_access.cases.lists import case_states
from data_access.employment.monthly import ABLE_LABOUR
from data_access.households.population import households_on, member_on, registered_on
from data_access.quality.expressions import Check, Columns, Condition, Day, plain_number
from data_access.risk.scoring import net_income
from data_access.schema.tables import grid, household, household_indicator, income_record, member
from data_access.scope import Scope
from data_access.sql import flag, months_later

_SEVERE = 2
_QUARTERS = 4
_YEAR = 12
_ON_RELIEF = ("dibao", "tekun")
INCOME_PARTS = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")
"""What a net income consists of."""


def checked_households(day: Day, *, scope: Scope) -> FromClause:
    """Households on the register on a day; one row per household.

    Columns: those of `households_on`, phone, head_id_no, what `_counted_members` counts, recorded and recorded_<column>
    (net income and its parts in the four quarters of the assessment year; NULL if one is missing), net (of the
    indicators), state (of its case), before_<column> (the income of the indicators before), sharing and heads_alike
    (households anywhere on the register with the same telephone, and with the same number of the head), grid_village
    (the village of its grid).
    """
    homes = households_on(day.on, scope=scope)
    parts = (_counted_members(day), _recorded_incomes(homes), case_states(day.on), _incomes_before(homes))
    phones, heads = _shared(_phone(), day, "sharing"), _shared(plain_number(household.c.head_id_no), day, "heads_alike")
    query = (
        select(
            *homes.c,
            *household.c["phone", "head_id_no", "grid_code"],
            *(column for part in parts for column in part.c if column.name != "household_id"),
            net_income(dict(homes.c)).label("net"),
            phones.c.sharing,
            heads.c.heads_alike,
            grid.c.village_code.label("grid_village"),
        )
        .join_from(homes, household, household.c.household_id == homes.c.household_id)
        .outerjoin(phones, phones.c.value == _phone())
        .outerjoin(heads, heads.c.value == plain_number(household.c.head_id_no))
        .outerjoin(grid, grid.c.code == household.c.grid_code)
    )
    for part in parts:
        query = query.outerjoin(part, part.c.household_id == homes.c.household_id)
    return query.subquery("checked_households")


def _phone() -> ColumnElement[str]:
    return func.nullif(func.replace(household.c.phone, " ", ""), "")


def _shared(value: ColumnElement[str], day: Day, name: str) -> Subquery:
    """Values that several households on the register have, wherever they are; one row per value, with their number."""
    return (
        select(value.label("value"), func.count().label(name))
        .where(registered_on(day.on), value.is_not(None))
        .group_by(value)
        .having(func.count() > 1)
        .subquery(name)
    )


def _incomes_before(homes: FromClause) -> Subquery:
    """The income of the interval that ended as that in force began; one row per household with one."""
    before = household_indicator.c
    return (
        select(homes.c.household_id, *(before[name].label(f"before_{name}") for name in INCOME_PARTS))
        .join_from(homes, household_indicator, before.household_id == homes.c.household_id)
        .where(before.valid_to == homes.c.valid_from)
        .subquery("incomes_before")
    )


def _counted_members(day: Day) -> Subquery:
    """Counts of the members of each household on a day; one row per household that has any."""
    columns = member.c

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.sum(flag(condition)), Integer)

    counts = {
        "members": func.count(),
        "heads": count(columns.relation == "head"),
        "spouses": count(columns.relation == "spouse"),
        "couple_men": count(and_(columns.relation.in_(("head", "spouse")), columns.gender == "male")),
        "couple_women": count(and_(columns.relation.in_(("head", "spouse")), columns.gender == "female")),
        "able_members": count(columns.labour.in_(ABLE_LABOUR)),
        "labour_unknown": count(columns.labour.is_(None)),
        "disabled_members": count(columns.disability_grade > 0),
        "severe_members": count(columns.disability_grade.between(1, _SEVERE)),
        "uninsured_members": count(columns.insurance == "none"),
        "insurance_unknown": count(columns.insurance.is_(None)),
        "on_relief": count(columns.relief.in_(_ON_RELIEF)),
        "head_number": func.max(case((columns.relation == "head", plain_number(columns.id_no)))),
    }
    return (
        select(columns.household_id, *(count.label(name) for name, count in counts.items()))
        .where(member_on(day.on))
        .group_by(columns.household_id)
        .subquery("counted_members")
    )


def _recorded_incomes(homes: FromClause) -> Subquery:
    """Net income recorded for the assessment year of each household's indicators; one row per household with all
    four quarters."""
    record = income_record.c
    year_end = homes.c.income_period_end
    net = net_income({column.name: column for column in record})
    return (
        select(
            homes.c.household_id,
            cast(func.sum(net), BigInteger).label("recorded"),
            *(cast(func.sum(record[name]), BigInteger).label(f"recorded_{name}") for name in INCOME_PARTS),
        )
        .join_from(homes, income_record, record.household_id == homes.c.household_id)
        .where(record.period_end <= year_end, record.period_end > months_later(year_end, -_YEAR))
        .group_by(homes.c.household_id)
        .having(func.count(net) == _QUARTERS)
        .subquery("recorded_incomes")
    )


def _head_not_one(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    heads = func.coalesce(row["heads"], 0)
    return Check(heads != 1, found=heads)


def _several_spouses(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["spouses"] > 1, found=row["spouses"])


def _spouse_same_gender(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    couple = and_(row["heads"] == 1, row["spouses"] == 1)
    return Check(and_(couple, func.greatest(row["couple_men"], row["couple_women"]) > 1))


def _head_id_conflict(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["heads"] == 1, row["head_number"] != plain_number(row["head_id_no"])))


def _phone_length(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    phone = func.replace(row["phone"], " ", "")
    digits = f"^[0-9]{{{values['digits']}}}$"
    return Check(and_(phone != "", ~phone.regexp_match(digits)), found=func.length(phone))


def _family_size_conflict(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    members = func.coalesce(row["members"], 0)
    return Check(row["family_size"] != members, found=row["family_size"], against=members)


def _labour_conflict(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    differs = and_(row["labour_unknown"] == 0, row["labor_n"] != row["able_members"])
    return Check(differs, found=row["labor_n"], against=row["able_members"])


def _disabled_conflict(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    all_differ, severe_differ = row["disabled_n"] != row["disabled_members"], row["severe_n"] != row["severe_members"]
    return Check(or_(all_differ, severe_differ), found=row["disabled_n"], against=row["disabled_members"])


def _uninsured_conflict(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    differs = and_(row["insurance_unknown"] == 0, row["uninsured_n"] != row["uninsured_members"])
    return Check(differs, found=row["uninsured_n"], against=row["uninsured_members"])


def _income_conflict(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    apart = func.abs(row["net"] - row["recorded"])
    return Check(apart > values["tolerance_yuan"], found=row["net"], against=row["recorded"])


def _income_tenfold(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    """A part of the income is about ten times what the records of its year say, or what it was before."""
    times, most = values["times"], values["at_most_times"]
    leaps = {}
    for name in INCOME_PARTS:
        now, recorded, before = row[name], row[f"recorded_{name}"], row[f"before_{name}"]
        against_records = and_(recorded > 0, now >= recorded * times, now >= values["from_yuan_recorded"])
        against_before = and_(
            recorded.is_(None), before > 0, now >= before * times, now <= before * most, now >= values["from_yuan"]
        )
        leaps[name] = or_(against_records, against_before)
    return Check(
        or_(*leaps.values()),
        found=case(*((leap, row[name]) for name, leap in leaps.items())),
        against=case(
            *((leap, func.coalesce(row[f"recorded_{name}"], row[f"before_{name}"])) for name, leap in leaps.items())
        ),
        column=case(*((leap, f"household_indicator.{name}") for name, leap in leaps.items())),
    )


def _phone_shared(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["sharing"] >= values["from_households"], found=row["sharing"])


def _head_id_duplicate(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    # Where the members have numbers, they are compared (id_duplicate).
    return Check(and_(row["heads_alike"] > 1, row["head_number"].is_(None)), found=row["heads_alike"])


def _grid_elsewhere(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["grid_code"].is_not(None), row["grid_village"] != row["village_code"]))


def _wage_too_small(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    wage = row["wage_income"]
    return Check(and_(wage > 0, wage < values["below_yuan"]), found=wage)


def _parts_exceed_family(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    more = [row[part] > row[whole] for whole, parts in values["parts"].items() for part in parts]
    return Check(or_(*more), found=row["family_size"])


def _months_exceed_family(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    most = row["family_size"] * values["a_year"]
    return Check(or_(*(row[months] > most for months in values["months"])), found=row["worker_months"], against=most)


def _disaster_without_type(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    untold = func.coalesce(row["disaster_type"], "none") == "none"
    return Check(and_(row["disaster_loss"] > 0, untold), found=row["disaster_loss"])


def _relief_without_amount(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["on_relief"] > 0, row["assistance_amt"] == 0), found=row["on_relief"])


def _unsafe_water_not_monitored(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    unwatched = func.coalesce(row["state"], "never").in_(("never", "ended"))
    return Check(and_(row["household_type"] == "lifted_out", row["water_problem"], unwatched))


CONDITIONS: Mapping[str, Condition] = {
    "head_not_one": _head_not_one,
    "several_spouses": _several_spouses,
    "spouse_same_gender": _spouse_same_gender,
    "head_id_conflict": _head_id_conflict,
    "phone_length": _phone_length,
    "family_size_conflict": _family_size_conflict,
    "labour_conflict": _labour_conflict,
    "disabled_conflict": _disabled_conflict,
    "uninsured_conflict": _uninsured_conflict,
    "income_conflict": _income_conflict,
    "income_tenfold": _income_tenfold,
    "phone_shared": _phone_shared,
    "head_id_duplicate": _head_id_duplicate,
    "grid_elsewhere": _grid_elsewhere,
    "wage_too_small": _wage_too_small,
    "parts_exceed_family": _parts_exceed_family,
    "months_exceed_family": _months_exceed_family,
    "disaster_without_type": _disaster_without_type,
    "relief_without_amount": _relief_without_amount,
    "unsafe_water_not_monitored": _unsafe_water_not_monitored,
}
