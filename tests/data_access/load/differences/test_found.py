"""The differences of a file that is loaded: found before the merge, on both databases, kept as counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import make_url

from data_access import id_numbers
from data_access.database.engine import HouseholdDatabase
from data_access.load.differences.kept import read_kept
from data_access.load.loading import undo
from data_access.load.report import Report
from data_access.scope import Scope
from tests.data_access.load.conftest import LoadedInto, WriteCsv
from tests.support.asking import ask
from tests.support.databases import ON_BOTH
from tests.support.households import TOWNSHIP, Rows, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]

HEADING = [
    "户编号",
    "人编号",
    "行政村",
    "户类型",
    "姓名",
    "证件号码",
    "与户主关系",
    "帮扶责任人",
    "监测对象类别",
    "识别监测时间",
    "致贫返贫风险1",
]
A, B = "610902100201", "610902107201"


def certificate(number: int) -> str:
    own = f"99990219700101{number:03}"
    return own + id_numbers.check_character(own)


def person(number: str, who: int, *, place: str = A, **changes: str) -> list[str]:
    relation = "户主" if number.endswith("-P1") else "之子"
    plain = [
        number.split("-")[0],
        number,
        f"村{place}",
        "脱贫户",
        f"张{who}",
        certificate(who),
        relation,
        "",
        "",
        "",
        "",
    ]
    return [changes.get(name, value) for name, value in zip(HEADING, plain, strict=True)]


def held(number: str, *certificates: int, **columns: Any) -> Rows:
    members = [{"id_no": certificate(one).lower(), "name": f"李{one}", "relation": "head"} for one in certificates]
    return household(number, members=members, household_type="lifted_out", **columns)


HERE = merged(
    village(A),
    village(B, township="610902107"),
    {"helper": [{"helper_id": "F1", "name": "王帮"}]},
    load(cut_off=date(2022, 8, 31)),
    held("H1", 1, 2, helper_id="F1", cases=[{"identified_on": date(2022, 3, 17), "category": "marginal"}]),
    held("H2", 3),
    held("H3", 4),
    held("FAR", 9, village_code=B),
)


@pytest.fixture
def make_target(make_target: MakeTarget) -> MakeTarget:
    return lambda rows: replace(make_target(rows), compares=True)


def said(report: Report) -> set[tuple[str, ...]]:
    assert report.differences is not None
    columns = ["matter", "household_id", "there", "here", "effect"]
    return {tuple(row) for row in report.differences.listed()[columns].itertuples(index=False)}


SHEET = [
    HEADING,
    person("H1-P1", 1, 帮扶责任人="赵帮", 监测对象类别="边缘易致贫户", 识别监测时间="202203", 致贫返贫风险1="因病"),
    person("H1-P2", 2),
    person("H2-P1", 3, 户类型="一般农户"),
    person("H9-P1", 7),
]


@ON_BOTH
def test_a_sheet_is_compared_before_it_is_loaded_and_its_counts_are_kept_and_outlive_an_undo(
    make_target: MakeTarget, write_csv: WriteCsv, tmp_path: Path
) -> None:
    target, path, file = make_target(HERE), write_csv(SHEET), tmp_path / "differences.xlsx"
    checked, loaded = target.load(path, dry_run=True, differences=file), target.load(path)
    assert (
        said(checked)
        == said(loaded)
        == {
            ("helper", "H1", "赵*", "F1 王*", "kept"),
            ("household_type", "H2", "general", "lifted_out", "takes"),
            ("household_only_there", "H9", "1", "", "added"),
            ("household_only_here", "H3", "", "1", "kept"),
        }
    )
    found = loaded.differences
    assert found is not None
    assert (found.households, found.persons) == (3, 4)
    words = found.in_words(found.listed(matter="household_type"), language="zh")
    assert words[["there", "here", "corrector"]].to_dict("records") == [
        {"there": "一般农户", "here": "脱贫户", "corrector": "乡村振兴部门"}
    ]
    # Names and numbers are masked; after the load only the households that the sheet does not name differ.
    assert set(found.listed()["name"]) == {"张*", "李*"}
    assert all("*" in number for number in found.listed()["id_no"])
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert len(rows) - 1 == found.counts["rows"].sum() == len(found.listed())
    assert rows[0][:4] == ["事项", "文件", "本地", "导入时"]
    again = target.load(write_csv([*SHEET, person("H2-P1", 3, 人编号="")]), dry_run=True)
    assert {matter for matter, *_ in said(again)} == {"helper", "household_only_here"}
    assert again.differences is not None
    assert (again.rows, again.differences.rows) == (5, 4), "a row that names no person is not compared"

    undo(url=make_url(target.url))
    database = HouseholdDatabase(make_url(target.url))
    kept = ask(database, read_kept, scope=Scope.district())
    elsewhere = ask(database, read_kept, scope=Scope(regions=("610902107",)))
    database.dispose()
    columns = ["matter", "township_code", "rows"]
    assert sorted(kept[columns].itertuples(index=False, name=None)) == sorted(
        found.counts[columns].itertuples(index=False, name=None)
    )
    assert set(kept["township_code"]) == {TOWNSHIP}
    assert elsewhere.empty


def test_a_scope_sees_its_own_rows_alone_and_without_differences_there_is_no_file(
    make_target: MakeTarget, write_csv: WriteCsv, tmp_path: Path
) -> None:
    target, path = make_target(HERE), write_csv([HEADING, person("H1-P7", 9)])
    elsewhere = ("person_elsewhere", "H1", "H1", "FAR", "doubled")
    whole, own = (
        said(target.load(path, dry_run=True, scope=scope)) for scope in (Scope.district(), Scope(regions=(TOWNSHIP,)))
    )
    assert elsewhere in whole
    assert elsewhere not in own
    sheet = [HEADING, person("H2-P1", 3), person("H3-P1", 4)]
    target.load(write_csv(sheet), dry_run=True, differences=tmp_path / "none.xlsx")
    assert not (tmp_path / "none.xlsx").exists()


def test_an_empty_database_is_one_sentence(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(merged(village(A), load(cut_off=date(2022, 8, 31))))
    found = target.load(write_csv(SHEET), dry_run=True).differences
    assert found is not None
    assert (len(found.listed()), found.compared.unheld["households"].tolist()) == (0, [3])
