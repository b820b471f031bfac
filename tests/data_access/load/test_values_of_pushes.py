"""What a department's list says of a household as a whole: an indicator where the department is authoritative."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import make_url

from data_access.load.loading import undo
from tests.data_access.load.conftest import LoadedInto, WriteCsv
from tests.support.households import COLLECTED_ON, Rows, household, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

DAY = date(2022, 9, 30)
HEADING = ["户编号", "姓名", "合规自付", "结算日期"]
DEPARTMENTS = {
    "department": [
        {"code": code, "name_zh": code, "name_en": code} for code in ("medical_insurance", "emergency", "housing")
    ]
}
MEDICAL = "push_medical_insurance"


def held(target: LoadedInto, column: str = "compliant_self_pay") -> list[tuple[str, date, date | None, str, Any]]:
    rows = target.rows("household_indicator")
    return [(one["household_id"], one["valid_from"], one["valid_to"], one["source"], one[column]) for one in rows]


def test_the_payments_of_its_persons_make_the_household_s_from_the_day_of_the_file(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    first = household("H1", indicators={"compliant_self_pay": None, "source": "collection", "family_size": 4})
    others = (household(name, indicators=None) for name in ("H2", "H3"))
    target = make_target(merged(village(), DEPARTMENTS, first, *others))
    state = target.state()
    path = write_csv(
        [
            HEADING,
            ["H1", "张三", "12500", "2022-09-10"],
            ["H1", "李四", "2500", "2022-09-12"],
            ["H2", "王五", "700", "2022-09-12"],
            ["H3", "赵六", "800", "2022-09-12"],
            ["H3", "孙七", "", "2022-09-12"],
            ["", "周八", "900", "2022-09-12"],
        ]
    )
    report = target.load(path, MEDICAL)
    assert report.published
    assert held(target) == [
        ("H1", COLLECTED_ON, DAY, "collection", None),
        ("H1", DAY, None, "department", 15_000),
        ("H2", DAY, None, "department", 700),
    ]  # of H3 one person's payment is not known, the last row is nobody's
    assert {(one["household_id"], one["family_size"]) for one in target.rows("household_indicator")} == {
        ("H1", 4),
        ("H2", None),
    }
    assert sorted(one["amount"] or 0 for one in target.rows("clue")) == [0, 700, 800, 2_500, 12_500]
    assert not target.load(path, MEDICAL).published
    undo(url=make_url(target.url))
    assert target.state() == state


def test_a_value_older_than_those_held_is_left_out_and_the_warning_is_not(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    newer = household("H1", indicators={"valid_from": date(2022, 10, 1), "source": "collection"})
    closed = household("H2", indicators=None, closed_on=date(2022, 8, 1))
    target = make_target(merged(village(), DEPARTMENTS, newer, closed))
    rows = [HEADING, ["H1", "张三", "12500", "2022-09-10"], ["H2", "李四", "900", "2022-09-10"]]
    report = target.load(write_csv(rows), MEDICAL)
    assert ("note_values_older", "1") in report.notes
    assert held(target) == [("H1", date(2022, 10, 1), None, "collection", 0)]
    assert [one["household_id"] for one in target.rows("clue")] == ["H1", "H2"]


def test_the_gravest_grade_of_a_house_counts_and_what_is_not_authoritative_is_the_amount_of_the_warning(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(merged(village(), DEPARTMENTS, household("H1", indicators=None)))
    rows = [["户编号", "受灾损失", "推送日期"], ["H1", "6000", "2022-09-10"]]
    target.load(write_csv(rows), "push_emergency")
    assert held(target) == []
    assert [one["amount"] for one in target.rows("clue")] == [6_000]
    rows = [
        ["户编号", "姓名", "鉴定等级", "推送日期"],
        ["H1", "张三", "C级", "2022-09-10"],
        ["H1", "李四", "D级", "2022-09-10"],
    ]
    target.load(write_csv(rows), "push_housing")
    assert held(target, "house_grade") == [("H1", DAY, None, "department", "D")]
