"""Steps and times to elimination: the reference against numbers worked out by hand, the app against the reference."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from data_access.cases.durations import KEYS, read_durations
from data_access.cases.steps import read_steps
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.figures import read_amounts
from data_access.scope import Scope
from tests.reference.frames import Frames, tables_from_rows
from tests.reference.trends import elimination_times, waiting_cases
from tests.support.households import household, merged, village

DAYS = (date(2021, 6, 30), date(2022, 2, 28), date(2022, 6, 30), date(2022, 9, 30), date(2023, 2, 28))


@pytest.fixture(scope="module")
def store(database: HouseholdDatabase) -> FactsStore:
    return FactsStore(database)


@pytest.fixture
def snapshot(store: FactsStore) -> Iterator[Snapshot]:
    with store.database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=store.rulebook())


def test_the_reference_follows_a_case_through_the_steps() -> None:
    case = {"discovered_on": date(2022, 3, 1), "checked_on": date(2022, 3, 4), "identified_on": date(2022, 3, 20)}
    rows = tables_from_rows(merged(village(), household(cases=[case], measures=[{"started_on": date(2022, 4, 2)}])))
    steps = {}
    for day in ("2022-02-28", "2022-03-01", "2022-03-04", "2022-03-20", "2022-04-02"):
        waiting = waiting_cases(rows, pd.Timestamp(day))
        steps[day] = waiting["step"].tolist()
    assert steps == {
        "2022-02-28": [],
        "2022-03-01": ["checked"],
        "2022-03-04": ["compared"],
        "2022-03-20": ["helped"],
        "2022-04-02": ["eliminated"],
    }


def test_the_reference_counts_only_cases_followed_long_enough() -> None:
    case = {"identified_on": date(2022, 1, 31), "eliminated_on": date(2022, 7, 31)}
    rows = tables_from_rows(merged(village(), household(cases=[case])))
    early, later = (elimination_times(rows, pd.Timestamp(day)).iloc[0] for day in ("2022-07-30", "2022-07-31"))
    assert (early["followed_6"], early["eliminated_6"]) == (0, 0)
    assert (later["followed_6"], later["eliminated_6"], later["followed_12"]) == (1, 1, 0)


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_steps_of_townships_with_many_some_and_few_cases_equal_the_reference(
    snapshot: Snapshot, tables: Frames, on: date
) -> None:
    expected = waiting_cases(tables, pd.Timestamp(on))
    assert len(expected) > 10
    townships = expected["village_code"].str[:9]
    by_cases = townships.value_counts().index
    for township in (by_cases[0], by_cases[len(by_cases) // 2], by_cases[-1]):
        its_cases = expected[townships == township]
        found = read_steps(snapshot, scope=Scope(regions=(str(township),)), on=on).set_index("step").sort_index()
        waiting = its_cases.groupby("step")
        assert found["households"].to_dict() == waiting.size().to_dict()
        assert found["overdue"].to_dict() == waiting["overdue"].sum().to_dict()
        assert found["longest_days"].to_dict() == waiting["days"].max().to_dict()
        middle = waiting["days"].quantile(0.5, interpolation="lower")
        assert found["median_days"].to_dict() == middle.to_dict()


@pytest.mark.parametrize("metric", ["step_open", "step_overdue"])
@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_steps_of_every_village_equal_the_reference(
    snapshot: Snapshot, tables: Frames, metric: str, on: date
) -> None:
    expected = waiting_cases(tables, pd.Timestamp(on)).assign(step_open=1)
    by_village = expected.rename(columns={"overdue": "step_overdue"}).groupby("village_code")[metric].sum()
    found = read_amounts(snapshot, scope=Scope.district(), metric=metric, on=on).set_index("village_code")["count"]
    assert found[found > 0].sort_index().to_dict() == by_village[by_village > 0].to_dict()


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_times_of_every_category_cause_and_group_equal_the_reference(
    snapshot: Snapshot, tables: Frames, on: date
) -> None:
    keys = list(KEYS)
    expected = elimination_times(tables, pd.Timestamp(on)).drop(columns="village_code").groupby(keys).sum()
    found = read_durations(snapshot, scope=Scope.district(), on=on).set_index(keys).sort_index()
    assert expected["eliminated_in_12"].sum() > 0 or on < date(2022, 1, 1)
    pd.testing.assert_frame_equal(found[expected.columns.tolist()], expected, check_dtype=False)


@pytest.mark.parametrize("months", [6, 12])
def test_the_share_of_every_village_equals_the_reference(snapshot: Snapshot, tables: Frames, months: int) -> None:
    on = date(2022, 9, 30)
    times = elimination_times(tables, pd.Timestamp(on))
    times = times[times["case_group"] == "other"].assign(eliminated_12=times["eliminated_in_12"])
    expected = times.groupby("village_code")[[f"eliminated_{months}", f"followed_{months}"]].sum()
    found = read_amounts(snapshot, scope=Scope.district(), metric=f"eliminated_within_{months}", on=on)
    assert expected.to_numpy().sum() > 0
    counts = found.set_index("village_code").sort_index()
    counts = counts[counts.any(axis=1)]
    expected = expected[expected.any(axis=1)]
    assert counts.index.tolist() == expected.index.tolist()
    assert counts.to_numpy().tolist() == expected.to_numpy().tolist()
