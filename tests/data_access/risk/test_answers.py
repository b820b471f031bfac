"""The rules as Python answers them give the points of the database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.risk.answers import points_of
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from tests.support.households import SAFE_INDICATORS
from tests.support.scoring import Question, score_all

ON = date(2022, 9, 30)
RULEBOOK = load_rulebook()

several = settings(max_examples=4, deadline=None)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly collected, sometimes not."""
    return st.one_of(values, values, values, values, values, st.none())


AROUND = {
    "wage_income": st.integers(-1_000, 60_000),
    "business_cost": st.integers(0, 30_000),
    "income_persons": st.integers(0, 6),
    "last_net_income": st.integers(-10, 90_000),
    "last_income_persons": st.integers(0, 6),
    "compliant_self_pay": st.one_of(st.sampled_from([0, 4_999, 5_000, 19_999, 20_000, 26_000]), st.integers(0, 40_000)),
    "major_illness_n": st.integers(0, 2),
    "chronic_n": st.integers(0, 3),
    "severe_n": st.integers(0, 1),
    "house_grade": st.sampled_from(sorted(load_codes()["house_grade"])),
    "house_damaged": st.booleans(),
    "water_problem": st.booleans(),
    "dropout_n": st.integers(0, 1),
    "edu_self_pay": st.sampled_from([0, 10_000, 10_001]),
    "uninsured_n": st.integers(0, 2),
    "disaster_type": st.sampled_from(sorted(load_codes()["disaster_type"])),
    "disaster_loss": st.sampled_from([0, 4_999, 5_000, 20_000]),
    "accident": st.sampled_from(sorted(load_codes()["accident"])),
    "job_loss_n": st.integers(0, 1),
    "lost_main_labor": st.booleans(),
    "labor_n": st.integers(0, 2),
    "worker_months": st.sampled_from([0, 5, 6, 11, 12]),
    "welfare_job_n": st.integers(0, 1),
    "coop": st.booleans(),
}
indicators = st.fixed_dictionaries({}, optional={name: maybe(values) for name, values in AROUND.items()})
households = st.tuples(st.sampled_from(["general", "lifted_out"]), indicators)
many = st.lists(households, min_size=60, max_size=60)


def answers_of(changes: dict[str, Any], *, household_type: str | None = "general") -> dict[str, Any]:
    return {"household_type": household_type, **SAFE_INDICATORS, **changes}


@pytest.mark.opens_a_database
@several
@given(many)
def test_the_answers_in_python_give_the_points_of_the_database(drawn: list[tuple[str, dict[str, Any]]]) -> None:
    homes = [answers_of(changes, household_type=kind) for kind, changes in drawn]
    questions = [
        Question(
            day=ON,
            household_type=home["household_type"],
            indicators={name: home[name] for name in SAFE_INDICATORS},
        )
        for home in homes
    ]
    rules = RULEBOOK.rules_in_force(on=ON)
    for home, row in zip(homes, score_all(questions), strict=True):
        points = {rule.id: points_of(rule, home, rulebook=RULEBOOK, on=ON) for rule in rules}
        assert {f"points_{name}": value for name, value in points.items()} == {
            f"points_{name}": row[f"points_{name}"] for name in points
        }
        balance = sum((1 if rule.family == "risk" else -1) * (points[rule.id] or 0) for rule in rules)
        assert max(0, balance) == row["score"]


@pytest.mark.parametrize("kind", ["general", "lifted_out", None])
def test_a_rule_for_one_type_is_not_assessed_without_a_type(kind: str | None) -> None:
    home = answers_of({"compliant_self_pay": 20_000}, household_type=kind)
    points = {rule.id: points_of(rule, home, rulebook=RULEBOOK, on=ON) for rule in RULEBOOK.rules}
    expected = {"general": (8, 0), "lifted_out": (0, 14), None: (None, None)}[kind]
    assert (points["self_pay_general"], points["self_pay_lifted_out"]) == expected
