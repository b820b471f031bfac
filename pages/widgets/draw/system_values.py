"""What the system says about the questions of an inspection, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.inspection import findings
from data_access.inspection.findings import Question
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, numbers


def system_values(unit: Mapping[str, Any], *, view: View) -> dict[str, str]:
    """What the system says about each question about a unit."""
    return system_values_of([unit], view=view)[unit["code"]]


def system_values_of(units: Sequence[Mapping[str, Any]], *, view: View) -> dict[str, dict[str, str]]:
    """The same of several units, by the number of the unit: what is in the database is read once for all of them."""
    codes = {kind: tuple(unit["code"] for unit in units if unit["kind"] == kind) for kind in ("household", "project")}
    homes = door.read(
        findings.read_household_values, scope=view_state.scope(), on=view.on, household_ids=codes["household"]
    )
    projects = door.read(findings.read_project_values, scope=view_state.scope(), project_ids=codes["project"])
    rows = {row["household_id"]: row for row in homes.to_dict("records")}
    rows |= {row["project_id"]: row for row in projects.to_dict("records")}
    return {unit["code"]: _said(unit, row=rows.get(unit["code"], {}), view=view) for unit in units}


def _said(unit: Mapping[str, Any], *, row: Mapping[Any, Any], view: View) -> dict[str, str]:
    questions = findings.load_questions()[unit["kind"]]
    if unit["kind"] == "village":
        return {key: _figure(question, unit["code"], view=view) for key, question in questions.items()}
    if unit["kind"] == "household":
        return {key: household_words(question, row) for key, question in questions.items()}
    return {key: _project_words(question, row) for key, question in questions.items()}


def household_words(question: Question, row: Mapping[Any, Any]) -> str:
    """What the system says to a question about a household, each value with its name: a bare 否 tells nobody what."""
    if not question.is_compared:
        return t("sheet.not_held")
    said = []
    for name in question.columns:
        column, value = household_values.indicator_of(name)[1], row.get(name)
        if isinstance(value, datetime) and value == value:
            value = value.date()
        label = {"zh": column.zh, "en": column.en}[language()]
        said.append(t("sheet.said", label=label, value=household_values.column_text(column, value)))
    return t("list.separator").join(said)


def _project_words(question: Question, row: Mapping[Any, Any]) -> str:
    labels = {name: t(f"villages.project_{name}") for name in question.columns}
    said = (t("sheet.said", label=label, value=_value(name, row.get(name))) for name, label in labels.items())
    return t("list.separator").join(said)


def _figure(question: Question, village: str, *, view: View) -> str:
    table = view_state.metric_table()
    metric = load_metrics()[question.metric or ""]
    return numbers.in_unit(table.value(metric.key, place=village, month=view.month), metric=metric)


def _value(name: str, value: Any) -> str:
    if isinstance(value, datetime) and value == value:
        value = value.date()
    if value is None or value != value:
        return household_values.not_collected()
    if isinstance(value, date):
        return household_values.day(value)
    return household_values.yuan(value) if name == "spent" else f"{household_values.number(value)}%"
