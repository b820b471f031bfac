"""Completeness: no household, person or item missing (一户不少、一人不丢、一项不差); and how old the indicators are."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, field_validator
from sqlalchemy import ColumnElement, Integer, Select, String, case, func, literal, or_, select, union_all
from sqlalchemy.sql import Subquery

from data_access.clock import month_first_day, month_number
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.declarations import Declared, Many, Words, each_of, read_declared
from data_access.households.population import households_on, member_on
from data_access.schema.indicators import CodeList, counted_columns, load_codes, register_codes
from data_access.schema.tables import member
from data_access.scope import Scope
from data_access.sql import flag

_FILE = Path(__file__).with_name("person_items.yaml")


class PersonItem(Declared):
    """Something collected about a person; it is present when any of its columns is."""

    label: Words
    columns: Annotated[Many[str], Field(min_length=1)]

    @field_validator("columns")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, member.c.keys())


class _PersonItems(Declared):
    """What `person_items.yaml` declares."""

    status: Literal["confirm"]
    items: dict[str, PersonItem]


@cache
def load_person_items(file: Path = _FILE) -> dict[str, PersonItem]:
    """What is collected about a person. Raises DeclarationError."""
    return read_declared(file, _PersonItems).items


@cache
def person_items() -> Mapping[str, tuple[str, ...]]:
    """What is collected about a person -> the columns of `member`, any one of which is enough."""
    return {name: item.columns for name, item in load_person_items().items()}


@cache
def _item_labels() -> CodeList:
    return {name: item.label for name, item in load_person_items().items()}


register_codes("person_item", _item_labels)


def months_before(day: date, months: int) -> date:
    """The same day some calendar months earlier, or the last day of a shorter month."""
    first = month_first_day(month_number(day) - months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _homes(scope: Scope, on: date) -> Subquery:
    """Households on the register with their indicators, how many counted values are missing, and how old they are."""
    homes = households_on(on, scope=scope)
    missing = sum((flag(homes.c[name].is_(None)) for name in counted_columns()), start=literal(0, Integer))
    return select(
        *homes.c,
        missing.label("missing"),
        _age(homes.c.valid_from, on=on).label("indicator_age"),
    ).subquery("homes")


def _age(valid_from: ColumnElement[date], *, on: date) -> ColumnElement[str]:
    limits = sorted((int(code) for code in load_codes()["indicator_age"] if code.isdigit()), reverse=True)
    bands = ((valid_from <= months_before(on, limit), str(limit)) for limit in limits if limit)
    return case((valid_from.is_(None), "none"), *bands, else_="0")


def _household_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register; values households (1), collected and uncollected (1 or 0: whether it has
    indicators in force), incomplete (1 if any counted value is missing), missing (number of values)."""
    homes = _homes(scope, on)
    return select(
        *homes.c["household_id", "village_code", "household_type", "valid_from", "source", "indicator_age", "missing"],
        literal(1, Integer).label("households"),
        flag(homes.c.valid_from.is_not(None)).label("collected"),
        flag(homes.c.valid_from.is_(None)).label("uncollected"),
        flag(homes.c.missing > 0).label("incomplete"),
    )


def _value_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household and missing counted value; value items (1)."""
    # Materialised: the register is read once, not once for each value, and only what lacks a value is looked at again.
    own = households_on(on, scope=scope)
    names = ("household_id", "village_code", "household_type", "valid_from", *counted_columns())
    lacking = select(*own.c[names]).where(or_(*(own.c[name].is_(None) for name in counted_columns())))
    homes = lacking.cte().prefix_with("MATERIALIZED")
    parts = [
        select(
            *homes.c["household_id", "village_code", "household_type", "valid_from"],
            literal(name, String).label("indicator"),
        ).where(homes.c[name].is_(None))
        for name in counted_columns()
    ]
    return select(union_all(*parts).subquery("missing_values"), literal(1, Integer).label("items"))


def _persons(scope: Scope, on: date) -> Subquery:
    """Members of the households on the register; `lacks_<item>`: 1 if the item is missing."""
    homes = households_on(on, scope=scope)
    lacks = {
        name: flag(func.coalesce(*(_text(column) for column in columns)).is_(None))
        for name, columns in person_items().items()
    }
    return (
        select(
            homes.c.village_code,
            *member.c["household_id", "member_id", "joined_on"],
            *(lacking.label(f"lacks_{name}") for name, lacking in lacks.items()),
        )
        .join_from(member, homes, homes.c.household_id == member.c.household_id)
        .where(member_on(on))
        .subquery("persons")
    )


def _text(column: str) -> ColumnElement:
    """A column; blank text counts as missing."""
    kept = member.c[column]
    return func.nullif(func.trim(kept), "") if isinstance(kept.type, String) else kept


def _person_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member; values persons (1), incomplete (1 if any item is missing), missing (number of items)."""
    persons = _persons(scope, on)
    missing = sum((persons.c[f"lacks_{name}"] for name in person_items()), start=literal(0, Integer))
    return select(
        *persons.c["household_id", "member_id", "village_code", "joined_on"],
        missing.label("missing"),
        literal(1, Integer).label("persons"),
        flag(missing > 0).label("incomplete"),
    )


def _person_item_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per member and missing item; value items (1)."""
    own = _persons(scope, on)
    lacking = select(own).where(or_(*(own.c[f"lacks_{name}"] == 1 for name in person_items())))
    persons = lacking.cte().prefix_with("MATERIALIZED")
    parts = [
        select(
            *persons.c["household_id", "member_id", "village_code", "joined_on"],
            literal(name, String).label("person_item"),
        ).where(persons.c[f"lacks_{name}"] == 1)
        for name in person_items()
    ]
    return select(union_all(*parts).subquery("missing_items"), literal(1, Integer).label("items"))


def read_missing_values(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Missing counted values on a day; one row per indicator, in their official order.

    Columns: indicator (column name), missing, households (those that should have it: all on the register).
    """
    homes = households_on(on, scope=scope)
    names = counted_columns()
    counts = (func.coalesce(func.sum(flag(homes.c[name].is_(None))), 0) for name in names)
    households, *missing = snapshot.connection.execute(select(func.count(), *counts).select_from(homes)).one()
    return pd.DataFrame({"indicator": names, "missing": [int(one) for one in missing], "households": households})


def read_missing_person_items(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Missing items of members on a day; one row per item. Columns: person_item, missing, persons."""
    persons = _persons(scope, on)
    names = list(person_items())
    counts = (func.coalesce(func.sum(persons.c[f"lacks_{name}"]), 0) for name in names)
    everybody, *missing = snapshot.connection.execute(select(func.count(), *counts).select_from(persons)).one()
    return pd.DataFrame({"person_item": names, "missing": [int(one) for one in missing], "persons": everybody})


def read_by_age(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Households on the register by the age of their indicators; one row per age band found.

    Columns: indicator_age, households (户).
    """
    homes = _homes(scope, on)
    age = homes.c.indicator_age
    return read_frame(snapshot.connection, select(age, func.count().label("households")).group_by(age).order_by(age))


_AGED = {"valid_from": "date", "indicator_age": "indicator_age", "source": "indicator_source", "missing": "number"}

LISTINGS = {
    "collected_households": Listing(
        entries=_household_entries,
        details=_AGED,
        facets={"indicator_age": "indicator_age", "household_type": "household_type"},
        order="-missing",
    ),
    "missing_values": Listing(
        entries=_value_entries,
        details={"indicator": "indicator", "valid_from": "date"},
        facets={"indicator": "indicator", "household_type": "household_type"},
    ),
    "collected_persons": Listing(
        entries=_person_entries, details={"missing": "number", "joined_on": "date"}, order="-missing"
    ),
    "missing_person_items": Listing(
        entries=_person_item_entries,
        details={"person_item": "person_item", "joined_on": "date"},
        facets={"person_item": "person_item"},
    ),
}
