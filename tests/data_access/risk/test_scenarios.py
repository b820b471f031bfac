"""Every rule and the lamps at their edges: the scenarios, asked of the app's scoring and of the independent reference.

A scenario describes a household by what differs from a safe one of which everything is known. `points: null` means that
the rule is not assessed, `points: not in force` that it has no say on that day.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from data_access.yaml_files import read_yaml
from tests.reference.frames import records, tables_from_rows
from tests.reference.scores import score_households
from tests.support.databases import empty_database
from tests.support.scoring import Question, rows_of, score_all

pytestmark = pytest.mark.opens_a_database

SCENARIOS = Path(__file__).parent / "scenarios"
RULES = Path(__file__).parents[3] / "data_access" / "risk" / "rules"
LAMPS = "_lamps"
NOT_IN_FORCE = "not in force"

Answers = dict[str, list[dict[str, Any]]]


@cache
def scenarios() -> dict[str, list[dict[str, Any]]]:
    """File name without its ending -> the scenarios of the file, in their order."""
    return {file.stem: read_yaml(file) for file in sorted(SCENARIOS.glob("*.yaml"))}


def question(scenario: dict[str, Any]) -> Question:
    return Question(
        day=scenario["day"],
        household_type=scenario.get("household_type", "general"),
        indicators=scenario["indicators"],
    )


def reference_score_all(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The answers of the reference, in the order of the questions."""
    tables = tables_from_rows(rows_of(questions))
    by_day = {
        day: {row["household_id"]: row for row in records(score_households(tables, on=day))}
        for day in {asked.day for asked in questions}
    }
    return [by_day[asked.day][f"H{n}"] for n, asked in enumerate(questions)]


@pytest.fixture(scope="module", params=["duckdb", "postgresql", "reference"])
def answers(request: pytest.FixtureRequest) -> Answers:
    """The answers to all scenarios at once, of the app on each database and of the reference: file -> one answer per
    scenario."""
    questions = [question(scenario) for file in scenarios().values() for scenario in file]
    if request.param == "reference":
        in_order = iter(reference_score_all(questions))
    else:
        url = None if request.param == "duckdb" else empty_database(request.getfixturevalue("postgres_url"))
        in_order = iter(score_all(questions, url=url))
    return {name: [next(in_order) for _ in file] for name, file in scenarios().items()}


@pytest.mark.parametrize("rule_id", sorted(set(scenarios()) - {LAMPS}))
def test_points(rule_id: str, answers: Answers) -> None:
    for scenario, answer in zip(scenarios()[rule_id], answers[rule_id], strict=True):
        expected, name = scenario["points"], scenario["name"]
        points = answer.get(f"points_{rule_id}")
        assert points == (None if expected == NOT_IN_FORCE else expected), name
        if points is None:
            assert (answer["rules_not_assessed"] > 0) is (expected != NOT_IN_FORCE), name


def test_lamps(answers: Answers) -> None:
    for scenario, answer in zip(scenarios()[LAMPS], answers[LAMPS], strict=True):
        expected = {key: scenario[key] for key in ("score", "rules_not_assessed", "lamp")}
        assert {key: answer[key] for key in expected} == expected, scenario["name"]


def test_every_rule_has_scenarios_and_every_scenario_file_a_rule() -> None:
    assert set(scenarios()) - {LAMPS} == {file.stem for file in RULES.glob("*.yaml")}


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_no_two_scenarios_of_a_file_have_one_name(name: str) -> None:
    names = [scenario["name"] for scenario in scenarios()[name]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule_id", sorted(set(scenarios()) - {LAMPS}))
def test_scenarios_of_a_rule_show_every_step_and_the_missing_input(rule_id: str) -> None:
    rule = read_yaml(RULES / f"{rule_id}.yaml")
    declared = {step["points"] for steps in rule["values"].values() if steps for step in steps}
    shown = {scenario["points"] for scenario in scenarios()[rule_id]}
    assert shown == declared | {0, None, NOT_IN_FORCE}
