"""What a workbook tells only beside its cells: percent formats, errors, formulas never counted, what is hidden."""

import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from data_access.files import reading_process
from data_access.files.batches import Aside, read_batches
from data_access.files.limits import load_limits
from data_access.files.parsing.marks import is_percent
from data_access.files.reading import SourceFile, open_file
from data_access.load.cells import parser
from data_access.load.kinds import load_kinds

Read = tuple[list[list[object]], Aside]

PERSONS = load_kinds()["persons"]
HEADING = ["户编号", "人编号", "出生日期", "工资性收入", "转移性收入", "耕地面积"]
OLD = Path(__file__).parents[2] / "support" / "old.xls"


def write(path: Path, fill: Callable[[Any, Any], None], **options: object) -> SourceFile:
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("9月")
    sheet.write_row(0, 0, HEADING)
    fill(book, sheet)
    book.close()
    return open_file(path)


def read(source: SourceFile) -> Read:
    """The rows of all sheets that show, and what was left out."""
    rows, aside = [], Aside()
    for sheet in source.sheets():
        for batch in read_batches(sheet, sheet.recognise(PERSONS.fields)):
            rows += [list(cells.values()) for _, cells in batch.by_row()]
            aside.add(batch.aside)
    return rows, aside


def test_percent_cells_errors_and_formulas_that_were_never_counted(tmp_path: Path) -> None:
    def fill(book, sheet) -> None:
        sheet.write_row(1, 0, ["H1", "P1"])
        sheet.write_number(1, 3, 1, book.add_format({"num_format": "0%"}))
        sheet.write_number(1, 4, 0.1234, book.add_format({"num_format": "0.00%"}))
        sheet.write_number(2, 0, 123, book.add_format({"num_format": "000000"}))
        sheet.write_string(2, 1, "P2")
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 4, "=D2*2")  # written without its value, which is then 0
        sheet.write_formula(2, 5, "=1+1", None, 2)

    rows, _ = read(write(tmp_path / "p.xlsx", fill))
    assert rows == [["H1", "P1", "", 100.0, 12.34, ""], ["000123", "P2", "", "#DIV/0!", "=", 2.0]]


def test_a_formula_without_a_value_is_no_blank_but_one_that_gives_nothing_is(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    write(path, lambda _book, sheet: sheet.write_row(1, 0, ["H1", "P1", "x", 7, 8, 9])).close()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    for cell, value, told in (("D2", b"<v>7</v>", b"<f>A1</f>"), ("E2", b"<v>8</v>", b'<f>""</f><v></v>')):
        kind = b' t="str"' if cell == "E2" else b""
        plain = b'<c r="%b">%b</c>' % (cell.encode(), value)
        assert plain in parts[name]
        parts[name] = parts[name].replace(plain, b'<c r="%b"%b>%b</c>' % (cell.encode(), kind, told))
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    assert read(open_file(path))[0] == [["H1", "P1", "x", "=", "", 9.0]]


def test_hidden_sheets_are_left_out_and_hidden_rows_are_read(tmp_path: Path) -> None:
    def fill(book, sheet) -> None:
        sheet.write_row(1, 0, ["H1", "P1"])
        sheet.set_row(1, None, None, {"hidden": True})
        for name, hide in (("8月", "hide"), ("7月", "very_hidden")):
            old = book.add_worksheet(name)
            old.write_row(0, 0, HEADING)
            old.write_row(1, 0, ["H9", "P9"])
            getattr(old, hide)()
        book.add_chartsheet("图")

    source = write(tmp_path / "p.xlsx", fill)
    assert source.notes == [("note_sheet_hidden", "8月"), ("note_sheet_hidden", "7月")]
    [sheet] = source.sheets()
    assert sheet.hidden_rows() == [2]
    assert read(source)[0] == [["H1", "P1", "", "", "", ""]]


@pytest.mark.parametrize("last", [(199_999, 399), (1_048_575, 16_383)])
def test_a_blank_far_away_is_no_size(tmp_path: Path, last: tuple[int, int]) -> None:
    def fill(_book, sheet) -> None:
        sheet.write_row(1, 0, ["H1", "P1"])
        sheet.write_string(last[0], 0, " ")
        sheet.write_string(3, last[1], "　")

    assert read(write(tmp_path / "p.xlsx", fill))[0] == [["H1", "P1", "", "", "", ""]]


def test_what_stands_beside_the_table_is_named_and_turns_no_row_away(tmp_path: Path) -> None:
    def fill(_book, sheet) -> None:
        sheet.write_row(1, 0, ["H1", "P1"])
        sheet.write(1, 8, "已核实√")
        sheet.write_row(2, 0, ["H2", "P2"])
        sheet.write(2, 8, "已核实√")
        sheet.write(9, 0, "合计")

    rows, aside = read(write(tmp_path / "p.xlsx", fill))
    assert len(rows) == 2
    assert [(one.column, one.count, one.row, one.text) for one in aside.beside.values()] == [(8, 2, 2, "已核实√")]
    assert [(one.row, one.why) for one in aside.left_out] == [(10, "total")]


def test_days_of_the_calendar_of_1904(tmp_path: Path) -> None:
    def fill(book, sheet) -> None:
        sheet.write_row(1, 0, ["H1", "P1"])
        sheet.write_datetime(1, 2, date(1970, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 0, ["H2", "P2", 24_111])

    source = write(tmp_path / "p.xlsx", fill, date_1904=True)
    born = next(one for one in PERSONS.fields if one.key == "member.birth_date")
    meaning = parser(born, as_of=date(2022, 9, 30), since_1904=source.since_1904)
    assert [meaning(row[2]) for row in read(source)[0]] == [date(1970, 1, 5)] * 2


@pytest.mark.parametrize("suffix", ["xls", "et"])
def test_an_old_workbook_is_read_like_a_new_one(tmp_path: Path, suffix: str) -> None:
    """OLD has a merged cell, a day, a percent cell, an error, a yes, a hidden row and a hidden sheet."""
    path = tmp_path / f"p.{suffix}"
    shutil.copy(OLD, path)
    source = open_file(path)
    assert source.notes == [("note_sheet_hidden", "8月")]
    assert source.sheets()[0].hidden_rows() == [3]
    assert read(source)[0] == [["H1", "P1", date(1970, 1, 5), 85.0, "#N/A", ""], ["H1", "P2", "", "", "", True]]


def test_a_new_workbook_may_have_the_name_of_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    write(path, lambda _book, sheet: sheet.write_row(1, 0, ["H1", "P1"])).close()
    assert read(open_file(path.rename(tmp_path / "p.xls")))[0] == [["H1", "P1", "", "", "", ""]]


def test_only_a_sign_that_shows_makes_a_percent_format() -> None:
    assert all(map(is_percent, ["0%", "0.00%", "[Red]0 %"]))
    assert not any(map(is_percent, ["0.00", '0"%"', "0\\%", "[$%]0"]))


def everything(path: Path) -> tuple[Read, list[list[object]], list[object]]:
    """All that is read of a workbook: its batches, its rows, and what is told of its sheets."""
    source = open_file(path)
    told = [(sheet.rows, sheet.merged(), sheet.hidden_rows()) for sheet in source.sheets()]
    return read(source), [list(row) for sheet in source.sheets() for row in sheet.read()], [*told, *source.notes]


def test_a_workbook_in_slices_is_the_same_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows far apart, nothing in the first ones, narrow rows, merged cells over the border of a slice."""

    def fill(book, sheet) -> None:
        sheet.merge_range(4, 0, 30, 0, "H1")
        for row in range(4, 290):
            sheet.write_row(row, 1, [f"P{row}", date(1970, 1, 5), row] if row % 3 else [f"P{row}"])
            sheet.set_row(row, None, None, {"hidden": row % 20 == 0})
        sheet.write(300, 1, "610902197001050018")
        sheet.write(300, 3, 0.5, book.add_format({"num_format": "0%"}))
        sheet.write_formula(301, 3, "=1/0", None, "#DIV/0!")
        sheet.write(301, 9, "备注\n第二行")
        book.add_worksheet("空")

    path = tmp_path / "p.xlsx"
    write(path, fill, default_date_format="yyyy-mm-dd").close()
    whole = everything(path)
    assert whole[1][300][:4] == ["", "610902197001050018", "", 50.0]
    few = load_limits().model_copy(update={"xlsx_slice": 1})
    monkeypatch.setattr(reading_process, "load_limits", lambda: few)
    assert everything(path) == whole


def without_numbers(xml: bytes) -> bytes:
    """The XML of a sheet whose rows and cells leave their numbers to the order in which they stand."""
    return re.sub(rb"""(<(?:row|c)\b[^>]*?)\sr="\w+\"""", rb"\1", xml)


def prefixed(xml: bytes) -> bytes:
    """The XML of a sheet as some libraries write it."""
    named = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml)
    return named.replace(b"xmlns=", b"xmlns:x=")


@pytest.mark.parametrize("written", [without_numbers, prefixed])
def test_sheets_as_other_programs_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Callable[[bytes], bytes]
) -> None:
    def fill(_book, sheet) -> None:
        for at in range(1, 600):
            sheet.write_row(at, 0, ["H1", "P1", "x", at, at, at])

    path = tmp_path / "p.xlsx"
    write(path, fill).close()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = written(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    whole = everything(path)
    assert [row[5] for row in whole[1][1:]] == [*range(1, 600)]
    few = load_limits().model_copy(update={"xlsx_slice": 1})
    monkeypatch.setattr(reading_process, "load_limits", lambda: few)
    assert everything(path) == whole


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    """Nothing stands in the first rows, and nothing in the first column."""
    path = tmp_path / "p.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(3, 1, HEADING)
    sheet.write_row(5, 1, ["H1", "P1"])
    book.close()
    [sheet] = open_file(path).sheets()
    batches = list(read_batches(sheet, sheet.recognise(PERSONS.fields)))
    assert [row for batch in batches for row in batch.rows] == [6]
