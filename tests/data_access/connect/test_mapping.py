"""The mapping refuses what it cannot trust, and names the place."""

from pathlib import Path

import pytest

from data_access.connect.mapping import read_mapping
from data_access.declarations import DeclarationError
from tests.data_access.connect.conftest import MAPPING


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("cut_off: {day: 2022-09-30}", "cut_off: {}", "cut_off"),
        ("cut_off: {day: 2022-09-30}", "cut_off: {from: sys_drjl}", "cut_off"),
        ("  household:\n", "  haushold:\n", "tables.haushold"),
        ("      registered_on: jdsj\n", "", "tables.household.columns.registered_on"),
        ("village_code: aad001", "village: aad001", "tables.household.columns.village"),
        ("codes: {'01': lifted_out", "codes: {'01': rich", "household_type.codes.01"),
        ("{column: ztz, times: 10000}", "{column: ztz, times: 0}", "budget"),
        ("{column: ztz, times: 10000}", "{times: 10000}", "budget"),
        ("    since: gxsj\n", "", "indicators.0.since"),
        ("tables:\n", "tables:\n  department:\n    rows: [{code: a, name_zh: 甲}]\n", "department.rows.0.name_en"),
        ("    from: rkxx\n", "    from: rkxx\n    sql: SELECT 1\n", "tables.member"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    file = tmp_path / "connection.yaml"
    assert old in MAPPING
    file.write_text(MAPPING.replace(old, new), encoding="utf-8")
    with pytest.raises(DeclarationError) as refused:
        read_mapping(file)
    for language in ("zh", "en"):
        assert "connection.yaml" in refused.value.text(language)
        assert place in refused.value.text(language)


def test_who_checks_a_mapping_is_told_all_that_is_wrong_with_it_at_once(tmp_path: Path) -> None:
    file = tmp_path / "connection.yaml"
    wrong = MAPPING.replace("village_code: aad001", "village: aad001").replace(
        "codes: {'01': lifted_out", "codes: {'01': rich"
    )
    file.write_text(wrong.replace("    since: gxsj\n", ""), encoding="utf-8")
    with pytest.raises(DeclarationError) as refused:
        read_mapping(file)
    told = refused.value.text("en", command=True).splitlines()
    places = ("columns.village", "columns.village_code", "household_type.codes.01", "indicators.0.since")
    assert [place in line for place, line in zip(places, told, strict=True)] == [True] * 4
    assert len(refused.value.text("en").splitlines()) == 1


def test_a_column_may_be_written_short(tmp_path: Path) -> None:
    file = tmp_path / "connection.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(file)
    assert mapping.tables["household"].columns["household_id"].column == "aac001"
    assert mapping.tables["household"].source_columns() == ["aac001", "aad001", "aac006", "jdsj", "xhsj", "nd"]


def test_words_are_read_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "connection.yaml"
    told = {
        "codes: {'3': county, '4': township, '5': village}": "codes: {3: county, 4: township, 05: village, no: }",
        "from: rkxx\n": "from: rkxx\n    where: {zt: 01, yes: [null, on]}\n",
        "left_on: {column: jsrq, month: last}": "left_on: {column: no, when: {jsbz: 1}}",
        "      labour: ldjn": "      labour: ldjn\n      wants_work: {column: y, codes: {1: true}}",
    }
    text = MAPPING
    for old, new in told.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    tables = read_mapping(file).tables
    assert tables["region"].columns["level"].codes == {"3": "county", "4": "township", "05": "village", "no": ""}
    member = tables["member"]
    assert member.where == {"zt": ("01",), "yes": (None, "on")}
    assert (member.columns["left_on"].column, member.columns["left_on"].when) == ("no", {"jsbz": ("1",)})
    assert member.columns["wants_work"].codes == {"1": "True"}
    assert tables["project"].columns["budget"].times == 10000


def test_the_example_is_a_mapping_of_few_lines() -> None:
    file = Path("docs/connection.yaml")
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 150
    example = read_mapping(file)
    assert {"region", "household", "member", "employment"} <= set(example.tables)
