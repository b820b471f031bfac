"""What reports say, and what the database holds of the things that they are about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from data_access.load.posted import Row
from data_access.reports.kinds import ReportKind
from data_access.schema.tables import household
from data_access.scope import Scope

_EVERYTHING = Scope.everything()

Thing = tuple[str, Any]
"""A household, and the number of a thing of it as its column holds it."""


def said(report: Mapping[str, Any], *, kind: ReportKind) -> dict[str, Any]:
    """What a report says, by column; what it leaves open is not there."""
    own = {name: value for name, value in report["content"].items() if value is not None}
    days = {kind.day: report["happened_on"]}
    return {name: value for name, value in {**own, **days}.items() if name in kind.columns}


def key_of(report: Mapping[str, Any], *, kind: ReportKind) -> Thing:
    return report["household_id"], meant(report["thing"], kind=kind)


def meant(thing: str, *, kind: ReportKind) -> Any:
    """The number of a thing as its column holds it."""
    return date.fromisoformat(thing) if kind.thing_is_a_day else thing


def held_rows(
    connection: Connection,
    batch: Sequence[Mapping[str, Any]],
    *,
    kind: ReportKind,
    scope: Scope = _EVERYTHING,
) -> dict[Thing, Row]:
    """The rows of the things that reports are about, by household and thing."""
    table = kind.filled
    query = (
        select(table)
        .join(household, household.c.household_id == table.c.household_id)
        .where(table.c.household_id.in_({one["household_id"] for one in batch}), scope.rows(household.c.village_code))
    )
    wanted = {key_of(one, kind=kind) for one in batch}
    rows = (dict(row) for row in connection.execute(query).mappings())
    return {key: row for row in rows if (key := (row["household_id"], row[kind.thing])) in wanted}


def text_of(value: Any) -> str:
    """A text of a frame, in which what is missing may be NaN."""
    return value if isinstance(value, str) else ""


def holds(row: Row | None, report: Mapping[str, Any], *, kind: ReportKind) -> bool:
    """Whether a row says what a report says."""
    return row is not None and all(row[name] == value for name, value in said(report, kind=kind).items())
