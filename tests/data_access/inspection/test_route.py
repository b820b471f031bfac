"""A group visits the nearest village next."""

import pytest

from data_access.inspection.route import Stop, visiting_order

EAST = {"seat": (109.0, 32.7), "near": (109.1, 32.7), "far": (109.3, 32.7), "west": (108.8, 32.7)}


def test_the_nearest_village_is_next_and_one_nobody_can_place_is_last() -> None:
    stops = visiting_order(("unknown", "far", "west", "near"), points=EAST, start="seat")
    assert [stop.village_code for stop in stops] == ["near", "far", "west", "unknown"]
    assert stops[0].km == pytest.approx(9.36, abs=0.01), "a tenth of a degree at 32.7° north"
    assert stops[-1].km is None


def test_without_a_place_to_set_out_the_first_village_has_no_distance() -> None:
    assert visiting_order(("near",), points=EAST, start=None) == (Stop("near", None),)
