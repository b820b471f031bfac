"""The score and the lamp of every household on one day, computed slowly: row by row, rule by rule, as defined.

Nothing here is shared with the code of the app. It reads the same declarations (`rules/*.yaml`, `bands.yaml`,
`lines.yaml`, `sources.yaml`) with its own eyes, so that two independent readings must agree.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from data_access.yaml_files import parse_yaml
from tests.reference.frames import Frames, once, records
from tests.reference.sources import Delivered, delivered

RISK_FOLDER = Path(__file__).parents[2] / "data_access" / "risk"

NOT_ASSESSED = None
"""The points of a rule whose input was not collected."""

Row = Mapping[str, Any]


@once
def score_households(tables: Frames, *, on: date, delivered_with: Frames | None = None) -> pd.DataFrame:
    """Scores and lamps on a day: one row per household that exists on that day, ordered by `household_id`.

    Columns: household_id, village_code, household_type; `points_<rule id>` for every rule (missing where it is not
    assessed or not in force); score; rules_not_assessed; lamp; `shortfall_<class>` (true or false) for every class.

    Args:
        tables: the frames of `read_tables`; `household`, `household_indicator`, `clue` and `data_load` are used.
        on: the day that is judged.
        delivered_with: the frames that tell which sources are connected; by default the same.
    """
    rules = load_rules()
    sources = delivered(delivered_with or tables, _load(RISK_FOLDER / "sources.yaml"), on=on)
    bands = _load(RISK_FOLDER / "bands.yaml")
    lines = {year: entry["value"] for year, entry in _load(RISK_FOLDER / "lines.yaml")["monitoring_line"].items()}
    indicators = {row["household_id"]: row for row in records(indicators_on(tables["household_indicator"], on=on))}

    here = [
        (rule, steps, events_of(rule, sources))
        for rule in rules
        if (steps := settings_in_force(rule, on=on)) is not None and sources.are_connected(columns_of(rule))
    ]
    classes = shortfall_classes(rules)
    nothing_collected = dict.fromkeys(tables["household_indicator"].columns)
    scored = []
    for household in records(households_on(tables, on=on)):
        number, collected = household["household_id"], household["household_id"] in indicators
        answers = indicators.get(number, nothing_collected)
        points = {
            rule["id"]: 0
            if collected and did_not_happen(events, answers, number=number)
            else rule_points(rule, steps, answers, household_type=household["household_type"], lines=lines)
            for rule, steps, events in here
        }
        scored.append(
            {
                "household_id": household["household_id"],
                "village_code": household["village_code"],
                "household_type": household["household_type"],
                **{f"points_{rule['id']}": points.get(rule["id"]) for rule in rules},
                "score": score(rules, points),
                "rules_not_assessed": sum(value is NOT_ASSESSED for value in points.values()),
                "lamp": lamp(rules, points, bands=bands, on=on, collected=collected),
                **{f"shortfall_{name}": has_shortfall(rules, points, name=name) for name in classes},
            }
        )
    return _typed(scored, rules)


@once
def scores_by_household(tables: Frames, *, on: date, delivered_with: Frames | None = None) -> dict[str, dict[str, Any]]:
    """Household -> its row of `score_households`."""
    settings = {} if delivered_with is None else {"delivered_with": delivered_with}
    return {row["household_id"]: row for row in records(score_households(tables, on=on, **settings))}


def households_on(tables: Frames, *, on: date) -> pd.DataFrame:
    """The households that exist on a day: registered by then, or known by a case identified by then, and not yet
    closed."""
    household, case, day = tables["household"], tables["monitoring_case"], pd.Timestamp(on)
    identified = household["household_id"].isin(case[case["identified_on"] <= day]["household_id"])
    known = (household["registered_on"] <= day) | identified
    return household[known & ~(household["closed_on"] <= day)].sort_values("household_id")


def indicators_on(household_indicator: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """The indicator rows in force on a day, one per household at most: of several the one that began last."""
    day = pd.Timestamp(on)
    in_force = household_indicator[
        (household_indicator["valid_from"] <= day) & ~(household_indicator["valid_to"] <= day)
    ]
    return in_force.sort_values("valid_from").groupby("household_id").tail(1)


def load_rules() -> list[dict[str, Any]]:
    """The rules as they stand in their files, ordered by id."""
    return sorted((_load(file) for file in (RISK_FOLDER / "rules").glob("*.yaml")), key=lambda rule: rule["id"])


def settings_in_force(declared: Mapping[str, Any], *, on: date) -> Any:
    """The newest dated entry of `values` not later than the day; None when there is none or it was withdrawn."""
    started = [start for start in declared["values"] if start <= on]
    return declared["values"][max(started)] if started else None


def columns_of(rule: Mapping[str, Any]) -> set[str]:
    """The columns that a rule looks at."""
    net = {"wage_income", "business_income", "property_income", "transfer_income", "business_cost"}
    computed = {
        "net_income_pc": {*net, "income_persons", "income_period_end"},
        "income_yoy": {*net, "income_persons", "last_net_income", "last_income_persons"},
        "self_pay_ratio": {*net, "compliant_self_pay"},
    }
    return computed.get(rule["input"], {rule["input"]})


Events = list[tuple[set[str], frozenset[str]]]
"""Columns of a rule that a list of events speaks of, and the households that it names."""


def events_of(rule: Mapping[str, Any], sources: Delivered) -> Events:
    """The lists of events that speak of what a rule looks at."""
    return [(spoken_of, named) for columns, named in sources.named if (spoken_of := columns_of(rule) & columns)]


def did_not_happen(events: Events, row: Row, *, number: str) -> bool:
    """Whether nothing was collected and a list of such events, which speaks of the day, does not name the household."""
    return any(number not in named and all(row[column] is None for column in spoken_of) for spoken_of, named in events)


def rule_points(
    rule: Mapping[str, Any], steps: Any, row: Row, *, household_type: str | None, lines: Mapping[int, int]
) -> int | None:
    """The points of one rule, by its steps in force, for one household: 0 when no step holds, None when it cannot be
    assessed."""
    concerned = rule.get("applies_to", {}).get("household_type")
    if concerned is not None:
        if household_type is None:
            return NOT_ASSESSED
        if household_type not in concerned:
            return 0
    is_met = _comparison(rule, row, lines=lines)
    if is_met is None:
        return NOT_ASSESSED
    for step in steps:
        if is_met(step["threshold"]):
            return step["points"]
    return 0


def score(rules: list[dict[str, Any]], points: Mapping[str, int | None]) -> int:
    """Risk points less resistance points, of the rules that were assessed; never below zero."""
    return max(0, _sum(rules, points, family="risk") - _sum(rules, points, family="resistance"))


def lamp(
    rules: list[dict[str, Any]],
    points: Mapping[str, int | None],
    *,
    bands: Mapping[str, Any],
    on: date,
    collected: bool = True,
) -> str:
    """`red`, `yellow`, `none`, or `undetermined` when what is missing could change the answer."""
    band = settings_in_force(bands, on=on)
    warning = [rule for rule in rules if rule["family"] == "risk" and rule["id"] in points]
    if band is None or not warning or not collected:
        return "undetermined"

    triggers = [points[rule_id] for rule_id in bands["hard_triggers"] if rule_id in points]
    if any(value is not NOT_ASSESSED and value > 0 for value in triggers):
        return "red"

    balance = _sum(rules, points, family="risk") - _sum(rules, points, family="resistance")
    lowest = max(0, balance - _could_add(rules, points, family="resistance", on=on))
    highest = max(0, balance + _could_add(rules, points, family="risk", on=on))
    if _band_of(lowest, band) == "red":
        return "red"
    if any(value is NOT_ASSESSED for value in triggers):
        return "undetermined"
    return _band_of(lowest, band) if _band_of(lowest, band) == _band_of(highest, band) else "undetermined"


def shortfall_classes(rules: list[dict[str, Any]]) -> list[str]:
    """The classes of shortfall that the rules name, in alphabetical order."""
    return sorted({rule["shortfall"] for rule in rules if "shortfall" in rule})


def has_shortfall(rules: list[dict[str, Any]], points: Mapping[str, int | None], *, name: str) -> bool:
    """Whether any rule of the class gave points: several of them are still one shortfall."""
    return any((points.get(rule["id"]) or 0) > 0 for rule in rules if rule.get("shortfall") == name)


def _comparison(rule: Mapping[str, Any], row: Row, *, lines: Mapping[int, int]) -> Callable[[Any], bool] | None:
    """How a household stands against any threshold of the rule; None when what the rule looks at was not collected."""
    if rule["input"] == "net_income_pc":
        return _net_income_pc(rule, row, lines=lines)
    if rule["input"] == "income_yoy":
        return _income_yoy(rule, row)
    if rule["input"] == "self_pay_ratio":
        return _self_pay_ratio(rule, row)
    value = row[rule["input"]]
    if value is None:
        return None
    holds = _TESTS[rule["test"]]
    return lambda threshold: holds(value, threshold)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "equals": operator.eq,
    "any_of": lambda value, threshold: value in threshold,
}


def _net_income_pc(rule: Mapping[str, Any], row: Row, *, lines: Mapping[int, int]) -> Callable[[Any], bool] | None:
    """Net income per person as a percentage of the line of its own assessment year, compared without dividing."""
    _expect(rule, test="below", scale="percent_of_line")
    net, persons, period_end = net_income(row), row["income_persons"], row["income_period_end"]
    if net is None or persons is None or persons <= 0 or period_end is None or period_end.year not in lines:
        return None
    line = lines[period_end.year]
    return lambda percent: net * 100 < percent * line * persons


def _income_yoy(rule: Mapping[str, Any], row: Row) -> Callable[[Any], bool] | None:
    """The fall of net income per person against the assessment year before in percent, without dividing."""
    _expect(rule, test="fell_by")
    net, persons = net_income(row), row["income_persons"]
    last_net, last_persons = row["last_net_income"], row["last_income_persons"]
    if net is None or any(value is None or value <= 0 for value in (persons, last_net, last_persons)):
        return None
    return lambda percent: net * last_persons * 100 <= last_net * persons * (100 - percent)


def _self_pay_ratio(rule: Mapping[str, Any], row: Row) -> Callable[[Any], bool] | None:
    """Medical self-payment in percent of the household's net income, without dividing; nothing paid is no share."""
    _expect(rule, test="at_least")
    net, paid = net_income(row), row["compliant_self_pay"]
    if net is None or paid is None:
        return None
    return lambda percent: paid > 0 and paid * 100 >= percent * net


def net_income(row: Row) -> int | None:
    """The household's net income of the assessment year in yuan; None when any part of it was not collected."""
    parts = [row[f"{kind}_income"] for kind in ("wage", "business", "property", "transfer")]
    if row["business_cost"] is None or any(part is None for part in parts):
        return None
    return sum(parts) - row["business_cost"]


def _expect(rule: Mapping[str, Any], *, test: str, scale: str | None = None) -> None:
    if (rule["test"], rule.get("scale")) != (test, scale):
        raise ValueError(
            f"{rule['id']}: {rule['input']} is only defined for the test {test!r} with the scale {scale!r}"
        )


def _sum(rules: list[dict[str, Any]], points: Mapping[str, int | None], *, family: str) -> int:
    return sum(points.get(rule["id"]) or 0 for rule in rules if rule["family"] == family)


def _could_add(rules: list[dict[str, Any]], points: Mapping[str, int | None], *, family: str, on: date) -> int:
    """The most points that the rules of a family which were not assessed could have given."""
    return sum(
        max(step["points"] for step in settings_in_force(rule, on=on))
        for rule in rules
        if rule["family"] == family and rule["id"] in points and points[rule["id"]] is NOT_ASSESSED
    )


def _band_of(value: int, band: Mapping[str, int]) -> str:
    if value > band["red_above"]:
        return "red"
    return "yellow" if value >= band["yellow_from"] else "none"


def _load(file: Path) -> dict[str, Any]:
    return _parsed(file.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> dict[str, Any]:
    """Kept by its text, so that a file is parsed once for all months and a changed one anew."""
    return parse_yaml(text)


def _typed(scored: list[dict[str, Any]], rules: list[dict[str, Any]]) -> pd.DataFrame:
    points = [f"points_{rule['id']}" for rule in rules]
    shortfalls = [f"shortfall_{name}" for name in shortfall_classes(rules)]
    columns = [
        "household_id",
        "village_code",
        "household_type",
        *points,
        "score",
        "rules_not_assessed",
        "lamp",
        *shortfalls,
    ]
    types: dict[str, Any] = {
        **dict.fromkeys(("household_id", "village_code", "household_type", "lamp"), "str"),
        **dict.fromkeys(points, "Int64"),
        **dict.fromkeys(("score", "rules_not_assessed"), "int64"),
        **dict.fromkeys(shortfalls, "bool"),
    }
    return pd.DataFrame(scored, columns=columns, dtype=object).astype(types)
