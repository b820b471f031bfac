"""The audit rules as declared in `audit.yaml`, checked when they are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data_access.declarations import Words
from data_access.schema.dated import in_force
from data_access.schema.indicators import CodeList, load_codes, register_codes
from data_access.schema.tables import household_indicator
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("validation_rules.yaml")

SUBJECTS = ("member", "household", "case", "job")
"""What one finding of a rule may be of."""

_KEYS = {"about", "label", "description", "severity", "corrector", "doubts", "values", "reference"}
_OPTIONAL_KEYS = {"on_sample"}
_STATUSES = ("published", "placeholder")


@dataclass(frozen=True)
class ValidationRule:
    """One declared audit rule."""

    id: str
    about: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    severity: str
    corrector: str
    doubts: tuple[str, ...]
    """Columns of `household_indicator` that may be wrong where it finds something."""
    dated_values: Mapping[date, Mapping[str, Any]]
    on_sample: bool
    """Whether it is run on sample data."""
    reference: tuple[Mapping[str, Any], ...]

    def values(self, *, on: date) -> Mapping[str, Any] | None:
        """The thresholds in force on a day; None where the rule is not in force yet."""
        return in_force(self.dated_values, on=on)

    @property
    def is_placeholder(self) -> bool:
        """Whether any of it still waits for a published source."""
        return any(reference["status"] == "placeholder" for reference in self.reference)


@cache
def load_validation_rules(file: Path = _FILE) -> dict[str, ValidationRule]:
    """Every audit rule by its id, in the order of the file. Raises ValueError for the first thing that is wrong."""
    entries = read_yaml(file)
    return {rule_id: _read_rule(rule_id, entry) for rule_id, entry in entries.items()}


def _read_rule(rule_id: str, entry: dict[str, Any]) -> ValidationRule:
    keys = set(entry)
    if missing := sorted(_KEYS - keys):
        raise _problem(rule_id, missing[0], "the key is missing; add it")
    if unknown := sorted(keys - _KEYS - _OPTIONAL_KEYS):
        raise _problem(rule_id, unknown[0], "unknown key")
    _one_of(entry["about"], SUBJECTS, rule_id=rule_id, key="about")
    for key, codes in (("severity", "audit_severity"), ("corrector", "corrector")):
        _one_of(entry[key], load_codes()[codes], rule_id=rule_id, key=key)
    for column in entry["doubts"]:
        _one_of(column, household_indicator.c.keys(), rule_id=rule_id, key="doubts")
    for language, text in entry["description"].items():
        if re.search(r"\d", text):
            raise _problem(rule_id, f"description.{language}", "a number stands in it; values belong under 'values'")
    if not entry["values"] or not all(type(start) is date for start in entry["values"]):
        raise _problem(rule_id, "values", "expected start dates such as 2021-01-01 with their thresholds")
    if not entry["reference"]:
        raise _problem(rule_id, "reference", "a rule without a source is refused; name one")
    for reference in entry["reference"]:
        _one_of(reference["status"], _STATUSES, rule_id=rule_id, key="reference.status")
    return ValidationRule(
        id=rule_id,
        about=entry["about"],
        label=entry["label"],
        description=entry["description"],
        severity=entry["severity"],
        corrector=entry["corrector"],
        doubts=tuple(entry["doubts"]),
        dated_values=entry["values"],
        on_sample=entry.get("on_sample", True),
        reference=tuple(entry["reference"]),
    )


def _one_of(value: Any, known: Any, *, rule_id: str, key: str) -> None:
    if value not in known:
        raise _problem(rule_id, key, f"unknown value '{value}'; known: {', '.join(known)}")


def _problem(rule_id: str, key: str, remedy: str) -> ValueError:
    return ValueError(f"audit.yaml: {rule_id}: {key}: {remedy}")


@cache
def _labels() -> CodeList:
    return {rule_id: Words(**dict(rule.label)) for rule_id, rule in load_validation_rules().items()}


register_codes("audit_rule", _labels)
