"""Call sheets: dealt evenly and by chance, read back row by row, recorded for ever."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.errors import ScopeError
from data_access.files.forms import Filled
from data_access.inspection.call_forms import RULES, CallForm, read_call_sheet
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.calls import (
    SAID,
    CallResult,
    add_results,
    call_result,
    deal,
    problems_of,
    read_results,
    reports_of,
    to_call,
)
from data_access.inspection.problems import usual_due
from data_access.ledger.ledger import Ledger
from data_access.schema.limits import limit
from data_access.scope import Scope
from tests.support.databases import ON_BOTH
from tests.support.households import TOWNSHIP, VILLAGE

DISTRICT = Scope.district()
TITLES = ("拨打人", "户编号", "拨打日期", "接通情况", "收入变化", "满意度", "诉求", "说明")
"""Of a sheet that was sent out before more was asked."""
NAMES = {
    "caller": "拨打人",
    "household_id": "户编号",
    "called_on": "拨打日期",
    "outcome": "接通情况",
    "note": "说明",
    "village": "村",
}
ASKED = {key: one.zh for key, one in load_call_questions().items()}
FORM = CallForm(
    titles={key: frozenset({title}) for key, title in (NAMES | ASKED).items()},
    earliest=date(2022, 9, 1),
    latest=date(2022, 10, 31),
)
HOMES = pd.DataFrame({"household_id": ["H1", "H2"], "village_code": VILLAGE, "village": ["甲村", "乙村"]})
NOTHING = pd.DataFrame(columns=["household_id", "called_on", "outcome"])
REACHED = ("小王", "H1", "2022-09-28", "接通", "持平", "满意", "饮水", "水压低")
MISSED = ("小王", "H2", "2022-09-28", "无人接听", "", "", "", "")


def read(*rows: Sequence, known: pd.DataFrame = NOTHING, titles: Sequence[str] = TITLES) -> Filled[CallResult]:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for position, row in enumerate((titles, *rows)):
            for column, value in enumerate(row):
                (sheet.write_string if isinstance(value, str) else sheet.write)(position, column, value)
    return read_call_sheet(stream.getvalue(), name="拨打表.xlsx", form=FORM, homes=HOMES, known=known)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 9))
def test_everybody_is_dealt_once_and_nobody_gets_more_than_one_more(households: int, callers: int) -> None:
    rows = pd.DataFrame({"household_id": [f"H{number}" for number in range(households)]}, dtype="object")
    dealt = deal(rows, callers=[f"C{number}" for number in range(callers)], seed="2022-09-30")
    assert sorted(dealt["household_id"]) == sorted(rows["household_id"])
    sizes = dealt["caller"].value_counts()
    assert households == 0 or sizes.max() - (sizes.min() if len(sizes) == callers else 0) <= 1


def test_the_same_seed_deals_the_same_and_another_something_else() -> None:
    rows = pd.DataFrame({"household_id": [f"H{number}" for number in range(30)]})
    first = deal(rows, callers=["A", "B"], seed="x")
    assert first.equals(deal(rows.iloc[::-1], callers=["A", "B"], seed="x"))
    assert not first.equals(deal(rows, callers=["A", "B"], seed="y"))
    with pytest.raises(ValueError, match="somebody"):
        deal(rows, callers=[], seed="x")


def test_results_are_read_with_what_was_said() -> None:
    one, other = read(REACHED, MISSED).entries
    assert (one.household_id, one.complaint, one.note, one.caller) == ("H1", "water", "水压低", "小王")
    assert (one.township_code, one.village_code) == (TOWNSHIP, VILLAGE)
    assert (other.outcome, other.satisfaction) == ("no_answer", None)


def test_what_the_source_asks_is_read_as_yes_or_no_and_a_trouble_opens_a_problem() -> None:
    titles = (*NAMES.values(), *ASKED.values())
    said = ["持平", "否", "否", "否", "否", "有", "是", "是", "满意", "无"]
    [one] = read(("小王", "H1", "2022-09-28", "接通", "", "甲村", *said), titles=titles).entries
    assert (one.food_problem, one.housing_problem, one.water_problem, one.knows_helper) == (False, True, True, True)
    assert one.troubles == ("housing_problem", "water_problem")
    [opened] = problems_of([one], on=date(2022, 9, 30), describe=lambda call: "、".join(call.troubles))
    assert opened.description == "housing_problem、water_problem"
    [report] = reports_of([one], recorded_by="小李")
    assert dict(report.values) == {
        "outcome": "reached",
        "income_change": "same",
        "housing_problem": True,
        "water_problem": True,
        "knows_helper": True,
        "satisfaction": "satisfied",
        "complaint": "none",
    }
    report.check()


def test_every_question_is_asked_on_the_sheet_and_kept_in_the_ledger() -> None:
    assert tuple(load_call_questions()) == SAID
    assert all(name in call_result.c for name in SAID)


def test_who_was_reached_is_not_dealt_again_and_who_was_not_comes_back_after_the_declared_days() -> None:
    today, days = date(2022, 9, 28), limit("call_again_days", on=date(2022, 9, 28))
    outcomes = ("no_answer", "switched_off", "suspended", "wrong_number", "refused", "other_person")
    due = pd.DataFrame({"household_id": ["new", "reached", "lately", "both", *outcomes]})
    ago = today - timedelta(days=days)
    tried = [(name, ago, name) for name in outcomes]
    tried += [("reached", ago, "reached"), ("lately", ago + timedelta(days=1), "no_answer")]
    tried += [("both", ago - timedelta(days=1), "reached"), ("both", ago, "no_answer")]
    results = pd.DataFrame(tried, columns=["household_id", "called_on", "outcome"])
    again = to_call(due, results=results, on=today)
    assert again["household_id"].tolist() == ["new", *outcomes]
    nobody = to_call(due, results=results.head(0), on=today)
    assert nobody["household_id"].tolist() == due["household_id"].tolist()


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (("小王", "H9", *REACHED[2:]), "household_id", "not_to_be_called"),
        ((*REACHED[:3], "", *REACHED[4:]), "outcome", "outcome_missing"),
        ((*REACHED[:3], "也许", *REACHED[4:]), "outcome", "word_unknown"),
        ((*REACHED[:6], "修路", ""), "complaint", "word_unknown"),
        ((*REACHED[:2], "", *REACHED[3:]), "called_on", "called_on_missing"),
        ((*REACHED[:2], "昨天", *REACHED[3:]), "called_on", "not_a_date"),
        ((*REACHED[:2], "2022-08-31", *REACHED[3:]), "called_on", "before_the_list"),
        ((*REACHED[:2], "2022-11-01", *REACHED[3:]), "called_on", "day_to_come"),
        ((*MISSED[:5], "满意", "", ""), "satisfaction", "not_reached"),
        ((*REACHED[:7], "长" * 201), "note", "text_too_long"),
        (("小王", 610902199001010011, *REACHED[2:]), "household_id", "digits_lost"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_place_and_reason(row: Sequence, column: str, rule: str) -> None:
    found = read(MISSED, row)
    assert [(one.row, one.column, one.rule) for one in found.rejected] == [(3, column, rule)]
    assert rule in RULES
    assert len(found.entries) == 1


def test_a_row_whose_number_was_sorted_without_it_is_known_by_its_village() -> None:
    found = read((*REACHED, "乙村"), (*MISSED, "乙村"), titles=(*TITLES, "村"))
    assert [(one.row, one.column, one.rule) for one in found.rejected] == [(2, "village", "other_village")]
    assert [one.household_id for one in found.entries] == ["H2"]


def test_a_remark_behind_an_answer_goes_to_the_note_or_is_told_as_left_out() -> None:
    noted = ("小王", "H1", "2022-09-28", "接通（是其儿子）", "持平", "满意", "", "")
    found = read(noted, (*MISSED[:3], "无人接听(两次)", *MISSED[4:7], "再打"))
    assert [(one.outcome, one.note) for one in found.entries] == [("reached", "是其儿子"), ("no_answer", "再打")]
    assert found.notes == (("note_remarks_left_out", "1 × # 3「两次」"),)
    assert found.rejected == []


def test_the_same_call_twice_counts_once_and_another_result_is_rejected() -> None:
    found = read(REACHED, REACHED, (*REACHED[:5], "不满意", *REACHED[6:]))
    assert ([one.rule for one in found.rejected], len(found.entries), found.unchanged) == (["row_twice"], 1, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["小王", ""]),
            st.sampled_from(["H1", "H2", "H3"]),
            st.sampled_from(["2022-09-28", "", "昨天"]),
            st.sampled_from(["接通", "无人接听", ""]),
            st.sampled_from(["持平", ""]),
            st.sampled_from(["满意", ""]),
            st.sampled_from(["饮水", "无", "别的", ""]),
            st.sampled_from(["", "说明"]),
        ),
        max_size=10,
    )
)
def test_every_row_ends_in_exactly_one_of_four(rows: list[tuple]) -> None:
    found = read(*rows)
    filled = [row for row in rows if any(row)]
    assert found.rows == len(filled)
    assert found.rows == len(found.entries) + found.unchanged + found.blank + len(found.rejected)


@ON_BOTH
def test_what_was_recorded_is_unchanged_when_it_comes_again_and_the_newest_counts(ledger: Ledger) -> None:
    september = {"first": date(2022, 9, 1), "last": date(2022, 9, 30)}
    add_results(ledger, read(REACHED, MISSED).entries, recorded_by="小李", scope=DISTRICT)
    known = read_results(ledger, scope=DISTRICT, **september)
    again = read(REACHED, MISSED, known=known)
    assert (again.unchanged, again.entries) == (2, [])
    [changed] = read(("小王", "H2", "2022-09-28", "接通", "", "满意", "无", ""), known=known).entries
    add_results(ledger, [changed], recorded_by="小李", scope=DISTRICT)
    after = read_results(ledger, scope=DISTRICT, **september).set_index("household_id")
    assert after["outcome"].to_dict() == {"H1": "reached", "H2": "reached"}
    assert read_results(ledger, scope=DISTRICT, first=date(2022, 9, 29), last=date(2022, 9, 30)).empty
    assert read_results(ledger, scope=Scope(regions=("610902999",)), **september).empty


def test_nobody_records_a_call_outside_the_own_scope(ledger: Ledger) -> None:
    result = CallResult("H1", TOWNSHIP, VILLAGE, date(2022, 9, 28), "reached", "小王")
    with pytest.raises(ScopeError, match="outside_scope"):
        add_results(ledger, [result], recorded_by="小李", scope=Scope(regions=("610902999",), actions=None))


@pytest.mark.parametrize(("complaint", "problems"), [(None, 0), ("none", 0), ("water", 1)])
def test_a_complaint_is_a_problem_and_nothing_else_is(complaint: str | None, problems: int) -> None:
    called = date(2022, 9, 28)
    result = CallResult("H1", TOWNSHIP, VILLAGE, called, "reached", "小王", complaint=complaint)
    found = problems_of([result], on=date(2022, 9, 30), describe=lambda one: f"诉求：{one.complaint}")
    assert len(found) == problems == result.complains
    for one in found:
        assert (one.household_id, one.village_code, one.source, one.source_id) == (
            "H1",
            VILLAGE,
            "telephone",
            "H1/2022-09-28",
        )
        assert (one.description, one.found_on) == ("诉求：water", called)


@pytest.mark.parametrize(("called", "begins"), [(date(2022, 9, 28), date(2022, 9, 30)), (date(2022, 10, 1),) * 2])
def test_the_time_to_settle_a_complaint_begins_today_or_with_a_later_call(called: date, begins: date) -> None:
    result = CallResult("H1", TOWNSHIP, VILLAGE, called, "reached", "小王", complaint="water")
    [one] = problems_of([result], on=date(2022, 9, 30), describe=lambda _: "x")
    assert one.due_on == usual_due(begins)
