"""The metrics of groups and grids, and what a search finds, counted slowly from all rows.

A group or grid is counted by the reference facts as if it were a village of its own.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data_access.schema.indicators import counted_columns
from data_access.yaml_files import read_yaml
from tests.reference import cases
from tests.reference.facts import monthly_facts
from tests.reference.frames import Frames

METRICS_FILE = Path(__file__).parents[2] / "data_access" / "facts" / "metrics.yaml"

Counts = dict[tuple[str, str], dict[str, int]]
"""Village and part (group number or grid code as text) -> metric -> count."""


def count_parts(tables: Frames, *, by: str, on: date, metrics: tuple[str, ...]) -> Counts:
    """The numerators (`<metric>`) and denominators (`<metric>:of`) of metrics on a month's last day, without zeros."""
    declared = read_yaml(METRICS_FILE)
    frames = {
        declared[key][side]["fact"] for key in metrics for side in ("numerator", "denominator") if side in declared[key]
    }
    facts = monthly_facts(_as_villages(_in_force_alone(tables, on=on), by=by), names=frames)
    counts: Counts = {}
    for key in metrics:
        for name, term in ((key, declared[key]["numerator"]), (f"{key}:of", declared[key].get("denominator"))):
            if term is None:
                continue
            times = len(counted_columns()) if "times" in term else 1
            for part, amount in _sums(facts[term["fact"]], term, month=f"{on:%Y-%m}").items():
                village, code = str(part).split("/")
                if amount:
                    counts.setdefault((village, code), {})[name] = int(amount) * times
    return counts


def find_households(tables: Frames, texts: list[str], *, on: date) -> dict[str, set[str]]:
    """Cleaned text -> the households that it means; places are left out."""
    here = cases.members_on(tables["member"], pd.Timestamp(on))
    names, numbers = ({**here.groupby("household_id")[name].agg(list)} for name in ("name", "id_no"))
    found: dict[str, set[str]] = {text: set() for text in texts}
    for home in tables["household"].to_dict("records"):
        number = home["household_id"]
        called = [home["head_name"], *names.get(number, [])]
        digits = [home["head_id_no"], home["phone"], *numbers.get(number, [])]
        for text, households in found.items():
            if _is_meant(text, number=number, names=called, digits=digits):
                households.add(number)
    return found


def _is_meant(text: str, *, number: str, names: list[str], digits: list[str]) -> bool:
    is_number = len(text) >= 4 and text[:-1].isdecimal() and text[-1] in "0123456789Xx"
    by_name = not is_number and len(text) >= 2 and text in names
    compared = [str(value)[-4:] if len(text) == 4 else value for value in digits]
    by_digits = is_number and bool({text.upper(), text.lower()} & set(compared))
    return by_name or by_digits or number == text or (len(text) >= 8 and number.startswith(text))


def _sums(frame: pd.DataFrame, term: dict[str, Any], *, month: str) -> pd.Series:
    rows = frame[frame["month"] == month]
    for column, kept in term.get("where", {}).items():
        rows = rows[rows[column].isin(kept)]
    amounts = rows[term["column"]] - (rows[term["minus"]] if "minus" in term else 0)
    return amounts.groupby(rows["village_code"]).sum()


def _as_villages(tables: Frames, *, by: str) -> Frames:
    household = tables["household"]
    part = household["village_code"] + "/" + household[by].astype("str")
    return tables.with_tables(household=household.assign(village_code=part))


def _in_force_alone(tables: Frames, *, on: date) -> Frames:
    """The tables with one month of indicators: those in force on a day, so that only this month is counted."""
    indicators, day = tables["household_indicator"], pd.Timestamp(on)
    now = indicators[(indicators["valid_from"] <= day) & ~(indicators["valid_to"] <= day)]
    return tables.with_tables(household_indicator=now.assign(valid_from=day.replace(day=1)))
