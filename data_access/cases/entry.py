"""待录入、待标注: what the county has approved and the national system does not hold yet. It counts, and leaves the
lists, once an export of that system that holds it is loaded; nobody reports it here."""

from datetime import date

from sqlalchemy import Select, select

from data_access.cases.eliminations import elimination_entries
from data_access.cases.steps import own_case, step_entries
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.tables import monitoring_case
from data_access.scope import Scope

CAUSES = tuple(f"cause_{number}" for number in range(1, 6))


def _to_enter_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household whose identification the county approved and the national system does not hold yet; values
    households (1), overdue (1 if the day by which it was to be entered has passed)."""
    waiting, own = step_entries(snapshot, scope, on).subquery("waiting"), monitoring_case.c
    return (
        select(
            *waiting.c["village_code", "household_id", "case_id", "category", "step_due_on", "households", "overdue"],
            *own[(*CAUSES, "channel", "persons", "approved_on")],
        )
        .join_from(waiting, monitoring_case, own_case(waiting))
        .where(waiting.c.step == "identified")
    )


def _to_mark_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household whose elimination the county approved and the national system has not marked yet; values
    households (1)."""
    waiting, own = elimination_entries(snapshot, scope, on).subquery("waiting"), monitoring_case.c
    return (
        select(
            *waiting.c["village_code", "household_id", "case_id", "category", "cause", "identified_on", "households"],
            own.elimination_approved_on,
            own.elimination_way,
        )
        .join_from(waiting, monitoring_case, own_case(waiting))
        .where(waiting.c.elimination_step == "eliminated")
    )


LISTINGS = {
    "to_enter": Listing(
        entries=_to_enter_entries,
        order="step_due_on",
        details={
            "case_id": "text",
            "category": "monitor_category",
            **dict.fromkeys(CAUSES, "cause"),
            "channel": "discovery_channel",
            "persons": "number",
            "approved_on": "date",
            "step_due_on": "date",
        },
        facets={"category": "monitor_category"},
    ),
    "to_mark": Listing(
        entries=_to_mark_entries,
        order="elimination_approved_on",
        details={
            "case_id": "text",
            "category": "monitor_category",
            "cause": "cause",
            "identified_on": "date",
            "elimination_approved_on": "date",
            "elimination_way": "elimination_way",
        },
        facets={"category": "monitor_category", "cause": "cause"},
    ),
}
