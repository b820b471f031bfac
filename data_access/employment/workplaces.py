"""Community factories and who works in them, the resettlement sites that must have one, and the year's targets."""

from datetime import date

import pandas as pd
from sqlalchemy import Integer, Select, cast, func, literal, select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.employment.monthly import is_open_factory, kept_jobs
from data_access.households.jobs import is_held
from data_access.schema.limits import limit
from data_access.schema.tables import region, resettlement_site, target, workplace
from data_access.scope import Scope
from data_access.sql import flag


def _factory_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per community factory open on a day; values factories (1), jobs (个, missing if not collected), workers
    and lifted_out_workers (人).

    The scope selects factories; the workers of one are counted wherever they live, and only as a number.
    """
    jobs = kept_jobs(snapshot, scope=Scope.everything())
    filled = (
        select(
            jobs.c.workplace_id,
            func.count().label("workers"),
            func.sum(flag(jobs.c.household_type == "lifted_out")).label("lifted_out_workers"),
        )
        .where(is_held(jobs, on=on), jobs.c.workplace_id.is_not(None))
        .group_by(jobs.c.workplace_id)
        .subquery("filled")
    )
    return (
        select(
            *workplace.c["village_code", "workplace_id", "industry", "opened_on"],
            workplace.c.name_zh.label("name"),
            literal(1, Integer).label("factories"),
            workplace.c.jobs,
            *(
                cast(func.coalesce(filled.c[name], 0), Integer).label(name)
                for name in ("workers", "lifted_out_workers")
            ),
        )
        .outerjoin_from(workplace, filled, filled.c.workplace_id == workplace.c.workplace_id)
        .where(is_open_factory(on), scope.rows(workplace.c.village_code))
    )


def _site_entries(_snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per resettlement site with enough households that it must have a factory; values sites (1), covered (1 if
    a community factory of the same village is open on the day)."""
    factory_here = (
        select(workplace.c.workplace_id)
        .where(workplace.c.village_code == resettlement_site.c.village_code, is_open_factory(on))
        .exists()
    )
    return select(
        resettlement_site.c.village_code,
        resettlement_site.c.site_id,
        resettlement_site.c.name_zh.label("name"),
        resettlement_site.c.households,
        literal(1, Integer).label("sites"),
        flag(factory_here).label("covered"),
    ).where(
        resettlement_site.c.households >= limit("factory_for_site_households", on=on),
        scope.rows(resettlement_site.c.village_code),
    )


def read_factories(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Community factories open on a day, those with the most workers first; one row per factory.

    Columns: village_code, workplace_id, name, industry, jobs (offered, missing if not collected), workers,
    lifted_out_workers (人), opened_on, lon, lat (of the village).
    """
    rows = _factory_entries(snapshot, scope, on).subquery("entries")
    query = (
        select(
            *rows.c["village_code", "workplace_id", "name", "industry", "jobs", "workers", "lifted_out_workers"],
            rows.c.opened_on,
            *region.c["lon", "lat"],
        )
        .outerjoin_from(rows, region, region.c.code == rows.c.village_code)
        .order_by(rows.c.workers.desc(), rows.c.workplace_id)
    )
    return read_frame(snapshot.connection, query).astype({"jobs": "Int64"})


def read_large_sites(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Resettlement sites that must have a factory; one row per site, those without one first, then the largest.

    Columns: village_code, site_id, name, households (户), sites (1), covered (1 or 0).
    """
    rows = _site_entries(snapshot, scope, on).subquery("entries")
    query = select(rows).order_by(rows.c.covered, rows.c.households.desc(), rows.c.site_id)
    return read_frame(snapshot.connection, query)


def read_targets(snapshot: Snapshot, *, scope: Scope, metric: str, year: int) -> pd.DataFrame:
    """The targets of a year; one row per region of the scope that has a target.

    Columns: region_code, last_year (figure of the year before), target, source.
    """
    query = (
        select(*target.c["region_code", "last_year", "target", "source"])
        .where(target.c.metric == metric, target.c.year == year, scope.rows(target.c.region_code))
        .order_by(target.c.region_code)
    )
    return read_frame(snapshot.connection, query).astype({"last_year": "Int64", "target": "Int64"})


LISTINGS = {
    "factory_places": Listing(
        entries=_factory_entries,
        details={
            "name": "text",
            "industry": "industry",
            "jobs": "number",
            "workers": "number",
            "lifted_out_workers": "number",
            "opened_on": "date",
        },
        facets={"industry": "industry"},
    ),
    "large_sites": Listing(
        entries=_site_entries, details={"name": "text", "households": "number", "covered": "number"}
    ),
}
