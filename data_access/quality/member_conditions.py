"""The validation rules about one member: identity, and whether age, school, health and labour fit together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, String, and_, case, cast, extract, func, literal, or_, select

from data_access.employment.monthly import ABLE_LABOUR
from data_access.households.population import households_on, member_on, registered_on
from data_access.id_numbers import CHECK_CHARACTERS, LENGTH, WEIGHTS
from data_access.quality.expressions import Check, Columns, Condition, Day, is_aged, plain_number, years_before
from data_access.schema.tables import household, member
from data_access.scope import Scope

_DIGITS = "0123456789"


def members_on(day: Day, *, scope: Scope) -> FromClause:
    """Members of the households on the register on a day; one row per member.

    Columns: those of `member`, village_code, plain_id (as `plain_number`), twice (whether another member anywhere on
    the register has the same), alike (members of the household of the same name and birth), dropout_n (of the
    indicators in force).
    """
    homes = households_on(day.on, scope=scope)
    plain = plain_number(member.c.id_no)
    # Over the whole register: the other member may live outside the scope, and no join of households leaves a
    # household.
    twice = (
        select(plain)
        .join_from(member, household, household.c.household_id == member.c.household_id)
        .where(member_on(day.on), registered_on(day.on), plain.is_not(None))
        .group_by(plain)
        .having(func.count() > 1)
    )
    return (
        select(
            *member.c,
            homes.c.village_code,
            homes.c.dropout_n,
            plain.label("plain_id"),
            plain.in_(twice).label("twice"),
            func.count().over(partition_by=member.c["household_id", "name", "birth_date"]).label("alike"),
        )
        .join_from(member, homes, homes.c.household_id == member.c.household_id)
        .where(member_on(day.on))
        .subquery("members_on")
    )


def _id_length(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    length = func.length(row["plain_id"])
    return Check(length.not_in(values["lengths"]), found=length)


def _id_check_digit(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    number = row["plain_id"]
    digits = [_digit(number, place) for place in range(1, len(WEIGHTS) + 1)]
    total = sum((digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True)), start=literal(0, Integer))
    right = func.substr(CHECK_CHARACTERS, total % len(CHECK_CHARACTERS) + 1, 1)
    # Not judged if any of these characters is not a digit.
    numbered = and_(_numbered(number), func.least(*digits) >= 0)
    return Check(and_(numbered, func.substr(number, len(WEIGHTS) + 1, 1) != right))


def _id_birth_date(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    born = row["birth_date"]
    written = (
        cast(extract("year", born), Integer) * 10_000
        + cast(extract("month", born), Integer) * 100
        + cast(extract("day", born), Integer)
    )
    number = row["plain_id"]
    return Check(and_(_numbered(number), func.substr(number, 7, 8) != cast(written, String)))


def _id_gender(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    number = row["plain_id"]
    digit = func.substr(number, len(WEIGHTS), 1)
    told = case((func.strpos("13579", digit) > 0, "male"), (func.strpos("02468", digit) > 0, "female"))
    return Check(and_(_numbered(number), row["gender"] != told))


def _id_duplicate(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["twice"])


def _person_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    told = and_(row["name"].is_not(None), row["birth_date"].is_not(None))
    return Check(and_(told, row["alike"] > 1), found=row["alike"])


def _too_old(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    return Check(row["birth_date"] <= years_before(day.known, values["above_age"] + 1))


def _relation_gender(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    relation, gender = row["relation"], row["gender"]
    wrong = (and_(relation.in_(values[one]), gender != one) for one in ("male", "female"))
    return Check(or_(*wrong))


def _schooling_both(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(_studies(row), row["education"].is_not(None)))


def _school_stage_age(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    born = row["birth_date"]
    fits = (
        and_(
            row["school_stage"] == stage,
            ~is_aged(born, day=day.known, low=youngest, below=values["oldest"][stage] + 1),
        )
        for stage, youngest in values["youngest"].items()
    )
    return Check(or_(*fits))


def _out_of_school(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    # School begins on 1 September: a child who is of age by then should be at school until the next.
    september = day.known.replace(month=9, day=1)
    begun = september if september <= day.known else september.replace(year=september.year - 1)
    of_age = is_aged(row["birth_date"], day=begun, low=values["from_age"], below=values["below_age"])
    return Check(and_(of_age, row["school_stage"] == "none", row["dropout_n"] == 0))


def _able_without_labour(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    return Check(and_(_able_bodied(row, values, day), row["labour"].not_in(ABLE_LABOUR)))


def _child_with_labour(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    young = row["birth_date"] > years_before(day.known, values["below_age"])
    return Check(and_(or_(young, _studies(row)), row["labour"].in_(ABLE_LABOUR)))


def _disability_grade_conflict(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    grade, health = row["disability_grade"], row["health"]
    has_grade = func.coalesce(grade, 0) > 0
    return Check(or_(and_(health == "disabled", ~has_grade), and_(health == "healthy", has_grade)), found=grade)


def _severe_disability_with_labour(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    grade = row["disability_grade"]
    return Check(and_(grade.between(1, values["up_to_grade"]), row["labour"].in_(ABLE_LABOUR)), found=grade)


def _tekun_able(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    return Check(and_(row["relief"] == "tekun", _able_bodied(row, values, day)))


def _able_bodied(row: Columns, values: Mapping[str, Any], day: Day) -> ColumnElement[bool]:
    """Healthy, not at school, and within the ages that the rule names."""
    aged = is_aged(row["birth_date"], day=day.known, low=values["from_age"], below=values["below_age"])
    return and_(aged, row["health"] == "healthy", row["school_stage"] == "none")


def _studies(row: Columns) -> ColumnElement[bool]:
    """Whether a person is at school; under school age and kindergarten do not count."""
    return row["school_stage"].not_in(("none", "preschool", "kindergarten"))


def _numbered(number: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the number starts with that of an identity card."""
    return func.length(number) >= LENGTH


def _digit(number: ColumnElement[str], place: int) -> ColumnElement[int]:
    """The digit at a position, counted from 1; below zero if there is none. Never raises an error, whatever is
    there."""
    return func.strpos(_DIGITS, func.substr(number, place, 1), type_=Integer) - 1


CONDITIONS: Mapping[str, Condition] = {
    "id_length": _id_length,
    "id_check_digit": _id_check_digit,
    "id_birth_date": _id_birth_date,
    "id_gender": _id_gender,
    "id_duplicate": _id_duplicate,
    "person_twice": _person_twice,
    "too_old": _too_old,
    "relation_gender": _relation_gender,
    "schooling_both": _schooling_both,
    "school_stage_age": _school_stage_age,
    "out_of_school": _out_of_school,
    "able_without_labour": _able_without_labour,
    "child_with_labour": _child_with_labour,
    "disability_grade_conflict": _disability_grade_conflict,
    "severe_disability_with_labour": _severe_disability_with_labour,
    "tekun_able": _tekun_able,
}
