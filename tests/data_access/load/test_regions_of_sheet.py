"""The regions that a person sheet names in its own columns."""

from pathlib import Path

import pytest

from data_access.files.reading import open_file
from data_access.load.kinds import load_kinds
from data_access.load.regions_of_sheet import SheetRegions, read_sheet_regions, write_departments, write_regions
from tests.data_access.load.conftest import LoadedInto, WriteCsv

HEADING = ["省", "市", "县", "镇", "村", "行政区划代码", "户编号", "人编号"]


def row(township: str, village: str, code: str) -> list[str]:
    return ["陕西省", "安康市", "汉滨区", township, village, code, "H1", "H1-1"]


def found_in(path: Path) -> SheetRegions:
    return read_sheet_regions([open_file(path)], kind=load_kinds()["persons"])


def test_counties_townships_and_villages_are_cut_from_the_codes_of_the_villages(write_csv: WriteCsv) -> None:
    rows = [row("关庙镇", "小关村", "610902107201")] * 2 + [row("关庙镇", "皂树村", "610902107202")]
    found = found_in(write_csv([HEADING, *rows]))
    assert (found.missing, len(found.doubts)) == ((), 0)
    assert found.regions.to_numpy().tolist() == [
        ["610902", "", "county", "汉滨区", 3],
        ["610902107", "610902", "township", "关庙镇", 3],
        ["610902107201", "610902107", "village", "小关村", 2],
        ["610902107202", "610902107", "village", "皂树村", 1],
    ]


def test_two_names_of_a_code_and_wrong_codes_are_doubts(write_csv: WriteCsv) -> None:
    rows = [row("关庙镇", "小关村", "610902107201")] * 2
    rows += [row("关庙镇", "小官村", "610902107201"), row("关庙镇", "皂树村", "610902107"), row("关庙镇", "包湾村", "")]
    found = found_in(write_csv([HEADING, *rows]))
    assert found.doubts.to_numpy().tolist() == [
        ["610902107201", "小关村", "小官村", 1],
        ["610902107", "皂树村", "", 1],
        ["", "包湾村", "", 1],
    ]
    assert found.regions["name_zh"].tolist() == ["汉滨区", "关庙镇", "小关村"]


@pytest.mark.parametrize("lacking", ["县", "镇", "村", "行政区划代码"])
def test_a_column_without_which_no_regions_can_be_made_is_named(write_csv: WriteCsv, lacking: str) -> None:
    position = HEADING.index(lacking)
    rows = [HEADING, row("关庙镇", "小关村", "610902107201")]
    found = found_in(write_csv([[cell for at, cell in enumerate(line) if at != position] for line in rows]))
    assert (len(found.missing), found.regions.empty) == (1, True)


@pytest.mark.opens_a_database
def test_a_database_that_is_not_there_yet_is_made_of_them(tmp_path: Path, write_csv: WriteCsv) -> None:
    target = LoadedInto(f"duckdb:///{(tmp_path / 'household').as_posix()}")
    found = found_in(write_csv([HEADING, row("关庙镇", "小关村", "610902107201")]))
    write_regions(found, tmp_path / "region.csv")
    write_departments(tmp_path / "department.csv")
    for table, count in (("region", 3), ("department", 11)):
        report = target.load(tmp_path / f"{table}.csv", f"table_{table}", create=True)
        assert (report.loaded, report.rejected, report.published) == (count, 0, True)
    regions = [(one["code"], one["parent_code"], one["rural_26"]) for one in target.rows("region")]
    assert regions == [("610902", None, None), ("610902107", "610902", True), ("610902107201", "610902107", None)]
    pushed = {kind.department for kind in load_kinds().values() if kind.department}
    assert {one["code"] for one in target.rows("department")} == pushed
