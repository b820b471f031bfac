"""Rates of a draw speak of all households: weighted by chance, and their intervals hold the truth as they say."""

from dataclasses import replace

import pandas as pd
import pytest

from data_access.inspection.draw_settings import settings_of
from data_access.inspection.estimates import error_rate
from data_access.inspection.rates import wilson, wilson_of_share
from tests.support.draw_simulation import WORLDS, answers_in, district, simulate

SETTINGS = settings_of("2022-09")


def units_of(*chances: float, status: str | None = None) -> pd.DataFrame:
    """Households a, b, c … of one township and village."""
    rows = [{"code": code, "probability": chance} for code, chance in zip("abcdefghij", chances, strict=False)]
    own = pd.DataFrame(rows, columns=["code", "probability"])
    return own.assign(kind="household", status=status, active=True, township_code="T", village_code="V")


def found_in(**wrong: tuple[int, int]) -> pd.DataFrame:
    """Household -> how many answers were wrong of how many."""
    rows = [(code, place >= bad) for code, (bad, asked) in wrong.items() for place in range(asked)]
    return pd.DataFrame(rows, columns=["code", "agrees"])


def test_with_equal_chances_the_interval_is_that_of_the_books() -> None:
    said = error_rate(
        found_in(**dict.fromkeys("ab", (1, 1)), **dict.fromkeys("cdefghij", (0, 1))), units=units_of(*[0.1] * 10)
    )
    assert (said.wrong, said.compared, said.units) == (2, 10, 10)
    assert said.estimate is not None
    assert (said.estimate.share, said.estimate.worth) == pytest.approx((0.2, 10), rel=0.12)
    assert error_rate(found_in(), units=units_of(0.1)).estimate is None
    none = error_rate(found_in(**dict.fromkeys("abcdefgh", (0, 10))), units=units_of(*[0.1] * 8)).estimate
    assert none is not None
    assert (none.low, none.worth) == pytest.approx((0, 8)), (
        "households that all say the same are as many answers as there are households"
    )
    assert none.high >= wilson(0, 8)[1]  # type: ignore[index]


def test_who_stands_for_more_counts_more() -> None:
    units = units_of(0.1, 0.9)
    said = error_rate(found_in(a=(1, 1), b=(0, 1)), units=units).estimate
    assert said is not None
    assert said.share == pytest.approx(0.9)


def test_who_was_not_seen_is_spoken_for_by_those_of_the_same_status() -> None:
    units = pd.concat(
        [units_of(0.5, 0.5, status="open"), units_of(0.5, 0.5, 0.5, status="general").assign(code=list("cde"))]
    )
    said = error_rate(found_in(a=(1, 1), c=(0, 1)), units=units.reset_index(drop=True)).estimate
    assert said is not None
    assert said.share == pytest.approx(2 / 5)


def test_few_degrees_of_freedom_make_the_interval_wider() -> None:
    wide, plain = wilson_of_share(0.2, of=50, degrees=10), wilson_of_share(0.2, of=50)
    assert wide[0] < plain[0] < plain[1] < wide[1]
    assert plain == pytest.approx(wilson(10, 50))


@pytest.mark.parametrize("world", ["by status", "by village"])
def test_many_draws_meet_the_truth_and_their_intervals_hold_it(world: str) -> None:
    """The short form of tests/benchmarks/draws.py, always with the same seeds."""
    few = district(townships=13, villages=(4, 8), households=(40, 60))
    seen = simulate(few, wrong=answers_in(few, world=WORLDS[world]), settings=SETTINGS, seeds=range(60))
    assert abs(seen.off) < 3
    assert seen.covered >= 0.93
    if world == "by status":
        assert abs(seen.unweighted - seen.truth) > 10 * abs(seen.mean - seen.truth), "as it would be without weights"


def test_a_rate_without_weights_would_be_found_out() -> None:
    few = district(townships=13, villages=(4, 8), households=(40, 60))
    equal = replace(SETTINGS, shares={})
    assert equal.recorded["size"] == SETTINGS.recorded["size"]
    wrong = answers_in(few, world=WORLDS["by status"])
    assert abs(simulate(few, wrong=wrong, settings=equal, seeds=range(30)).off) < 3
