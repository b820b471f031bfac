"""What stands on the screen is what SQL counts on the source: twenty matters, read within a PostgreSQL, and from a
database of another make into the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, func, make_url, select, text

from data_access.connect.mapping import read_mapping
from data_access.connect.refresh import refresh
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.metrics import MetricTable
from data_access.facts.monthly import read_monthly_facts
from data_access.lists.figures import count_amounts
from data_access.lists.lists import has_list, read_breakdown
from data_access.schema.tables import clue, clue_unmatched
from data_access.scope import Scope
from tests.support.databases import empty_database
from tests.support.office import write_office
from tests.support.office_rows import COUNTY
from tests.support.rulebooks import FEW, of_rules
from tests.support.server import ROOT

pytestmark = pytest.mark.opens_a_database

EVERYTHING = Scope.everything()
TOWNSHIP = f"{COUNTY}101"

GONE = "(SELECT aac001 FROM ac01 WHERE xhsj IS NOT NULL)"
HOMES = f"(SELECT * FROM ac01 WHERE aar040 = '2022' AND aac001 NOT IN {GONE}) h"
PEOPLE = f"""(SELECT p.*, h.aac006 FROM fpjc_rkxx p JOIN {HOMES} ON h.aac001 = CAST(p.hbh AS BIGINT)
    WHERE p.jsrq IS NULL) p"""
LIFTED_OUT = "aac006 IN ('脱贫户', '1', '01')"
CASES = f"(SELECT *, COALESCE(fxsfxc, '否') IN ('否', '0') AS is_open FROM t_jcdx WHERE hbh NOT IN {GONE}) c"
OPEN = f"(SELECT hbh FROM {CASES} WHERE is_open)"
ENDED_NOW = "fxxcsj IN ('202209', '2022-09', '2022.9')"
IN_WORK = f"(SELECT w.*, p.aac006 FROM t_wgjc w JOIN {PEOPLE} ON p.rbh = w.rbh WHERE w.ny = '202209') w"
AT_POST = "COALESCE(sfgyg, '否') = '是'"
MATCHED = """(SELECT * FROM t_bmts t WHERE
    (SELECT COUNT(DISTINCT hbh) FROM fpjc_rkxx p WHERE p.zjhm = t.sfzh AND jsrq IS NULL) = 1) m"""
YEARS = f"""(SELECT * FROM t_srxx s WHERE jd IS NULL AND hbh NOT IN {GONE}
    AND tbsj = (SELECT MAX(tbsj) FROM t_srxx n WHERE n.jd IS NULL AND n.hbh = s.hbh)) y"""
NET = "ROUND(gzxsr) + ROUND(scjyxsr) + ROUND(ccxsr) + ROUND(zyxsr) - ROUND(scjyxzc)"
BELOW = f"{NET} < rs * CASE nd WHEN '2021' THEN 6000 ELSE 5000 END"

MATTERS = {
    "households": f"SELECT COUNT(*) FROM {HOMES}",
    "persons": f"SELECT COUNT(*) FROM {PEOPLE}",
    "monitored_households": f"SELECT COUNT(DISTINCT hbh) FROM {CASES}",
    "open_households": f"SELECT COUNT(DISTINCT hbh) FROM {CASES} WHERE is_open",
    "open_persons": f"SELECT COUNT(*) FROM {PEOPLE} WHERE CAST(hbh AS BIGINT) IN {OPEN}",
    "eliminated_households": f"SELECT COUNT(DISTINCT hbh) FROM {CASES} WHERE hbh NOT IN {OPEN}",
    "newly_eliminated_households": f"SELECT COUNT(DISTINCT hbh) FROM {CASES} WHERE {ENDED_NOW} AND hbh NOT IN {OPEN}",
    "off_farm_workers": f"SELECT COUNT(*) FROM {IN_WORK} WHERE {LIFTED_OUT} AND NOT {AT_POST}",
    "public_post_workers": f"SELECT COUNT(*) FROM {IN_WORK} WHERE {LIFTED_OUT} AND {AT_POST}",
    "workers_in_work": f"SELECT COUNT(*) FROM {IN_WORK} WHERE {LIFTED_OUT}",
    "waged_workers": f"SELECT COUNT(yxz) FROM {IN_WORK} WHERE {LIFTED_OUT} AND NOT {AT_POST}",
    "clues_received": f"SELECT COUNT(*) FROM {MATCHED} WHERE tssj >= '2022-09-01'",
    "clues_open": f"SELECT COUNT(*) FROM {MATCHED} WHERE hcsj IS NULL",
    "income_known_households": f"SELECT COUNT({NET}) FROM {YEARS} WHERE rs IS NOT NULL",
    "below_line_households": f"SELECT COUNT(*) FROM {YEARS} WHERE {BELOW}",
    "below_line_persons": f"SELECT SUM(rs) FROM {YEARS} WHERE {BELOW}",
    "projects_total": "SELECT COUNT(*) FROM project",
    "projects_finished": "SELECT COUNT(wgsj) FROM project",
    "project_budget": "SELECT SUM(ROUND(ztz * 10000)) FROM project",
}
"""Metric -> what it is on the source."""

PARTS = {
    ("households", "household_type", "lifted_out"): f"SELECT COUNT(*) FROM {HOMES} WHERE {LIFTED_OUT}",
    ("open_households", "category", "unstable"): f"""SELECT COUNT(DISTINCT hbh) FROM {CASES}
        WHERE is_open AND jcdxlb IN ('脱贫不稳定户', '1', '01')""",
}
"""Metric, column and code of the list behind it -> what it is on the source."""


@dataclass(frozen=True)
class Both:
    """A source, and the board that was filled from it."""

    source: Engine
    board: HouseholdDatabase

    def on_source(self, query: str) -> int:
        with self.source.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.board.connect() as (connection, version):
            yield Snapshot(connection=connection, version=version, rulebook=of_rules(*FEW))


@pytest.fixture(scope="module", params=["within a PostgreSQL", "from another make"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder: Path = tmp_path_factory.mktemp("office")
    if request.param == "within a PostgreSQL":
        server = request.getfixturevalue("postgres_url")
        source, target = make_url(empty_database(server)), make_url(empty_database(server))
    else:
        source = URL.create("sqlite", database=str(folder / "office.sqlite"))
        target = URL.create("duckdb", database=str(folder / "household"))
    write_office(source)
    refresh(source, read_mapping(ROOT / "docs" / "connection.yaml"), target=target, name="connect", create=True)
    engine, board = create_engine(source), HouseholdDatabase(target)
    yield Both(engine, board)
    engine.dispose()
    board.dispose()


@pytest.fixture(scope="module")
def tiles(both: Both) -> MetricTable:
    """The tiles of the newest month."""
    with both.snapshot() as snapshot:
        return MetricTable(read_monthly_facts(snapshot))


@pytest.mark.parametrize("metric", MATTERS)
def test_the_tile_and_its_list_are_what_the_source_says(both: Both, tiles: MetricTable, metric: str) -> None:
    expected = both.on_source(MATTERS[metric])
    assert expected > 0
    with both.snapshot() as snapshot:
        if has_list(metric):
            listed = count_amounts(snapshot, scope=EVERYTHING, metric=metric, on=snapshot.cut_off)
            assert listed.count(place=COUNTY) == expected
        month = f"{snapshot.cut_off:%Y-%m}"
    if tiles.knows(metric):
        assert tiles.count(metric, place=COUNTY, month=month) == expected


@pytest.mark.parametrize(("metric", "column", "code"), PARTS)
def test_the_part_of_a_list_is_what_the_source_says(both: Both, metric: str, column: str, code: str) -> None:
    with both.snapshot() as snapshot:
        parts = read_breakdown(snapshot, scope=EVERYTHING, metric=metric, by=(column,), on=snapshot.cut_off)
    found = parts.set_index(column)["amount"]
    assert found[code] == both.on_source(PARTS[metric, column, code]) > 0


def test_a_township_has_the_households_that_the_source_has_there(both: Both, tiles: MetricTable) -> None:
    there = both.on_source(f"SELECT COUNT(*) FROM {HOMES} WHERE aad001 LIKE '{TOWNSHIP}%'")
    assert tiles.count("households", place=TOWNSHIP, month="2022-09") == there > 0


def test_every_push_stands_on_the_board_once(both: Both) -> None:
    with both.snapshot() as snapshot:
        matched, unmatched = (
            snapshot.connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (clue, clue_unmatched)
        )
    assert matched == both.on_source(f"SELECT COUNT(*) FROM {MATCHED}") > 0
    assert unmatched == both.on_source("SELECT COUNT(*) FROM t_bmts") - matched > 0
