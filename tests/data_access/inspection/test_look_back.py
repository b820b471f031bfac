"""Problems struck off lately are drawn to be looked at again; what has come back is counted with its interval."""

from datetime import date, timedelta

import pandas as pd
import pytest

from data_access.inspection.look_back import KIND, draw_to_look_back, outcome, struck_off_lately
from data_access.inspection.rates import wilson
from data_access.inspection.sampling import take
from data_access.schema.limits import limit
from tests.support.households import TOWNSHIP, VILLAGE

TODAY = date(2022, 9, 30)
OLDEST = TODAY - timedelta(days=limit("look_back_days", on=TODAY))


def problems(*struck_off: date | None, state: str = "struck_off", village: str | None = VILLAGE) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "problem_id": f"W{number}",
                "state": state,
                "struck_off_on": day,
                "township_code": TOWNSHIP,
                "village_code": village,
                "reopened": 0,
                "held_on": None,
            }
            for number, day in enumerate(struck_off)
        ]
    )


def test_what_was_struck_off_long_ago_is_not_looked_at_again() -> None:
    rows = problems(TODAY, OLDEST, OLDEST - timedelta(days=1))
    assert struck_off_lately(rows, on=TODAY)["problem_id"].tolist() == ["W0", "W1"]


@pytest.mark.parametrize("state", ["open", "reopened"])
def test_what_is_not_struck_off_is_not_looked_at_again(state: str) -> None:
    assert struck_off_lately(problems(None, TODAY, state=state), on=TODAY).empty


def test_a_draw_can_be_drawn_again_from_its_seed() -> None:
    rows = problems(*[TODAY] * 5)
    drawn = draw_to_look_back(rows, seed="公开号码", size=2, on=TODAY, data_version="7")
    again = take(rows["problem_id"], seed="公开号码", kind=KIND, stratum="struck_off", size=2)
    assert tuple(unit.code for unit in drawn.units) == again.drawn
    assert (drawn.kind, drawn.month, drawn.frame_rows, drawn.settings) == (KIND, "2022-09", 5, {"size": 2})
    assert [unit.position for unit in drawn.units] == [1, 2]
    assert {(unit.probability, unit.replacement, unit.village_code) for unit in drawn.units} == {(0.4, False, VILLAGE)}


def test_a_problem_of_a_whole_township_stands_with_its_township() -> None:
    [unit] = draw_to_look_back(problems(TODAY, village=None), seed="x", size=1, on=TODAY, data_version="7").units
    assert (unit.township_code, unit.village_code) == (TOWNSHIP, TOWNSHIP)


def test_what_came_back_is_counted_among_what_was_seen_again() -> None:
    rows = problems(*[TODAY] * 4).assign(reopened=[2, 0, 0, 0], held_on=pd.Series([None, TODAY, TODAY, None]))
    found = outcome(rows)
    assert (found.drawn, found.seen, found.back, found.interval) == (4, 3, 1, wilson(1, 3))


def test_of_nothing_seen_there_is_no_share() -> None:
    found = outcome(problems(TODAY, TODAY))
    assert (found.drawn, found.seen, found.back, found.interval) == (2, 0, 0, None)
