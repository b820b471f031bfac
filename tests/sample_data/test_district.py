"""What is declared about the townships, and sharing things out among them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.declarations import DeclarationError
from sample_data.common import apportion
from sample_data.district import load_district
from sample_data.geography import COUNTY_SEAT, load_places

DECLARED = Path(load_district.__module__.replace(".", "/") + ".yaml")


def test_every_township_of_the_district_is_declared_and_none_twice():
    assert sorted(load_district().townships) == [township["code"] for township in load_places().townships]


def test_a_road_to_the_seat_is_longer_than_the_straight_line_but_not_by_much():
    lon, lat = COUNTY_SEAT
    for township in load_places().townships:
        east = (float(township["lon"]) - lon) * np.cos(np.radians(lat)) * 111.3
        north = (float(township["lat"]) - lat) * 111.0
        straight = float(np.hypot(east, north))
        assert straight <= load_district().townships[township["code"]].km <= 2 * straight + 2, township["name_zh"]


def test_factors_leave_the_mean_of_the_district():
    places = load_places()
    households = np.bincount(places.township, places.usual_households)
    for name, values in places.factors.items():
        if name not in ("outside", "missing", "weeks_behind"):
            assert np.average(values, weights=households) == pytest.approx(1)
            assert values.min() < 0.9 < 1.1 < values.max(), name


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("river: 岚河", "river: 丹江"),
        ("kind: town,", "kind: city,"),
        ("checked: 14", "eliminated: 14"),
        ("completeness: 0.800", "completeness: 80"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, written: str, instead: str):
    text = DECLARED.read_text(encoding="utf-8")
    assert written in text
    file = tmp_path / "district.yaml"
    file.write_text(text.replace(written, instead), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"district\.yaml"):
        load_district(file)


groups = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 0.5, 1.0, 3.0])), min_size=1, max_size=60)


@given(groups, st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_apportioned_shares_add_up_and_go_by_weight(rows: list[tuple[int, float]], seed: int, part: float):
    group, weight = (np.array(column) for column in zip(*rows, strict=True))
    count = int(part * (weight > 0).sum())
    chosen = apportion(np.random.default_rng(seed), weight, group, count)
    assert len(np.unique(chosen)) == len(chosen) == count
    assert (weight[chosen] > 0).all()
    room, total = np.bincount(group, weight > 0, 5), np.bincount(group, weight, 5)
    shares, fair = np.bincount(group[chosen], minlength=5), count * total / max(total.sum(), 1)
    assert (shares >= np.minimum(np.floor(fair - 1e-9), room)).all()


def test_more_than_there_are_cannot_be_apportioned():
    with pytest.raises(ValueError, match="3 cannot be chosen from 2"):
        apportion(np.random.default_rng(0), np.array([1.0, 0.0, 2.0]), np.array([0, 0, 1]), 3)
