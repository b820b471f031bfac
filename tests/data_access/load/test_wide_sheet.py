"""The sample as the national system would export it, 177 columns wide, is recognised and goes in unchanged."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from data_access.database import versions
from data_access.database.engine import EMBEDDED_OPTIONS
from tests.data_access.load.conftest import LoadedInto
from tests.support import wide_sheet
from tests.support.databases import empty_database


@pytest.fixture
def sample_copy(request: pytest.FixtureRequest, sample_url: str, tmp_path: Path) -> LoadedInto:
    """The small sample in a database of the test's own, on DuckDB or PostgreSQL."""
    if request.param == "postgresql":
        sample, server = (request.getfixturevalue(name) for name in ("sample_template", "postgres_url"))
        return LoadedInto(empty_database(server, like=sample))
    pointer = tmp_path / "household"
    file = versions.next_file(pointer)
    shutil.copyfile(versions.current_file(Path(str(make_url(sample_url).database))), file)
    versions.publish(pointer, file)
    return LoadedInto(f"duckdb:///{pointer.as_posix()}")


@pytest.fixture(scope="module")
def sheet(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The sample as a sheet, and how many rows it has."""
    path = tmp_path_factory.mktemp("sheet") / "人员.csv"
    current = versions.current_file(Path(str(make_url(sample_url).database)))
    engine = create_engine(f"duckdb:///{current}", connect_args=EMBEDDED_OPTIONS)
    rows = wide_sheet.write_csv(path, engine)
    engine.dispose()
    return path, rows


@pytest.mark.parametrize("sample_copy", ["duckdb", "postgresql"], indirect=True)
def test_the_sample_as_a_person_sheet_changes_nothing(sample_copy: LoadedInto, sheet: tuple[Path, int]) -> None:
    path, rows = sheet
    assert len(wide_sheet.headings()) == wide_sheet.WIDTH
    report = sample_copy.load(path)
    assert (report.rows, report.loaded, report.unchanged, report.rejected) == (rows, 0, rows, 0)
    # The sample's ID numbers are wrong on purpose; nothing else is noticed.
    assert set(report.rules["rule"]) == {"id_check_digit"}
