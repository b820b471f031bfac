"""The file of a handout: a workbook for every township or village, each row in exactly one of them."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from data_access.errors import ExportError
from data_access.files.export import About, FileColumn, Written, write_xlsx
from data_access.handouts import handouts
from data_access.handouts.parts import PartWords, write_parts

ABOUT = About("说明", lines=(), rows_label="行数", hash_label="SHA-256", columns_label="各列含义")
COLUMNS = [
    FileColumn("number", "序号", kind="number"),
    FileColumn("household_id", "户编号"),
    FileColumn("answer", "回复"),
]
ROWS = pd.DataFrame(
    {
        "household_id": ["H1", "H2", "H3"],
        "village_code": ["610902101201", "610902100201", "610902101202"],
    }
)


def written(
    path: Path, *, level: str, rows: pd.DataFrame = ROWS, named: Callable[[str], str] = "{}.xlsx".format
) -> tuple[Written, dict[str, list[list]], list[int]]:
    """What was said of the file, the cells of each of its workbooks, and the progress that was told."""
    told: list[int] = []
    done = write_parts(
        path,
        handouts.split(rows, level=level),
        words=lambda part, rows: PartWords(named(part), heading=(f"{part}：{rows}户",)),
        sheet="名单",
        columns=COLUMNS,
        about=ABOUT,
        progress=told.append,
    )
    with zipfile.ZipFile(path) as archive:
        cells = {
            name: CalamineWorkbook.from_filelike(io.BytesIO(archive.read(name))).get_sheet_by_index(0).to_python()
            for name in archive.namelist()
        }
    return done, cells, told


def test_each_part_has_its_rows_with_the_numbers_of_the_whole_list(tmp_path: Path) -> None:
    done, cells, told = written(tmp_path / "h.zip", level="township")
    assert {name: (rows[0][0], rows[2:]) for name, rows in cells.items()} == {
        "610902100.xlsx": ("610902100：1户", [[2, "H2", ""]]),
        "610902101.xlsx": ("610902101：2户", [[1, "H1", ""], [3, "H3", ""]]),
    }
    assert (done.rows, told) == (3, [1, 3])


@pytest.mark.parametrize(("level", "parts"), [("township", 2), ("village", 3)])
def test_the_hash_is_that_of_the_hashes_of_the_parts(tmp_path: Path, level: str, parts: int) -> None:
    done, cells, _ = written(tmp_path / "h.zip", level=level)
    hashes = [
        write_xlsx(tmp_path / "part.xlsx", sheet="x", columns=COLUMNS, chunks=[own], about=ABOUT).sha256
        for _, own in handouts.split(ROWS, level=level).groupby("part")
    ]
    assert len(cells) == len(hashes) == parts
    assert done.sha256 == hashlib.sha256("".join(hashes).encode()).hexdigest()


def test_villages_of_one_name_each_have_their_rows(tmp_path: Path) -> None:
    _, cells, _ = written(tmp_path / "h.zip", level="village", named=lambda _: "双龙村.xlsx")
    assert sorted(row[1] for rows in cells.values() for row in rows[2:]) == ["H1", "H2", "H3"]


def test_a_file_without_all_rows_is_not_sent_out(tmp_path: Path) -> None:
    rows = ROWS.assign(village_code=pd.Series(["610902101201", None, "610902101202"], dtype=object))
    with pytest.raises(ExportError, match="file_rows_lost"):
        written(tmp_path / "h.zip", level="village", rows=rows)
