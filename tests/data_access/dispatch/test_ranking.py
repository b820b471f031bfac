"""A ranking is fair: better is never worse, equals share a rank, and what must not be ranked is refused."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from data_access.database.engine import Snapshot
from data_access.declarations import DeclarationError
from data_access.dispatch.departments import read_department_work
from data_access.dispatch.ranking import (
    Criterion,
    load_scheme,
    load_schemes,
    rank,
    refusal,
    township_figures,
)
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import CountFacts, MakeDatabase
from tests.support.households import TOWNSHIP, household, merged, village

SCHEME = (Criterion("a", 60, 10, more_is_better=True), Criterion("b", 40, 10, more_is_better=False))
values = st.integers(0, 100).map(float)
units = st.lists(st.tuples(values, values), min_size=1, max_size=12)


def figures(pairs: list[tuple[float, float]], *, base: int = 50) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"unit": f"U{number:02}", "item": item, "count": 1, "base": base, "value": value}
            for number, pair in enumerate(pairs)
            for item, value in zip(("a", "b"), pair, strict=True)
        ]
    )


def scores(found: pd.DataFrame) -> dict[str, float]:
    return dict(zip(found["unit"], found["score"], strict=True))


@given(units, st.data(), st.floats(0.5, 50))
def test_better_on_one_item_is_never_a_lower_score_or_a_worse_rank(
    pairs: list[tuple[float, float]], data: st.DataObject, gain: float
) -> None:
    who = data.draw(st.integers(0, len(pairs) - 1))
    better_a = [(a + gain, b) if number == who else (a, b) for number, (a, b) in enumerate(pairs)]
    better_b = [(a, b - gain) if number == who else (a, b) for number, (a, b) in enumerate(pairs)]
    before = rank(figures(pairs), scheme=SCHEME).set_index("unit").loc[f"U{who:02}"]
    for improved in (better_a, better_b):
        after = rank(figures(improved), scheme=SCHEME).set_index("unit").loc[f"U{who:02}"]
        assert after["score"] >= before["score"] - 1e-9
        assert after["rank"] <= before["rank"]


@given(units, st.randoms())
def test_the_order_in_which_units_are_named_does_not_matter(pairs: list[tuple[float, float]], random) -> None:
    rows = figures(pairs)
    mixed = rows.sample(frac=1, random_state=random.randint(0, 10_000))
    left, right = rank(rows, scheme=SCHEME), rank(mixed, scheme=SCHEME)
    assert left["unit"].tolist() == right["unit"].tolist()
    assert left["score"].tolist() == pytest.approx(right["score"].tolist())


@given(units)
def test_points_add_up_to_the_score_which_lies_between_0_and_100(pairs: list[tuple[float, float]]) -> None:
    found = rank(figures(pairs), scheme=SCHEME)
    assert found[["a", "b"]].sum(axis=1).tolist() == pytest.approx(found["score"].tolist())
    assert found["score"].between(-1e-9, 100 + 1e-9).all()


def test_equal_units_share_a_rank_and_the_next_one_is_counted_on() -> None:
    found = rank(figures([(90, 10), (90, 10), (50, 30), (20, 60)]), scheme=SCHEME)
    assert found["rank"].tolist() == [1, 1, 3, 4]


@pytest.mark.parametrize(("base", "judged"), [(9, False), (10, True)])
def test_too_small_a_denominator_is_not_judged(base: int, judged: bool) -> None:
    rows = figures([(90, 10), (80, 20)])
    rows.loc[(rows["unit"] == "U00") & (rows["item"] == "a"), "base"] = base
    found = rank(rows, scheme=SCHEME).set_index("unit")
    assert bool(pd.notna(found["a"]["U00"])) is judged
    # What is judged counts in full.
    assert found["score"]["U00"] == pytest.approx(100)


def test_who_is_judged_by_nothing_has_no_rank_and_stands_last() -> None:
    rows = figures([(90, 10), (80, 20)])
    rows.loc[rows["unit"] == "U00", "base"] = 0
    found = rank(rows, scheme=SCHEME)
    assert found["unit"].tolist() == ["U01", "U00"]
    assert found["rank"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"weather": {"weight": 100, "least": 10}}, "unknown_reference"),
        ({"eliminated_share_households": {"weight": 100, "least": 10}}, "ranking_neutral"),
        ({"identified_households": {"weight": 100, "least": 10}}, "ranking_neutral"),
        ({"calls_satisfied_share": {"weight": 100, "least": 10}}, "ranking_not_rankable"),
        ({"measures_overdue": {"weight": 100, "least": 10}}, "ranking_count"),
        ({"completeness": {"weight": 100}}, "missing"),
        ({"completeness": {"weight": 99, "least": 10}}, "ranking_weights"),
    ],
)
def test_what_must_not_be_ranked_is_refused_with_the_reason(tmp_path: Path, declared: dict, problem: str) -> None:
    file = tmp_path / "ranking.yaml"
    whole = {"completeness": {"weight": 100, "least": 10}}
    file.write_text(
        yaml.safe_dump({"status": "placeholder", "townships": declared, "departments": whole}), encoding="utf-8"
    )
    with pytest.raises(DeclarationError) as refused:
        load_schemes(file)
    assert refused.value.kind == problem


def test_the_declared_schemes_are_usable_and_every_neutral_metric_is_refused() -> None:
    assert sum(item.weight for item in load_scheme("townships")) == 100
    assert sum(item.weight for item in load_scheme("departments")) == 100
    neutral = [key for key, metric in load_metrics().items() if metric.direction == "neutral"]
    assert all(refusal(key) == "ranking_neutral" for key in neutral)


def test_townships_are_compared_by_what_the_metrics_say(count_facts: CountFacts) -> None:
    rows = merged(village(), household("H1", household_type="lifted_out"))
    table = MetricTable(count_facts(rows).within(Scope.district()))
    scheme = load_scheme("townships")
    found = township_figures(table, places=[TOWNSHIP], month="2022-09", scheme=scheme).set_index("item")
    for item in scheme:
        assert found["base"][item.key] == table.base(item.key, place=TOWNSHIP, month="2022-09")


def test_departments_answer_for_what_was_due_this_year_until_the_day(make_database: MakeDatabase) -> None:
    due = date(2022, 9, 30)
    clue = {"department": "health", "received_on": date(2022, 9, 1), "due_on": due}
    rows = merged(
        village(),
        household(
            "H1",
            clues=[
                {**clue, "checked_on": due},
                {**clue, "checked_on": date(2022, 10, 1)},
                {**clue, "checked_on": None},
                {**clue, "due_on": date(2022, 10, 1)},
                {**clue, "due_on": date(2021, 12, 31)},
            ],
            cases=[{"identified_on": date(2022, 8, 1)}],
            measures=[{"department": "water", "due_on": due, "started_on": due}],
        ),
    )
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = read_department_work(snapshot, scope=Scope.district(), on=due)
        outside = read_department_work(snapshot, scope=Scope(regions=("610902999",)), on=due)
    assert found[["unit", "item", "count", "base"]].to_numpy().tolist() == [
        ["health", "department_clues_in_time", 1, 3],
        ["water", "department_measures_in_time", 1, 1],
    ]
    assert outside.empty
