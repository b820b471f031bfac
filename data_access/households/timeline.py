"""What happened to one household: clues, steps of its cases, needs, measures, visits, screenings, jobs, telephone
checks."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Date, FromClause, Integer, Select, String, cast, literal, null, select, union_all

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.schema.tables import (
    clue,
    employment,
    household,
    measure,
    monitoring_case,
    need,
    phone_check,
    screening,
    visit,
)
from data_access.scope import Scope

EVENTS: dict[str, tuple[FromClause, dict[str, tuple[str, ...]], str | None]] = {
    "clue": (clue, {"received_on": ("kind", "way"), "checked_on": ("kind", "result")}, "amount"),
    "step": (
        monitoring_case,
        {
            "discovered_on": ("channel",),
            "checked_on": (),
            "authorised_on": (),
            "compared_on": (),
            "reviewed_on": (),
            "publicised_from": (),
            "publicised_on": (),
            "township_reviewed_on": (),
            "approved_on": (),
            "identified_on": ("category", "cause_1"),
            "helped_on": (),
            "elimination_checked_on": (),
            "elimination_publicised_on": (),
            "elimination_reviewed_on": (),
            "elimination_approved_on": (),
            "eliminated_on": ("elimination_way",),
            "rolled_back_on": (),
            "rejected_on": ("rejected_step", "reject_reason"),
            "ended_on": (),
        },
        None,
    ),
    "need": (need, {"raised_on": ("kind",), "met_on": ("kind",)}, None),
    "measure": (measure, {"started_on": ("kind",), "done_on": ("kind",)}, "amount"),
    "visit": (visit, {"visited_on": ("kind", "result")}, None),
    "screening": (screening, {"screened_on": ("result",)}, None),
    "job": (employment, {"started_on": ("place", "channel"), "ended_on": ("place", "channel")}, "monthly_wage"),
    "phone": (phone_check, {"called_on": ("outcome", "satisfaction")}, None),
}
"""Kind of event -> the table that records it, its dates with the code columns that give details, and its amount in
yuan."""


def codes_of(kind: str, event: str) -> tuple[str, ...]:
    """The code lists of `detail_1` and `detail_2` of an event."""
    source, events, _ = EVENTS[kind]
    return tuple(source.c[name].info["codes"] for name in events[event])


def read_story(snapshot: Snapshot, *, scope: Scope, household_id: str, on: date) -> pd.DataFrame:
    """What happened to a household up to a day, newest first; one row per event.

    Columns: on, kind (of EVENTS), event (the date column that records it), detail_1, detail_2 (codes of the lists that
    `codes_of` names), amount (yuan).
    """
    events = union_all(*_events(household_id)).subquery("events")
    query = (
        select(*events.c["on", "kind", "event", "detail_1", "detail_2", "amount"])
        .join_from(events, household, household.c.household_id == events.c.household_id)
        .where(snapshot.counted_on(events.c.on) <= on, scope.rows(household.c.village_code))
        .order_by(events.c.on.desc(), events.c.kind, events.c.event, *events.c["detail_1", "detail_2", "amount"])
    )
    return read_frame(snapshot.connection, query)


def _events(household_id: str) -> Iterator[Select]:
    for kind, (source, events, amount) in EVENTS.items():
        for event, details in events.items():
            yield select(
                source.c.household_id,
                cast(source.c[event], Date).label("on"),
                literal(kind, String).label("kind"),
                literal(event, String).label("event"),
                _text(source, details, 0).label("detail_1"),
                _text(source, details, 1).label("detail_2"),
                cast(null() if amount is None else source.c[amount], Integer).label("amount"),
            ).where(source.c.household_id == household_id)


def _text(source: FromClause, names: tuple[str, ...], position: int) -> ColumnElement[str]:
    return source.c[names[position]] if position < len(names) else cast(null(), String)
