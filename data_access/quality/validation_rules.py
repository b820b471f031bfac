"""The validation rules as declared in `rules/` and `row_rules.yaml`."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, create_model, field_validator, model_validator

from data_access.declarations import (
    Declared,
    Keyed,
    Many,
    Source,
    Text,
    Words,
    checked_part,
    each_of,
    one_of,
    read_declared,
    refuse,
)
from data_access.quality.row_rules import load_row_rules
from data_access.schema.dated import in_force
from data_access.schema.indicators import CodeList, load_codes, read_codes, register_codes
from data_access.schema.tables import household_indicator, metadata

_FOLDER = Path(__file__).parent / "rules"

FILES = ("members", "households", "intervals", "cases", "help", "jobs", "projects")
"""The files of rules, in the order in which they are shown."""

_THRESHOLDS: Mapping[str, Mapping[str, Any]] = {
    "id_length": {"lengths": Many[int]},
    "too_old": {"above_age": int},
    "relation_gender": {"male": Many[Text], "female": Many[Text]},
    "school_stage_age": {"youngest": dict[str, int], "oldest": dict[str, int]},
    "out_of_school": {"from_age": int, "below_age": int},
    "able_without_labour": {"from_age": int, "below_age": int},
    "child_with_labour": {"below_age": int},
    "severe_disability_with_labour": {"up_to_grade": int},
    "tekun_able": {"from_age": int, "below_age": int},
    "phone_length": {"digits": int},
    "income_conflict": {"tolerance_yuan": int},
    "income_tenfold": {
        "times": int,
        "at_most_times": float,
        "from_yuan": int,
        "from_yuan_recorded": int,
    },
    "phone_shared": {"from_households": int},
    "parts_exceed_family": {"parts": dict[str, Many[Text]]},
    "months_exceed_family": {"months": Many[Text], "a_year": int},
    "category_of_type": {"types": dict[str, Text]},
    "record_parts_exceed": {"parts": dict[str, Many[Text]]},
    "record_tenfold": {"times": int, "from_records": int, "from_yuan": dict[str, int]},
    "wage_too_small": {"below_yuan": int},
    "case_blank": {"columns": Many[Text]},
    "problem_after_elimination": {"unsafe_grades": Many[Text]},
    "labour_in_lack_of_labour": {"from_persons": int, "from_percent": int},
    "cause_without_measure": {"kinds": dict[str, Many[Text]]},
    "security_only": {"kinds": Many[Text]},
    "wage_out_of_range": {"lowest": int, "highest": int},
    "job_blank": {"columns": Many[Text]},
    "post_too_old": {"from_age": int},
    "worker_too_young": {"below_age": int},
    "pupil_in_work": {"stages": Many[Text]},
    "project_unfinished": {"percent": int},
}
"""Rule -> the thresholds that its condition needs, with their types; the other rules have none."""


class ValidationRule(Declared):
    """One declared validation rule."""

    id: str = Field(alias="key")
    about: str
    """What a finding is of: a code of `finding_about`."""
    label: Words
    description: Words
    severity: str
    corrector: str
    doubts: Many[str]
    """Columns of `household_indicator` that may be wrong if it finds something."""
    dated_values: Annotated[dict[date, dict[str, Any]], Field(alias="values", min_length=1)]
    on_sample: bool = True
    """Whether it is run on sample data."""
    reference: Annotated[Many[Source], Field(min_length=1)]

    @field_validator("severity", "corrector")
    @classmethod
    def _is_a_code(cls, code: str, field: ValidationInfo) -> str:
        return one_of(code, load_codes()["audit_severity" if field.field_name == "severity" else "corrector"])

    @field_validator("about")
    @classmethod
    def _is_known(cls, about: str) -> str:
        return one_of(about, _about_words())

    @field_validator("doubts")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, household_indicator.c.keys())

    @field_validator("description")
    @classmethod
    def _has_no_number(cls, description: Words) -> Words:
        for language, text in description:
            if re.search(r"\d", text):
                raise refuse("number_in_text", at=(language,))
        return description

    @model_validator(mode="after")
    def _has_its_thresholds(self) -> Self:
        for start, thresholds in self.dated_values.items():
            checked_part(thresholds, _thresholds(self.id), at=("values", start))
        return self

    def values(self, *, on: date) -> Mapping[str, Any] | None:
        """The thresholds in force on a day; None if the rule is not in force yet."""
        return in_force(self.dated_values, on=on)

    @property
    def is_placeholder(self) -> bool:
        """Whether any part of it still lacks a published source."""
        return any(reference.status == "placeholder" for reference in self.reference)


@cache
def _thresholds(rule_id: str) -> type[Declared]:
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in _THRESHOLDS.get(rule_id, {}).items()}
    return create_model(rule_id, __base__=Declared, **fields)


@cache
def read_validation_rules(file: Path) -> dict[str, ValidationRule]:
    """The rules of one file by their ids, in its order. Raises DeclarationError."""
    return read_declared(file, Keyed[ValidationRule])


@cache
def load_validation_rules() -> dict[str, ValidationRule]:
    """Every validation rule by its id: those of `rules/`, then those that every row must keep. Raises
    DeclarationError."""
    declared = [read_validation_rules(_FOLDER / f"{name}.yaml") for name in FILES]
    return {rule.id: rule for rules in declared for rule in rules.values()} | {rule.id: rule for rule in _row_rules()}


def _row_rules() -> Iterator[ValidationRule]:
    """One rule for every check of the rows of a table."""
    declared = load_row_rules()
    source = Source(title=declared.reference, status=declared.status)
    for name, rows in declared.rows.items():
        for check in rows.checks:
            words = declared.checks[check]
            label = {language: words.label[language].format(of=rows.of[language]) for language in ("zh", "en")}
            yield ValidationRule.model_validate(
                {
                    "key": row_rule(name, check),
                    "about": name,
                    "label": Words(**label),
                    "description": words.description,
                    "severity": "error",
                    "corrector": rows.corrector,
                    "doubts": (),
                    "values": {declared.start: {}},
                    "reference": (source,),
                }
            )


def row_rule(name: str, check: str) -> str:
    """The id of the rule that a check of some rows is."""
    return f"{name}_{check}"


def _about_words() -> CodeList:
    return read_codes()["finding_subject"] | {name: rows.of for name, rows in load_row_rules().rows.items()}


@cache
def _labels() -> CodeList:
    return {rule_id: rule.label for rule_id, rule in load_validation_rules().items()}


@cache
def _columns() -> CodeList:
    return {
        f"{table.name}.{part.name}": Words(zh=part.info["zh"], en=part.info["en"])
        for table in metadata.tables.values()
        for part in table.c
    }


register_codes("audit_rule", _labels)
register_codes("finding_about", _about_words)
register_codes("checked_column", _columns)
