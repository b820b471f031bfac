"""What the rule book refuses, and that it says where and what to do."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_access.errors import RuleBookError
from data_access.risk.rulebook import RULES_FOLDER, Bands, Step, load_rulebook, rulebook_hash, rulebook_stamp
from data_access.yaml_files import read_yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rule files that a test may break."""
    shutil.copytree(RULES_FOLDER / "rules", tmp_path / "rules")
    for name in ("bands.yaml", "lines.yaml"):
        shutil.copy(RULES_FOLDER / name, tmp_path / name)
    return tmp_path


def change(file: Path, **changes: Any) -> None:
    content = read_yaml(file) | changes
    file.write_text(yaml.safe_dump({key: value for key, value in content.items() if value != "drop"}), encoding="utf-8")


def refusal(folder: Path) -> dict[str, str]:
    with pytest.raises(RuleBookError) as caught:
        load_rulebook(folder)
    return caught.value.details


def test_the_rules_in_the_repository_are_accepted() -> None:
    book = load_rulebook()
    assert 28 <= len(book.rules) <= 40
    assert book.bands_in_force(on=date(2022, 9, 30)) == Bands(red_above=30, yellow_from=15)
    assert book.lines[2021].value == 6000


@pytest.mark.parametrize(
    ("changes", "place", "remedy"),
    [
        ({"id": "another"}, "id", "file name"),
        ({"family": "danger"}, "family", "risk, resistance"),
        ({"dimension": "luck"}, "dimension", "income"),
        ({"test": "over"}, "test", "above, at_least, below, at_most"),
        ({"input": "shoe_size"}, "input", "indicators.yaml"),
        ({"test": "any_of"}, "test", "does not fit"),
        ({"threshhold": 3}, "threshhold", "unknown key"),
        ({"reference": "drop"}, "reference", "missing"),
        ({"reference": []}, "reference", "source"),
        ({"reference": [{"title": {"zh": "甲", "en": "A"}, "status": "rumour"}]}, "reference.status", "published"),
        ({"label": {"zh": "只有中文"}}, "label", "zh and en"),
        ({"description": {"zh": "超过 3 人", "en": "Some"}}, "description", "number"),
        ({"values": {}}, "values", "start date"),
        ({"values": {"soon": [{"threshold": 1, "points": 6}]}}, "values.soon", "start date"),
        ({"values": {date(2021, 1, 1): []}}, "values.2021-01-01", "list"),
        ({"values": {date(2021, 1, 1): [{"threshold": 1}]}}, "values.2021-01-01", "threshold and points"),
        ({"values": {date(2021, 1, 1): [{"threshold": "1", "points": 6}]}}, "values.2021-01-01.threshold", "whole"),
        ({"values": {date(2021, 1, 1): [{"threshold": 1.5, "points": 6}]}}, "values.2021-01-01.threshold", "whole"),
        ({"values": {date(2021, 1, 1): [{"threshold": 1, "points": 0}]}}, "values.2021-01-01.points", "above zero"),
        ({"values": {date(2021, 1, 1): [{"threshold": 1, "points": True}]}}, "values.2021-01-01.points", "whole"),
        (
            {"values": {date(2021, 1, 1): [{"threshold": 1, "points": 3}, {"threshold": 2, "points": 6}]}},
            "values.2021-01-01",
            "most severe first",
        ),
        ({"applies_to": {"household_type": ["rich"]}}, "applies_to.household_type", "general"),
        ({"applies_to": {"age": [3]}}, "applies_to", "household_type"),
        ({"shortfall": "luck"}, "shortfall", "income"),
        ({"scale": "percent_of_line"}, "scale", "net_income_pc"),
    ],
)
def test_a_broken_rule_is_refused_with_file_place_and_remedy(
    folder: Path, changes: dict[str, Any], place: str, remedy: str
) -> None:
    change(folder / "rules" / "major_illness.yaml", **changes)
    details = refusal(folder)
    assert details["file"] == "major_illness.yaml"
    assert details["place"] == place
    assert remedy in details["remedy"]


@pytest.mark.parametrize("text", ["a: [", "- a list", "", "\udcff"])
def test_a_file_that_is_not_keys_and_values_is_refused(folder: Path, text: str) -> None:
    (folder / "rules" / "major_illness.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert refusal(folder)["file"] == "major_illness.yaml"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"values": {date(2021, 1, 1): {"red_above": 10, "yellow_from": 15}}}, "values.2021-01-01"),
        ({"values": {date(2021, 1, 1): {"red_above": 30}}}, "values.2021-01-01"),
        ({"values": {}}, "values"),
        ({"hard_triggers": ["unknown_rule"]}, "hard_triggers"),
        ({"hard_triggers": ["steady_work"]}, "hard_triggers"),
        ({"version": 2022.1}, "version"),
    ],
)
def test_broken_bands_are_refused(folder: Path, changes: dict[str, Any], place: str) -> None:
    change(folder / "bands.yaml", **changes)
    details = refusal(folder)
    assert (details["file"], details["place"]) == ("bands.yaml", place)


@pytest.mark.parametrize("line", [{"value": 0}, {"value": "6000"}, {"status": "rumour"}, {"reference": None}])
def test_a_broken_income_line_is_refused(folder: Path, line: dict[str, Any]) -> None:
    lines = read_yaml(folder / "lines.yaml")
    lines["monitoring_line"][2021] |= line
    (folder / "lines.yaml").write_text(yaml.safe_dump(lines), encoding="utf-8")
    assert refusal(folder)["file"] == "lines.yaml"


@pytest.mark.parametrize("name", ["bands.yaml", "lines.yaml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder)["file"] == name
    with pytest.raises(RuleBookError, match=name):
        rulebook_stamp(folder)


def test_a_rule_is_in_force_from_its_start_date_on() -> None:
    rule = next(rule for rule in load_rulebook().rules if rule.id == "extra_insurance")
    assert rule.steps(on=date(2021, 12, 31)) == ()
    assert rule.steps(on=date(2022, 1, 1)) == (Step(threshold=True, points=2),)


def test_a_withdrawn_rule_gives_no_points_from_its_last_day_on(folder: Path) -> None:
    steps = [{"threshold": 1, "points": 6}]
    change(folder / "rules" / "major_illness.yaml", values={date(2021, 1, 1): steps, date(2022, 7, 1): None})
    book = load_rulebook(folder)
    assert "major_illness" in {rule.id for rule in book.rules_in_force(on=date(2022, 6, 30))}
    assert "major_illness" not in {rule.id for rule in book.rules_in_force(on=date(2022, 7, 1))}
    assert date(2022, 7, 1) in book.changes(after=date(2021, 5, 1), until=date(2022, 9, 30))


def test_another_byte_in_a_rule_file_is_another_rule_book(folder: Path) -> None:
    before = rulebook_hash(folder)
    with (folder / "rules" / "major_illness.yaml").open("a", encoding="utf-8") as file:
        file.write("# a note\n")
    assert rulebook_hash(folder) != before


def test_the_same_rule_book_has_the_same_hash(folder: Path) -> None:
    assert rulebook_hash(folder) == rulebook_hash(RULES_FOLDER)
