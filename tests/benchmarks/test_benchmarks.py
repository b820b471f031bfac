"""The benchmarks run and measure the page, not a notice in its place."""

import json
import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, make_url, select

from data_access.handouts import handouts
from data_access.inspection import findings
from data_access.ledger.ledger import Ledger
from data_access.schema.tables import household, metadata, region
from data_access.scope import Scope
from tests.benchmarks import (
    against_pandas,
    big_files,
    clicks,
    connect,
    files,
    filling,
    first_load,
    lists,
    load,
    pages,
    recompute,
    scale,
    statements,
    sustained,
)
from tests.benchmarks.measuring import measured_app, percentile
from tests.reference.frames import Frames
from tests.support.databases import empty_database
from tests.support.office import write_office
from tests.support.server import Server
from tests.support.statements import HOUSEHOLD_TABLES

EVERYTHING = Scope.everything()


@pytest.fixture
def own_sample(sample_url: str, tmp_path: Path) -> str:
    """A copy: the bare side opens it with other options than the app, which a process allows only once."""
    pointer = Path(make_url(sample_url).database or "")
    shutil.copytree(pointer.parent, tmp_path / "sample")
    return f"duckdb:///{(tmp_path / 'sample' / pointer.name).as_posix()}"


def test_load_counts_every_run(server: Server, tmp_path: Path) -> None:
    output = tmp_path / "load.json"
    assert load.main(["--url", server.url, "--sessions", "2", "--reruns", "3", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert (result["first_run_seconds"]["count"], result["rerun_seconds"]["count"], result["errors"]) == (2, 6, 0)


def test_load_fails_where_there_is_no_app(tmp_path: Path) -> None:
    output = tmp_path / "load.json"
    assert load.main(["--url", "http://127.0.0.1:9", "--sessions", "2", "--output", str(output)]) == 1
    assert "ConnectionRefusedError" in json.loads(output.read_text(encoding="utf-8"))["error_samples"][-1]


def test_every_page_is_switched_to_and_filtered(
    server: Server, sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", sample_url)
    output = tmp_path / "pages.json"
    assert pages.main(["--url", server.url, "--changes", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert set(result["pages"]) == {"overview", "household", *pages.CHOICES} - {""}
    assert result["bare_question_seconds"]["count"] == 2 * pages.BARE_TURNS
    assert all(page["switch_seconds"]["count"] == 1 for page in result["pages"].values())
    assert len({page["most_bytes"] for page in result["pages"].values()}) == len(result["pages"]), "pages, not one page"


def test_a_long_use_is_measured_by_windows(
    server: Server, sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", sample_url)
    output = tmp_path / "sustained.json"
    asked = ["--sessions", "2", "--minutes", "0.05", "--think", "0.2", "--windows", "2", "--output", str(output)]
    assert sustained.main(["--url", server.url, *asked]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert (result["errors"], len(result["windows"])) == (0, 2)
    in_time = sum(window["run_seconds"]["count"] for window in result["windows"])
    assert in_time <= result["run_seconds"]["count"], "what ended after the time stands in no window"
    assert result["run_seconds"]["count"] > 0
    assert sustained.main(["--url", "http://127.0.0.1:9", *asked]) == 1


def test_signed_in_people_build_files_return_forms_and_record_findings(
    sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", sample_url)
    ledger_url = f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"
    cookies = clicks.sign_in(ledger_url, people=4)
    with measured_app(None, env={"SIGN_IN": "local", "LEDGER_DATABASE_URL": ledger_url}) as (url, _):
        prepared = clicks.prepare(url, ledger_url=ledger_url, cookies=cookies)
        runs = [run for act in clicks.ACTS for run in act(url, prepared, random.Random(1))]
    assert [run.errors for run in runs if run.errors] == []
    ledger = Ledger(make_url(ledger_url))
    assert handouts.read_rows(ledger, handout_id=prepared.handout_id, scope=EVERYTHING)["verdict"].notna().any()
    assert len(findings.read_findings(ledger, scope=EVERYTHING, draw_id=prepared.draw_id)) == 1
    assert len(ledger.signed_entries("exported")) >= 1
    ledger.dispose()


def test_lists_are_measured(sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", sample_url)
    output = tmp_path / "lists.json"
    assert lists.main(["--runs", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert [result[name]["count"] for name in lists.TURNS] == [1] * len(lists.TURNS)


def test_files_are_measured_against_the_database_s_own(tmp_path: Path) -> None:
    output = tmp_path / "files.json"
    assert files.main(["--rows", "2000", "--xlsx-rows", "500", "--runs", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert (result["rows"], result["columns"], result["xlsx_columns"]) == (2000, 30, 12)
    assert min(result["csv_ratio"], result["xlsx_seconds"]) > 0


@pytest.mark.opens_a_database
def test_a_district_s_sheet_is_measured_against_the_database_alone(tmp_path: Path) -> None:
    output = tmp_path / "big.json"
    assert big_files.main(["--rows", "300", "--columns", "60", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert min(result["csv_read_ratio"], result["csv_load_cpu_ratio"], result["xlsx"]["reader_memory_mb"]) > 0


@pytest.mark.opens_a_database
def test_a_connected_source_is_measured_against_bare_reading(tmp_path: Path) -> None:
    source, output = f"sqlite:///{(tmp_path / 'office.sqlite').as_posix()}", tmp_path / "connect.json"
    write_office(make_url(source), households=60)
    assert connect.main(["--source", source, "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["rows_of_theirs"] > result["rows_of_ours"] > 0
    assert min(result["runs"][name]["seconds_ratio"] for name in ("first", "compared", "unchanged")) > 0


def test_filling_postgresql_is_measured(postgres_url: str, tmp_path: Path) -> None:
    output = tmp_path / "filling.json"
    assert filling.main(["--url", empty_database(postgres_url), "--scale", "0.01", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["rows"] > result["households"] > 0
    assert min(result["copying_seconds"], result["generating_seconds"], result["database_mb"]) > 0


@pytest.mark.opens_a_database
def test_a_sample_is_multiplied_into_districts_that_do_not_mix(own_sample: str, tables: Frames, tmp_path: Path) -> None:
    one, two = own_sample, tmp_path / "two.duckdb"
    rows = {name: len(frame) for name, frame in tables.items()}
    assert scale.main(["multiply", "--url", one, "--times", "2", "--output", str(two)]) == 0
    engine = create_engine(f"duckdb:///{two}")
    with engine.connect() as connection:
        for table in HOUSEHOLD_TABLES:
            declared = metadata.tables[table]
            key = list(declared.primary_key.columns)
            twice = select(*key).group_by(*key).having(func.count() > 1).subquery()
            assert connection.execute(select(func.count()).select_from(declared)).scalar() == 2 * rows[table]
            assert connection.execute(select(func.count()).select_from(twice)).scalar() == 0
        moved = select(func.count()).where(household.c.village_code.not_like(f"{scale.COUNTY}%"))
        known = moved.where(household.c.village_code.in_(select(region.c.code)))
        assert connection.execute(known).scalar() == rows["household"]
    engine.dispose()
    output = tmp_path / "scale.json"
    assert scale.main(["measure", "--url", f"duckdb:///{two}", "--runs", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["households"] == 2 * rows["household"]
    assert all(turns["min"] > 0 for turns in result["seconds"].values())


def test_recompute_is_measured_on_both_databases_and_every_statement_on_postgresql(
    own_sample: str, postgres_url: str, sample_template: str, tmp_path: Path
) -> None:
    output, found = tmp_path / "measured.json", []
    for url in (own_sample, empty_database(postgres_url, like=sample_template)):
        assert recompute.main(["--url", url, "--runs", "1", "--output", str(output)]) == 0
        result = json.loads(output.read_text(encoding="utf-8"))
        assert result["ratio"] > 0
        assert min(result["rows_fetched"], result["peak_memory_mb"]) > 0
        found.append(result["facts_rows"])
    assert found[0] == found[1] > 0
    few = ["--of", "clue", "--most", "60", "--explain", "0"]
    assert statements.main(["--url", url, *few, "--output", str(output)]) == 0
    walked = json.loads(output.read_text(encoding="utf-8"))
    assert {"the list clues"} < {one["query"] for one in walked["slowest"]}
    assert walked["misjudged_loops"] == []


def test_pandas_counts_the_same_lamps(sample_url: str, tmp_path: Path) -> None:
    output = tmp_path / "pandas.json"
    assert against_pandas.main(["--url", sample_url, "--runs", "1", "--output", str(output)]) == 0
    result = json.loads(output.read_text(encoding="utf-8"))
    assert sum(result["lamps"].values()) == result["households"] > 0


def test_first_load_names_the_remedy_where_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RuntimeError, match="make system"):
        first_load.main(["--url", "http://127.0.0.1:9"])


@pytest.mark.parametrize(("percent", "expected"), [(50, 2), (75, 3), (95, 4), (100, 4), (1, 1)])
def test_percentile_is_one_of_the_values(percent: float, expected: float) -> None:
    assert percentile([4, 1, 3, 2], percent) == expected
