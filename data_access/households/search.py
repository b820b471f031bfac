"""Search in one box for households and places: by household number, whole name, surname and village, whole ID number or
telephone or exactly its last four digits, or by the name of a place.

Results are masked and within the reader's scope, whatever was typed. What is hidden is only ever compared as a whole:
were a part of it enough, whoever adds one digit after the other would read it. Every search is an entry of the audit
record (`access/searches.py`).
"""

import re
from collections.abc import Callable, Iterator

import pandas as pd
from sqlalchemy import ColumnElement, Date, Integer, Select, String, and_, case, func, literal, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access import disclosure
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.regions import PlaceNames
from data_access.files import spellings
from data_access.schema.tables import household, member, region
from data_access.scope import Scope

LONGEST_TEXT = 40

FEWEST_LETTERS = 2
"""Shortest text for a name: one character would be a surname, which a tenth of the district may share."""

LAST_DIGITS = 4
"""How many digits at its end stand for an ID number or telephone; any others must be the whole number."""

FEWEST_OF_NUMBER = 8
"""Shortest beginning of a household number: it starts with the region, which all households there share. A complete
number may be shorter."""

WAYS = ("township", "village", "number", "head_name", "member_name", "head_id", "member_id", "phone")
"""Why something was found, the strongest reason first; results come in this order."""

Mask = Callable[..., ColumnElement[str]]
"""How a column is shown: a function of `disclosure`."""

_DIGITS = re.compile(rf"[0-9]{{{LAST_DIGITS - 1},}}[0-9Xx]")
_SURNAME_AND_VILLAGE = re.compile(rf"(\S{{1,2}})\s+(\S.{{{FEWEST_LETTERS - 1},}})")

BY = ("number", "surname", "name")
"""What a search is by, as the audit record has it: a number, a surname in a village, a name (of a person or place)."""


def count_found(snapshot: Snapshot, *, scope: Scope, text: str) -> int:
    """The number of places and households that a text finds."""
    found = _found(snapshot, scope=scope, text=text)
    return snapshot.connection.execute(select(func.count()).select_from(found)).scalar_one()


def read_found(snapshot: Snapshot, *, scope: Scope, text: str, language: str, offset: int, limit: int) -> pd.DataFrame:
    """One page of what a text finds, places first; one row per township, village or household.

    Columns: way (of WAYS), matched (what matched), place (region code), household_id (NULL for a place), township,
    village, head_name, phone, closed_on (NULL while on the register). Names and numbers are as the scope may see them.
    """
    found = _found(snapshot, scope=scope, text=text)
    names = PlaceNames(language=language)
    query = (
        select(
            case(*((found.c.rank == rank, way) for rank, way in enumerate(WAYS))).label("way"),
            *found.c["matched", "place", "household_id"],
            *names.columns,
            *found.c["head_name", "phone", "closed_on"],
        )
        .select_from(names.joined(found, found.c.place))
        # An exact match comes before longer names that begin with it.
        .order_by(found.c.rank, found.c.longer, found.c.place, found.c.household_id)
        .offset(offset)
        .limit(limit)
    )
    return read_frame(snapshot.connection, query)


def cleaned(text: str) -> str:
    """The typed text in the form used for the search, the same in which loads keep names and numbers: full-width digits
    as digits, nothing unseen, numbers without the gaps that people type into them; at most LONGEST_TEXT long."""
    plain = spellings.plain(text)
    number = spellings.number(plain)
    if _DIGITS.fullmatch(number):
        return number[:LONGEST_TEXT]
    return (plain if _SURNAME_AND_VILLAGE.fullmatch(plain) else spellings.name(plain))[:LONGEST_TEXT]


def asked_by(text: str) -> str | None:
    """What a text is searched by, of BY; None for one that is too short to find a person."""
    wanted = cleaned(text)
    if _DIGITS.fullmatch(wanted):
        return "number"
    if _SURNAME_AND_VILLAGE.fullmatch(wanted):
        return "surname"
    return "name" if len(wanted) >= FEWEST_LETTERS else None


def _found(snapshot: Snapshot, *, scope: Scope, text: str) -> Subquery:
    """What a text finds: one row per place and household, a household only with its strongest reason.

    Columns: rank (position in WAYS), longer (0 if the text is the whole of what it matched, else 1), matched (as the
    scope may see it), place; and for households only household_id, head_name, phone (as the scope may see them),
    closed_on.
    """
    wanted = cleaned(text)
    reasons = union_all(*_households(snapshot, scope=scope, wanted=wanted)).subquery("reasons")
    strongest_first = (reasons.c.rank, reasons.c.longer, reasons.c.matched)
    position = func.row_number().over(partition_by=reasons.c.household_id, order_by=strongest_first)
    ordered = select(reasons, position.label("position")).subquery("ordered")
    homes = select(*(ordered.c[column.name] for column in reasons.c)).where(ordered.c.position == 1)
    return union_all(homes, *_places(scope=scope, wanted=wanted)).subquery("found")


def _households(snapshot: Snapshot, *, scope: Scope, wanted: str) -> Iterator[Select]:
    """One row per household and reason; persons who have left their household no longer count."""

    def reason(way: str, column: ColumnElement[str], mask: Mask, condition: ColumnElement[bool]) -> Select:
        return select(
            literal(WAYS.index(way), Integer).label("rank"),
            case((column == wanted, 0), else_=1).label("longer"),
            mask(column, scope=scope).label("matched"),
            household.c.village_code.label("place"),
            household.c.household_id,
            disclosure.name(household.c.head_name, scope=scope).label("head_name"),
            disclosure.phone(household.c.phone, scope=scope).label("phone"),
            household.c.closed_on,
        ).where(scope.rows(household.c.village_code), condition)

    def of_member(way: str, column: ColumnElement[str], mask: Mask, condition: ColumnElement[bool]) -> Select:
        still_there = or_(member.c.left_on.is_(None), member.c.left_on > snapshot.cut_off)
        return (
            reason(way, column, mask, condition)
            .join_from(member, household, household.c.household_id == member.c.household_id)
            .where(still_there)
        )

    number = household.c.household_id
    is_number = number == wanted
    if len(wanted) >= FEWEST_OF_NUMBER:
        is_number = number.startswith(wanted, autoescape=True)
    yield reason("number", number, _as_it_is, is_number)
    head, person = household.c.head_name, member.c.name
    if _DIGITS.fullmatch(wanted):
        head_id, member_id, phone = household.c.head_id_no, member.c.id_no, household.c.phone
        yield reason("head_id", head_id, disclosure.id_number, _is_number(head_id, wanted))
        yield of_member("member_id", member_id, disclosure.id_number, _is_number(member_id, wanted))
        yield reason("phone", phone, disclosure.phone, _is_number(phone, wanted))
    elif len(wanted) >= FEWEST_LETTERS:
        yield reason("head_name", head, disclosure.name, head == wanted)
        yield of_member("member_name", person, disclosure.name, person == wanted)
    if together := _SURNAME_AND_VILLAGE.fullmatch(wanted):
        surname, village = together.groups()
        there = household.c.village_code.in_(
            select(region.c.code).where(region.c.level == "village", scope.rows(region.c.code), _is_called(village))
        )
        yield reason("head_name", head, disclosure.name, and_(disclosure.surname(head) == surname, there))
        of_them = and_(disclosure.surname(person) == surname, there)
        yield of_member("member_name", person, disclosure.name, of_them)


def _places(*, scope: Scope, wanted: str) -> Iterator[Select]:
    """One row per township and village whose name begins with the text."""
    if len(wanted) < FEWEST_LETTERS or _DIGITS.fullmatch(wanted):
        return
    for level in ("township", "village"):
        yield select(
            literal(WAYS.index(level), Integer).label("rank"),
            case((region.c.name_zh == wanted, 0), else_=1).label("longer"),
            region.c.name_zh.label("matched"),
            region.c.code.label("place"),
            *(literal(None, String).label(name) for name in ("household_id", "head_name", "phone")),
            literal(None, Date).label("closed_on"),
        ).where(region.c.level == level, scope.rows(region.c.code), _is_called(wanted))


def _as_it_is(column: ColumnElement[str], *, scope: Scope) -> ColumnElement[str]:
    """A household number is shown to anyone who may see the household."""
    return column


def _is_called(text: str) -> ColumnElement[bool]:
    """The name of a place begins with the text."""
    return or_(
        region.c.name_zh.startswith(text, autoescape=True),
        func.lower(region.c.name_en).startswith(text.lower(), autoescape=True),
    )


def _is_number(column: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """Is the number, or ends with its last four digits; an X may be upper or lower case."""
    spellings = sorted({wanted.upper(), wanted.lower()})
    whole = column.in_(spellings)
    if len(wanted) > LAST_DIGITS:
        return whole
    return or_(whole, *(column.endswith(digits, autoescape=True) for digits in spellings))
