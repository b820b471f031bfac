"""A re-check is drawn from what was collected in the month, the same again with the same seed, equally often for
everybody."""

from collections import Counter
from datetime import date

import pandas as pd
import pytest

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.inspection.recheck import by_part, draw_records, read_collected, read_grids
from data_access.inspection.sampling import frame_hash
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village

DISTRICT = Scope.district()
FIRST, BEFORE, ON = date(2022, 9, 1), date(2022, 8, 31), date(2022, 9, 30)


def collected_of(database: HouseholdDatabase, *, scope: Scope = DISTRICT, on: date = ON) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return read_collected(snapshot, scope=scope, on=on)


def test_what_a_department_pushed_was_not_collected(make_database: MakeDatabase) -> None:
    sources = ("collection", "cadre", "case", "department")
    rows = merged(
        village(), *(household(source, indicators={"valid_from": FIRST, "source": source}) for source in sources)
    )
    assert collected_of(make_database(rows))["code"].tolist() == ["cadre", "case", "collection"]


def collected(households: int) -> pd.DataFrame:
    codes = [f"H{number:03}" for number in range(households)]
    return pd.DataFrame({"code": codes, "township_code": TOWNSHIP, "village_code": VILLAGE, "grid_code": "G1"})


def draw(rows: pd.DataFrame, *, seed: str = "公开号码", size: int = 5) -> list[str]:
    made = draw_records(rows, month="2022-09", seed=seed, size=size, spare=2, data_version="22")
    return [unit.code for unit in made.units if not unit.replacement]


def test_a_record_of_the_first_day_of_the_month_counts_and_one_of_the_day_before_does_not(
    make_database: MakeDatabase,
) -> None:
    rows = [
        household("H1", indicators=[{"valid_to": FIRST}, {"valid_from": FIRST}]),
        household("H2", indicators=[{"valid_to": BEFORE}, {"valid_from": BEFORE}]),
        household("H3", indicators=[{"valid_to": ON}, {"valid_from": ON}]),
    ]
    database = make_database(merged(village(), *rows))
    assert collected_of(database)["code"].tolist() == ["H1", "H3"]
    assert collected_of(database, on=FIRST)["code"].tolist() == ["H1"]
    assert collected_of(database, on=BEFORE)["code"].tolist() == ["H2"]
    assert collected_of(database, scope=Scope(regions=("610902999",))).empty
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        grids = read_grids(snapshot, scope=DISTRICT, household_ids=("H1", "H2"))
    assert grids["code"].tolist() == ["H1", "H2"]


def test_the_same_seed_draws_the_same_and_says_what_from() -> None:
    rows = collected(40)
    assert draw(rows) == draw(rows.sample(frac=1, random_state=1))
    assert draw(rows) != draw(rows, seed="别的")
    made = draw_records(rows, month="2022-09", seed="x", size=5, spare=2, data_version="22")
    assert made.frame_rows == 40
    assert made.frame_hash == frame_hash([("records", TOWNSHIP, code) for code in rows["code"]])
    assert {unit.probability for unit in made.units} == {0.125}


def test_every_record_has_the_same_chance() -> None:
    rows, seeds = collected(20), 800
    counts = Counter(code for number in range(seeds) for code in draw(rows, seed=f"种子{number}"))
    expected = seeds * 5 / 20
    chi_square = sum((counts[code] - expected) ** 2 / expected for code in rows["code"])
    assert chi_square < 43.8  # 99.9 % of chi-square with 19 degrees of freedom


def test_fewer_records_than_asked_for_are_all_drawn() -> None:
    assert sorted(draw(collected(3))) == ["H000", "H001", "H002"]


@pytest.mark.parametrize("part", ["township_code", "grid_code"])
def test_progress_counts_what_was_collected_drawn_and_checked(part: str) -> None:
    rows = collected(10)
    units = rows.head(4)
    [row] = by_part(units, collected=rows, checked=["H000", "H001", "H009"], part=part).to_dict("records")
    assert (row["collected"], row["drawn"], row["checked"]) == (10, 4, 2)
