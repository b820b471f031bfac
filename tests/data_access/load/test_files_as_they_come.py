"""What a load tells of a file besides its rows, and what stops it until somebody has chosen."""

from pathlib import Path

import pytest

from data_access.files.headings import Recognised, recognise
from data_access.files.no_data import load_no_data
from data_access.load.columns import title_of
from data_access.load.errors import LoadError, note_text
from data_access.load.kinds import load_kinds
from data_access.load.staging import half_known
from tests.data_access.load.conftest import WriteCsv, embedded
from tests.data_access.load.test_loading import BASE, HEADING, person

PERSONS = load_kinds()["persons"]


def recognised(*headings: str) -> Recognised:
    return recognise([["户编号", "人编号", *headings]], fields=PERSONS.fields)


@pytest.mark.parametrize(
    ("headings", "half"),
    [
        (("监测对象类别", "识别监测时间", "风险是否已消除了"), ["风险是否已消除了"]),
        (("风险1", "风险6"), ["风险6"]),
        (("风险1", "风险备注"), []),
        (("姓名", "风险是否已消除了"), []),
        (("监测对象类别", "爱好"), []),
        (("识别时间", "突发严重困难户"), ["突发严重困难户"]),
        (("姓名", "工资性收入（万元）", "存款（万元）"), ["工资性收入（万元）"]),
        (("姓名", "人员状态"), ["人员状态"]),
    ],
)
def test_an_unread_heading_of_a_group_of_which_others_were_read_is_known(
    headings: tuple[str, ...], half: list[str]
) -> None:
    assert half_known(recognised(*headings), kind=PERSONS) == half


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        (("姓名", "推送日期"), ("clue.household_id",)),
        (("户编号", "推送日期"), ()),
        (("残疾证号", "推送日期"), ()),
        (("户主身份证号", "推送日期"), ()),
    ],
)
def test_warnings_that_name_nobody_by_a_number_are_no_push(headings: tuple[str, ...], missing: tuple[str, ...]) -> None:
    fields = load_kinds()["push_disabled_federation"].fields
    assert recognise([headings], fields=fields).missing == missing


@pytest.mark.parametrize(
    ("department", "headings", "read"),
    [
        ("health", ("姓名", "身份证号", "确诊时间"), ("name", "id_no", "received_on")),
        ("housing", ("户主姓名", "身份证号", "鉴定结果", "鉴定日期"), ("name", "id_no", "house_grade", "received_on")),
        ("medical_insurance", ("参保人姓名", "身份证号", "合规自付费用", "结算时间"), ("compliant_self_pay",)),
        ("agriculture", ("借款人", "借款人身份证号", "逾期金额（元）", "逾期日期"), ("name", "id_no", "amount")),
    ],
)
def test_a_department_says_whom_what_and_when_in_words_of_its_own(
    department: str, headings: tuple[str, ...], read: tuple[str, ...]
) -> None:
    fields = load_kinds()[f"push_{department}"].fields
    found = recognise([headings], fields=fields)
    assert (found.missing, found.twice) == ((), ())
    assert set(read) <= {fields[field].column for field in found.columns.values()}


def test_a_value_of_a_department_under_an_unknown_heading_has_to_be_chosen() -> None:
    kind = load_kinds()["push_medical_insurance"]
    found = recognise([["身份证号", "合规自付（万元）", "医疗总费用", "结算日期"]], fields=kind.fields)
    assert half_known(found, kind=kind) == ["合规自付（万元）"]


@pytest.mark.opens_a_database
def test_what_was_left_out_is_counted_and_named_and_the_rows_still_add_up(tmp_path: Path, write_csv: WriteCsv) -> None:
    target = embedded(tmp_path, BASE)
    rows = [
        [*HEADING, "爱好", ""],
        [*person("H1-1", 耕地面积="#N/A"), "棋", "已核实"],
        ["合计", *[""] * len(HEADING), "1"],
        ["填表人：张三"],
    ]
    report = target.load(write_csv(rows))
    assert (report.rows, report.loaded, report.left_out, report.published) == (1, 1, 2, True)
    said = [note_text(note, language="zh") for note in report.notes]
    for word in ("爱好", "合计", "填表人", "已核实"):
        assert any(word in note for note in said), word
    assert list(report.rules["rule"]) == ["error_value"]
    assert list(report.rules["column"]) == ["耕地面积"]
    assert target.rows("household_indicator")[0]["farmland_mu"] is None


@pytest.mark.opens_a_database
def test_a_name_and_a_month_of_something_else_are_told(tmp_path: Path, write_csv: WriteCsv) -> None:
    target = embedded(tmp_path, BASE)
    number = "11010519491231002X"
    target.load(write_csv([[*HEADING, "证件号码"], [*person("H1-1", 姓名="甲一"), number]]))
    heading = ["姓名", "证件号码", "务工开始时间"]
    other = write_csv([["2022年1-8月务工表"], heading, ["乙二", number, "2022-03-01"]], name="other.csv")
    told = target.load(other, "jobs", dry_run=True)
    assert ("note_other_month", "2022-08") in told.notes
    assert list(told.rules["rule"]) == ["name_not_in_household"]
    own = write_csv([["2022年9月务工表"], heading, ["甲 一", number, "2022-03-01"]], name="own.csv")
    right = target.load(own, "jobs", dry_run=True)
    assert "note_other_month" not in dict(right.notes)
    assert right.rules.empty


def test_every_reason_why_a_row_is_no_data_has_its_sentence_in_one_language_at_a_time() -> None:
    rules = load_no_data()
    for why in (*rules.alone, *rules.keyless, "heading", "column_numbers"):
        assert note_text((f"note_left_out_{why}", "1"), language="zh").isascii() is False
        assert note_text((f"note_left_out_{why}", "1"), language="en").isascii()


@pytest.mark.opens_a_database
@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([[*HEADING, "工资性收入（元）"], [*person("H1-1"), "1"]], "headings_twice"),
        ([[*HEADING, "监测对象类别", "是否消除否"], [*person("H1-1"), "", ""]], "headings_half_known"),
        ([["单位：万元"], HEADING, person("H1-1")], "another_unit"),
        ([HEADING, person("H1-1"), ["注：收入单位为万元"]], "another_unit"),
    ],
)
def test_doubt_about_a_column_stops_the_load(
    tmp_path: Path, write_csv: WriteCsv, rows: list[list[str]], key: str
) -> None:
    target = embedded(tmp_path, BASE)
    with pytest.raises(LoadError) as caught:
        target.load(write_csv(rows), partial=True)
    assert caught.value.key == key
    assert target.rows("household") == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("耕地面积", "耕地面积"),
        ("member.name", "人名"),
        ("monitoring_case.cause_1", "致贫返贫风险1"),
        ("place.x", "place.x"),
    ],
)
def test_a_report_calls_a_column_by_its_heading_or_by_what_it_holds(name: str, said: str) -> None:
    assert title_of(name, headings={"member.name": "人名"}, language="zh") == said
