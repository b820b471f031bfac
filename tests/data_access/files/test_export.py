"""A file holds what it was given, whole and unchanged, and nothing in it runs."""

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import InvalidKeyError
from python_calamine import CalamineWorkbook

from data_access.errors import ExportError
from data_access.files import export
from data_access.files.export import About, FileColumn
from tests.support.protected import opened_workbook

ABOUT = About(
    title="说明",
    lines=(("筛选条件", "红色预警"),),
    rows_label="行数",
    hash_label="SHA-256",
    columns_label="各列含义",
)
COLUMNS = (
    FileColumn("household_id", "户编号", definition="户的编号"),
    FileColumn("id_no", "证件号码"),
    FileColumn("persons", "人口", kind="number"),
    FileColumn("income", "纯收入", kind="yuan"),
    FileColumn("share", "占比", kind="decimal"),
    FileColumn("on", "日期", kind="date"),
    FileColumn("at", "时间", kind="datetime"),
    FileColumn("red", "红色", kind="boolean"),
    FileColumn("verdict", "核实情况", choices=("属实", "不属实")),
)
MORNING = pd.Timestamp("2022-09-30 08:15").to_pydatetime()
ROW = {
    "household_id": "6100000001",
    "id_no": "610902199001011234",
    "persons": 3,
    "income": -12000,
    "share": 12.5,
    "on": date(2022, 9, 30),
    "at": MORNING,
    "red": True,
}
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋cmd", "－cmd", "＠x", "  =1", "\n=1"]
any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=40)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def xlsx(path: Path, *chunks: pd.DataFrame, columns: tuple[FileColumn, ...] = COLUMNS, **options: object) -> list[list]:
    export.write_xlsx(path, sheet="名单", columns=columns, chunks=chunks, about=ABOUT, **options)  # type: ignore[arg-type]
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_workbook_has_its_rows_first_and_what_they_are_last(tmp_path: Path) -> None:
    cells = xlsx(tmp_path / "a.xlsx", frame(ROW))
    assert cells[0] == [column.title for column in COLUMNS]
    assert cells[1][:6] == ["6100000001", "610902199001011234", 3, -12000, 12.5, date(2022, 9, 30)]
    assert cells[1][6:] == [MORNING, True, ""]
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["名单", "说明"]
    about = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert (about["筛选条件"], about["行数"], about["户编号"]) == ("红色预警", "1", "户的编号")
    assert len(str(about["SHA-256"])) == 64


def test_a_missing_value_is_an_empty_cell_and_never_a_zero(tmp_path: Path) -> None:
    blank = {**dict.fromkeys(ROW), "household_id": "6100000002"}
    expected = ["6100000002", *[""] * (len(COLUMNS) - 1)]
    assert xlsx(tmp_path / "a.xlsx", frame(ROW, blank))[2] == expected
    export.write_csv(tmp_path / "a.csv", columns=COLUMNS, chunks=[frame(ROW, blank)])
    assert csv_rows(tmp_path / "a.csv")[2] == expected


def test_a_form_has_its_title_above_the_headings_and_drop_downs(tmp_path: Path) -> None:
    cells = xlsx(tmp_path / "a.xlsx", frame(ROW), heading=("附件1", "红色预警名单"))
    assert [row[0] for row in cells] == ["附件1", "红色预警名单", "户编号", "6100000001"]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<dataValidation type="list"' in sheet
    assert 'sqref="I4"' in sheet
    assert "属实,不属实" in sheet


def test_drop_downs_that_are_long_stand_on_a_hidden_sheet_before_the_last(tmp_path: Path) -> None:
    choices = tuple(f"选项{number:03}" for number in range(80))
    columns = (FileColumn("household_id", "户编号"), FileColumn("choice", "选择", choices=choices))
    xlsx(tmp_path / "a.xlsx", frame(ROW), columns=columns)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["名单", "choices", "说明"]
    assert [row[0] for row in book.get_sheet_by_name("choices").to_python()] == list(choices)


def test_the_hash_is_that_of_the_rows_whatever_the_format(tmp_path: Path) -> None:
    chunks = [frame(ROW, {**ROW, "persons": None})]
    one = export.write_csv(tmp_path / "a.csv", columns=COLUMNS, chunks=chunks)
    two = export.write_xlsx(tmp_path / "a.xlsx", sheet="名单", columns=COLUMNS, chunks=chunks, about=ABOUT)
    three = export.write_parquet(tmp_path / "a.parquet", columns=COLUMNS, chunks=chunks)
    assert one == two == three
    assert one.rows == 2
    other = export.write_csv(tmp_path / "b.csv", columns=COLUMNS, chunks=[frame({**ROW, "persons": 4}, ROW)])
    assert other.sha256 != one.sha256


def test_a_parquet_file_keeps_types_and_rows(tmp_path: Path) -> None:
    export.write_parquet(tmp_path / "a.parquet", columns=COLUMNS, chunks=[frame(ROW), frame(ROW)])
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 2
    assert table["证件号码"].to_pylist() == ["610902199001011234"] * 2
    assert table["日期"].to_pylist() == [date(2022, 9, 30)] * 2


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_file_begins_a_formula(tmp_path: Path, text: str) -> None:
    export.write_csv(tmp_path / "a.csv", columns=COLUMNS[:1], chunks=[frame({"household_id": text})])
    [cell] = csv_rows(tmp_path / "a.csv")[1]
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+86", "-1.5", "1,000", "610902199001011234", "红色预警", "'=1", ""])
def test_numbers_stay_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert export.safe_text(text) == text


@quick
@given(texts=st.lists(any_text, min_size=1, max_size=8))
def test_any_text_comes_back_from_a_workbook_as_it_was(tmp_path: Path, texts: list[str]) -> None:
    columns = (FileColumn("number", "序号", kind="number"), FileColumn("text", "文字"))
    rows = pd.DataFrame({"number": range(1, len(texts) + 1), "text": pd.Series(texts, dtype="str")})
    cells = xlsx(tmp_path / "a.xlsx", rows, columns=columns)
    assert [row[1] for row in cells[1:]] == texts


@quick
@given(texts=st.lists(any_text, min_size=1, max_size=8))
def test_any_text_of_a_csv_file_comes_back_and_runs_nowhere(tmp_path: Path, texts: list[str]) -> None:
    columns = (FileColumn("number", "序号", kind="number"), FileColumn("text", "文字"))
    rows = pd.DataFrame({"number": range(1, len(texts) + 1), "text": pd.Series(texts, dtype="str")})
    export.write_csv(tmp_path / "a.csv", columns=columns, chunks=[rows])
    read = [row[1] for row in csv_rows(tmp_path / "a.csv")[1:]]
    assert [cell.removeprefix("'") if cell != text else cell for cell, text in zip(read, texts, strict=True)] == texts
    assert not any(cell[:1] in "=@＝＠\t\r" for cell in read if cell)


@quick
@given(digits=st.lists(st.text("0123456789X", min_size=1, max_size=20), min_size=1, max_size=20))
def test_every_digit_of_an_id_number_is_kept(tmp_path: Path, digits: list[str]) -> None:
    rows = pd.DataFrame({"id_no": digits})
    assert [row[0] for row in xlsx(tmp_path / "a.xlsx", rows, columns=COLUMNS[1:2])[1:]] == digits


def test_more_rows_than_a_sheet_holds_are_refused_and_leave_no_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(export, "XLSX_ROWS", 3)
    xlsx(tmp_path / "fits.xlsx", frame(ROW, ROW))
    with pytest.raises(ExportError, match="file_too_many_rows"):
        xlsx(tmp_path / "a.xlsx", frame(ROW, ROW), frame(ROW))
    assert not (tmp_path / "a.xlsx").exists()


def test_a_text_longer_than_a_cell_holds_is_refused_and_named(tmp_path: Path) -> None:
    long = {**ROW, "id_no": "长" * (export.XLSX_LETTERS + 1)}
    with pytest.raises(ExportError, match=r"file_cell_too_long.*row=3.*证件号码"):
        xlsx(tmp_path / "a.xlsx", frame(ROW, long))
    assert xlsx(tmp_path / "b.xlsx", frame({**ROW, "id_no": "长" * export.XLSX_LETTERS}))


def test_a_disk_that_refuses_is_told_and_leaves_no_half_file(tmp_path: Path) -> None:
    def failing() -> Iterator[pd.DataFrame]:
        yield frame(ROW)
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match=r"file_not_written.*No space left"):
        export.write_csv(tmp_path / "a.csv", columns=COLUMNS, chunks=failing())
    assert not (tmp_path / "a.csv").exists()


def test_progress_tells_how_many_rows_are_written(tmp_path: Path) -> None:
    told: list[int] = []
    chunks = [frame(ROW, ROW), frame(ROW)]
    export.write_csv(tmp_path / "a.csv", columns=COLUMNS, chunks=chunks, progress=told.append)
    assert told == [2, 3]


def test_with_a_password_each_file_asks_for_it_and_the_archive_opens_everywhere(tmp_path: Path) -> None:
    export.write_xlsx(tmp_path / "a.xlsx", sheet="名单", columns=COLUMNS, chunks=[frame(ROW)], about=ABOUT)
    export.protect_all([tmp_path / "a.xlsx"], password="open-sesame-7")
    export.write_zip(tmp_path / "a.zip", files=[("第1组.xlsx", tmp_path / "a.xlsx")])
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        content = archive.read("第1组.xlsx")
    with pytest.raises(InvalidKeyError):
        opened_workbook(content, password="wrong")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(opened_workbook(content, password="open-sesame-7")))
    assert sheet.sheet_names[0] == "名单"


def test_what_cannot_be_protected_does_not_leave_unprotected(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("督查", encoding="utf-8")
    with pytest.raises(KeyError):
        export.protect_all([tmp_path / "a.csv"], password="open-sesame-7")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("关庙镇", "红色预警", "2022-09-30"), "关庙镇_红色预警_2022-09-30.xlsx"),
        (("a/b", 'c:"d"', "..", ""), "ab_cd.xlsx"),
    ],
)
def test_a_file_name_holds_nothing_that_a_file_system_forbids(parts: tuple[str, ...], name: str) -> None:
    assert export.file_name(*parts, suffix="xlsx") == name


def test_a_spreadsheet_opens_the_files_and_finds_every_digit(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.fail("LibreOffice is missing: sudo apt-get install libreoffice-calc-nogui", pytrace=False)
    evil = {**ROW, "household_id": "=HYPERLINK(1)", "id_no": "610902199001011234"}
    xlsx(tmp_path / "list.xlsx", frame(ROW, evil))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "list.xlsx")], check=True, timeout=120, stdout=-3
    )
    rows = csv_rows(tmp_path / "out" / "list.csv")
    assert rows[0] == [column.title for column in COLUMNS]
    assert rows[1][:4] == ["6100000001", "610902199001011234", "3", "-12,000"]
    assert rows[1][5:7] == ["2022-09-30", "2022-09-30 08:15"]
    assert rows[2][:2] == ["=HYPERLINK(1)", "610902199001011234"]


def test_files_with_one_name_are_all_in_the_archive(tmp_path: Path) -> None:
    names = ["新建村.xlsx", "新建村.xlsx", "A.xlsx", "a.xlsx", "新建村 (2).xlsx"]
    named = [(name, tmp_path / text) for name, text in zip(names, "甲乙丙丁戊", strict=True)]
    for _, file in named:
        file.write_text(file.name, encoding="utf-8")
    export.write_zip(tmp_path / "all.zip", files=named)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {
        "新建村.xlsx": "甲",
        "新建村 (2).xlsx": "乙",
        "A.xlsx": "丙",
        "a (2).xlsx": "丁",
        "新建村 (2) (2).xlsx": "戊",
    }
