"""What reports say, and what the database holds of the things that they are about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, select

from data_access import disclosure
from data_access.load.posted import Row
from data_access.posting.corrections import Correction
from data_access.reports import corrections
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import CONFIRMED, ReportDoubt
from data_access.schema.tables import household
from data_access.scope import Scope

_EVERYTHING = Scope.everything()

Thing = tuple[str, Any]
"""A household, and the number of a thing of it as its column holds it."""


def said(report: Mapping[str, Any], *, kind: ReportKind) -> dict[str, Any]:
    """What a report says, by column; what it leaves open is not there."""
    own = {name: value for name, value in content(report, kind=kind).items() if value is not None}
    days = {kind.day: report["happened_on"]}
    return {name: value for name, value in {**own, **days}.items() if name in kind.columns}


def content(report: Mapping[str, Any], *, kind: ReportKind) -> dict[str, Any]:
    """What a report says besides its day, by column, as the columns hold it: a day is text in a report."""
    values = {name: report["content"].get(name) for name in kind.says}
    days = {name for name, value in values.items() if isinstance(value, str) and _holds_days(kind, name)}
    return {name: date.fromisoformat(value) if name in days else value for name, value in values.items()}


def _holds_days(kind: ReportKind, name: str) -> bool:
    return isinstance(kind.filled.c[name].type, Date)


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


def held_of_household(
    connection: Connection, household_id: str, *, kind: ReportKind, scope: Scope = _EVERYTHING
) -> list[Row]:
    """The rows that a household has in the table of a kind, in the order of their key."""
    table = kind.filled
    rows = select(table).where(table.c.household_id == household_id, scope.rows(household.c.village_code))
    if table is not household:
        rows = rows.join(household, household.c.household_id == table.c.household_id)
    query = rows.order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def correction_of(report: Mapping[str, Any], *, kind: ReportKind, cut_off: date) -> Correction:
    """What a report corrects. What is reported of a day after the cut-off holds from the cut-off on: it counts in the
    newest month, and a file that moves the cut-off goes on from it."""
    column, said_ = kind.filled.c[report["thing"]], report["content"]
    old, new = (corrections.as_held(said_[name], column=column) for name in (corrections.OLD, corrections.NEW))
    begins = min(report["happened_on"], cut_off)
    return Correction(column.name, old=old, new=new, begins=begins, confirmed=report.get("state") == CONFIRMED)


def doubt_of_correction(
    report: Mapping[str, Any], held: Sequence[Row], correction: Correction, *, why: str
) -> ReportDoubt:
    """That a correction cannot be put into the data, with the values that they hold from its day on."""
    name, begins = correction.column, correction.begins
    if load_report_kinds()[report["kind"]].empties:
        number = held[0][name] if held else None
        told = {name: disclosure.phone_text(number)} if number else {}
        return ReportDoubt(report["report_no"], report["village_code"], why=why, held=told)
    values = {
        one["valid_from"].isoformat(): corrections.as_text(one[name])
        for one in held
        if one["valid_to"] is None or one["valid_to"] > begins
    }
    return ReportDoubt(report["report_no"], report["village_code"], why=why, held=values)


def holds_correction(held: Sequence[Row], correction: Correction) -> bool:
    """Whether the data hold what a correction says, now or on its day."""
    now = [
        one for one in held if one.get("valid_to") is None or one["valid_from"] <= correction.begins < one["valid_to"]
    ]
    return any(one[correction.column] == correction.new for one in now)


def holds_old(held: Sequence[Row], correction: Correction, *, kind: ReportKind) -> bool:
    """Whether the newest of some rows holds the value that was corrected."""
    value = held[-1][correction.column] if held else None
    if kind.empties:
        return value is not None and disclosure.phone_text(value) == correction.old
    return bool(value == correction.old)
