"""What is refused of indicators, code lists and limits: the file, the place in it, and what is wrong."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_access.declarations import DeclarationError, Words
from data_access.schema import indicators, limits, tables
from data_access.schema.dated import in_force
from data_access.schema.indicators import code_label, load_codes, load_indicators
from data_access.schema.limits import load_limits

LIMIT = {"value": 15, "status": "placeholder", "reference": {"zh": "演示值", "en": "Placeholder"}}
WORDS = {"zh": "红色", "en": "red"}
INDICATOR = {"key": "labor_n", "family": "basic", "zh": "劳动力", "en": "Labour", "source": "members"}
STORED = INDICATOR | {"table": "household_indicator", "columns": [{"type": "integer"}]}
CODED = {"columns": [{"type": "code", "codes": "shoes"}]}


def refusal(read: Any, declared: Any, *, folder: Path) -> tuple[str, str, str]:
    """File, place and kind of what is refused."""
    file = folder / "declared.yaml"
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        read(file)
    return caught.value.file, caught.value.place, caught.value.kind


@pytest.mark.parametrize(
    ("declared", "place", "kind"),
    [
        ({"values": {date(2021, 1, 1): LIMIT}}, "days.label", "missing"),
        ({"label": {"zh": "期限"}, "values": {date(2021, 1, 1): LIMIT}}, "days.label.en", "missing"),
        ({"label": WORDS, "values": {}}, "days.values", "too_short"),
        ({"label": WORDS, "values": {"2021-01-01": LIMIT}}, "days.values.2021-01-01", "date_type"),
        ({"label": WORDS, "values": {date(2021, 1, 1): LIMIT | {"value": "15"}}}, "value", "int_type"),
        ({"label": WORDS, "values": {date(2021, 1, 1): LIMIT | {"value": 0}}}, "value", "greater_than_equal"),
        ({"label": WORDS, "values": {date(2021, 1, 1): LIMIT | {"status": "rumour"}}}, "status", "literal_error"),
        ({"label": WORDS, "values": {date(2021, 1, 1): LIMIT | {"unit": "d"}}}, "unit", "extra_forbidden"),
    ],
)
def test_a_broken_limit_is_refused(tmp_path: Path, declared: dict[str, Any], place: str, kind: str) -> None:
    full = place if place.startswith("days") else f"days.values.2021-01-01.{place}"
    assert refusal(load_limits, {"days": declared}, folder=tmp_path) == ("declared.yaml", full, kind)


@pytest.mark.parametrize(
    ("declared", "place", "kind"),
    [
        ({"lamp": {"red": {"zh": "红色"}}}, "lamp.red.en", "missing"),
        ({"lamp": {"red": WORDS | {"en": " "}}}, "lamp.red.en", "string_too_short"),
        ({"lamp": {201: WORDS}}, "lamp.201", "string_type"),
        ({"lamp": {}}, "lamp", "too_short"),
        ({"lamp": ["red"]}, "lamp", "dict_type"),
    ],
)
def test_a_broken_code_list_is_refused(tmp_path: Path, declared: Any, place: str, kind: str) -> None:
    assert refusal(indicators.read_codes, declared, folder=tmp_path) == ("declared.yaml", place, kind)


@pytest.mark.parametrize(
    ("declared", "place", "kind"),
    [
        ([STORED | {"family": "luck"}], "0.family", "literal_error"),
        ([STORED | {"source": "rumour"}], "0.source", "literal_error"),
        ([STORED | {"columns": [{"type": "number"}]}], "0.columns.0.type", "literal_error"),
        ([STORED | CODED], "0.columns.0.codes", "unknown_reference"),
        ([INDICATOR], "0", "stored_or_computed"),
        ([STORED | {"computed": "of two others"}], "0", "stored_or_computed"),
        ([STORED | {"columns": []}], "0", "stored_or_computed"),
        ([STORED, STORED], "1.key", "stands_twice"),
        (
            [STORED, STORED | {"key": "two", "columns": [{"name": "labor_n", "type": "integer"}]}],
            "name",
            "stands_twice",
        ),
        ([{**STORED, "en": 3}], "0.en", "string_type"),
    ],
)
def test_a_broken_indicator_is_refused(tmp_path: Path, declared: Any, place: str, kind: str) -> None:
    full = "1.columns.0.name" if place == "name" else place
    assert refusal(load_indicators, declared, folder=tmp_path) == ("declared.yaml", full, kind)


def test_a_column_is_named_as_its_indicator_where_it_says_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "declared.yaml"
    columns = [{"type": "integer"}, {"name": "weak_n", "type": "integer", "zh": "弱劳动力", "en": "Weak labour"}]
    file.write_text(yaml.safe_dump([STORED | {"columns": columns}], allow_unicode=True), encoding="utf-8")
    first, second = load_indicators(file)[0].columns
    assert (first.name, first.zh, first.en) == ("labor_n", "劳动力", "Labour")
    assert (second.name, second.zh, second.en) == ("weak_n", "弱劳动力", "Weak labour")


def test_code_lists_are_those_of_the_file_and_those_that_owners_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(indicators._registered, "shoes", lambda: {"left": Words(zh="左", en="left")})
    assert {"shoes", "lamp"} <= set(load_codes())
    assert len(load_codes()) == len(list(load_codes()))
    assert code_label(codes="shoes", code="left", language="zh") == "左"
    with pytest.raises(KeyError):
        load_codes()["gloves"]


def test_the_newest_entry_not_later_than_a_day_is_in_force() -> None:
    entries = {date(2022, 1, 1): "second", date(2021, 1, 1): "first", date(2023, 1, 1): None}
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2024, 1, 1)]
    assert [in_force(entries, on=day) for day in days] == [None, "first", "first", "second", None]


def test_a_limit_has_no_value_before_its_first_entry() -> None:
    start = min(load_limits()["identify_within_days"].dated_values)
    with pytest.raises(LookupError, match="identify_within_days"):
        limits.limit("identify_within_days", on=date(start.year - 1, 1, 1))


def test_without_indicators_the_program_ends_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The tables are declared from them as soon as any part of the program is loaded."""
    broken = tmp_path / "indicators.yaml"
    broken.write_text("- {key: labor_n, family: basic", encoding="utf-8")
    monkeypatch.setattr(tables, "load_indicators", lambda: load_indicators(broken))
    with pytest.raises(SystemExit) as ended:
        list(tables._declared_indicators())
    assert ended.value.code == 2
    assert "indicators.yaml" in capsys.readouterr().err
