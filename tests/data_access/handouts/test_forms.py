"""Every row of a returned file is answered, unchanged, blank or rejected, and a rejection says where and why."""

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.errors import FileError
from data_access.files.errors import ReadError
from data_access.files.forms import Filled
from data_access.files.limits import load_limits
from data_access.handouts.forms import RULES, Form, read_returned
from data_access.handouts.handouts import Answer

NUMBER = "H20220930-3F9A2C"
TITLES = ("序号", "户编号", "核实情况", "不符原因", "整改时限", "核实人", "电话")
KEYS = ("number", "household_id", "verdict", "reason", "settle_by", "checked_by", "phone")
FORM = Form(
    titles={key: frozenset({title, key}) for key, title in zip(KEYS, TITLES, strict=True)},
    verdicts="handout_verdict",
    needs_reason="not_true",
    earliest=date(2022, 9, 30),
)
CLOSED = replace(FORM, reasons="reject_reason")
GOOD = (1, "6100000001", "属实", "", "2022-10-31", "李村干", "13800000000")


def workbook(*rows: Sequence, titles: Sequence[str] = TITLES, heading: str = f"附件1　编号 {NUMBER}") -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_string(0, 0, heading)
        for position, row in enumerate((titles, *rows), start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(position, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(position, column, value)
                else:
                    sheet.write(position, column, value)
    return stream.getvalue()


def sent(households: int = 3) -> pd.DataFrame:
    blank = {"verdict": None, "reason": None, "settle_by": None, "checked_by": None, "phone": None}
    return pd.DataFrame(
        [
            {"number": number, "household_id": f"610000000{number}", "village_code": "610902100201", **blank}
            for number in range(1, households + 1)
        ]
    )


def read(*rows: Sequence, form: Form = FORM) -> Filled[Answer]:
    return read_content(workbook(*rows), form=form)


def read_content(content: bytes, *, form: Form = FORM, before: pd.DataFrame | None = None) -> Filled[Answer]:
    known = sent() if before is None else before
    return read_returned(content, name="回收.xlsx", handout_id=NUMBER, form=form, sent=known)


def test_a_filled_in_row_is_an_answer() -> None:
    found = read(GOOD)
    [answer] = found.entries
    assert (answer.number, answer.household_id, answer.verdict) == (1, "6100000001", "confirmed")
    assert (answer.settle_by, answer.checked_by, answer.phone) == (date(2022, 10, 31), "李村干", "13800000000")


@pytest.mark.parametrize(
    ("phone", "settle_by", "expected"),
    [
        ("+86 138 0000 0000", "2022年10月", ("13800000000", date(2022, 10, 31))),
        ("无", "2022-10-01", (None, date(2022, 10, 1))),
    ],
)
def test_telephones_and_days_are_read_as_imports_read_them(phone: str, settle_by: str, expected: tuple) -> None:
    [answer] = read((*GOOD[:4], settle_by, "李村干", phone)).entries
    assert (answer.phone, answer.settle_by) == expected


def test_the_number_within_a_file_is_not_taken_for_the_one_that_answers_are_recognised_by() -> None:
    told_apart = {**FORM.titles, "number": frozenset({"交办序号"})}
    form = replace(FORM, titles=told_apart, titles_before=FORM.titles)
    new = workbook((1, 2, "6100000002", *GOOD[2:]), titles=("序号", "交办序号", *TITLES[1:]))
    [answer] = read_content(new, form=form).entries
    assert answer.number == 2
    [answer] = read_content(workbook(GOOD), form=form).entries  # sent out before
    assert answer.number == 1
    with pytest.raises(FileError, match="交办序号"):
        read_content(workbook(GOOD[2:], titles=TITLES[2:]), form=form)


def test_a_row_nobody_filled_in_is_blank_and_an_empty_line_is_no_row() -> None:
    found = read(GOOD, (2, "6100000002", "", "", "", "", ""), ("",) * 7)
    assert (found.rows, len(found.entries), found.blank) == (2, 1, 1)


def test_the_same_file_again_changes_nothing() -> None:
    before = sent(1).assign(verdict="confirmed", settle_by=date(2022, 10, 31), checked_by="李村干", phone="13800000000")
    found = read_content(workbook(GOOD), before=before)
    assert (found.rows, len(found.entries), found.unchanged) == (1, 0, 1)


@pytest.mark.parametrize("verdict", ["属实（已入户）", "属实(已入户)", "属实 【已入户】"])
def test_a_remark_behind_the_verdict_is_told_where_the_form_asks_no_words(verdict: str) -> None:
    found = read((*GOOD[:2], verdict, *GOOD[3:]))
    [answer] = found.entries
    assert (answer.verdict, answer.reason) == ("confirmed", None)
    assert found.notes == (("note_remarks_left_out", "1 × # 3「已入户」"),)


def test_a_remark_that_is_another_verdict_leaves_it_unknown() -> None:
    [wrong] = read((*GOOD[:2], "属实（不属实）", *GOOD[3:])).rejected
    assert (wrong.value, wrong.rule) == ("属实（不属实）", "verdict_unknown")


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({0: 9}, "number", "row_not_sent"),
        ({0: "一"}, "number", "row_not_sent"),
        ({1: "6100000002"}, "household_id", "other_household"),
        ({1: 610902199001011234}, "household_id", "digits_lost"),
        ({2: "大概属实"}, "verdict", "verdict_unknown"),
        ({2: ""}, "verdict", "verdict_missing"),
        ({2: "不属实"}, "reason", "reason_missing"),
        ({4: "月底"}, "settle_by", "not_a_date"),
        ({4: "2022-02-30"}, "settle_by", "not_a_date"),
        ({4: "2022-09-29"}, "settle_by", "before_the_list"),
        ({5: ""}, "checked_by", "checker_missing"),
        ({3: "长" * 201}, "reason", "text_too_long"),
        ({6: 138000000001234567}, "phone", "digits_lost"),
    ],
)
def test_a_row_that_is_not_right_is_rejected_with_its_place_and_rule(change: dict, column: str, rule: str) -> None:
    row = [change.get(position, value) for position, value in enumerate(GOOD)]
    found = read((2, "6100000002", "属实", "", "", "李村干", ""), row)
    [wrong] = found.rejected
    assert (wrong.row, wrong.column, wrong.rule) == (4, column, rule)
    assert wrong.rule in RULES
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    ("verdict", "reason", "rule"),
    [("不属实", "想不起来", "reason_unknown"), ("属实", "有资产需说明", "reason_not_wanted")],
)
def test_a_closed_list_of_reasons_is_kept_to(verdict: str, reason: str, rule: str) -> None:
    [wrong] = read((1, "6100000001", verdict, reason, "", "李村干", ""), form=CLOSED).rejected
    assert wrong.rule == rule


def test_a_reason_of_a_closed_list_is_kept_as_its_code() -> None:
    [answer] = read((1, "6100000001", "不属实", "有资产需说明", "", "李村干", ""), form=CLOSED).entries
    assert answer.reason == "assets"


def test_a_row_that_is_answered_twice_counts_once_and_is_rejected_where_it_says_another_thing() -> None:
    found = read(GOOD, GOOD, (*GOOD[:5], "王村干", *GOOD[6:]))
    assert (len(found.entries), found.unchanged, [one.rule for one in found.rejected]) == (1, 1, ["row_twice"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["6100000001", "6100000002", "x"]),
            st.sampled_from(["", "属实", "不属实", "="]),
            st.sampled_from(["", "没有这回事"]),
            st.sampled_from(["", "2022-10-31", "x"]),
            st.sampled_from(["", "李村干"]),
            st.sampled_from(["", "13800000000"]),
        ),
        max_size=12,
    )
)
def test_every_row_ends_in_exactly_one_of_four(rows: list[tuple]) -> None:
    found = read(*rows)
    assert found.rows == len(rows)
    assert found.rows == len(found.entries) + found.unchanged + found.blank + len(found.rejected)


def test_the_number_of_the_handout_stands_above_the_heading() -> None:
    with pytest.raises(FileError, match="file_without_handout"):
        read_content(workbook(GOOD, heading="附件1"))
    with pytest.raises(FileError, match=r"file_of_other_handout.*H20220930-000000"):
        read_content(workbook(GOOD, heading="附件1　编号 H20220930-000000"))


def test_the_file_is_told_by_its_hash() -> None:
    content = workbook(GOOD)
    assert read_content(content).sha256 == hashlib.sha256(content).hexdigest()


def test_a_form_without_one_of_its_columns_says_which() -> None:
    with pytest.raises(FileError, match=r"file_columns_missing.*核实人, 电话"):
        read_content(workbook(GOOD[:5], titles=TITLES[:5]))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", "户编号,核实情况".encode()])
def test_what_is_no_workbook_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ReadError, match=r"not_workbook|empty_file|wrong_extension"):
        read_content(content)


def test_a_form_with_macros_is_not_read() -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    with pytest.raises(ReadError, match="macros"):
        read_content(content.getvalue())


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (load_limits().form.unpacked + 1))
    assert len(stream.getvalue()) < 1_000_000
    with pytest.raises(ReadError, match="zip_bomb"):
        read_content(stream.getvalue())


def test_a_row_that_was_sorted_without_its_numbers_is_known_by_its_village() -> None:
    titles = (*TITLES, "村（社区）")
    form = replace(FORM, titles={**FORM.titles, "village": frozenset({"村（社区）"})})
    before = sent().assign(village=["甲村", "乙村", "甲村"])
    own, second = GOOD, (2, "6100000002", *GOOD[2:])
    rows = [(*own, "乙村"), (*second, "乙村"), (3, "6100000003", *GOOD[2:], "甲村（原丙村）")]
    found = read_content(workbook(*rows, titles=titles), form=form, before=before)
    assert [(one.row, one.column, one.value, one.rule) for one in found.rejected] == [
        (3, "village", "乙村", "other_village")
    ]
    assert [answer.number for answer in found.entries] == [2, 3]  # a village that is called otherwise now is no other
