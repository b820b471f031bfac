"""What a sheet of the national system says without a column for it: head, birth, gender, dropout, a dangerous house,
measures, jobs, causes."""

from collections.abc import Callable
from datetime import date

import pytest

from data_access import id_numbers
from data_access.load.errors import note_text
from data_access.load.report import Report
from tests.data_access.load.conftest import AS_OF, LoadedInto, WriteCsv
from tests.support.databases import ON_BOTH
from tests.support.households import VILLAGE, Rows, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

BASE = merged(village(), load(cut_off=date(2022, 8, 31)))
HEADING = ["户编号", "人编号", "行政村", "姓名", "证件号码", "与户主关系", "文化程度", "在校生状况"]


def certificate(born: str, *, male: bool) -> str:
    """An ID number with a right check digit; nobody has it."""
    number = f"999902{born}00{1 if male else 2}"
    return number + id_numbers.check_character(number)


HEAD_ID = certificate("19700102", male=True)


def person(number: str, *more: str, **changes: str) -> list[str]:
    """One row; `number`: of household and person, H1-1, who is the head if it is 1."""
    home, _, position = number.partition("-")
    relation = "户主" if position == "1" else "之子"
    plain = [home, number, f"村{VILLAGE}", f"姓{position}", HEAD_ID if position == "1" else "", relation, "初中", ""]
    return [*(changes.get(name, value) for name, value in zip(HEADING, plain, strict=True)), *more]


def notes(report: Report) -> dict[str, str]:
    for note in report.notes:
        assert all(note_text(note, language=language) for language in ("zh", "en"))
    return dict(report.notes)


def test_head_birth_and_gender_come_from_the_row_of_the_head_and_the_number_but_not_of_two_heads(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    two = [person("H3-1", 证件号码=""), person("H3-2", 与户主关系="户主")]
    report = target.load(write_csv([HEADING, person("H1-1"), person("H1-2"), person("H2-2"), person("H2-3"), *two]))
    homes = {home["household_id"]: (home["head_name"], home["head_id_no"]) for home in target.rows("household")}
    assert homes == {"H1": ("姓1", HEAD_ID), "H2": (None, None), "H3": (None, None)}
    persons = [(row["birth_date"], row["gender"]) for row in target.rows("member")]
    assert persons == [(date(1970, 1, 2), "male"), *[(None, None)] * 5]
    said = notes(report)
    assert (said["note_derived_head_name"], said["note_derived_birth_date"], said["note_derived_gender"]) == (
        "1",
        "1",
        "1",
    )


def test_what_the_sheet_or_the_database_says_is_not_derived(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    held = {"member_id": "H1-1", "birth_date": date(1971, 5, 5), "gender": None}
    target = make_target(merged(BASE, household("H1", members=[held])))
    report = target.load(write_csv([[*HEADING, "户主姓名"], person("H1-1", "老张")]))
    [home], [one] = target.rows("household"), target.rows("member")
    assert (home["head_name"], one["birth_date"], one["gender"]) == ("老张", date(1971, 5, 5), "male")
    assert "note_derived_head_name" not in notes(report)


CHILDREN: tuple[tuple[str, str, str, int | None], ...] = (
    ("20100901", "小学", "", 1),  # eleven, at no school
    ("20160831", "", "非在校生", 1),  # six by the last of August
    ("20160901", "", "非在校生", 0),  # not yet
    ("20060831", "小学", "", 0),  # sixteen
    ("20060901", "小学", "", 1),
    ("20080101", "初中", "", 0),  # has finished
    ("20080101", "", "八年级", 0),
    ("20080101", "", "", None),  # nobody says whether at school
    ("", "小学", "", None),  # of unknown age
    ("", "", "八年级", 0),
)
"""Day of birth, education and school stage of a child, and how many of its family have dropped out."""


HOUSES = (("是", "", "CD"), ("否", "", "A"), ("是", "D", "D"), ("", "", None))
"""Whether a house is dangerous, its grade, and the grade that is held."""


def test_a_child_of_school_age_at_no_school_has_dropped_out_and_a_dangerous_house_is_one_of_unknown_grade(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    target = make_target(BASE)
    rows = [person(f"X{at}-1", dangerous, grade, 证件号码="") for at, (dangerous, grade, _) in enumerate(HOUSES)]
    for at, (born, education, stage, _) in enumerate(CHILDREN):
        number = born and certificate(born, male=False)
        child = person(f"H{at}-2", "", "", 证件号码=number, 文化程度=education, 在校生状况=stage)
        head = certificate("19700102", male=True) if at == 0 else ""
        rows += [person(f"H{at}-1", "", "", 证件号码=head), child]
    target.load(write_csv([[*HEADING, "是否危房户", "危房等级"], *rows]))
    held = target.rows("household_indicator")
    assert [row["dropout_n"] for row in held if row["household_id"] < "X"] == [expected for *_, expected in CHILDREN]
    assert [row["house_grade"] for row in held if row["household_id"] > "X"] == [expected for *_, expected in HOUSES]


CASE = ["监测对象类别", "识别监测时间", "致贫返贫风险", "风险是否已消除"]
OPEN = ["边缘易致贫户", "202203", "因残、因病", "否"]
NONE = ["", "", "", ""]


@ON_BOTH
def test_columns_of_measures_become_measures_of_the_case(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    held = household("H9", cases=[{"identified_on": date(2022, 3, 17)}], members=[{"member_id": "H9-1"}])
    target = make_target(merged(BASE, held))
    heading = [*HEADING, *CASE, "产业帮扶", "健康帮扶", "住房安全保障"]
    rows = [
        person("H1-1", *OPEN, "202204", "是", "否"),
        person("H1-2", *OPEN, "2022-04-20", "签约服务", ""),
        person("H2-1", *NONE, "是", "", ""),  # never monitored: a measure belongs to a case
        person("H9-1", *NONE, "是", "", ""),
    ]
    report = target.load(write_csv([heading, *rows]))
    assert report.published
    found = [(row["case_id"], row["kind"], row["started_on"], row["begun"]) for row in target.rows("measure")]
    assert sorted(found) == [
        ("H1-202203", "health", None, True),
        ("H1-202203", "industry", date(2022, 4, 1), None),
        ("H9-C1", "industry", None, True),
    ]
    said = notes(report)
    assert (said["note_derived_measures"], said["note_measures_without_case"]) == ("3", "1")
    [case] = [row for row in target.rows("monitoring_case") if row["household_id"] == "H1"]
    assert [case[f"cause_{number}"] for number in (1, 2, 3)] == ["disability", "illness", None]
    before = target.state()
    assert target.load(write_csv([heading, *rows])).unchanged == 4
    assert target.state() == before


def test_a_measure_that_is_held_is_not_added_again_and_one_of_a_day_to_come_is_rejected(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    home = household(
        "H1",
        cases=[{"identified_on": date(2022, 3, 1)}],
        members=[{"member_id": "H1-1"}],
        measures=[
            {"kind": "industry", "started_on": date(2022, 3, 9)},
            {"kind": "health", "started_on": None},
            {"kind": "water", "started_on": None},
        ],
    )
    target = make_target(merged(BASE, home))
    heading = [*HEADING, *CASE, "产业帮扶", "健康帮扶", "饮水安全保障"]
    to_come = person("H2-1", *OPEN, "2022-10-01", "", "", 证件号码="")
    report = target.load(write_csv([heading, person("H1-1", *NONE, "是", "是", "20220501"), to_come]), partial=True)
    problems = report.problems
    assert (report.rejected, list(problems.loc[problems["rejects"], "rule"])) == (1, ["in_the_future"])
    assert [(row["kind"], row["started_on"], row["begun"]) for row in target.rows("measure")] == [
        ("industry", date(2022, 3, 9), None),
        ("health", None, True),
        ("water", date(2022, 5, 1), None),
    ]


WORK = ["务工所在地", "公益性岗位", "务工月收入"]


def test_columns_of_work_become_jobs_since_when_their_months_say(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(BASE)
    heading = [*HEADING, *WORK, "务工时间（月）"]
    rows = [
        person("H1-1", "省外", "", "4000", ""),
        person("H1-2", "", "护林员", "", ""),
        person("H1-3", "", "", "", ""),
        person("H1-4", "", "否", "", ""),
        *(person(f"H1-{at}", "省外", "", "", said) for at, said in ((5, "9"), (6, "1个月"), (7, "全年"))),
    ]
    report = target.load(write_csv([heading, *rows]))

    def jobs() -> list[tuple[str, date, str | None, str]]:
        names = ("member_id", "started_on", "place", "channel")
        return [tuple(row[name] for name in names) for row in target.rows("employment")]

    expected = [
        ("H1-1", AS_OF, "outside", "transfer"),
        ("H1-2", AS_OF, None, "public_post"),
        ("H1-5", date(2022, 1, 1), "outside", "transfer"),
        ("H1-6", date(2022, 9, 1), "outside", "transfer"),
        ("H1-7", AS_OF, "outside", "transfer"),
    ]
    assert jobs() == expected
    assert (notes(report)["note_derived_jobs"], notes(report)["note_derived_work_months"]) == ("5", "2")
    target.load(write_csv([heading, *(person(f"H1-{at}", "省外", "", "", "3") for at in (1, 5, 6, 7))]))
    assert jobs() == expected, "who had a job before goes on with it"


def test_the_next_sheet_goes_on_with_a_job_or_ends_it(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    def sheet(place: str, wage: str) -> list[list[str]]:
        return [[*HEADING, *WORK], person("H1-1", place, "", wage)]

    target = make_target(BASE)
    first, second, third = date(2022, 3, 1), date(2022, 6, 1), date(2022, 9, 1)
    target.load(write_csv(sheet("省外", "4000")), as_of=first)
    target.load(write_csv(sheet("省外", "4500")), as_of=second)
    target.load(write_csv(sheet("乡（镇）内", "2000")), as_of=third)
    jobs = [(row["started_on"], row["ended_on"], row["place"]) for row in target.rows("employment")]
    assert jobs == [(first, third, "outside"), (third, None, "township")]
