"""The 72 indicators and the code lists, as declared in `indicators.yaml` and `codes.yaml`.

The declarations drive the table `household_indicator`, the labels on screen, the data dictionary and the completeness
figures.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_access.yaml_files import read_yaml

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class IndicatorColumn:
    """One column that stores an indicator, or part of one."""

    name: str
    type: str
    unit: str | None
    codes: str | None
    zh: str
    en: str
    counted: bool
    """Whether a NULL here counts against completeness."""


@dataclass(frozen=True)
class Indicator:
    """One of the 72 indicators of a household."""

    number: int
    key: str
    family: str
    zh: str
    en: str
    source: str
    table: str | None
    """The table that stores it, or None where it is computed from others (`computed` says how)."""
    columns: tuple[IndicatorColumn, ...]
    computed: str | None


def _read_column(entry: dict[str, Any], *, indicator: dict[str, Any]) -> IndicatorColumn:
    return IndicatorColumn(
        name=entry.get("name", indicator["key"]),
        type=entry["type"],
        unit=entry.get("unit"),
        codes=entry.get("codes"),
        zh=entry.get("zh", indicator["zh"]),
        en=entry.get("en", indicator["en"]),
        counted=entry.get("counted", True),
    )


@cache
def load_indicators() -> tuple[Indicator, ...]:
    """The indicators in their official order, one per entry of `indicators.yaml`."""
    entries = read_yaml(_FOLDER / "indicators.yaml")
    return tuple(
        Indicator(
            number=number,
            key=entry["key"],
            family=entry["family"],
            zh=entry["zh"],
            en=entry["en"],
            source=entry["source"],
            table=entry.get("table"),
            columns=tuple(_read_column(column, indicator=entry) for column in entry.get("columns", [])),
            computed=entry.get("computed"),
        )
        for number, entry in enumerate(entries, start=1)
    )


def counted_columns() -> tuple[str, ...]:
    """Names of the `household_indicator` columns that completeness counts."""
    return tuple(
        column.name
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
        if column.counted
    )


@cache
def load_codes() -> dict[str, dict[str, dict[str, str]]]:
    """Every code list: list name -> code -> {"zh": ..., "en": ...}, in the order of `codes.yaml`.

    Audit rules, what is collected of a person and the counted columns are declared where they belong; lists and filters
    know them as codes, too.
    """
    codes: dict[str, dict[str, dict[str, str]]] = read_yaml(_FOLDER / "codes.yaml")
    audit = read_yaml(_FOLDER.parent / "quality" / "validation_rules.yaml")
    persons = read_yaml(_FOLDER.parent / "quality" / "person_items.yaml")
    return codes | {
        "audit_rule": {rule: entry["label"] for rule, entry in audit.items()},
        "person_item": {item: entry["label"] for item, entry in persons["items"].items()},
        "indicator": {
            column.name: {"zh": column.zh, "en": column.en}
            for indicator in load_indicators()
            if indicator.table == "household_indicator"
            for column in indicator.columns
            if column.counted
        },
    }


def code_label(*, codes: str, code: str, language: str) -> str:
    """The word for a code in `zh` or `en`. Raises KeyError for a list or a code that is not declared."""
    return load_codes()[codes][code][language]
