"""What townships keep of monitored households: rows without numbers of their own find their case and their number."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.data_access.load.conftest import AS_OF, LoadedInto, WriteCsv
from tests.data_access.load.test_loading import BASE, broken, outcome
from tests.support.databases import ON_BOTH
from tests.support.households import Rows, household, merged

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

HOME = merged(
    BASE,
    household("H1", cases=[{"identified_on": date(2022, 3, 17)}], members=[{"member_id": "H1-1"}]),
    household("H2", members=[{"member_id": "H2-1"}]),
)


def test_a_measure_finds_its_case_and_keeps_its_number_or_is_rejected_where_there_is_no_case(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target, heading = make_target(HOME), ["户编号", "措施类别", "期限", "开始日期", "是否已开始"]
    planned = ["H1", "产业帮扶", "2022-05-01", "", ""]
    of_no_case = (["H2", "产业帮扶", "", "", ""], ["H9", "产业帮扶", "", "", ""])
    report = target.load(write_csv([heading, planned, *of_no_case]), "measures", partial=True)
    assert (outcome(report), broken(report)) == ((1, 0, 2), {(3, "no_case"), (4, "unknown_reference")})
    begun = ["H1", "产业帮扶", "2022-05-01", "", "是"]
    assert outcome(target.load(write_csv([heading, begun]), "measures")) == (1, 0, 0)
    assert outcome(target.load(write_csv([heading, begun]), "measures")) == (0, 1, 0)
    [one] = target.rows("measure")
    assert (one["case_id"], one["kind"], one["due_on"], one["begun"]) == ("H1-C1", "industry", date(2022, 5, 1), True)


def test_what_ends_before_it_begins_is_told(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    heading = ["户编号", "帮扶诉求", "诉求日期", "满足日期"]
    rows = [["H1", "健康帮扶", "2022-04-02", "2022-04-01"], ["H1", "就业帮扶", "2022-04-02", "2022-04-02"]]
    report = make_target(HOME).load(write_csv([heading, *rows]), "needs")
    assert (outcome(report), broken(report)) == ((2, 0, 0), {(2, "ended_before")})


def test_needs_visits_self_reports_and_public_posts_are_kept_once(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(HOME)
    files = {
        "needs": [["户编号", "帮扶诉求", "诉求日期", "满足日期"], ["H1", "健康帮扶", "2022-04-01", ""]],
        "visits": [["户编号", "走访日期", "走访方式"], ["H2", "2022-09-01", "入户"]],
        "self_reports": [["户编号", "申报日期", "申报方式", "申报类别"], ["H2", "2022-09-02", "12317", "医疗"]],
        "public_posts": [
            ["户编号", "人编号", "上岗时间", "岗位类型", "月补贴"],
            ["H2", "H2-1", "2022-04-01", "护林员", "600"],
        ],
    }
    for kind, rows in files.items():
        assert outcome(target.load(write_csv(rows), kind)) == (1, 0, 0)
        assert outcome(target.load(write_csv(rows), kind)) == (0, 1, 0)
    [need], [visit], [clue] = (target.rows(table) for table in ("need", "visit", "clue"))
    assert (need["case_id"], need["kind"], need["met_on"]) == ("H1-C1", "health", None)
    assert (visit["kind"], visit["visited_on"]) == ("home", date(2022, 9, 1))
    assert (clue["way"], clue["kind"], clue["department"]) == ("hotline", "medical_cost", None)
    [job] = target.rows("employment")
    assert (job["channel"], job["monthly_wage"], job["started_on"]) == ("public_post", 600, date(2022, 4, 1))


def test_steps_are_entered_into_the_case_that_is_watched(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(HOME)
    rows = [["户编号", "入户核查日期", "镇级审核"], ["H1", "2022-03-12", "2022-03-15"]]
    assert outcome(target.load(write_csv(rows), "case_steps")) == (1, 0, 0)
    [case] = target.rows("monitoring_case")
    assert (case["checked_on"], case["township_reviewed_on"]) == (date(2022, 3, 12), date(2022, 3, 15))
    assert case["identified_on"] == date(2022, 3, 17)


def test_farming_begins_an_interval_and_leaves_the_rest_of_a_household(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target, heading = make_target(HOME), ["户编号", "耕地面积（亩）", "是否加入合作社", "产业是否失败"]
    rows = [heading, ["H2", "6.5", "是", "否"], ["H9", "1", "", ""]]
    report = target.load(write_csv(rows), "farming", partial=True)
    assert (outcome(report), broken(report)) == ((1, 0, 1), {(3, "needed_for_new")})
    before, now = (row for row in target.rows("household_indicator") if row["household_id"] == "H2")
    assert (before["valid_to"], now["valid_from"], now["source"]) == (AS_OF, AS_OF, "cadre")
    assert (now["farmland_mu"], now["coop"], now["business_failure"]) == (6.5, True, False)
    same = ("family_size", "wage_income", "house_grade", "income_persons", "forest_mu")
    assert [now[name] for name in same] == [before[name] for name in same]
    assert len(target.rows("household")) == 2


BY_NUMBER = {
    "measures": [["证件号码", "措施类别"], ["{id}", "产业帮扶"]],
    "needs": [["身份证号", "需求类别", "提出日期"], ["{id}", "健康帮扶", "2022-04-01"]],
    "visits": [["户主身份证号", "走访日期"], ["{id}", "2022-09-01"]],
    "jobs": [["身份证号", "开始时间", "就业渠道"], ["{id}", "2022-03-01", "外出务工"]],
    "public_posts": [["身份证号", "上岗时间"], ["{id}", "2022-04-01"]],
}
ID, HEAD_ID, TWICE, NOBODY = (f"61090219900307123{last}" for last in ("X", 1, 2, 3))
NUMBERED = merged(
    BASE,
    household(
        "H1",
        head_id_no=HEAD_ID,
        cases=[{"identified_on": date(2022, 3, 17)}],
        members=[{"member_id": "P1", "id_no": TWICE}, {"member_id": "P2", "id_no": ID.lower()}],
    ),
    household("H2", members=[{"member_id": "P1", "id_no": TWICE}]),
    household("H3", members=[{"member_id": "P1", "id_no": NOBODY, "left_on": date(2022, 1, 1)}]),
)


@ON_BOTH
def test_a_row_without_a_household_is_of_the_one_in_which_somebody_has_its_certificate_number(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(NUMBERED)
    for kind, (heading, row) in BY_NUMBER.items():
        rows = [heading, *([cell.format(id=number) for cell in row] for number in (f" {ID} ", TWICE, NOBODY, ""))]
        report = target.load(write_csv(rows), kind, partial=True)
        assert (kind, outcome(report), broken(report)) == (
            kind,
            (1, 0, 3),
            {(3, "number_of_several"), (4, "number_of_nobody"), (5, "nobody_named")},
        )
    for table, count in {"measure": 1, "need": 1, "visit": 1, "employment": 2}.items():
        found = [(one["household_id"], one.get("member_id", "P2")) for one in target.rows(table)]
        assert found == [("H1", "P2")] * count


def test_the_number_of_a_head_finds_the_household_but_not_a_person_and_is_not_needed_where_the_row_names_them(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(NUMBERED)
    visits = [["户编号", "证件号码", "走访日期"], ["", HEAD_ID, "2022-09-01"], ["H2", "6.10902E+17", "2022-09-01"]]
    assert outcome(target.load(write_csv(visits), "visits")) == (2, 0, 0)
    assert [one["household_id"] for one in target.rows("visit")] == ["H1", "H2"]
    elsewhere = target.load(write_csv([["户编号", "证件号码", "走访日期"], ["H2", ID, "2022-09-02"]]), "visits")
    assert (broken(elsewhere), len(target.rows("visit"))) == ({(2, "number_of_another")}, 2)
    heading = ["户编号", "人编号", "证件号码", "开始时间"]
    jobs = [heading, ["", "", HEAD_ID, "2022-03-01"], ["H2", "", TWICE, "2022-03-01"], ["H2", "", "", "2022-03-01"]]
    report = target.load(write_csv(jobs), "jobs", partial=True)
    assert broken(report) == {(2, "number_of_nobody"), (4, "number_of_nobody")}
    assert [(one["household_id"], one["member_id"]) for one in target.rows("employment")] == [("H2", "P1")]
