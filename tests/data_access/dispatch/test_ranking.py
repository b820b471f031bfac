"""A ranking is fair: better is never worse, equals share a rank, and what must not be ranked is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.database.engine import Snapshot
from data_access.declarations import DeclarationError
from data_access.dispatch.departments import read_department_work
from data_access.dispatch.ranking import (
    Criterion,
    Scheme,
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


def criterion(key: str, weight: int, *, full: int = 100, floor: int = 0, least: int = 10) -> Criterion:
    marks = {"full": full, "target": full, "floor": floor}
    return Criterion.model_construct(None, key=key, weight=weight, least=least, lost="", **marks)


SCHEME = Scheme(
    since=date(2021, 1, 1),
    status="placeholder",
    told_apart=0,
    judged_share=1,
    items=(criterion("a", 60), criterion("b", 40, full=0, floor=100)),
)
WITH_CHANCE = replace(SCHEME, told_apart=3, judged_share=60)
values = st.integers(0, 100).map(float)
FEWER = settings(max_examples=15)
"""For what ranks several times an example."""
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


@FEWER
@given(units, st.data(), st.floats(0.5, 50))
def test_better_on_one_item_is_never_a_lower_score_or_a_worse_rank(
    pairs: list[tuple[float, float]], data: st.DataObject, gain: float
) -> None:
    who = data.draw(st.integers(0, len(pairs) - 1))
    better_a = [(a + gain, b) if number == who else (a, b) for number, (a, b) in enumerate(pairs)]
    better_b = [(a, b - gain) if number == who else (a, b) for number, (a, b) in enumerate(pairs)]
    before = rank(figures(pairs), scheme=WITH_CHANCE).set_index("unit").loc[f"U{who:02}"]
    for improved in (better_a, better_b):
        after = rank(figures(improved), scheme=WITH_CHANCE).set_index("unit").loc[f"U{who:02}"]
        assert after["score"] >= before["score"] - 1e-9
        assert after["rank"] <= before["rank"]


@FEWER
@given(units, st.randoms())
def test_the_order_in_which_units_are_named_does_not_matter(pairs: list[tuple[float, float]], random) -> None:
    rows = figures(pairs)
    mixed = rows.sample(frac=1, random_state=random.randint(0, 10_000))
    left, right = rank(rows, scheme=SCHEME), rank(mixed, scheme=SCHEME)
    assert left["unit"].tolist() == right["unit"].tolist()
    assert left["score"].tolist() == pytest.approx(right["score"].tolist())


@FEWER
@given(units)
def test_points_add_up_to_the_score_which_lies_between_0_and_100(pairs: list[tuple[float, float]]) -> None:
    found = rank(figures(pairs), scheme=SCHEME)
    assert found[["a", "b"]].sum(axis=1).tolist() == pytest.approx(found["score"].tolist())
    assert found["score"].between(-1e-9, 100 + 1e-9).all()


@given(st.integers(1, 400), st.data(), st.integers(0, 99), st.integers(1, 100))
def test_one_household_moves_the_points_by_no_more_than_its_share_of_the_distance(
    base: int, data: st.DataObject, floor: int, weight: int
) -> None:
    item = criterion("a", weight, floor=floor)
    count = data.draw(st.integers(0, base - 1))
    fewer, more = item.points(pd.Series([100 * count / base, 100 * (count + 1) / base]))
    assert 0 <= more - fewer <= weight / (base * (item.full - item.floor) / 100) + 1e-9


@FEWER
@given(units, st.data())
def test_what_the_others_do_moves_nobodys_points(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    who = data.draw(st.integers(0, len(pairs) - 1))
    alone = rank(figures(pairs), scheme=SCHEME).set_index("unit").loc[f"U{who:02}"]
    others = [pair if number == who else (0.0, 100.0) for number, pair in enumerate(pairs)]
    among = rank(figures(others), scheme=SCHEME).set_index("unit").loc[f"U{who:02}"]
    assert (alone["a"], alone["b"], alone["score"]) == (among["a"], among["b"], among["score"])


@pytest.mark.parametrize(
    ("scores_of", "places"),
    [((90, 87, 84), [1, 1, 3]), ((90, 86.9, 84), [1, 2, 2]), ((90, 90, 50), [1, 1, 3])],
)
def test_who_cannot_be_told_from_a_better_one_shares_its_place(scores_of: tuple[float, ...], places: list[int]) -> None:
    pairs = [(score, 100 - score) for score in scores_of]
    assert rank(figures(pairs), scheme=WITH_CHANCE)["rank"].tolist() == places


def test_the_marks_are_where_points_begin_and_end() -> None:
    item = criterion("a", 40, full=95, floor=60)
    assert item.points(pd.Series([0, 60, 77.5, 95, 100])).tolist() == [0, 0, 20, 40, 40]
    falls = criterion("b", 40, full=5, floor=20)
    assert falls.points(pd.Series([100, 20, 12.5, 5, 0])).tolist() == [0, 0, 20, 40, 40]


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
    assert found["score"]["U00"] == pytest.approx(90)


@pytest.mark.parametrize(("missing", "judged"), [("a", 40), ("b", 60)])
def test_who_is_judged_by_too_little_has_no_place_and_stands_apart(missing: str, judged: int) -> None:
    rows = figures([(90, 10), (80, 20)])
    rows.loc[(rows["unit"] == "U00") & (rows["item"] == missing), "base"] = 0
    found = rank(rows, scheme=WITH_CHANCE)
    own = found.set_index("unit").loc["U00"]
    assert own["judged"] == judged
    assert bool(pd.isna(own["rank"])) is (judged < WITH_CHANCE.judged_share)
    assert found["unit"].tolist() == (["U01", "U00"] if judged == 40 else ["U00", "U01"])


def test_who_is_judged_by_nothing_has_no_rank_and_stands_last() -> None:
    rows = figures([(90, 10), (80, 20)])
    rows.loc[rows["unit"] == "U00", "base"] = 0
    found = rank(rows, scheme=SCHEME)
    assert found["unit"].tolist() == ["U01", "U00"]
    assert found["rank"].isna().tolist() == [False, True]


ITEM = {"weight": 100, "full": 100, "target": 95, "floor": 60, "least": 10, "lost": "incomplete_households"}


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"weather": ITEM}, "unknown_reference"),
        ({"completeness": ITEM | {"lost": "weather"}}, "unknown_reference"),
        ({"eliminated_share_households": ITEM}, "ranking_neutral"),
        ({"identified_households": ITEM}, "ranking_neutral"),
        ({"calls_satisfied_share": ITEM}, "ranking_not_rankable"),
        ({"measures_overdue": ITEM}, "ranking_count"),
        ({"completeness": {"weight": 100}}, "missing"),
        ({"completeness": ITEM | {"weight": 99}}, "ranking_weights"),
        ({"completeness": ITEM | {"floor": 100}}, "ranking_marks"),
        ({"completeness": ITEM | {"target": 59}}, "ranking_marks"),
        ({"zero_employment_share": ITEM}, "unknown_reference"),
    ],
)
def test_what_must_not_be_ranked_is_refused_with_the_reason(tmp_path: Path, declared: dict, problem: str) -> None:
    file = tmp_path / "ranking.yaml"
    scheme = {
        "status": "placeholder",
        "reference": {"zh": "演示值", "en": "placeholder"},
        "told_apart": 3,
        "judged_share": 60,
        "townships": declared,
        "departments": {"completeness": ITEM},
    }
    file.write_text(yaml.safe_dump({"schemes": {date(2021, 1, 1): scheme}}), encoding="utf-8")
    with pytest.raises(DeclarationError) as refused:
        load_schemes(file)
    assert refused.value.kind == problem


def test_the_declared_schemes_are_usable_and_every_neutral_metric_is_refused() -> None:
    for kind in ("townships", "departments"):
        scheme = load_scheme(kind, on=date(2022, 9, 30))
        assert sum(item.weight for item in scheme.items) == 100
        assert load_scheme(kind, on=date(2020, 1, 1)) == scheme, "before the first one it is the first"
    neutral = [key for key, metric in load_metrics().items() if metric.direction == "neutral"]
    assert all(refusal(key) == "ranking_neutral" for key in neutral)


def test_townships_are_compared_by_what_the_metrics_say(count_facts: CountFacts) -> None:
    rows = merged(village(), household("H1", household_type="lifted_out"))
    table = MetricTable(count_facts(rows).within(Scope.district()))
    scheme = load_scheme("townships", on=date(2022, 9, 30))
    found = township_figures(table, places=[TOWNSHIP], month="2022-09", scheme=scheme).set_index("item")
    for item in scheme.items:
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
            measures=[
                {"department": "water", "due_on": due, "started_on": due},
                {"need_id": "N4", "started_on": date(2022, 8, 31)},
            ],
        ),
    )
    raised_and_met = (
        (date(2022, 8, 31), due),  # on the last of its days
        (date(2022, 9, 1), due),  # the days are not over yet
        (date(2022, 8, 1), date(2022, 9, 1)),  # a day after them
        (date(2021, 12, 31), None),  # raised last year
        (date(2022, 8, 1), None),  # a measure began on the last of its days
    )
    of_case = {"household_id": "H1", "case_id": "H1-C1", "kind": "housing", "department": "housing", "due_on": due}
    rows["need"] = [
        of_case | {"need_id": f"N{number}", "raised_on": raised, "met_on": met}
        for number, (raised, met) in enumerate(raised_and_met)
    ]
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        found = read_department_work(snapshot, scope=Scope.district(), on=due)
        outside = read_department_work(snapshot, scope=Scope(regions=("610902999",)), on=due)
    assert found[["unit", "item", "count", "base"]].to_numpy().tolist() == [
        ["health", "department_clues_in_time", 1, 3],
        ["housing", "department_needs_answered", 2, 3],
        ["water", "department_measures_in_time", 1, 1],
    ]
    assert outside.empty
