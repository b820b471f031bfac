"""Files as they come: what is read of them, and what is refused with a clear answer."""

import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from data_access.errors import read_texts
from data_access.files import reading, reading_process
from data_access.files.batches import Aside, read_batches
from data_access.files.errors import ReadError
from data_access.files.headings import recognise
from data_access.files.limits import load_limits
from data_access.files.reading import open_file
from data_access.load.kinds import load_kinds
from tests.support import national_sheet

HEADING = "户编号,人编号,姓名\n"


def refusal(path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        source = open_file(path)
        for sheet in source.sheets():
            found = recognise(sheet.head(), fields=load_kinds()["persons"].fields)
            list(read_batches(sheet, found))
    error = caught.value
    assert all(path.name in error.text(language) for language in ("zh", "en"))
    return error


def cells(path: Path) -> list[tuple[int, list[object]]]:
    """The rows of the first sheet with their places, as the columns that mean something have them."""
    [sheet, *_] = open_file(path).sheets()
    found = recognise(sheet.head(), fields=load_kinds()["persons"].fields)
    rows = []
    for batch in read_batches(sheet, found):
        columns = [[column.cells[at] for at in column.index] for column in batch.columns.values()]
        rows += [(int(at), list(values)) for at, *values in zip(batch.rows, *columns, strict=True)]
    return sorted(rows, key=lambda row: row[0])


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def test_a_merged_cell_gives_its_value_to_every_row_it_covers(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "户.xlsx")
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "人员表")
    sheet.write_row(1, 0, ["户编号", "人编号", "姓名"])
    sheet.merge_range(2, 0, 5, 0, "H1")  # one row more than there are persons
    sheet.write_column(2, 1, ["H1-1", "H1-2", "H1-3"])
    sheet.merge_range(6, 0, 7, 1, "H2")
    sheet.write_column(6, 2, ["李四", "王五"])
    book.close()
    assert cells(tmp_path / "户.xlsx") == [
        *((row, ["H1", f"H1-{row - 2}", ""]) for row in (3, 4, 5)),
        (7, ["H2", "", "李四"]),
        (8, ["H2", "", "王五"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_chinese_systems(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "户.csv"
    path.write_text(HEADING + "H1,H1-1,张三\n", encoding=encoding)
    assert cells(path) == [(2, ["H1", "H1-1", "张三"])]


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_is_read_whatever_separates_its_cells(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "户.txt"
    rows = ["标题", "户编号,人编号,姓名", 'H1,H1-1,"张三，李四"']
    path.write_text("\n".join(rows).replace(",", separator), encoding=encoding)
    assert cells(path) == [(3, ["H1", "H1-1", "张三，李四"])]


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ('H1,1,甲\nH2,2,"乙\nH3,3,丙\n', 3),
        ('H1,1,"甲\nH2,2,乙\nH3,3,丙"\nH4,4,丁\n', 2),
        ('H1,1,"甲\nH2,2,乙\nH3,3,丙",x\nH4,4,丁\n', 2),
    ],
)
def test_a_quotation_mark_that_swallows_rows_is_named_with_its_row(tmp_path: Path, rows: str, row: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADING + rows, encoding="utf-8")
    error = refusal(path)
    assert error.key == "quote_open"
    assert f"第 {row} 行" in error.text("zh")


def test_a_quotation_mark_within_a_cell_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADING + 'H1,1,5"管\nH2,2,"两\n行"\n', encoding="utf-8")
    assert [row[2] for _, row in cells(path)] == ['5"管', "两\n行"]


def test_short_rows_totals_and_columns_without_a_heading_of_a_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("户编号,人编号,姓名,\nH1,1,甲,x\nH2,2\n合计,,2,\n填表人：丙\n", encoding="utf-8")
    [sheet] = open_file(path).sheets()
    aside = Aside()
    for batch in read_batches(sheet, sheet.recognise(load_kinds()["persons"].fields)):
        aside.add(batch.aside)
    assert aside.short == [3]
    assert {(one.row, one.why) for one in aside.left_out} == {(4, "total"), (5, "signature")}
    assert [(one.column, one.count) for one in aside.beside.values()] == [(3, 1)]


def test_rows_keep_their_places_across_blank_and_uneven_ones(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        '标题\n户编号,人编号,姓名,备注\nH1,1,"换\n行",x\n\nH2,2\n,,,\nH3,3,丙,x\n,,,只有备注\n', encoding="utf-8"
    )
    assert [row for row, _ in cells(path)] == [3, 5, 7]
    assert cells(path)[0][1][2] == "换\n行"


def test_cells_right_of_the_heading_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADING + "H1,1,甲,多出来\n", encoding="utf-8")
    [sheet] = open_file(path).sheets()
    found = recognise(sheet.head(), fields=load_kinds()["persons"].fields)
    batch = list(read_batches(sheet, found))[-1]
    assert batch.beyond == {0: "多出来"}


def test_a_workbook_keeps_texts_and_numbers_apart(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "p.xlsx", [["户编号", "人编号", "姓名"], ["H1", 1, "张三"], [None, None, None], ["H2", True, 2.5]]
    )
    assert cells(path) == [(2, ["H1", 1.0, "张三"]), (4, ["H2", True, 2.5])]


def test_formulas_and_links_are_noted_and_never_followed(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["户编号", "人编号"])
    sheet.write_formula(1, 0, "=1+1", None, "H1")
    sheet.write_formula(1, 1, "=[1]Sheet1!$A$1", None, "P1")
    book.close()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    source = open_file(path)
    assert source.notes == [("note_formulas", "2"), ("note_links", "")]
    assert cells(path) == [(2, ["H1", "P1"])]


def test_macros_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", [["户编号"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"code")
    assert refusal(path).key == "macros"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    assert path.stat().st_size < 1 << 20
    assert refusal(path).key == "zip_bomb"


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("empty.csv", b"", "empty_file"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "old_or_encrypted"),
        ("table.xlsx", HEADING.encode(), "wrong_extension"),
        ("table.xls", b"PK\x03\x04", "not_workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "not_workbook"),
        ("page.xls", b"<html><table>", "wrong_extension"),
        ("page.csv", b"<html><table>", "wrong_extension"),
        ("older.xls", b"\x09\x00\x04\x00\x02\x00\x10\x00", "wrong_extension"),
        ("table.xlsm", b"PK\x03\x04", "other_workbook"),
        ("table.pdf", b"%PDF", "unknown_kind"),
        ("table", b"x", "unknown_kind"),
        ("broken.xlsx", b"PK\x03\x04" + b"0" * 200, "not_workbook"),
        ("bytes.csv", HEADING.encode("gb18030") + b"\xff\xff\xff,1,2\n", "unknown_encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path).key == key


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_text_that_a_system_named_xls_is_read_as_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes("户编号\t姓名\nH1\t张三\n".encode(encoding))
    [sheet] = open_file(path).sheets()
    assert [list(row) for row in sheet.head()] == [["户编号", "姓名"], ["H1", "张三"]]


def test_a_workbook_named_csv_is_not_taken_for_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", [["户编号"]]).rename(tmp_path / "p.csv")
    assert refusal(path).key == "wrong_extension"


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        os.truncate(file.fileno(), 1 << 30)  # a hole: it takes no room on the disk
    error = refusal(path)
    assert error.key == "too_large"
    assert str(load_limits().xlsx_bytes // 2**20) in error.text("zh")


def test_a_workbook_with_too_many_cells_is_sent_to_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "p.xlsx", [["户编号", "人编号"], ["H1", "P1"]])
    limits = load_limits()
    for most in (4, 3):
        few = limits.model_copy(update={"load": limits.load.model_copy(update={"cells": most})})
        monkeypatch.setattr(reading, "load_limits", lambda few=few: few)
        if most == 4:
            assert len(cells(path)) == 1
    assert refusal(path).key == "too_many_cells"


def test_cells_that_only_have_a_format_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["户编号", "人编号"])
    sheet.write_row(1, 0, ["H1", "P1"])
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert cells(path) == [(2, ["H1", "P1"])]


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    assert all(set(texts) == {"zh", "en"} for texts in read_texts(ReadError.texts).values())


def as_text(rows: list[tuple[int, list[object]]]) -> list[list[str]]:
    """Cells as a text has them, whose numbers are digits."""
    return [[f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row] for _, row in rows]


def test_a_sheet_of_many_pieces_is_the_same_as_text_and_as_a_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every encoding, in slices and as a whole; a line break in a cell and a long number are kept."""
    size = {"count": 4_000, "columns": 60}
    for encoding in ("utf-8-sig", "gb18030"):
        national_sheet.write_csv(tmp_path / f"{encoding}.csv", encoding=encoding, **size)
    national_sheet.write_xlsx(tmp_path / "p.xlsx", **size)
    whole = as_text(cells(tmp_path / "p.xlsx"))
    assert len(whole) == 4_000
    pieces = load_limits().model_copy(update={"xlsx_slice": 1, "csv_block": 1 << 18, "rows_of_a_batch": 300})
    monkeypatch.setattr(reading_process, "load_limits", lambda: pieces)
    assert as_text(cells(tmp_path / "p.xlsx")) == whole
    assert as_text(cells(tmp_path / "utf-8-sig.csv")) == whole
    assert as_text(cells(tmp_path / "gb18030.csv")) == whole


def test_reading_ends_where_whoever_waits_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_process, "_LOOK_SECONDS", 0)
    path = tmp_path / "p.csv"
    path.write_text(HEADING, encoding="utf-8")
    monkeypatch.setattr(reading_process._pool(), "idle", [])  # a new process cannot answer at once

    def give_up() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        open_file(path, waiting=give_up)
    assert reading_process._pool().idle == [], "a process that was stopped is not used again"
