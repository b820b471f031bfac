"""Which column is which: titles above, merged cells, unknown headings, maps made by hand."""

from data_access.files.headings import IGNORED, Recognised, recognise
from data_access.load.kinds import load_kinds

PERSONS = load_kinds()["persons"]


def read(*rows: list[str], mapped: dict[str, str] | None = None) -> Recognised:
    return recognise(rows, fields=PERSONS.fields, mapped=mapped)


def fields(found: Recognised) -> dict[str, str]:
    return {found.headings[at]: PERSONS.fields[field].key for at, field in found.columns.items()}


def test_headings_are_found_below_a_title_whatever_their_blanks_and_brackets() -> None:
    found = read(["人员信息表"], [], ["户编号", " 人 编号*", "所在镇(街道)", "没人知道"])
    assert found.row == 2
    assert fields(found) == {
        "户编号": "household.household_id",
        "人 编号*": "member.member_id",
        "所在镇(街道)": "place.township",
    }
    assert found.unknown == ("没人知道",)
    assert found.missing == ()


def test_a_merged_cell_gives_its_name_to_the_column_below() -> None:
    found = read(["户编号", "家庭成员", "", ""], ["", "人编号", "姓名", "性别"])
    assert found.row == 1
    assert fields(found) == {
        "户编号": "household.household_id",
        "人编号": "member.member_id",
        "姓名": "member.name",
        "性别": "member.gender",
    }


def test_what_is_missing_is_said() -> None:
    assert read(["姓名", "性别"]).missing == ("household.household_id", "member.member_id")


def test_a_second_column_for_the_same_field_is_left_out() -> None:
    found = read(["户编号", "人编号", "户编码"])
    assert found.twice == ("户编码",)
    assert len(found.columns) == 2


def test_a_map_goes_before_the_declared_headings() -> None:
    found = read(["HBH", "人编号", "姓名"], mapped={"HBH": "household.household_id", "姓名": IGNORED})
    assert fields(found) == {"HBH": "household.household_id", "人编号": "member.member_id"}
    assert found.unknown == ()


def test_every_table_of_the_contract_is_a_kind_with_its_own_columns() -> None:
    kind = load_kinds()["table_visit"]
    found = recognise([["household_id", "走访日期", "kind"]], fields=kind.fields)
    assert [kind.fields[at].key for at in found.columns.values()] == [
        "visit.household_id",
        "visit.visited_on",
        "visit.kind",
    ]


def test_indicators_are_known_by_their_own_names() -> None:
    found = read(["户编号", "人编号", "耕地面积", "近12月受灾损失"])
    assert set(fields(found).values()) >= {"household_indicator.farmland_mu", "household_indicator.disaster_loss"}
