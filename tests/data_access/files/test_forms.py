"""Whatever form it is: its heading is found as in an import, and every row that holds something is counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.errors import FileError
from data_access.files.forms import Filled, FilledForm, RowError, Values, read_filled, text_in

TITLES = {"code": frozenset({"编号", "Number"}), "said": frozenset({"核实情况", "Verdict"})}
HEADING = ("编号", "核实情况")


@dataclass(frozen=True)
class Entry:
    code: str
    said: str


def workbook(*rows: Sequence[Any], **more: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one sheet, and `more`: name of another sheet -> its rows."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, own in {"名单": rows, **more}.items():
            sheet = book.add_worksheet(name)
            for position, row in enumerate(own):
                sheet.write_row(position, 0, row)
    return stream.getvalue()


def entry(values: Values) -> Entry | None:
    code, said = text_in(values, "code"), text_in(values, "said")
    if said == "wrong":
        raise RowError("said", said, "wrong")
    return Entry(code, said) if said else None


FORM: FilledForm[Entry] = FilledForm(
    titles=TITLES,
    filled=("said",),
    read=entry,
    same=lambda one: one.said == "known",
    known=lambda one: one.code == "known",
    key=lambda one: one.code,
    twice="code",
    beside_list=True,
)


def read(*rows: Sequence[Any]) -> Filled[Entry]:
    return read_filled(workbook(*rows), name="表.xlsx", form=FORM)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["new", "known", "blank", "wrong", "twice", "empty"]), max_size=15))
def test_every_row_that_holds_something_ends_in_exactly_one_of_four(kinds: list[str]) -> None:
    cells = {"blank": "", "twice": "new", "empty": ""}
    rows = [("", "") if kind == "empty" else (f"{at}", cells.get(kind, kind)) for at, kind in enumerate(kinds)]
    first = next((at for at, kind in enumerate(kinds) if kind == "new"), None)
    # What is told twice says what the first new row said, and is nothing new; where there is none, it is new itself.
    for at, kind in enumerate(kinds):
        if kind == "twice" and first is not None and at > first:
            rows[at] = (f"{first}", "new")
    found = read(HEADING, *rows)
    again = sum(kind == "twice" and first is not None and at > first for at, kind in enumerate(kinds))
    assert found.rows == len(kinds) - kinds.count("empty")
    assert (found.unchanged, found.blank) == (kinds.count("known") + again, kinds.count("blank"))
    assert len(found.rejected) == kinds.count("wrong")
    assert len(found.entries) == kinds.count("new") + kinds.count("twice") - again


def test_a_rejection_names_the_row_of_the_sheet_the_column_and_the_rule() -> None:
    found = read(("一份名单",), HEADING, ("1", "new"), ("", ""), ("2", "wrong"), ("1", "other"))
    assert [(one.row, one.column, one.value, one.rule) for one in found.rejected] == [
        (5, "said", "wrong", "wrong"),
        (6, "code", "1", "row_twice"),
    ]


@pytest.mark.parametrize(
    "heading",
    [HEADING, ("Number", "verdict"), ("编 号*", "核实情况："), ("备注", "编号", "核实情况", "编号")],
    ids=["as it was sent", "in English", "with stars and colons", "with other columns"],
)
def test_a_heading_is_known_however_it_is_written(heading: Sequence[str]) -> None:
    row = ["1" if "号" in title.replace(" ", "") or title == "Number" else "new" for title in heading]
    [one] = read(("编号 C1",), ("抽查",), heading, row).entries
    assert one.said == "new"
    assert one.code == "1"


def test_a_column_of_the_list_with_the_title_of_one_that_is_filled_in_is_not_read_for_it() -> None:
    found = read(("编号", "核实情况", "核实情况"), ("1", "of the list", ""), ("2", "of the list", "new"))
    assert (found.blank, [(one.code, one.said) for one in found.entries]) == (1, [("2", "new")])


def test_a_column_that_is_there_twice_in_a_form_of_its_own_is_told() -> None:
    content = workbook(("编号", "核实情况", "核实情况"), ("1", "typed here", "new"))
    with pytest.raises(FileError, match=r"file_columns_twice.*核实情况 \[B\], 核实情况 \[C\]"):
        read_filled(content, name="表.xlsx", form=replace(FORM, beside_list=False))


@pytest.mark.parametrize(("heading", "missing"), [(("编号",), "核实情况"), (("Number",), "Verdict")])
def test_a_form_without_its_columns_says_which_are_missing(heading: Sequence[str], missing: str) -> None:
    with pytest.raises(FileError, match=f"columns={missing}"):
        read(heading, ("1",))


def test_what_would_replace_something_that_is_recorded_is_counted() -> None:
    found = read(HEADING, ("1", "new"), ("known", "known"), ("known", "other"))
    assert (len(found.entries), found.unchanged, found.replacing) == (2, 1, 1)


def test_a_row_that_nobody_touched_is_blank_whatever_else_is_in_it() -> None:
    found = read(HEADING, ("=1+1", ""), ("no such", "/"), ("x" * 500, "　"))
    assert (found.rows, found.blank, found.rejected) == (3, 3, [])


def test_every_sheet_with_the_columns_is_read_and_the_others_are_named() -> None:
    book = workbook(("封面",), 名单1=[HEADING, ("1", "new")], 名单2=[("标题",), HEADING, ("2", "new"), ("1", "wrong")])
    found = read_filled(book, name="表.xlsx", form=FORM)
    assert [one.code for one in found.entries] == ["1", "2"]
    assert [(one.sheet, one.row) for one in found.rejected] == [("名单2", 4)]
    assert found.notes == (("note_sheet_skipped", "名单"),)


def test_totals_and_signatures_are_no_rows_and_are_named() -> None:
    found = read(HEADING, ("1", "new"), HEADING, ("2", "new"), ("合计", "2户"), ("填报人：丁一", "审核人：丁二"))
    assert (found.rows, len(found.entries), found.rejected) == (2, 2, [])
    assert {key for key, _ in found.notes} == {
        "note_left_out_heading",
        "note_left_out_total",
        "note_left_out_signature",
    }


def test_a_form_may_come_back_in_another_kind_of_file() -> None:
    found = read_filled("编号;核实情况\r\n1;new\r\n".encode("gb18030"), name="表.csv", form=FORM)
    assert [one.code for one in found.entries] == ["1"]
