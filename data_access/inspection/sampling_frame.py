"""What the monthly inspection is drawn from: townships, their villages, households by status, projects."""

from datetime import date

import pandas as pd
from sqlalchemy import and_, case, select

from data_access.cases.lists import case_states
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.regions import read_regions
from data_access.inspection.draw_settings import DrawSettings
from data_access.schema.tables import project, region
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on

UNITED = "+"
"""Between strata that were drawn from together: 610902104002/open+610902104227/open."""


def read_frame_units(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Everything that can be drawn on a day in the rural townships of a scope (in all, where nothing says which are
    rural); one row per village with households, per
    household on the register, and per project.

    Columns: kind (village, household, project), code, township_code, village_code, status (of a household, the first
    of `STATUSES` that holds; empty for others).
    """
    township, village = region.alias("township"), region.alias("village")
    villages = read_frame(
        snapshot.connection,
        select(village.c.code.label("village_code"), village.c.parent_code.label("township_code"))
        .join_from(village, township, township.c.code == village.c.parent_code)
        .where(township.c.code.in_(read_regions(snapshot, scope=scope).ranked), scope.rows(village.c.code)),
    )
    homes = _homes(snapshot, scope=scope, on=on)
    projects = read_frame(
        snapshot.connection,
        select(project.c.project_id.label("code"), project.c.village_code).where(scope.rows(project.c.village_code)),
    )
    lived_in = villages[villages["village_code"].isin(homes["village_code"].unique())]
    parts = [
        lived_in.assign(kind="village", code=lived_in["village_code"], status=""),
        homes.assign(kind="household").merge(villages, on="village_code"),
        projects.assign(kind="project", status="").merge(villages, on="village_code"),
    ]
    return pd.concat(parts, ignore_index=True)[["kind", "code", "township_code", "village_code", "status"]]


def _homes(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Households on the register with what they are on a day; columns code, village_code, status."""
    lamps, states = lamps_on(snapshot, scope=scope, on=on), case_states(on)
    status = case(
        (states.c.state.in_(("open", "eliminated")), states.c.state),
        (and_(lamps.c.lamp == "red", states.c.state.is_(None)), "red_never"),
        (lamps.c.household_type == "lifted_out", "lifted_out"),
        else_="general",
    )
    return read_frame(
        snapshot.connection,
        select(lamps.c.household_id.label("code"), lamps.c.village_code, status.label("status")).outerjoin_from(
            lamps, states, states.c.household_id == lamps.c.household_id
        ),
    )


def leave_out(frame: pd.DataFrame, *, excluded: frozenset[str], settings: DrawSettings) -> pd.DataFrame:
    """The sampling frame without recently drawn units; if that would leave a stratum fewer units than are to be drawn,
    all of them stay."""
    keys = strata(frame, settings=settings)
    fresh = ~frame["code"].isin(list(excluded))
    left = fresh.groupby([keys["kind"], keys["stratum"]]).transform("sum")
    wanted = frame["kind"].map(settings.size)
    if settings.shares:
        wanted = frame["status"].map(settings.shares).fillna(wanted)
    return frame[fresh | (left < wanted)].reset_index(drop=True)


def strata(frame: pd.DataFrame, *, settings: DrawSettings) -> pd.DataFrame:
    """The sampling frame as it is hashed and published: one row per unit. Columns: kind, stratum (a township; for
    households their village, and their status where the draw looks at it), code."""
    keys = ["village_code", "status"]
    pairs = frame[keys].drop_duplicates()  # a name for each, not for each of 120,000 units
    told = pairs.itertuples(index=False, name=None)
    named = [stratum_of(village, status if settings.shares else "") for village, status in told]
    of_homes = frame[keys].merge(pairs.assign(stratum=named), how="left")["stratum"].to_numpy(dtype=object)
    stratum = frame["township_code"].mask(frame["kind"] == "household", of_homes)
    return pd.DataFrame({"kind": frame["kind"], "stratum": stratum, "code": frame["code"]})


def stratum_of(village: str, status: str) -> str:
    """The stratum of a household in the frame: 610902104002/open; its village alone where nobody looks at the
    status."""
    return f"{village}/{status}" if status else village
