"""Outliers: far from the township's own median, judged only where enough is known, alike on both databases."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from data_access.database.engine import Snapshot
from data_access.lists import lists
from data_access.quality import outliers
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import Rows, household, merged, village
from tests.support.lists import asked

ON = date(2022, 9, 30)
FEWEST = 20
K = 4
"""Of the floor area, as `outliers.yaml` has it."""


def homes(floors: Sequence[int | None], *, start: int = 1, **columns: Any) -> list[Rows]:
    return [
        household(f"H{number:03d}", indicators={"house_m2": floor}, **columns)
        for number, floor in enumerate(floors, start=start)
    ]


def far(make_database: MakeDatabase, rows: Rows, *, scope: Scope | None = None) -> pd.DataFrame:
    with make_database(rows).connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        arguments: dict[str, Any] = {"metric": "outliers", "on": ON, "language": "zh", "offset": 0, "limit": 100}
        return lists.read_list(snapshot, **asked(scope=scope or Scope.district(), **arguments))


def test_a_value_is_far_from_one_past_the_limit_on_either_side(make_database: MakeDatabase) -> None:
    assert outliers.judged_indicators()["house_m2"].k == K
    # Quartiles 100 and 110, median 105 or one of them: the limits lie four times ten away from it.
    usual = [100] * 11 + [110] * 10
    median = sorted([*usual, 60, 59, 140, 141])[12]
    rows = merged(village(), *homes([*usual, median - 40, median - 41, median + 40, median + 41, None, 0]))
    found = far(make_database, rows)
    assert found[["found", "side", "usual", "edge"]].values.tolist() == [
        [median - 41, "low", median, median - 40],
        [median + 41, "high", median, median + 40],
    ]


def test_among_too_few_values_nothing_is_usual(make_database: MakeDatabase) -> None:
    enough = merged(village(), *homes([100] * (FEWEST - 1) + [900]))
    assert far(make_database, enough)["found"].tolist() == [900]
    too_few = merged(village(), *homes([100] * (FEWEST - 2) + [900]))
    assert far(make_database, too_few).empty
    assert far(make_database, merged(village())).empty


def test_a_village_is_judged_by_its_whole_township_and_by_no_other(make_database: MakeDatabase) -> None:
    here, there, elsewhere = "610902100201", "610902100202", "610902101201"
    rows = merged(
        village(here),
        village(there),
        village(elsewhere, township="610902101"),
        *homes([100] * FEWEST, village_code=there),
        *homes([900], start=100, village_code=here),
        *homes([900] * FEWEST, start=200, village_code=elsewhere),
    )
    found = far(make_database, rows, scope=Scope(regions=(here,)))
    assert found[["household_id", "found", "usual"]].values.tolist() == [["H100", 900, 100]]
    assert far(make_database, rows)["household_id"].tolist() == ["H100"]
