"""Masking, and the only place for it: it happens in the select list, so hidden values never leave the database.

What stays visible is declared in `disclosure.yaml`: the surname (compound surnames whole), both ends of a number, the
band of years that an age is in. Nothing else may be sorted, filtered or searched by as long as it is masked; a test
walks every list.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy import ColumnElement, Integer, String, case, cast, extract, func, literal

from data_access.declarations import Declared, read_declared, refuse
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

_FILE = Path(__file__).with_suffix(".yaml")

_Some = Annotated[int, Field(ge=1)]


class _Ends(Declared):
    """How many characters of a number are shown at its ends, and how many stars stand between."""

    first: _Some
    last: _Some
    stars: _Some


class _Ages(Declared):
    child_below: _Some
    band: _Some
    oldest: _Some

    @model_validator(mode="after")
    def _bands_are_whole(self) -> Self:
        for name in ("child_below", "oldest"):
            if getattr(self, name) % self.band:  # a band that is cut off could show a single year
                raise refuse("not_a_multiple", at=(name,), value=getattr(self, name), of=self.band)
        return self


class _Shown(Declared):
    """What `disclosure.yaml` declares."""

    id_number: _Ends
    phone: _Ends
    age: _Ages


@cache
def load_shown(file: Path = _FILE) -> _Shown:
    """What is visible while masked. Raises DeclarationError."""
    return read_declared(file, _Shown)


def name(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """A person's name as the scope may see it: 张三 -> 张*, 张小明 -> 张**, 欧阳小明 -> 欧阳**."""
    if _is_shown(column, scope=scope):
        return column
    length, kept = func.length(column), _surname_length(column)
    return surname(column).concat(case((length - kept >= 2, "**"), (length - kept == 1, "*"), else_=""))


def surname(column: ColumnElement[str]) -> ColumnElement[str]:
    """What stays visible of every name: its surname."""
    return func.substr(column, 1, _surname_length(column))


def id_number(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """An ID number as the scope may see it: 610902**********34; one too short to be masked safely is hidden whole."""
    return _middle_hidden(column, ends=load_shown().id_number, scope=scope)


def phone(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """A telephone number as the scope may see it: 138****5678; one too short to be masked safely is hidden whole."""
    return _middle_hidden(column, ends=load_shown().phone, scope=scope)


def phone_text(number: str) -> str:
    """A telephone number masked, as `phone` masks it: for what is recorded of it."""
    ends = load_shown().phone
    hidden = "*" * ends.stars
    if len(number) < ends.first + ends.stars + ends.last:
        return hidden
    return f"{number[: ends.first]}{hidden}{number[-ends.last :]}"


def age(birth_date: ColumnElement[date], *, on: date, scope: Scope) -> ColumnElement[str]:
    """A person's age on a day as the scope may see it, as text: 42; while masked its band of years, 40–44, of a child
    only `<15`.

    Together with the ends of the ID number an exact age would leave a handful of birth dates. Everything personal about
    children under 14 is sensitive by law (PIPL, article 28): of them the school stage says enough.
    """
    birthday = cast(extract("month", birth_date), Integer) * 100 + cast(extract("day", birth_date), Integer)
    still_to_come = flag(birthday > on.month * 100 + on.day)
    years = on.year - cast(extract("year", birth_date), Integer) - still_to_come
    if not scope.masked:
        return cast(years, String)
    ages = load_shown().age
    lowest = years - years % ages.band
    band = cast(lowest, String).concat("–").concat(cast(lowest + (ages.band - 1), String))
    return case(
        (years < ages.child_below, f"<{ages.child_below}"), (years >= ages.oldest, f"{ages.oldest}+"), else_=band
    )


def _surname_length(column: ColumnElement[str]) -> ColumnElement[int]:
    return case((func.substr(column, 1, 2).in_(_COMPOUND_SURNAMES), 2), else_=1)


def _middle_hidden(column: ColumnElement[str], *, ends: _Ends, scope: Scope) -> ColumnElement[str]:
    if _is_shown(column, scope=scope):
        return column
    length = func.length(column)
    hidden = literal("*" * ends.stars, String)
    end = func.substr(column, length - ends.last + 1, ends.last)
    masked = func.substr(column, 1, ends.first).concat(hidden).concat(end)
    return case((column.is_(None), None), (length >= ends.first + ends.stars + ends.last, masked), else_=hidden)


def _is_shown(column: ColumnElement, *, scope: Scope) -> bool:
    return not scope.masked or any(column is PERSONAL[name] for name in scope.opened)
