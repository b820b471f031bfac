"""Projects and assets: what counts as overdue, what is known, and sums that equal a slow and obvious count."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url

from data_access import projects
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.frames import read_frame
from data_access.facts.metrics import load_metrics
from data_access.lists import figures, lists
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.schema.limits import is_placeholder, limit
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.reference.frames import Frames, read_tables
from tests.support.households import CUT_OFF, Rows, asset, merged, project, village
from tests.support.lists import asked

EVERYBODY = Scope.district()
METRICS = [key for key, metric in load_metrics().items() if metric.numerator.fact in projects.LISTINGS]


def read(make_database: MakeDatabase, frame: str, rows: Rows, *, scope: Scope = EVERYBODY) -> pd.DataFrame:
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        key = "project_id" if frame == "projects" else "asset_id"
        return (
            read_frame(connection, projects.LISTINGS[frame].entries(snapshot, scope, CUT_OFF))
            .set_index(key)
            .sort_index()
        )


def test_a_project_is_overdue_on_the_day_its_months_are_over(make_database: MakeDatabase) -> None:
    assert limit("project_within_months", on=CUT_OFF) == 12
    rows = merged(
        village(),
        project("XM1", started_on=date(2021, 9, 30)),
        project("XM2", started_on=date(2021, 10, 1)),
        project("XM3", started_on=date(2021, 1, 1), finished_on=CUT_OFF),
        project("XM4", started_on=date(2021, 1, 1), finished_on=date(2022, 10, 1)),
        project("XM5", started_on=None),
        project("XM6", started_on=None, finished_on=CUT_OFF),
    )
    found = read(make_database, "projects", rows)
    assert found["project_state"].tolist() == ["overdue", "running", "finished", "overdue", "unknown", "finished"]


def test_bands_of_progress_begin_at_their_limit_and_what_is_missing_is_apart(make_database: MakeDatabase) -> None:
    assert is_placeholder("project_within_months", on=CUT_OFF)
    known = [0, 24, 25, 99, 100, None]
    rows = merged(village(), *(project(f"XM{n}", progress=progress) for n, progress in enumerate(known)))
    bands = read(make_database, "projects", rows)["progress_band"].tolist()
    assert bands == ["25", "25", "50", "100", "whole", "unknown"]
    assert set(bands) | {"75"} == set(load_codes()["progress_band"])


def test_a_project_counts_in_the_share_spent_only_if_it_reports_both(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        project("XM1", budget=1_000, spent=400),
        project("XM2", budget=5_000, spent=None),
        project("XM3", budget=None, spent=700),
        asset("ZC1", value=100, annual_income=10, distributed=4),
        asset("ZC2", value=900, annual_income=10, distributed=None),
        asset("ZC3", value=900, annual_income=None, distributed=None),
        asset("ZC4", value=900, annual_income=0, distributed=0, **{"class": "public"}),
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        value = {
            key: figures.count_amounts(snapshot, scope=EVERYBODY, metric=key, on=CUT_OFF).value(place="610902")
            for key in METRICS
        }
    assert (value["projects_total"], value["project_budget"], value["project_spent"]) == (3, 6_000, 1_100)
    assert value["project_spending_share"] == 40
    assert (value["asset_cards"], value["asset_income"], value["asset_distributed"]) == (4, 20, 4)
    assert value["asset_distributed_share"] == 40
    assert value["asset_yield"] == 2


def test_projects_and_assets_never_leave_the_scope(make_database: MakeDatabase) -> None:
    elsewhere = {"village_code": "610902104201"}
    parts = (project("XM1"), project("XM2", **elsewhere), asset("ZC1"), asset("ZC2", **elsewhere))
    rows = merged(village(), village("610902104201", township="610902104"), *parts)
    scope = Scope(regions=("610902104",))
    assert read(make_database, "projects", rows, scope=scope).index.tolist() == ["XM2"]
    assert read(make_database, "assets", rows, scope=scope).index.tolist() == ["ZC2"]


# --- against a slow and obvious count, on the sample ---


@pytest.fixture(scope="module")
def sample(sample_url: str) -> Iterator[Snapshot]:
    database = HouseholdDatabase(make_url(sample_url))
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=load_rulebook())
    database.dispose()


@pytest.fixture(scope="module")
def tables(sample: Snapshot) -> Frames:
    # The same connection: DuckDB does not open a file twice in different ways.
    engine = create_engine("duckdb://", creator=lambda: sample.connection.connection.dbapi_connection)
    return read_tables(engine)


def _overdue(row: Any) -> bool:
    started = row["started_on"]
    finished = pd.notna(row["finished_on"]) and row["finished_on"] <= pd.Timestamp(CUT_OFF)
    return not finished and started + pd.DateOffset(months=12) <= pd.Timestamp(CUT_OFF)


def test_every_metric_of_every_township_equals_the_count_by_hand(sample: Snapshot, tables: Frames) -> None:
    expected: dict[str, dict[str, float]] = {key: {} for key in METRICS}
    cards = tables["asset"]
    for place, own in tables["project"].groupby(tables["project"]["village_code"].str[:9]):
        expected["projects_total"][str(place)] = len(own)
        expected["project_budget"][str(place)] = own["budget"].sum()
        expected["project_spending_share"][str(place)] = 100 * own["spent"].sum() / own["budget"].sum()
        expected["projects_overdue"][str(place)] = sum(_overdue(row) for _, row in own.iterrows())
    for place, own in cards.groupby(cards["village_code"].str[:9]):
        expected["asset_value"][str(place)] = own["value"].sum()
        earning = own[own["class"] == "operating"]
        if len(earning):
            expected["asset_yield"][str(place)] = 100 * earning["annual_income"].sum() / earning["value"].sum()
            share = 100 * own["distributed"].sum() / own["annual_income"].sum()
            expected["asset_distributed_share"][str(place)] = share
    for key in [key for key, values in expected.items() if values]:
        amounts = figures.count_amounts(sample, scope=EVERYBODY, metric=key, on=CUT_OFF)
        for place, value in expected[key].items():
            assert amounts.value(place=place) == pytest.approx(value), (key, place)
    assert sum(len(values) for values in expected.values()) > 60


@pytest.mark.parametrize("metric", METRICS)
def test_a_figure_is_the_sum_of_its_list(sample: Snapshot, metric: str) -> None:
    amounts = figures.count_amounts(sample, scope=EVERYBODY, metric=metric, on=CUT_OFF)
    arguments: dict[str, Any] = {"scope": EVERYBODY, "metric": metric, "on": CUT_OFF}
    size = lists.count_list(sample, **asked(**arguments))
    rows = lists.read_list(sample, **asked(**arguments, language="zh", offset=0, limit=10_000))
    assert (len(rows), rows["amount"].sum()) == (size.rows, size.amount)
    assert amounts.count(place="610902") == size.amount
