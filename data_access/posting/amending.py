"""A result that whoever reported it corrects or takes back: the correction replaces what they said before; the case
which that opened is closed, until the national system holds it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection, select

from data_access.cases import opening, recording
from data_access.load.posted import Row
from data_access.posting.rows import holds
from data_access.reports.approval import is_same_person
from data_access.reports.kinds import ReportKind, load_report_kinds
from data_access.reports.records import records_of
from data_access.schema.tables import clue, monitoring_case

Report = Mapping[str, Any]

Takers = Mapping[tuple[str, str, str], str]
"""Who reported the days of cases, by household, number and column."""

REASONS = {"wrong_data": "wrong_data", opening.TO_INCLUDE: "wrong_data"}
"""Result of a clue -> why its household is not included, where the report gives no reason; that it is to be included is
what was taken back."""
_OTHER = "other"

OPENED = "discovered_on"
"""The day of a case that its opening fills."""


def reports_before(reports: pd.DataFrame) -> dict[str, Report]:
    """What was last reported of the same thing before a report that may correct it, by the number of the report; only
    where the same person reported it.

    Args:
        reports: all of them, as `records.read_reports` returns them.
    """
    kinds = [key for key, kind in load_report_kinds().items() if kind.amended]
    own = reports[reports["kind"].isin(kinds) & reports["takes_back"].isna() & ~reports["taken_back"]]
    last: dict[tuple[str, str, str], Report] = {}
    found: dict[str, Report] = {}
    for one in records_of(own):
        before = last.get(thing := (one["kind"], one["household_id"], one["thing"]))
        if before is not None and is_same_person(before["reported_by"], one["reported_by"]):
            found[one["report_no"]] = before
        last[thing] = one
    return found


def takers(reports: pd.DataFrame) -> Takers:
    """Who reported the days of cases.

    Args:
        reports: all of them, as `records.read_reports` returns them.
    """
    kinds = {key: kind for key, kind in load_report_kinds().items() if kind.filled is monitoring_case}
    own = reports[reports["kind"].isin(kinds) & reports["takes_back"].isna() & ~reports["taken_back"]]
    return {
        (one["household_id"], one["thing"], name): one["reported_by"]
        for one in records_of(own)
        for name in (kinds[one["kind"]].day, *one["content"])
    }


@dataclass(frozen=True)
class Followed:
    """What followed from the clues of some reports: the cases that they opened and that are not over, by household and
    number; none for other kinds."""

    kind: ReportKind
    cases: Mapping[tuple[str, str], Row]
    on: date

    @classmethod
    def of(cls, connection: Connection, rows: Collection[Row], *, kind: ReportKind, on: date) -> Self:
        """
        Args:
            rows: what the data hold of the things of the reports.
            on: the day whose procedure holds.
        """
        numbers = {number for row in rows if kind.amended and (number := _case_number(row))}
        query = select(monitoring_case).where(
            monitoring_case.c.household_id.in_({row["household_id"] for row in rows}),
            monitoring_case.c.case_id.in_(numbers),
            monitoring_case.c.outcome == "open",
        )
        found = (dict(row) for row in connection.execute(query).mappings()) if numbers else ()
        return cls(kind, {(row["household_id"], row["case_id"]): row for row in found}, on)

    def amends(self, report: Report, row: Row, *, before: Report | None) -> bool:
        """Whether a report corrects what its reporter said before: the data hold just that, it is not the older one,
        and the national system does not hold the case that followed.

        Args:
            row: what the data hold of the thing.
            before: what the same person last reported of it.
        """
        case = self._case(row)
        if before is None or not holds(row, before, kind=self.kind) or (case and case["identified_on"] is not None):
            return False
        return bool(report["happened_on"] >= before["happened_on"])

    def closing(
        self, connection: Connection, report: Report, *, before: Row | None, after: Row
    ) -> tuple[Row, dict[str, Any]] | None:
        """The case to close because its clue says otherwise now, and the values that close it: not included at the step
        for which it waits, on the day of the report, or of its last step if that came later. None where there is none,
        another clue of that day still asks for it, or the national system holds it.

        Args:
            before, after: the clue before the report and with it.
        """
        case = None if before is None or _case_number(after) else self._case(before)
        due = None if case is None else recording.due_step(case, on=self.on)
        if case is None or due is None or case["identified_on"] is not None or _still_asked(connection, after):
            return None
        said = report["content"]
        taken = [case[name] for name in recording.step_days() if case[name] is not None]
        return case, {
            "household_id": case["household_id"],
            "case_id": case["case_id"],
            "rejected_on": max([report["happened_on"], *taken]),
            "rejected_step": due.step.key,
            "reject_reason": said.get("reason") or REASONS.get(said["result"], _OTHER),
        }

    def goes_on(self, row: Row, *, by: str, takers: Takers) -> bool:
        """Whether the case of a clue goes on although somebody takes back that it was to be opened: the national system
        holds it, or others took a step beyond its opening."""
        case = self._case(row)
        if case is None:
            return False
        key = case["household_id"], case["case_id"]
        taken = (name for name in recording.step_days() if name != OPENED and case[name] is not None)
        others = (name for name in taken if not is_same_person(takers.get((*key, name)), by))
        return case["identified_on"] is not None or any(others)

    def _case(self, row: Row) -> Row | None:
        return self.cases.get((row["household_id"], _case_number(row) or ""))


def _case_number(row: Row) -> str | None:
    """The number of the case that a clue opens; None where it does not say that one is to be opened."""
    if row.get("result") != opening.TO_INCLUDE or row.get("received_on") is None:
        return None
    return opening.case_number(row["household_id"], found_on=row["received_on"])


def _still_asked(connection: Connection, row: Row) -> bool:
    own = clue.c
    query = select(own.clue_id).where(
        own.household_id == row["household_id"],
        own.received_on == row["received_on"],
        own.result == opening.TO_INCLUDE,
        own.clue_id != row["clue_id"],
    )
    return connection.execute(query.limit(1)).first() is not None
