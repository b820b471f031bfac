"""核查表: the form a group fills in on a laptop without network access, one row per unit and question; and how it is
read back."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data_access import clock
from data_access.files import export
from data_access.files.export import About, FileColumn, Written
from data_access.files.forms import VILLAGE
from data_access.inspection.finding_forms import FILLED, KEYS, FindingForm
from data_access.inspection.findings import load_questions
from pages.shell.texts import every, language, t
from pages.shell.view_state import View
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.finding_form import ANSWERS
from pages.widgets.draw.system_values import system_values_of
from pages.widgets.draw.village_households import project_names

COLUMNS = ("unit", "township", VILLAGE, "code", "name", "standing", "question", "system", *FILLED)


def write(
    path: Path, *, chosen: ChosenDraw, units: pd.DataFrame, heads: dict[str, str], about: About, view: View
) -> Written:
    """The form for some units, as returned by `draws.read_units`; it includes those in reserve.

    `heads`: who heads the households, by the number of the household.
    """
    choices = {"answer": tuple(t(f"villages.answer_{name}") for name in ANSWERS)}
    columns = [
        FileColumn(
            key=key,
            title=t(f"findings.column.{key}"),
            kind="date" if key == "found_on" else "text",
            choices=choices.get(key, ()),
        )
        for key in COLUMNS
    ]
    return export.write_xlsx(
        path,
        sheet=t("download.sheet"),
        columns=columns,
        chunks=[pd.DataFrame(_rows(units.to_dict("records"), names=heads | _names(units, view=view), view=view))],
        about=about,
        heading=(t("findings.form_number", number=chosen.draw_id), t("findings.form_title", month=chosen.month)),
    )


def _names(units: pd.DataFrame, *, view: View) -> dict[str, str]:
    """What villages and projects are called."""
    codes = {kind: tuple(units.loc[units["kind"] == kind, "code"]) for kind in ("project", "village")}
    return project_names(codes["project"], view=view) | {code: view.names.get(code, "") for code in codes["village"]}


def _rows(units: list[dict[Any, Any]], *, names: Mapping[str, str], view: View) -> list[dict[str, str]]:
    rows, said = [], system_values_of(units, view=view)
    for unit in units:
        own = {
            "unit": t(f"draw.kind_{unit['kind']}"),
            "township": view.names.get(unit["township_code"], ""),
            "village": view.names.get(unit["village_code"], ""),
            "code": unit["code"],
            "name": names.get(unit["code"], ""),
            "standing": t("draw.reserve") if unit["replacement"] else t("draw.drawn"),
        }
        for key, question in load_questions()[unit["kind"]].items():
            rows.append({**own, "question": question.label[language()], "system": said[unit["code"]][key]})
    return rows


def form_of(month: str) -> FindingForm:
    """How the completed form for a month's draw is read, whichever language it was written in."""
    return FindingForm(
        titles={key: every(f"findings.column.{key}") for key in (*KEYS, VILLAGE, *FILLED)},
        answers={word: agrees for name, agrees in ANSWERS.items() for word in every(f"villages.answer_{name}")},
        earliest=date.fromisoformat(f"{month}-01"),
        latest=clock.today(),
    )
