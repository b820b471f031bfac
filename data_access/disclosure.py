"""Masking, and the only place for it: it happens in the select list, so hidden values never leave the database.

Conventions of the field: a name keeps its surname (compound surnames whole), an ID number its first six and last four
digits, a telephone its first three and last four.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Integer, String, case, cast, extract, func, literal

from data_access.schema.tables import household, member
from data_access.scope import Scope
from data_access.sql import flag

PERSONAL: Mapping[str, ColumnElement] = {
    "head_name": household.c.head_name,
    "head_id_no": household.c.head_id_no,
    "phone": household.c.phone,
    "member_name": member.c.name,
    "member_id_no": member.c.id_no,
}
"""List columns that are masked, and the database column each one shows; `Scope.opened` names them."""

_COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "令狐", "慕容", "东方")

_CHILD_BELOW = 14


def name(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """A person's name as the scope may see it: 张三 -> 张*, 张小明 -> 张**, 欧阳小明 -> 欧阳**."""
    if _is_shown(column, scope=scope):
        return column
    length = func.length(column)
    kept = case((func.substr(column, 1, 2).in_(_COMPOUND_SURNAMES), 2), else_=1)
    return func.substr(column, 1, kept).concat(case((length - kept >= 2, "**"), (length - kept == 1, "*"), else_=""))


def id_number(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """An ID number as the scope may see it: 610902********1234; one too short to be masked safely is hidden whole."""
    return _middle_hidden(column, first=6, last=4, stars=8, scope=scope)


def phone(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """A telephone number as the scope may see it: 138****5678; one too short to be masked safely is hidden whole."""
    return _middle_hidden(column, first=3, last=4, stars=4, scope=scope)


def age(birth_date: ColumnElement[date], *, on: date, scope: Scope) -> ColumnElement[str]:
    """A person's age in full years on a day as the scope may see it, as text: 42; for a child only `<14`.

    Everything personal about children under 14 is sensitive by law (PIPL, article 28).
    """
    birthday = cast(extract("month", birth_date), Integer) * 100 + cast(extract("day", birth_date), Integer)
    still_to_come = flag(birthday > on.month * 100 + on.day)
    years = on.year - cast(extract("year", birth_date), Integer) - still_to_come
    if not scope.masked:
        return cast(years, String)
    return case((years < _CHILD_BELOW, f"<{_CHILD_BELOW}"), else_=cast(years, String))


def _middle_hidden(
    column: ColumnElement[str], *, first: int, last: int, stars: int, scope: Scope
) -> ColumnElement[str]:
    if _is_shown(column, scope=scope):
        return column
    length = func.length(column)
    hidden = literal("*" * stars, String)
    masked = func.substr(column, 1, first).concat(hidden).concat(func.substr(column, length - last + 1, last))
    return case((column.is_(None), None), (length >= first + stars + last, masked), else_=hidden)


def _is_shown(column: ColumnElement, *, scope: Scope) -> bool:
    return not scope.masked or any(column is PERSONAL[name] for name in scope.opened)
