"""Words shared by several parts of the employment page."""

from typing import Any

import pandas as pd

from data_access.facts.metrics import MetricTable, load_metrics
from data_access.schema.indicators import code_label
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers


def label(codes: str, code: Any) -> str:
    """The word for a code; a missing one says that it was not collected."""
    return t("employment.unknown") if pd.isna(code) else code_label(codes=codes, code=code, language=language())


def persons(number: float | None) -> str:
    """A number of persons with its unit; a dash if there is none."""
    return numbers.in_unit(number, metric=load_metrics()["persons"])


def households(number: float) -> str:
    """A number of households with its unit."""
    return numbers.in_unit(number, metric=load_metrics()["households"])


def value(key: str, *, table: MetricTable, view: View) -> str:
    """A metric of the chosen place and month with its unit."""
    return numbers.in_unit(table.value(key, place=view.place, month=view.month), metric=load_metrics()[key])


def change_key(change: float) -> str:
    """The direction of a change: up, down or same."""
    return "up" if change > 0 else "down" if change < 0 else "same"


def share(part: float | None, whole: float) -> str:
    """A part of a whole in per cent; a dash where the whole is zero, or the part not known."""
    return numbers.share(None if whole == 0 or part is None else 100 * part / whole)
