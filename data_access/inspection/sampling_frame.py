"""What the monthly inspection is drawn from, and the draw itself: townships, their villages, households, projects."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from data_access.clock import month_number, month_text
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.households.population import registered_on
from data_access.inspection.draw_settings import KINDS, DrawSettings
from data_access.inspection.draws import Draw, Unit, households_each
from data_access.inspection.sampling import ALGORITHM, Taken, frame_hash, take
from data_access.schema.tables import household, project, region
from data_access.scope import Scope


def read_frame_units(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Everything that can be drawn on a day in the rural townships of a scope; one row per village with households, per
    household on the register, and per project.

    Columns: kind (village, household, project), code, township_code, village_code.
    """
    township, village = region.alias("township"), region.alias("village")
    villages = read_frame(
        snapshot.connection,
        select(village.c.code.label("village_code"), village.c.parent_code.label("township_code"))
        .join_from(village, township, township.c.code == village.c.parent_code)
        .where(township.c.rural_26, scope.rows(village.c.code)),
    )
    homes = read_frame(
        snapshot.connection,
        select(household.c.household_id.label("code"), household.c.village_code).where(
            registered_on(on), scope.rows(household.c.village_code)
        ),
    )
    projects = read_frame(
        snapshot.connection,
        select(project.c.project_id.label("code"), project.c.village_code).where(scope.rows(project.c.village_code)),
    )
    lived_in = villages[villages["village_code"].isin(homes["village_code"])]
    parts = [
        lived_in.assign(kind="village", code=lived_in["village_code"]),
        homes.assign(kind="household").merge(villages, on="village_code"),
        projects.assign(kind="project").merge(villages, on="village_code"),
    ]
    return pd.concat(parts, ignore_index=True)[["kind", "code", "township_code", "village_code"]]


def leave_out(frame: pd.DataFrame, *, excluded: frozenset[str], settings: DrawSettings) -> pd.DataFrame:
    """The sampling frame without recently drawn units; if that would leave a stratum fewer units than are to be drawn,
    all of them stay."""
    keys = strata(frame)
    fresh = ~frame["code"].isin(list(excluded))
    left = fresh.groupby([keys["kind"], keys["stratum"]]).transform("sum")
    return frame[fresh | (left < frame["kind"].map(settings.size))].reset_index(drop=True)


def draw_inspection(frame: pd.DataFrame, *, month: str, seed: str, settings: DrawSettings, data_version: str) -> Draw:
    """Draw the inspection of a month.

    In every township, villages are drawn; in every drawn village and in those in reserve, households, so that the drawn
    villages together have the township's number of households; and projects in the whole township. To check a draw one
    needs the sampling frame and the seed.

    Args:
        frame: as returned by `leave_out`.
    """
    groups = assign_groups(sorted(frame["township_code"].unique()), month=month, own_unit=settings.own_unit)
    kinds = {kind: frame[frame["kind"] == kind] for kind in KINDS}
    homes = {str(code): list(own["code"]) for code, own in kinds["household"].groupby("village_code")}
    places = dict(zip(kinds["project"]["code"], kinds["project"]["village_code"], strict=True))
    units: list[Unit] = []
    for township, group in groups.items():
        common: dict[str, Any] = {"township": township, "group": group}
        of_it: dict[str, Any] = {"seed": seed, "stratum": township, "settings": settings}
        villages = _take(_codes(kinds["village"], township), kind="village", **of_it)
        units += _units(villages, kind="village", stratum=township, place={}, **common)
        units += _households(villages, homes, seed=seed, settings=settings, **common)
        projects = _take(_codes(kinds["project"], township), kind="project", **of_it)
        units += _units(projects, kind="project", stratum=township, place=places, **common)
    return Draw(
        kind="inspection",
        month=month,
        seed=seed,
        algorithm=ALGORITHM,
        frame_hash=frame_hash(list(strata(frame).itertuples(index=False, name=None))),
        frame_rows=len(frame),
        settings=settings.recorded,
        data_version=data_version,
        units=units,
    )


def strata(frame: pd.DataFrame) -> pd.DataFrame:
    """The sampling frame as it is hashed and published: one row per unit. Columns: kind, stratum, code."""
    stratum = frame["village_code"].where(frame["kind"] == "household", frame["township_code"])
    return pd.DataFrame({"kind": frame["kind"], "stratum": stratum, "code": frame["code"]})


def assign_groups(townships: Sequence[str], *, month: str, own_unit: Mapping[int, str]) -> dict[str, int]:
    """Which group inspects which township: it moves on by one every month, and no group inspects its own unit.

    Raises ValueError if there are fewer than two groups, so that no other could go.
    """
    groups = sorted(own_unit)
    if len(groups) < 2:
        raise ValueError("inspection.yaml: own_unit needs at least two groups")
    turn = month_number(date.fromisoformat(f"{month}-01"))
    assigned = {}
    for position, township in enumerate(townships):
        place = (position + turn) % len(groups)
        if own_unit[groups[place]] == township:
            place = (place + 1) % len(groups)
        assigned[township] = groups[place]
    return assigned


def months_before(month: str, *, count: int) -> list[str]:
    """The months before a month, the latest first."""
    number = month_number(date.fromisoformat(f"{month}-01"))
    return [month_text(number - back) for back in range(1, count + 1)]


def _codes(units: pd.DataFrame, township: str) -> list[str]:
    return list(units.loc[units["township_code"] == township, "code"])


def _take(
    codes: Sequence[str], *, seed: str, kind: str, stratum: str, settings: DrawSettings, size: int | None = None
) -> Taken:
    wanted = settings.size[kind] if size is None else size
    return take(codes, seed=seed, kind=kind, stratum=stratum, size=wanted, spare=settings.spare[kind])


def _households(
    villages: Taken, homes: Mapping[str, list[str]], *, seed: str, settings: DrawSettings, township: str, group: int
) -> list[Unit]:
    """Households of the drawn villages and of those in reserve. A village in reserve has all its households in
    reserve."""
    units: list[Unit] = []
    shares = _shares({code: len(homes.get(code, ())) for code in villages.drawn}, total=settings.size["household"])
    each = households_each(settings.size)
    for village in (*villages.drawn, *villages.replacements):
        size = shares.get(village, each)
        own = homes.get(village, [])
        taken = _take(own, seed=seed, kind="household", stratum=village, settings=settings, size=size)
        units += _units(
            taken,
            kind="household",
            stratum=village,
            township=township,
            group=group,
            place=dict.fromkeys(own, village),
            chance=villages.probability,
            reserve=village not in shares,
        )
    return units


def _shares(sizes: Mapping[str, int], *, total: int) -> dict[str, int]:
    """How many households are drawn in each village: as equal as possible; what a small village lacks comes from the
    others."""
    shares = dict.fromkeys(sizes, 0)
    for _ in range(total):
        open_ = [code for code in shares if shares[code] < sizes[code]]
        if not open_:
            break
        shares[min(open_, key=lambda code: shares[code])] += 1
    return shares


def _units(
    taken: Taken,
    *,
    kind: str,
    stratum: str,
    township: str,
    group: int,
    place: Mapping[str, str],
    chance: float = 1.0,
    reserve: bool = False,
) -> list[Unit]:
    """`chance`: that of the village of the units; `reserve`: whether the whole stratum is in reserve."""
    return [
        Unit(
            kind=kind,
            code=code,
            township_code=township,
            village_code=place.get(code, code),
            stratum=stratum,
            position=position,
            replacement=reserve or position > len(taken.drawn),
            probability=round(taken.probability * chance, 8),
            group_no=group,
        )
        for position, code in enumerate((*taken.drawn, *taken.replacements), start=1)
    ]
