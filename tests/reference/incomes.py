"""Incomes the slow, obvious way: household by household, with fractions, straight from the definitions.

net income = wage + business + property + transfer income − business costs; per head: ÷ persons
the line is that of the year in which the income's own period ends
a calendar year counts up to the newest quarter recorded by the day; a household is known if all of them are whole
"""

from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from data_access.yaml_files import read_yaml
from tests.reference.frames import Frames, records
from tests.reference.scores import RISK_FOLDER, households_on, indicators_on, net_income

LIMITS = (100, 120, 150, 200, 300)
"""Upper limits of the bands, in percent of the line."""

PARTS = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")

Income = dict[str, Any]


def incomes_on(tables: Frames, *, basis: str, on: date) -> dict[str, Income]:
    """The income of every household on the register on a day, by household: village_code, per_head and last (yuan, as
    fractions; None where not known), net, persons, parts (None where not known), line, period_end, band, change."""
    lines = {year: entry["value"] for year, entry in _declared_lines().items()}
    homes = records(households_on(tables, on=on))
    year_of = _assessment_years(tables, on=on) if basis == "assessment" else _calendar_years(tables, on=on)
    found = {}
    for home in homes:
        this, last = year_of(home["household_id"])
        whole = this["months"] == 12 and this["period_end"] is not None
        line = lines.get(this["period_end"].year) if whole else None
        per_head, per_head_last = _per_head(this), _per_head(last)
        found[home["household_id"]] = {
            **this,
            "village_code": home["village_code"],
            "line": line,
            "per_head": per_head,
            "last": None if per_head is None else per_head_last,
            "last_year": last,
            "band": band(per_head, line),
            "change": change(per_head, per_head_last),
        }
    return found


def _declared_lines() -> dict[int, dict[str, Any]]:
    return read_yaml(RISK_FOLDER / "lines.yaml")["monitoring_line"]


def band(per_head: Fraction | None, line: int | None) -> str:
    """Where an income stands against the line."""
    if per_head is None:
        return "unknown"
    if line is None:
        return "no_line"
    for limit in LIMITS:
        if per_head < Fraction(line * limit, 100):
            return str(limit)
    return "more"


def change(now: Fraction | None, last: Fraction | None) -> str | None:
    """How an income moved against the year before; None where either is not known."""
    if now is None or last is None:
        return None
    return "down" if now < last else "up" if now > last else "same"


def _per_head(year: Income) -> Fraction | None:
    if year["net"] is None or not year["persons"] or year["persons"] <= 0:
        return None
    return Fraction(year["net"], year["persons"])


def _assessment_years(tables: Frames, *, on: date) -> Any:
    rows = {row["household_id"]: row for row in records(indicators_on(tables["household_indicator"], on=on))}
    nothing = dict.fromkeys(tables["household_indicator"].columns)

    def years(household_id: str) -> tuple[Income, Income]:
        row = rows.get(household_id, nothing)
        this = {
            "net": net_income(row),
            "persons": row["income_persons"],
            "parts": {part: row[part] for part in PARTS},
            "period_end": row["income_period_end"],
            "months": 12,
        }
        return this, {"net": row["last_net_income"], "persons": row["last_income_persons"]}

    return years


def _calendar_years(tables: Frames, *, on: date) -> Any:
    every = tables["income_record"]
    of_year = every[(every["period_start"] >= pd.Timestamp(on.year, 1, 1)) & (every["period_end"] <= pd.Timestamp(on))]
    through = None if of_year.empty else of_year["period_end"].max().date()
    quarters: dict[str, dict[date, Income]] = {}
    for row in records(every):
        quarters.setdefault(row["household_id"], {})[row["period_end"]] = row

    def year(household_id: str, number: int) -> Income:
        if through is None:
            return {"net": None, "persons": None, "parts": None, "period_end": None, "months": 0}
        days = ((3, 31), (6, 30), (9, 30), (12, 31))
        ends = [date(number, month, day) for month, day in days if month <= through.month]
        own = quarters.get(household_id, {})
        rows = [own[end] for end in ends if end in own]
        nets = [net for row in rows if (net := net_income(row)) is not None]
        whole = len(nets) == len(ends)
        return {
            "net": sum(nets) if whole else None,
            "persons": rows[-1]["persons"] if whole else None,
            "parts": {part: sum(row[part] for row in rows) for part in PARTS} if whole else None,
            "period_end": through,
            "months": through.month,
        }

    return lambda household_id: (year(household_id, on.year), year(household_id, on.year - 1))


def sub_item(tables: Frames, incomes: dict[str, Income], *, column: str) -> dict[str, int]:
    """One sub-item of the known incomes, summed over the records of the months each income is of, by village."""
    sums: dict[str, int] = {}
    for row in records(tables["income_record"]):
        own = incomes.get(row["household_id"])
        if own is None or own["per_head"] is None or own["period_end"] is None:
            continue
        back = _months(own["period_end"]) - _months(row["period_end"])
        if 0 <= back < own["months"]:
            sums[own["village_code"]] = sums.get(own["village_code"], 0) + (row[column] or 0)
    return sums


def _months(day: date) -> int:
    return day.year * 12 + day.month
