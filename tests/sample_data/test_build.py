"""Building: the same seed gives the same rows, quotas keep their proportions, wrong options are refused."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.database.versions import current_file
from data_access.households.population import households_on
from data_access.risk.rulebook import load_rulebook
from data_access.risk.scoring import scored
from data_access.schema.tables import data_load, metadata
from data_access.scope import Scope
from sample_data.build import BadRequestError, build, main
from tests.sample_data.conftest import SMALL_SCALE, Sample, open_sample
from tests.support.databases import empty_database

pytestmark = pytest.mark.opens_a_database

SMALLEST = 0.01


def url_in(folder: Path) -> str:
    return f"duckdb:///{(folder / 'household').as_posix()}"


def hashes(url: str) -> dict[str, str]:
    """The hash of each table as its load recorded it."""
    opened = open_sample(url)
    try:
        return {row.table_name: row.sha256 for row in opened.rows(sa.select(data_load))}
    finally:
        opened.engine.dispose()


@pytest.fixture(scope="module")
def of_seed_7(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample; read it, do not change it."""
    folder = tmp_path_factory.mktemp("of_seed_7")
    build(scale=SMALLEST, seed=7, url=url_in(folder), quiet=True)
    return folder


@pytest.fixture
def built(of_seed_7: Path, tmp_path: Path) -> str:
    """A copy of it, for the next build."""
    shutil.copytree(of_seed_7, tmp_path, dirs_exist_ok=True)
    return url_in(tmp_path)


def test_the_same_seed_and_scale_give_the_same_rows(of_seed_7: Path, tmp_path: Path):
    second, third = (url_in(tmp_path / name) for name in ("second", "third"))
    build(scale=SMALLEST, seed=7, url=second, quiet=True)
    build(scale=SMALLEST, seed=8, url=third, quiet=True)
    assert hashes(url_in(of_seed_7)) == hashes(second)
    assert hashes(second)["household"] != hashes(third)["household"]


def test_a_new_build_is_a_new_version_with_a_newer_load(built: str, tmp_path: Path):
    before, newest = current_file(tmp_path / "household"), max_load(built)
    build(scale=SMALLEST, url=built, quiet=True)
    assert current_file(tmp_path / "household") != before
    assert max_load(built) > newest
    assert before.exists()


def max_load(url: str) -> int:
    opened = open_sample(url)
    try:
        return int(opened.value(sa.select(sa.func.max(data_load.c.load_id))))
    finally:
        opened.engine.dispose()


def test_a_build_that_fails_leaves_the_version_in_force_and_no_file(
    built: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    before, files = current_file(tmp_path / "household"), sorted(tmp_path.iterdir())

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sample_data.build.target_table", fail)
    assert main(["--scale", str(SMALLEST), "--url", built]) == 1
    assert current_file(tmp_path / "household") == before
    assert sorted(tmp_path.iterdir()) == files


def test_small_samples_keep_the_proportions(sample: Sample):
    households, cases = sample.frame("household"), sample.frame("monitoring_case")
    assert households["closed_on"].isna().sum() == round(148_000 * SMALL_SCALE)
    assert sample.frame("member")["left_on"].isna().sum() == round(513_000 * SMALL_SCALE)
    eliminated = cases[cases["outcome"] == "eliminated"]
    monitored = cases[cases["outcome"].isin(["open", "eliminated"]) & cases["identified_on"].notna()]
    assert (len(eliminated), eliminated["persons"].sum()) == (round(3_076 * SMALL_SCALE), round(10_608 * SMALL_SCALE))
    assert (len(monitored), monitored["persons"].sum()) == (round(5_408 * SMALL_SCALE), round(18_392 * SMALL_SCALE))


def test_small_samples_keep_the_shortfalls_of_dazhuyuan_in_all_five_classes(sample: Sample):
    day = date(2021, 8, 31)
    judged = scored(
        households_on(day, scope=Scope.everything()), rulebook=load_rulebook(), on=day, keep=["village_code"]
    ).subquery()
    classes = [judged.c[f"shortfall_{name}"] for name in ("income", "housing", "water", "medical", "education")]
    counts = [sa.func.sum(sa.case((fired, 1), else_=0)) for fired in classes]
    row = sample.rows(sa.select(*counts).where(judged.c.village_code.startswith("610902111")))[0]
    assert min(row) > 0
    assert sum(row) == round(286 * SMALL_SCALE)


def test_workers_of_lifted_out_households_keep_the_proportions(sample: Sample):
    jobs = sample.frame("employment").merge(sample.frame("household"), on="household_id")
    now = jobs[jobs["ended_on"].isna() & (jobs["household_type"] == "lifted_out")]
    posts = now["channel"] == "public_post"
    assert (now["member_id"].nunique(), posts.sum()) == (len(now), round(12_300 * SMALL_SCALE))
    assert (~posts).sum() == round(103_000 * SMALL_SCALE)


def test_this_years_workers_are_close_to_all_of_last_years(sample: Sample):
    jobs = sample.frame("employment").merge(sample.frame("household"), on="household_id")
    jobs = jobs[(jobs["household_type"] == "lifted_out") & (jobs["channel"] != "public_post")]

    def workers(year: int) -> int:
        first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        held = (jobs["started_on"] <= last) & (jobs["ended_on"].fillna(pd.Timestamp("2100-01-01")) > first)
        return int(jobs.loc[held, "member_id"].nunique())

    assert 0.96 < workers(2022) / workers(2021) < 1.04


def test_postgresql_gets_the_same_rows_twice_over(postgres_url: str, of_seed_7: Path):
    url = empty_database(postgres_url)
    build(scale=SMALLEST, seed=7, url=url, quiet=True)
    counts = build(scale=SMALLEST, seed=7, url=url, quiet=True)
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            found = {
                name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }
            loads = connection.execute(sa.select(data_load.c.table_name, data_load.c.sha256, data_load.c.load_id)).all()
    finally:
        engine.dispose()
    assert found == counts
    assert {row.table_name: row.sha256 for row in loads} == hashes(url_in(of_seed_7))
    assert min(row.load_id for row in loads) == len(loads) + 1


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--scale", "0"], "give a number from"),
        (["--scale", "nan"], "give a number from"),
        (["--scale", "big"], "write for example --scale 1"),
        (["--seed", "-1"], "give 0 or more"),
        (["--url", "sqlite:///x"], "use duckdb:///"),
        (["--url", "no address"], "use duckdb:///"),
        (["--url", "duckdb://"], "use duckdb:///"),
    ],
)
def test_a_wrong_option_is_refused_with_a_remedy(options: list[str], remedy: str, capsys: pytest.CaptureFixture[str]):
    assert main(options) == 2
    said = capsys.readouterr().err
    assert remedy in said
    assert len(said.splitlines()) == 1


def test_somebodys_database_file_is_never_replaced_by_a_pointer(tmp_path: Path):
    file = tmp_path / "household"
    file.write_bytes(b"x" * 5000)
    with pytest.raises(BadRequestError, match="name another file"):
        build(scale=SMALLEST, url=url_in(tmp_path), quiet=True)
    assert file.stat().st_size == 5000
