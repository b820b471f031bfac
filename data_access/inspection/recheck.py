"""后台抽查评估: what was collected in a month, and a seeded sample of it for the recheck, by township and grid."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import select

from data_access.clues.clue_tests import load_clue_tests
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.households.population import registered_on
from data_access.inspection.draw_settings import RECORDS
from data_access.inspection.draws import Draw, Unit
from data_access.inspection.sampling import ALGORITHM, frame_hash, take
from data_access.schema.tables import household, household_indicator, region
from data_access.scope import Scope

KIND = RECORDS
"""The kind of these draws in the ledger."""


def read_collected(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """The households on the register whose indicators somebody collected in the month of a day, up to the day: the
    sources of a survey (clue_tests.yaml), not what a department pushed; one row per household.

    Columns: code (household), township_code, village_code, grid_code (None if the household is in no grid).
    """
    collected = (
        select(household_indicator.c.household_id)
        .where(
            household_indicator.c.valid_from.between(on.replace(day=1), on),
            household_indicator.c.source.in_(load_clue_tests().survey),
        )
        .distinct()
        .subquery("collected")
    )
    query = (
        select(
            household.c.household_id.label("code"),
            region.c.parent_code.label("township_code"),
            *household.c["village_code", "grid_code"],
        )
        .join_from(household, collected, collected.c.household_id == household.c.household_id)
        .join(region, region.c.code == household.c.village_code)
        .where(registered_on(on), scope.rows(household.c.village_code))
        .order_by(household.c.household_id)
    )
    return read_frame(snapshot.connection, query)


def read_grids(snapshot: Snapshot, *, scope: Scope, household_ids: tuple[str, ...]) -> pd.DataFrame:
    """The grids of households; one row per household. Columns: code, grid_code."""
    query = select(household.c.household_id.label("code"), household.c.grid_code).where(
        household.c.household_id.in_(household_ids), scope.rows(household.c.village_code)
    )
    return read_frame(snapshot.connection, query)


def draw_records(collected: pd.DataFrame, *, month: str, seed: str, size: int, spare: int, data_version: str) -> Draw:
    """Draw households for the recheck: a fixed number in every township, each with an equal chance there.

    Args:
        collected: as returned by `read_collected`.
        size, spare: households per township: drawn, and in reserve.
    """
    units: list[Unit] = []
    for township, own in collected.groupby("township_code"):
        places = dict(zip(own["code"], own["village_code"], strict=True))
        taken = take(own["code"], seed=seed, kind=KIND, stratum=str(township), size=size, spare=spare)
        units += [
            Unit(
                kind="household",
                code=code,
                township_code=str(township),
                village_code=places[code],
                stratum=str(township),
                position=position,
                replacement=position > len(taken.drawn),
                probability=round(taken.probability, 8),
            )
            for position, code in enumerate((*taken.drawn, *taken.replacements), start=1)
        ]
    lines = [
        (KIND, township, code) for township, code in zip(collected["township_code"], collected["code"], strict=True)
    ]
    return Draw(
        kind=KIND,
        month=month,
        seed=seed,
        algorithm=ALGORITHM,
        frame_hash=frame_hash(lines),
        frame_rows=len(collected),
        settings={"size": size, "spare": spare},
        data_version=data_version,
        units=units,
    )


def by_part(units: pd.DataFrame, *, collected: pd.DataFrame, checked: Sequence[str], part: str) -> pd.DataFrame:
    """The progress of a draw by township or grid; one row per part in which something was collected.

    Columns: part, collected, drawn, checked (households).

    Args:
        units: active units, with the column named by `part`.
        collected: as returned by `read_collected`.
        checked: households with a finding.
        part: `township_code` or `grid_code`.
    """
    counted = collected.groupby(part).size().rename("collected").to_frame()
    drawn = units.assign(checked=units["code"].isin(list(checked))).groupby(part)["checked"].agg(["size", "sum"])
    counted = counted.join(drawn.rename(columns={"size": "drawn", "sum": "checked"})).fillna(0).astype("int64")
    return counted.reset_index(names="part")
