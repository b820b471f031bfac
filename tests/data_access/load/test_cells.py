"""What a cell means, and which rule it breaks, on each side of every edge."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Boolean

from data_access.files.cells import CellRuleError
from data_access.load.cells import parser
from data_access.load.kinds import FileField, load_kinds

AS_OF = date(2022, 9, 30)


def field(key: str, kind: str = "persons", *, heading: str | None = None) -> FileField:
    fields = [one for one in load_kinds()[kind].fields if one.key == key]
    return fields[0] if heading is None else next(one for one in fields if heading in one.headings)


def meaning(key: str, cell: Any, **options: Any) -> Any:
    """The value of a cell, or the rule it breaks."""
    try:
        return parser(field(key, **options), as_of=AS_OF)(cell)
    except CellRuleError as error:
        return error.rule


def noted(key: str, cell: Any) -> tuple[str, Any]:
    """The rule that a cell breaks, and the value that is taken where the rule only notes it."""
    with pytest.raises(CellRuleError) as broken:
        parser(field(key), as_of=AS_OF)(cell)
    return broken.value.rule, broken.value.value


@pytest.mark.parametrize("cell", ["", "  ", None, "/", "—", "未采集", "－", "\u200b", "Null"])
def test_a_blank_cell_says_nothing(cell: Any) -> None:
    assert meaning("household_indicator.wage_income", cell) is None
    assert meaning("household_indicator.house_damaged", cell) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0", 0),
        ("1,234,567", 1_234_567),
        ("１２", 12),
        (30_000.0, 30_000),
        ("30000.5", 30_000),
        ("30000.51", 30_001),
        ("10000000", 10_000_000),
        ("10000001", "out_of_range"),
        ("-1", "out_of_range"),
        ("三万", "not_a_number"),
        ("1.2万元", 12_000),
        ("1.2千", 1_200),
        ("￥30,000.00 元", 30_000),
        ("30 000", 30_000),
        ("30 00", "not_a_number"),
        ("30000元/年", 30_000),
        ("30000（元）", 30_000),
        ("‘30000", 30_000),
        ("30000元/月", "not_a_number"),
        ("约30000", "not_a_number"),
        ("(1,200)", "out_of_range"),
        ("负1200", "out_of_range"),
        ("−1", "out_of_range"),
        ("1,23", "not_a_number"),
        ("1200①", "not_a_number"),  # a footnote, no digit
        ("=A1*2", "formula"),
        (True, "not_a_number"),
    ],
)
def test_amounts_are_whole_yuan_within_bounds(cell: Any, expected: Any) -> None:
    assert meaning("household_indicator.wage_income", cell) == expected


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        *(("house_m2", cell, 80) for cell in ("80㎡", "80平方米", "80（平方米）", "80 m²")),
        ("farmland_mu", "2.5亩", 2.5),
        ("farmland_mu", "80㎡", "not_a_number"),
        ("family_size", "3口", 3),
        ("family_size", "3户", "not_a_number"),
    ],
)
def test_the_unit_of_a_column_may_stand_behind_its_numbers_and_no_other(column: str, cell: str, expected: Any) -> None:
    assert meaning(f"household_indicator.{column}", cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [("3500元/月", 3500), ("3500", 3500), ("42000元/年", "not_a_number")])
def test_a_monthly_wage_is_one_of_a_month(cell: str, expected: Any) -> None:
    assert meaning("employment.monthly_wage", cell, kind="jobs") == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("85.5%", 86), (85.4, 85), ("100％", 100), (1.0, 1), (0, 0), ("0.6％", 1), (0.85, "share_or_percent")],
)
def test_progress_is_rounded_to_whole_percent_and_a_share_is_in_doubt(cell: Any, expected: Any) -> None:
    assert meaning("project.progress", cell, kind="projects") == expected


@pytest.mark.parametrize(("cell", "expected"), [("2", 2), (2.0, 2), ("2.5", "not_whole"), ("31", "out_of_range")])
def test_persons_are_counted_whole(cell: Any, expected: Any) -> None:
    assert meaning("household_indicator.family_size", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1970-01-31", date(1970, 1, 31)),
        ("1970/1/31", date(1970, 1, 31)),
        ("1970.1.31", date(1970, 1, 31)),
        ("1970年1月31日", date(1970, 1, 31)),
        ("19700131", date(1970, 1, 31)),
        (19700131.0, date(1970, 1, 31)),
        ("1970-01-31 00:00:00", date(1970, 1, 31)),
        (datetime(1970, 1, 31, 8), date(1970, 1, 31)),  # noqa: DTZ001 (as spreadsheets give it)
        (25599, date(1970, 1, 31)),  # the day as a spreadsheet counts it
        (25599.5, date(1970, 1, 31)),
        ("2022-09-30", date(2022, 9, 30)),
        ("2022-10-01", "in_the_future"),
        ("1900-01-01", date(1900, 1, 1)),
        ("1899-12-31", "date_too_early"),
        ("1970-02-30", "not_a_date"),
        ("1970-01-31 00:00:00.0", date(1970, 1, 31)),
        ("19700131083000", date(1970, 1, 31)),
        ("1970 年 1 月 31 日 星期六", date(1970, 1, 31)),
        ("1970-01-31 上午8:30", date(1970, 1, 31)),
        ("1970—1—31", date(1970, 1, 31)),
        ("1970-01-31T08:30:00.000+08:00", date(1970, 1, 31)),
        ("1970-01-30T16:00:00Z", date(1970, 1, 31)),  # midnight here
        ("1970-01-30T15:59:00Z", date(1970, 1, 30)),
        ("70-1-31", date(1970, 1, 31)),
        ("1/31/1970", "not_a_date"),
        ("民国59年1月31日", "not_a_date"),
        ("1970年1月下旬", "not_a_date"),
        ("腊月廿四", "not_a_date"),
        ("700131", "not_a_date"),  # the year 7001?
        ("未完工", None),
        ("无", None),
        (1970.1, "not_a_date"),  # a number: of the first month or of the tenth?
        ("昨天", "not_a_date"),
        ("20229", "not_a_date"),  # September 2022, or the serial number of a day in 1955?
        ("1", "not_a_date"),
    ],
)
def test_days_in_every_spelling(cell: Any, expected: Any) -> None:
    assert meaning("member.birth_date", cell) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        *((ending, date(2022, 2, 28)) for ending in ("member.insured_until", "income_record.period_end")),
        *((event, date(2022, 2, 1)) for event in ("member.birth_date", "monitoring_case.identified_on")),
    ],
)
def test_a_month_is_its_last_day_where_something_ends(key: str, expected: date) -> None:
    kind = "table_income_record" if key.startswith("income_record") else "persons"
    for cell in ("202202", "2022年2月"):
        assert meaning(key, cell, kind=kind) == expected


@pytest.mark.parametrize("cell", ["202206", "2022-06", "2022年6月", 202206])
def test_a_month_is_its_first_day(cell: Any) -> None:
    assert meaning("monitoring_case.identified_on", cell) == date(2022, 6, 1)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("长期慢性病", "chronic"),
        ("健康", "healthy"),
        ("长期慢性病,患有大病", "major"),
        ("残疾、长期慢性病", "disabled"),
        ("健康；长期慢性病", "chronic"),
        ("残疾 患有大病", "major"),
        ("健 康。", "healthy"),
        ("长寿", "unknown_word"),
    ],
)
def test_of_several_words_the_gravest_counts(cell: str, expected: str) -> None:
    assert meaning("member.health", cell) == expected


def test_codes_are_known_by_code_and_by_word_in_both_languages() -> None:
    assert {meaning("member.relation", cell) for cell in ("head", "户主", "本人")} == {"head"}
    assert meaning("household.household_type", "脱贫户(享受政策)") == "lifted_out"


def test_a_yes_about_safe_water_is_no_problem_of_water() -> None:
    key = "household_indicator.water_problem"
    assert meaning(key, "是", heading="是否解决安全饮用水") is False
    assert meaning(key, "是", heading="饮水安全问题") is True


@pytest.mark.parametrize(("cell", "grade"), [("无", 0), ("非残疾", 0), ("二级", 2), ("", None), ("/", None)])
def test_no_disability_is_known_and_a_blank_is_not(cell: str, grade: int | None) -> None:
    assert meaning("member.disability_grade", cell) == grade


def test_words_of_a_field_never_turn_round_the_own_name_of_its_column() -> None:
    for kind in load_kinds().values():
        for one in kind.fields:
            declared = one.declared
            if one.words and isinstance(getattr(declared, "type", None), Boolean):
                assert one.column not in one.headings, (kind.key, one.key)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("610902199003071231", "610902199003071231"),
        ('="610902199003071231"', "610902199003071231"),
        *((f"{quote}610902199003071231", "610902199003071231") for quote in "'‘’`"),
        (6.10902199003071e17, "digits_lost"),
        ("6.10902E+17", "digits_lost"),
        ("610902 1990 0307 1231", "610902199003071231"),
        ("６１０９０２１９９００３０７１２３１", "610902199003071231"),
        ("61090219900307124x", "61090219900307124X"),
        ("\u202a610902199003071231\u202c", "610902199003071231"),
        *(("无", None), ("办理中", None), ("遗失", None)),
        ("61090219900307123", "id_length"),
        ("610902199013071235", "id_birth_date"),
        ("610902199003071238", "id_check_digit"),
        ("61090219900307123143", "61090219900307123143"),  # a disability card: type and grade at the end
        ("=cmd|' /C calc'!A0", "formula"),
    ],
)
def test_certificate_numbers(cell: Any, expected: str) -> None:
    assert meaning("member.id_no", cell) == expected


@pytest.mark.parametrize(
    ("cell", "rule", "value"),
    [
        ("C1234567", "id_other", "C1234567"),  # a passport
        ("h12345678", "id_other", "H12345678"),  # of Hong Kong
        ("610902900307123", "id_15_digits", "610902900307123"),
        ("610902901307123", "id_birth_date", None),
        ("C123", "id_length", None),
    ],
)
def test_certificates_of_other_kinds_are_noted_and_kept(cell: str, rule: str, value: str | None) -> None:
    assert noted("member.id_no", cell) == (rule, value)


@pytest.mark.parametrize(
    "cell",
    [
        *("13800001234", 13800001234.0, "138 0000 1234", "138-0000-1234", "+86 138-0000-1234", "8613800001234"),
        *(
            "138.0000.1234",
            "13800001234.0",
            "\u202a13800001234\u202c",
            "１３８００００１２３４",
            "手机：13800001234（儿子）",
        ),
    ],
)
def test_telephones_are_digits_alone(cell: Any) -> None:
    assert meaning("household.phone", cell) == "13800001234"


@pytest.mark.parametrize(
    ("cell", "rule", "value"),
    [
        ("0915-3000001", "phone_landline", "09153000001"),
        ("3000001", "phone_landline", "3000001"),
        ("13800001234/13900001234", "phone_several", "13800001234"),
        ("13800001234 13900001234", "phone_several", "13800001234"),
        ("0915-3000001、13800001234", "phone_several", "13800001234"),
    ],
)
def test_telephones_of_other_kinds_are_noted_and_kept(cell: str, rule: str, value: str) -> None:
    assert noted("household.phone", cell) == (rule, value)


@pytest.mark.parametrize("cell", ["无", "没 有", "暂无"])
def test_who_has_no_telephone_gave_none(cell: str) -> None:
    assert meaning("household.phone", cell) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("李　一", "李一"),
        ("李 一", "李一"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("Nguyen  Thi Hoa", "Nguyen Thi Hoa"),
        ("\ufeff李一", "李一"),
        ("㛃\ue863", "㛃\ue863"),  # letters of rare names stay
    ],
)
def test_names_have_one_spelling(cell: str, expected: str) -> None:
    assert meaning("member.name", cell) == meaning("household.head_name", cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [("Ｈ １\u200b", "H1"), ("1001.0", "1001"), (1001.0, "1001")])
def test_numbers_of_households_have_one_spelling(cell: Any, expected: str) -> None:
    assert meaning("household.household_id", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("3", 3), ("3组", 3), ("三组", 3), ("第三村民小组", 3), ("十二组", 12), ("0", "out_of_range")],
)
def test_groups_by_number(cell: str, expected: int | str) -> None:
    assert meaning("household.group_no", cell) == expected


def test_of_several_causes_in_one_column_the_first_is_taken_and_the_rest_is_noted() -> None:
    assert meaning("monitoring_case.cause_1", "因病") == "illness"
    assert noted("monitoring_case.cause_1", "因病、因残/因病") == ("several_answers", "illness")
    assert meaning("monitoring_case.cause_1", "因病、因懒") == "unknown_word"


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("monitoring_case.cause_1", "因病（慢性病）", ("remark_left_out", "illness")),
        ("monitoring_case.cause_1", "因病 (慢性病)、因残【二级】", ("several_answers", "illness")),
        ("causes.all", "因病（慢性病）、因残(二级)", ("remark_left_out", "illness,disability")),
        ("household_indicator.water_problem", "有（枯水期）", ("remark_left_out", True)),
    ],
)
def test_a_remark_in_brackets_behind_a_word_is_told_and_the_word_is_read(
    column: str, cell: str, expected: tuple[str, Any]
) -> None:
    assert noted(column, cell) == expected


def test_a_word_with_brackets_of_its_own_is_one_word_and_a_remark_that_contradicts_leaves_it_unknown() -> None:
    assert meaning("household.household_type", "脱贫户（享受政策）") == "lifted_out"
    assert meaning("household_indicator.water_problem", "有（无）") == "unknown_word"
    assert meaning("monitoring_case.cause_1", "（慢性病）因病") == "unknown_word"
    assert meaning("monitoring_case.cause_1", "因懒（慢性病）") == "unknown_word"


def test_a_word_of_another_column_is_noted_and_says_nothing() -> None:
    assert noted("household.household_type", "低保户") == ("says_another", None)


def test_a_group_that_has_a_name_is_noted() -> None:
    assert noted("household.group_no", "3组（李家湾）") == ("remark_left_out", 3)
    assert noted("member.disability_grade", "二级（肢体）") == ("remark_left_out", 2)
    assert noted("household.group_no", "李家院子") == ("group_by_name", None)


@pytest.mark.parametrize("cell", ["1380000123", "138000012345", "1380000123a"])
def test_telephones_have_eleven_digits(cell: str) -> None:
    assert meaning("household.phone", cell) == "phone_length"


def test_names_have_a_longest() -> None:
    assert meaning("member.name", "名" * 200) == "名" * 200
    assert meaning("member.name", "名" * 201) == "text_too_long"


@pytest.mark.parametrize(
    ("key", "kind", "cell", "expected"),
    [
        ("need.raised_on", "needs", "2022-09-30", date(2022, 9, 30)),
        ("need.raised_on", "needs", "2022-10-01", "in_the_future"),
        ("measure.started_on", "measures", "2202-09-05", "in_the_future"),
        ("visit.visited_on", "visits", "2022-10-01", "in_the_future"),
        ("need.due_on", "needs", "2100-12-31", date(2100, 12, 31)),
        ("need.due_on", "needs", "2101-01-01", "date_too_late"),
    ],
)
def test_what_has_happened_did_so_up_to_the_day_of_the_file(key: str, kind: str, cell: str, expected: Any) -> None:
    assert meaning(key, cell, kind=kind) == expected


@pytest.mark.parametrize("cell", ["李*华", "王＊＊", "李？华", "李\ufffd华"])
def test_a_name_with_hidden_letters_says_nothing_and_is_told(cell: str) -> None:
    assert noted("member.name", cell) == ("name_hidden", None)
    assert meaning("match.name", cell, kind="push_health") not in (None, "name_hidden")  # it names nobody who is held
