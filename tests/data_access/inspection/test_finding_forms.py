"""Every row of a filled-in inspection form is found, unchanged, blank or rejected, and a rejection says where and
why."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.errors import FileError
from data_access.files.forms import VILLAGE, Filled
from data_access.inspection.finding_forms import FILLED, KEYS, RULES, FindingForm, read_findings_form
from data_access.inspection.findings import Finding, load_questions

DRAW = "C202209-3F9A2C"
TITLES = ("单位编号", "核查事项", "核查结果", "核查值", "核查日期", "核查人", "村")
WATER = load_questions()["household"]["water"].label["zh"]
FORM = FindingForm(
    titles={key: frozenset({title}) for key, title in zip((*KEYS, *FILLED, VILLAGE), TITLES, strict=True)},
    answers={"一致": True, "不一致": False},
    earliest=date(2022, 9, 1),
    latest=date(2022, 9, 30),
)
UNITS = pd.DataFrame(
    [
        {
            "code": code,
            "kind": "household",
            "township_code": "610902100",
            "village_code": "610902100201",
            "village": name,
        }
        for code, name in (("6100000001", "甲村"), ("6100000002", "乙村"), ("6100000003", "乙村"))
    ]
)
NOTHING = pd.DataFrame(columns=["code", "question", "agrees", "found_value"])
AGREES = ("6100000001", WATER, "一致", "", "2022-09-28", "李组长")
DIFFERS = ("6100000002", WATER, "不一致", "水压不足", "2022-09-28", "李组长")


def workbook(*rows: Sequence, heading: str = f"抽样编号 {DRAW}") -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_string(0, 0, heading)
        for position, row in enumerate((TITLES, *rows), start=1):
            for column, value in enumerate(row):
                (sheet.write_string if isinstance(value, str) else sheet.write)(position, column, value)
    return stream.getvalue()


def read(*rows: Sequence, known: pd.DataFrame = NOTHING) -> Filled[Finding]:
    return read_findings_form(workbook(*rows), name="核查表.xlsx", draw_id=DRAW, form=FORM, units=UNITS, known=known)


def test_a_filled_form_gives_findings_with_what_was_found() -> None:
    found = read(AGREES, DIFFERS)
    assert [(one.code, one.question, one.agrees, one.found_value) for one in found.entries] == [
        ("6100000001", "water", True, None),
        ("6100000002", "water", False, "水压不足"),
    ]
    assert {(one.draw_id, one.found_on, one.note) for one in found.entries} == {(DRAW, date(2022, 9, 28), "李组长")}
    assert found.entries[0].problem_class == load_questions()["household"]["water"].problem_class


def test_one_row_is_filled_in_and_all_others_are_blank_those_in_reserve_too() -> None:
    blank = [(f"62{number:08}", WATER, "", "", "", "") for number in range(600)]
    filled_down = [(f"63{number:08}", WATER, "", "", "2022-09-28", "李组长") for number in range(155)]
    found = read(AGREES, ("6100000002", WATER, "", "", "", ""), *blank, *filled_down)
    assert (found.rows, len(found.entries), found.blank, found.rejected) == (757, 1, 756, [])
    [rejected] = read(("6200000001", WATER, "一致", "", "2022-09-28", "李组长")).rejected
    assert rejected.rule == "unit_not_drawn"


def test_columns_that_were_sorted_without_the_others_are_told_by_the_villages() -> None:
    answered = ("一致", "", "2022-09-28", "李组长")
    own, other = ("6100000001", WATER, *answered, "甲村"), ("6100000002", WATER, *answered, "甲村")
    found = read(own, other)
    assert ([one.code for one in found.entries], [one.rule for one in found.rejected]) == (
        ["6100000001"],
        ["other_village"],
    )
    with pytest.raises(FileError, match=r"file_sorted_apart.*rows=4, 5, count=2"):
        read(own, other, ("6100000003", WATER, *answered, "甲村"))


def test_nothing_was_found_on_a_day_to_come() -> None:
    own = [
        (code, WATER, "一致", "", day, "李")
        for code, day in (("6100000001", "2022-09-30"), ("6100000002", "2022-10-01"))
    ]
    found = read(*own)
    assert ([one.code for one in found.entries], [one.rule for one in found.rejected]) == (
        ["6100000001"],
        ["day_to_come"],
    )


def test_the_same_form_again_changes_nothing() -> None:
    first = read(AGREES, DIFFERS).entries
    known = pd.DataFrame([vars(one) for one in first])
    again = read(AGREES, DIFFERS, known=known)
    assert (again.rows, again.unchanged, again.entries) == (2, 2, [])
    other = read(AGREES, (*DIFFERS[:3], "已断水", *DIFFERS[4:]), known=known)
    assert [one.found_value for one in other.entries] == ["已断水"]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (("6100000009", *AGREES[1:]), "code", "unit_not_drawn"),
        ((AGREES[0], "别的事项", *AGREES[2:]), "question", "question_unknown"),
        ((*AGREES[:2], "差不多", *AGREES[3:]), "answer", "answer_unknown"),
        ((*AGREES[:2], "", *AGREES[3:]), "answer", "answer_missing"),
        ((*DIFFERS[:3], "", *DIFFERS[4:]), "found_value", "found_missing"),
        ((*AGREES[:4], "", "李组长"), "found_on", "found_on_missing"),
        ((*AGREES[:4], "昨天", "李组长"), "found_on", "not_a_date"),
        ((*AGREES[:4], "2022-08-31", "李组长"), "found_on", "before_the_list"),
        ((*DIFFERS[:3], "长" * 201, *DIFFERS[4:]), "found_value", "text_too_long"),
        ((610902199001010011, *AGREES[1:]), "code", "digits_lost"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_place_and_reason(row: Sequence, column: str, rule: str) -> None:
    found = read(DIFFERS, row)
    assert [(one.row, one.column, one.rule) for one in found.rejected] == [(4, column, rule)]
    assert rule in RULES
    assert len(found.entries) == 1


def test_the_first_day_of_the_month_is_not_too_early() -> None:
    assert len(read((*AGREES[:4], "2022-09-01", "李组长")).entries) == 1


def test_the_same_answer_twice_counts_once_and_another_one_is_rejected() -> None:
    found = read(AGREES, AGREES, (*AGREES[:4], "2022-09-02", *AGREES[5:]))
    assert ([one.rule for one in found.rejected], len(found.entries), found.unchanged) == (["row_twice"], 1, 1)


@pytest.mark.parametrize(
    ("heading", "problem"), [("没有编号", "file_without_draw"), ("抽样编号 C202208-000000", "file_of_other_draw")]
)
def test_a_form_of_another_draw_is_refused(heading: str, problem: str) -> None:
    with pytest.raises(FileError, match=problem):
        read_findings_form(
            workbook(AGREES, heading=heading), name="表.xlsx", draw_id=DRAW, form=FORM, units=UNITS, known=NOTHING
        )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["6100000001", "6100000002", "6100000003"]),
            st.sampled_from([WATER, "别的"]),
            st.sampled_from(["一致", "不一致", "", "也许"]),
            st.sampled_from(["", "水压不足"]),
            st.sampled_from(["2022-09-28", "", "昨天"]),
            st.sampled_from(["", "李组长"]),
        ),
        max_size=12,
    )
)
def test_every_row_ends_in_exactly_one_of_four(rows: list[tuple]) -> None:
    found = read(*rows)
    assert found.rows == len(rows) == len(found.entries) + found.unchanged + found.blank + len(found.rejected)
