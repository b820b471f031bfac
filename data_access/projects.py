"""Projects and the assets they created: what they cost, how far along they are, who owns them and what they earn.

Projects and assets have no history: whatever day is asked for, they are shown in their state at the cut-off.
"""

from datetime import date

from sqlalchemy import Select, and_, case, literal, select

from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from data_access.schema.tables import asset, project
from data_access.scope import Scope
from data_access.sql import months_later


def _project_entries(snapshot: Snapshot, scope: Scope, _on: date) -> Select:
    """One row per project, as of the cut-off; values projects (1), budget and spent (yuan), and both again as
    reported and reported_spent where both are known.

    A project is overdue when it is not finished within a number of months after its start (`project_within_months`);
    without a start it is not known to be in time.
    """
    cut_off = snapshot.cut_off
    due = months_later(project.c.started_on, limit("project_within_months", on=cut_off))
    finished = and_(project.c.finished_on.is_not(None), project.c.finished_on <= cut_off)
    reported = and_(project.c.budget.is_not(None), project.c.spent.is_not(None))
    return select(
        project.c.village_code,
        project.c.project_id,
        project.c.name_zh.label("name"),
        *project.c["kind", "fund"],
        case((finished, "finished"), (due <= cut_off, "overdue"), (due > cut_off, "running"), else_="unknown").label(
            "project_state"
        ),
        case(
            (project.c.progress.is_(None), "unknown"),
            *((project.c.progress < below, str(below)) for below in progress_limits()),
            else_="whole",
        ).label("progress_band"),
        *project.c["progress", "started_on"],
        due.label("finish_by"),
        project.c.finished_on,
        literal(1).label("projects"),
        *project.c["budget", "spent"],
        case((reported, project.c.budget)).label("reported"),
        case((reported, project.c.spent)).label("reported_spent"),
    ).where(scope.rows(project.c.village_code))


def progress_limits() -> list[int]:
    """The upper limits of the bands of progress, in percent; the codes of `progress_band` are these limits."""
    return [int(code) for code in load_codes()["progress_band"] if code.isdigit()]


def _asset_entries(_snapshot: Snapshot, scope: Scope, _on: date) -> Select:
    """One row per asset card, as of the cut-off; values assets (1), value, income and distributed (yuan); income and
    distribution again as distributable and distributed_of_it where both are known; value and income of operating
    assets again as earning_value and earned where both are known."""
    earning = and_(asset.c["class"] == "operating", asset.c.value.is_not(None), asset.c.annual_income.is_not(None))
    reported = and_(asset.c.annual_income.is_not(None), asset.c.distributed.is_not(None))
    return select(
        asset.c.village_code,
        asset.c.asset_id,
        asset.c.name_zh.label("name"),
        asset.c["class"].label("asset_class"),
        asset.c.owner,
        literal(1).label("assets"),
        asset.c.value,
        asset.c.annual_income.label("income"),
        asset.c.distributed,
        case((reported, asset.c.annual_income)).label("distributable"),
        case((reported, asset.c.distributed)).label("distributed_of_it"),
        case((earning, asset.c.value)).label("earning_value"),
        case((earning, asset.c.annual_income)).label("earned"),
    ).where(scope.rows(asset.c.village_code))


LISTINGS = {
    "projects": Listing(
        entries=_project_entries,
        details={
            "name": "text",
            "kind": "project_kind",
            "fund": "fund",
            "project_state": "project_state",
            "progress": "number",
            "budget": "yuan",
            "spent": "yuan",
            "started_on": "date",
            "finish_by": "date",
            "finished_on": "date",
        },
        facets={
            "kind": "project_kind",
            "fund": "fund",
            "project_state": "project_state",
            "progress_band": "progress_band",
        },
    ),
    "assets": Listing(
        entries=_asset_entries,
        details={
            "name": "text",
            "asset_class": "asset_class",
            "owner": "asset_owner",
            "value": "yuan",
            "income": "yuan",
            "distributed": "yuan",
        },
        facets={"asset_class": "asset_class", "owner": "asset_owner"},
    ),
}
