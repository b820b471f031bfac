"""Reads the rule files and refuses what it cannot trust, naming the file, the place in it and the remedy.

A rule is one YAML file in `rules/`; `bands.yaml` says from which score a household is red or yellow and which rules
make it red whatever the score; `lines.yaml` holds the monitoring income lines. Values are dated: the newest entry not
later than a day is in force on it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from data_access.errors import RuleBookError
from data_access.schema.indicators import load_indicators
from data_access.yaml_files import parse_yaml

RULES_FOLDER = Path(__file__).parent

FAMILIES = ("risk", "resistance")
DIMENSIONS = (
    "income",
    "housing",
    "water",
    "education",
    "medical",
    "food_clothing",
    "industry",
    "employment",
    "disaster",
    "labour",
)
SHORTFALLS = ("income", "housing", "water", "medical", "education")
STATUSES = ("published", "placeholder")

NUMBER_TESTS = ("above", "at_least", "below", "at_most")
CODE_TESTS = ("equals", "any_of")
TESTS = (*NUMBER_TESTS, *CODE_TESTS, "fell_by")

COMPUTED_INPUTS = {"net_income_pc": ("below",), "income_yoy": ("fell_by",), "self_pay_ratio": ("at_least",)}
"""Inputs that are computed from several columns, each with the tests that `scoring.py` can put to it in integers."""

_KEYS = {"id", "family", "dimension", "label", "description", "input", "test", "unit", "values", "reference"}
_OPTIONAL_KEYS = {"applies_to", "scale", "shortfall"}


@dataclass(frozen=True)
class Step:
    """One threshold of a rule and the points it gives."""

    threshold: int | bool | str | tuple[str, ...]
    points: int


@dataclass(frozen=True)
class Rule:
    """One declared rule."""

    id: str
    family: str
    dimension: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    input: str
    test: str
    unit: Mapping[str, str]
    dated_steps: Mapping[date, tuple[Step, ...]]
    """Start date -> steps, most severe first; an empty tuple withdraws the rule from that day on."""
    household_types: tuple[str, ...] | None
    shortfall: str | None
    reference: tuple[Mapping[str, Any], ...]

    def steps(self, *, on: date) -> tuple[Step, ...]:
        """The steps in force on a day; empty when the rule is not in force."""
        starts = [start for start in self.dated_steps if start <= on]
        return self.dated_steps[max(starts)] if starts else ()

    @property
    def is_placeholder(self) -> bool:
        """Whether any of it still waits for a published source."""
        return any(reference["status"] == "placeholder" for reference in self.reference)


@dataclass(frozen=True)
class Bands:
    """From which score a household is red or yellow."""

    red_above: int
    yellow_from: int


@dataclass(frozen=True)
class Line:
    """The monitoring income line of one year, yuan per person."""

    value: int
    status: str
    reference: Mapping[str, str]


@dataclass(frozen=True)
class RuleBook:
    """All rules, bands and lines, with the version people quote and the hash that caches use."""

    version: str
    rules: tuple[Rule, ...]
    bands: Mapping[date, Bands]
    hard_triggers: tuple[str, ...]
    bands_reference: tuple[Mapping[str, Any], ...]
    lines: Mapping[int, Line]
    hash: str

    def rules_in_force(self, *, on: date) -> tuple[Rule, ...]:
        """The rules that score on a day, in the order of their ids."""
        return tuple(rule for rule in self.rules if rule.steps(on=on))

    def bands_in_force(self, *, on: date) -> Bands | None:
        """The bands of a day; None before the first entry, when nothing can be determined."""
        starts = [start for start in self.bands if start <= on]
        return self.bands[max(starts)] if starts else None

    def changes(self, *, after: date, until: date) -> tuple[date, ...]:
        """The days in (after, until] on which some value of a rule or band starts, in order."""
        starts = {start for rule in self.rules for start in rule.dated_steps} | set(self.bands)
        return tuple(sorted(start for start in starts if after < start <= until))


def load_rulebook(folder: Path = RULES_FOLDER) -> RuleBook:
    """Read and check every file of a rule book. Raises RuleBookError for the first thing that is wrong."""
    files = sorted((folder / "rules").glob("*.yaml"))
    if not files:
        raise _problem("rules/", "-", "no rule file found; restore the folder from the release")
    rules = tuple(_read_rule(file) for file in files)
    bands = _load_yaml(folder / "bands.yaml")
    lines = _load_yaml(folder / "lines.yaml")
    return RuleBook(
        version=_text(bands, "version", file="bands.yaml"),
        rules=rules,
        bands=_read_bands(bands),
        hard_triggers=_read_hard_triggers(bands, rules=rules),
        bands_reference=_read_reference(bands, file="bands.yaml"),
        lines=_read_lines(lines),
        hash=rulebook_hash(folder),
    )


def rulebook_hash(folder: Path = RULES_FOLDER) -> str:
    """The hash of every rule file: another hash is another rule book."""
    digest = hashlib.sha256()
    for file in _all_files(folder):
        digest.update(file.name.encode())
        digest.update(_read_bytes(file))
    return digest.hexdigest()[:12]


def rulebook_stamp(folder: Path = RULES_FOLDER) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every rule file: cheap to read on every run, and different when a file changed."""
    try:
        return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in _all_files(folder))
    except FileNotFoundError as error:
        raise _problem(Path(error.filename).name, "-", "the file is missing; restore it from the release") from error


def _all_files(folder: Path) -> list[Path]:
    return [*sorted((folder / "rules").glob("*.yaml")), folder / "bands.yaml", folder / "lines.yaml"]


def _problem(file: str, place: str, remedy: str) -> RuleBookError:
    return RuleBookError("rule_file", file=file, place=place, remedy=remedy)


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise _problem(file.name, "-", "the file is missing; restore it from the release") from error


def _load_yaml(file: Path) -> dict[str, Any]:
    try:
        content = parse_yaml(_read_bytes(file).decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _problem(file.name, "-", f"not readable as YAML in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise _problem(file.name, "-", "expected keys and values, as in the other rule files")
    return content


def _read_rule(file: Path) -> Rule:
    entry = _load_yaml(file)
    missing = sorted(_KEYS - set(entry))
    unknown = sorted(set(entry) - _KEYS - _OPTIONAL_KEYS, key=str)
    if missing:
        raise _problem(file.name, missing[0], "the key is missing; add it")
    if unknown:
        raise _problem(file.name, str(unknown[0]), f"unknown key; known: {', '.join(sorted(_KEYS | _OPTIONAL_KEYS))}")
    if entry["id"] != file.stem:
        raise _problem(file.name, "id", f"'{entry['id']}' must equal the file name '{file.stem}'")
    _one_of(entry["family"], FAMILIES, file=file.name, key="family")
    _one_of(entry["dimension"], DIMENSIONS, file=file.name, key="dimension")
    _one_of(entry["test"], TESTS, file=file.name, key="test")
    if entry.get("shortfall") is not None:
        _one_of(entry["shortfall"], SHORTFALLS, file=file.name, key="shortfall")
    _check_input(entry, file=file.name)
    return Rule(
        id=entry["id"],
        family=entry["family"],
        dimension=entry["dimension"],
        label=_bilingual(entry, "label", file=file.name),
        description=_description(entry, file=file.name),
        input=entry["input"],
        test=entry["test"],
        unit=_bilingual(entry, "unit", file=file.name),
        dated_steps=_read_values(entry, file=file.name),
        household_types=_read_household_types(entry, file=file.name),
        shortfall=entry.get("shortfall"),
        reference=_read_reference(entry, file=file.name),
    )


def _one_of(value: Any, known: tuple[str, ...], *, file: str, key: str) -> None:
    if value not in known:
        raise _problem(file, key, f"unknown value '{value}'; known: {', '.join(known)}")


def _text(entry: dict[str, Any], key: str, *, file: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _problem(file, key, "expected a text in quotes")
    return value


def _bilingual(entry: dict[str, Any], key: str, *, file: str) -> Mapping[str, str]:
    texts = entry.get(key)
    if not isinstance(texts, dict) or set(texts) != {"zh", "en"}:
        raise _problem(file, key, "expected the two texts zh and en")
    return {language: _text(texts, language, file=file) for language in ("zh", "en")}


def _description(entry: dict[str, Any], *, file: str) -> Mapping[str, str]:
    texts = _bilingual(entry, "description", file=file)
    if any(re.search(r"\d", text) for text in texts.values()):
        raise _problem(
            file,
            "description",
            "a number stands in it and would go stale; say it without, values belong under 'values'",
        )
    return texts


def _check_input(entry: dict[str, Any], *, file: str) -> None:
    types = input_types()
    name, test = entry["input"], entry["test"]
    if name in COMPUTED_INPUTS:
        allowed: tuple[str, ...] = COMPUTED_INPUTS[name]
    elif name in types:
        allowed = NUMBER_TESTS if types[name] in ("integer", "decimal") else CODE_TESTS
    else:
        raise _problem(file, "input", f"unknown indicator '{name}'; the known ones stand in indicators.yaml")
    if test not in allowed:
        raise _problem(file, "test", f"'{test}' does not fit the indicator '{name}'; possible: {', '.join(allowed)}")
    if (entry.get("scale") == "percent_of_line") != (name == "net_income_pc"):
        raise _problem(file, "scale", "net_income_pc is tested in percent_of_line, and nothing else is")


def input_types() -> dict[str, str]:
    """Type of every indicator column a rule may look at, by column name."""
    return {
        column.name: column.type
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
    }


def _read_household_types(entry: dict[str, Any], *, file: str) -> tuple[str, ...] | None:
    applies_to = entry.get("applies_to")
    if applies_to is None:
        return None
    if not isinstance(applies_to, dict) or set(applies_to) != {"household_type"} or not applies_to["household_type"]:
        raise _problem(file, "applies_to", "expected household_type with a list of types")
    for household_type in applies_to["household_type"]:
        _one_of(household_type, ("general", "lifted_out"), file=file, key="applies_to.household_type")
    return tuple(applies_to["household_type"])


def _read_values(entry: dict[str, Any], *, file: str) -> Mapping[date, tuple[Step, ...]]:
    values = entry["values"]
    if not isinstance(values, dict) or not values:
        raise _problem(file, "values", "expected at least one start date with its steps")
    return {
        _start_date(start, file=file): _read_steps(steps, entry=entry, file=file, place=f"values.{start}")
        for start, steps in values.items()
    }


def _start_date(start: Any, *, file: str) -> date:
    if type(start) is not date:
        raise _problem(file, f"values.{start}", "expected a start date such as 2022-01-01")
    return start


def _read_steps(steps: Any, *, entry: dict[str, Any], file: str, place: str) -> tuple[Step, ...]:
    if steps is None:
        return ()
    if not isinstance(steps, list) or not steps:
        raise _problem(file, place, "expected a list of {threshold, points}, or null to withdraw the rule")
    read = tuple(_read_step(step, entry=entry, file=file, place=place) for step in steps)
    if any(later.points >= earlier.points for earlier, later in pairwise(read)):
        raise _problem(file, place, "steps must stand most severe first, with points going down")
    return read


def _read_step(step: Any, *, entry: dict[str, Any], file: str, place: str) -> Step:
    if not isinstance(step, dict) or set(step) != {"threshold", "points"}:
        raise _problem(file, place, "a step has exactly the keys threshold and points")
    if type(step["points"]) is not int or step["points"] <= 0:
        raise _problem(file, f"{place}.points", "expected a whole number above zero")
    threshold = step["threshold"]
    test = entry["test"]
    if test == "any_of":
        if not isinstance(threshold, list) or not threshold or not all(isinstance(code, str) for code in threshold):
            raise _problem(file, f"{place}.threshold", "expected a list of codes in quotes")
        return Step(threshold=tuple(threshold), points=step["points"])
    if test == "equals":
        if not isinstance(threshold, bool | str):
            raise _problem(file, f"{place}.threshold", "expected true, false or a code in quotes")
    elif type(threshold) is not int:
        raise _problem(file, f"{place}.threshold", "expected a whole number")
    return Step(threshold=threshold, points=step["points"])


def _read_reference(entry: dict[str, Any], *, file: str) -> tuple[Mapping[str, Any], ...]:
    references = entry.get("reference")
    if not isinstance(references, list) or not references:
        raise _problem(file, "reference", "a rule without a source is refused; name one")
    for reference in references:
        if not isinstance(reference, dict):
            raise _problem(file, "reference", "each source has title and status")
        _bilingual(reference, "title", file=file)
        _one_of(reference.get("status"), STATUSES, file=file, key="reference.status")
    return tuple(references)


def _read_bands(entry: dict[str, Any]) -> Mapping[date, Bands]:
    values = entry.get("values")
    if not isinstance(values, dict) or not values:
        raise _problem("bands.yaml", "values", "expected at least one start date with red_above and yellow_from")
    bands = {}
    for start, band in values.items():
        if not isinstance(band, dict) or set(band) != {"red_above", "yellow_from"}:
            raise _problem("bands.yaml", f"values.{start}", "expected exactly red_above and yellow_from")
        red, yellow = band["red_above"], band["yellow_from"]
        if type(red) is not int or type(yellow) is not int or not 0 < yellow <= red:
            raise _problem("bands.yaml", f"values.{start}", "expected whole numbers with 0 < yellow_from <= red_above")
        bands[_start_date(start, file="bands.yaml")] = Bands(red_above=red, yellow_from=yellow)
    return bands


def _read_hard_triggers(entry: dict[str, Any], *, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    triggers = entry.get("hard_triggers")
    if not isinstance(triggers, list):
        raise _problem("bands.yaml", "hard_triggers", "expected a list of rule ids (it may be empty)")
    known = {rule.id for rule in rules if rule.family == "risk"}
    for trigger in triggers:
        if trigger not in known:
            raise _problem(
                "bands.yaml",
                "hard_triggers",
                f"'{trigger}' is no risk rule; there is no file rules/{trigger}.yaml of that family",
            )
    return tuple(triggers)


def _read_lines(entry: dict[str, Any]) -> Mapping[int, Line]:
    lines = entry.get("monitoring_line")
    if not isinstance(lines, dict) or not lines:
        raise _problem("lines.yaml", "monitoring_line", "expected years with value, status and reference")
    read = {}
    for year, line in lines.items():
        place = f"monitoring_line.{year}"
        if type(year) is not int or not isinstance(line, dict) or set(line) != {"value", "status", "reference"}:
            raise _problem("lines.yaml", place, "expected a year with exactly value, status and reference")
        if type(line["value"]) is not int or line["value"] <= 0:
            raise _problem("lines.yaml", f"{place}.value", "expected a whole number of yuan above zero")
        _one_of(line["status"], STATUSES, file="lines.yaml", key=f"{place}.status")
        read[year] = Line(
            value=line["value"], status=line["status"], reference=_bilingual(line, "reference", file="lines.yaml")
        )
    return read
