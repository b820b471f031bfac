"""The validation rules as declared in `validation_rules.yaml`."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

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
from data_access.schema.dated import in_force
from data_access.schema.indicators import CodeList, load_codes, register_codes
from data_access.schema.tables import household_indicator

_FILE = Path(__file__).with_name("validation_rules.yaml")

SUBJECTS = ("member", "household", "case", "job")
"""What a finding of a rule may be about."""

_THRESHOLDS: Mapping[str, Mapping[str, Any]] = {
    "id_length": {"lengths": Many[int]},
    "relation_gender": {"male": Many[Text], "female": Many[Text]},
    "school_stage_age": {"youngest": dict[str, int], "oldest": dict[str, int]},
    "out_of_school": {"from_age": int, "below_age": int},
    "able_without_labour": {"from_age": int, "below_age": int},
    "child_with_labour": {"below_age": int},
    "severe_disability_with_labour": {"up_to_grade": int},
    "tekun_able": {"from_age": int, "below_age": int},
    "phone_length": {"digits": int},
    "income_conflict": {"tolerance_yuan": int},
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
}
"""Rule -> the thresholds that its condition needs, with their types; the other rules have none."""


class ValidationRule(Declared):
    """One declared validation rule."""

    id: str = Field(alias="key")
    about: Literal["member", "household", "case", "job"]
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
def load_validation_rules(file: Path = _FILE) -> dict[str, ValidationRule]:
    """Every validation rule by its id, in the order of the file. Raises DeclarationError."""
    return read_declared(file, Keyed[ValidationRule])


@cache
def _labels() -> CodeList:
    return {rule_id: rule.label for rule_id, rule in load_validation_rules().items()}


register_codes("audit_rule", _labels)
