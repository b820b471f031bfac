"""What the rule book refuses, and that it says where and what to do."""

import hashlib
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_access.declarations import DeclarationError
from data_access.risk.rule import RuleStep
from data_access.risk.rulebook import RULES_FOLDER, Bands, load_rulebook, rulebook_hash, rulebook_stamp
from data_access.yaml_files import read_yaml

START = date(2021, 1, 1)
STEP = {"threshold": 1, "points": 6}
WORDS = {"zh": "甲", "en": "A"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rule files that a test may break."""
    shutil.copytree(RULES_FOLDER / "rules", tmp_path / "rules")
    for name in ("bands.yaml", "lines.yaml", "sources.yaml"):
        shutil.copy(RULES_FOLDER / name, tmp_path / name)
    return tmp_path


def change(file: Path, **changes: Any) -> None:
    content = read_yaml(file) | changes
    file.write_text(yaml.safe_dump({key: value for key, value in content.items() if value != "drop"}), encoding="utf-8")


def refusal(folder: Path) -> DeclarationError:
    with pytest.raises(DeclarationError) as caught:
        load_rulebook(folder)
    return caught.value


def steps(*declared: Any) -> dict[str, Any]:
    return {"values": {START: list(declared)}}


def test_the_rules_in_the_repository_are_accepted() -> None:
    book = load_rulebook()
    assert 28 <= len(book.rules) <= 40
    assert book.bands_in_force(on=date(2022, 9, 30)) == Bands(red_above=30, yellow_from=15)
    assert book.lines[2021].value == 6000


@pytest.mark.parametrize(
    ("changes", "place", "kind"),
    [
        ({"id": "another"}, "id", "not_the_file_name"),
        ({"family": "danger"}, "family", "literal_error"),
        ({"dimension": "luck"}, "dimension", "literal_error"),
        ({"test": "over"}, "test", "literal_error"),
        ({"input": "shoe_size"}, "input", "unknown_reference"),
        ({"input": "income_persons"}, "input", "unknown_reference"),
        ({"test": "any_of"}, "test", "test_does_not_fit"),
        ({"threshhold": 3}, "threshhold", "extra_forbidden"),
        ({"reference": "drop"}, "reference", "missing"),
        ({"reference": []}, "reference", "too_short"),
        ({"reference": [{"title": WORDS, "status": "rumour"}]}, "reference.0.status", "literal_error"),
        ({"reference": [{"title": {"en": "A"}, "status": "published"}]}, "reference.0.title.zh", "missing"),
        ({"reference": "hearsay"}, "reference", "tuple_type"),
        ({"label": {"zh": "只有中文"}}, "label.en", "missing"),
        ({"label": WORDS | {"fr": "A"}}, "label.fr", "extra_forbidden"),
        ({"label": WORDS | {"en": 3}}, "label.en", "string_type"),
        ({"unit": WORDS | {"en": " "}}, "unit.en", "string_too_short"),
        ({"description": {"zh": "超过 3 人", "en": "Some"}}, "description", "number_in_text"),
        ({"values": {}}, "values", "too_short"),
        ({"values": {"soon": [STEP]}}, "values.soon", "date_type"),
        ({"values": {datetime(2021, 1, 1, 8, tzinfo=UTC): [STEP]}}, "values.2021-01-01", "date_type"),
        ({"values": {START: []}}, "values.2021-01-01", "too_short"),
        ({"values": {START: STEP}}, "values.2021-01-01", "tuple_type"),
        (steps({"threshold": 1}), "values.2021-01-01.0.points", "missing"),
        (steps(STEP | {"weight": 1}), "values.2021-01-01.0.weight", "extra_forbidden"),
        (steps(STEP | {"threshold": "1"}), "values.2021-01-01.0.threshold", "int_type"),
        (steps(STEP | {"threshold": 1.5}), "values.2021-01-01.0.threshold", "int_type"),
        (steps(STEP | {"threshold": True}), "values.2021-01-01.0.threshold", "int_type"),
        (steps(STEP | {"threshold": [1]}), "values.2021-01-01.0.threshold", "int_type"),
        (steps(STEP | {"points": 0}), "values.2021-01-01.0.points", "greater_than"),
        (steps(STEP | {"points": True}), "values.2021-01-01.0.points", "int_type"),
        (steps(STEP | {"points": 2.5}), "values.2021-01-01.0.points", "int_type"),
        (steps(STEP, {"threshold": 2, "points": 6}), "values.2021-01-01", "most_severe_first"),
        (steps(STEP, STEP | {"points": 3}), "values.2021-01-01.1.threshold", "stands_twice"),
        ({"applies_to": {"household_type": ["rich"]}}, "applies_to.household_type.0", "literal_error"),
        ({"applies_to": {"household_type": []}}, "applies_to.household_type", "too_short"),
        ({"applies_to": {"age": [3]}}, "applies_to.household_type", "missing"),
        ({"shortfall": "luck"}, "shortfall", "literal_error"),
        ({"scale": "percent_of_line"}, "scale", "scale_of_income"),
    ],
)
def test_a_broken_rule_is_refused_with_file_place_and_kind(
    folder: Path, changes: dict[str, Any], place: str, kind: str
) -> None:
    change(folder / "rules" / "major_illness.yaml", **changes)
    found = refusal(folder)
    assert (found.file, found.place, found.kind) == ("major_illness.yaml", place, kind)


@pytest.mark.parametrize(
    ("rule", "threshold", "kind"),
    [
        ("accident", "injury", "threshold_codes"),
        ("accident", [], "threshold_codes"),
        ("accident", [3], "threshold_codes"),
        ("accident", ["bad_luck"], "unknown_reference"),
        ("accident", ["injury", "injury"], "stands_twice"),
        ("disaster", [201], "threshold_codes"),
        ("business_failure", 1, "threshold_answer"),
        ("business_failure", "yes", "threshold_answer"),
        ("business_failure", None, "threshold_answer"),
        ("income_fall", "20", "int_type"),
    ],
)
def test_a_threshold_is_of_the_kind_and_the_codes_of_its_input(
    folder: Path, rule: str, threshold: Any, kind: str
) -> None:
    change(folder / "rules" / f"{rule}.yaml", **steps({"threshold": threshold, "points": 6}))
    found = refusal(folder)
    assert (found.file, found.place, found.kind) == (f"{rule}.yaml", "values.2021-01-01.0.threshold", kind)


def test_a_remedy_stands_in_the_language_of_the_reader(folder: Path) -> None:
    change(folder / "rules" / "major_illness.yaml", **steps(STEP | {"threshold": "1"}))
    found = refusal(folder)
    for language in ("zh", "en"):
        assert found.remedy(language) in found.text(language)
        assert "major_illness.yaml" in found.text(language)
        assert "values.2021-01-01.0.threshold" in found.text(language)
        assert found.text(language) in str(found)
    assert not re.search("[a-z]{2}", found.remedy("zh"))
    assert not re.search("[一-鿿]", found.remedy("en"))


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    file = folder / "rules" / "major_illness.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "family: risk\n", encoding="utf-8")
    found = refusal(folder)
    assert (found.file, found.place, found.kind) == ("major_illness.yaml", "family", "duplicate_key")


def test_a_folder_without_rules_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "rules")
    assert refusal(folder).kind == "no_rule_files"


@pytest.mark.parametrize("text", ["a: [", "- a list", "", "\udcff"])
def test_a_file_that_is_not_keys_and_values_is_refused(folder: Path, text: str) -> None:
    (folder / "rules" / "major_illness.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert refusal(folder).file == "major_illness.yaml"


@pytest.mark.parametrize(
    ("changes", "place", "kind"),
    [
        ({"values": {START: {"red_above": 10, "yellow_from": 15}}}, "values.2021-01-01", "yellow_above_red"),
        ({"values": {START: {"red_above": 10, "yellow_from": 0}}}, "values.2021-01-01.yellow_from", "greater_than"),
        ({"values": {START: {"red_above": "30", "yellow_from": 15}}}, "values.2021-01-01.red_above", "int_type"),
        ({"values": {START: {"red_above": 30}}}, "values.2021-01-01.yellow_from", "missing"),
        ({"values": {}}, "values", "too_short"),
        ({"hard_triggers": ["unknown_rule"]}, "hard_triggers.0", "no_risk_rule"),
        ({"hard_triggers": ["water_unsafe", "steady_work"]}, "hard_triggers.1", "no_risk_rule"),
        ({"hard_triggers": ["water_unsafe", "water_unsafe"]}, "hard_triggers.1", "stands_twice"),
        ({"hard_triggers": "drop"}, "hard_triggers", "missing"),
        ({"version": 2022.1}, "version", "string_type"),
        ({"reference": []}, "reference", "too_short"),
        ({"green_below": 3}, "green_below", "extra_forbidden"),
    ],
)
def test_broken_bands_are_refused(folder: Path, changes: dict[str, Any], place: str, kind: str) -> None:
    change(folder / "bands.yaml", **changes)
    found = refusal(folder)
    assert (found.file, found.place, found.kind) == ("bands.yaml", place, kind)


def test_no_rule_has_to_make_a_household_red_at_once(folder: Path) -> None:
    change(folder / "bands.yaml", hard_triggers=[])
    assert load_rulebook(folder).hard_triggers == ()


@pytest.mark.parametrize(
    ("line", "place", "kind"),
    [
        ({"value": 0}, "value", "greater_than"),
        ({"value": "6000"}, "value", "int_type"),
        ({"status": "rumour"}, "status", "literal_error"),
        ({"reference": None}, "reference", "model_type"),
        ({"unit": "yuan"}, "unit", "extra_forbidden"),
    ],
)
def test_a_broken_income_line_is_refused(folder: Path, line: dict[str, Any], place: str, kind: str) -> None:
    lines = read_yaml(folder / "lines.yaml")
    lines["monitoring_line"][2021] |= line
    (folder / "lines.yaml").write_text(yaml.safe_dump(lines), encoding="utf-8")
    found = refusal(folder)
    assert (found.file, found.place, found.kind) == ("lines.yaml", f"monitoring_line.2021.{place}", kind)


@pytest.mark.parametrize("lines", [{}, {"2021": {"value": 6000}}])
def test_lines_stand_by_year(folder: Path, lines: dict[str, Any]) -> None:
    change(folder / "lines.yaml", monitoring_line=lines)
    assert refusal(folder).file == "lines.yaml"


@pytest.mark.parametrize("name", ["bands.yaml", "lines.yaml", "sources.yaml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    before = rulebook_stamp(folder)
    (folder / name).unlink()
    assert (refusal(folder).file, refusal(folder).kind) == (name, "file_missing")
    assert rulebook_stamp(folder) != before


def test_a_rule_is_in_force_from_its_start_date_on() -> None:
    rule = next(rule for rule in load_rulebook().rules if rule.id == "extra_insurance")
    assert rule.steps(on=date(2021, 12, 31)) == ()
    assert rule.steps(on=date(2022, 1, 1)) == (RuleStep(threshold=True, points=2),)


def test_a_withdrawn_rule_gives_no_points_from_its_last_day_on(folder: Path) -> None:
    change(folder / "rules" / "major_illness.yaml", values={START: [STEP], date(2022, 7, 1): None})
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


def test_the_hash_is_counted_as_editions_have_kept_it(folder: Path) -> None:
    others = ("bands.yaml", "lines.yaml", "sources.yaml")
    files = [*sorted((folder / "rules").glob("*.yaml")), *(folder / name for name in others)]
    whole = b"".join(file.name.encode() + file.read_bytes() for file in files)
    assert load_rulebook(folder).hash == hashlib.sha256(whole).hexdigest()[:12]
