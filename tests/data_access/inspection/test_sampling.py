"""A draw can be repeated by anybody, gives every unit the same chance, and keeps its replacements in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.inspection.rates import wilson
from data_access.inspection.sampling import frame_hash, in_order, take

CODES = [f"V{number:02}" for number in range(20)]
codes = st.lists(st.text("abcdef0123456789", min_size=1, max_size=6), max_size=30)
CHI_SQUARED_19 = 43.82
"""The 99.9 % quantile of chi-squared with 19 degrees of freedom: a fair draw stays below in 999 of 1,000 trials."""


def chi_squared(counts: list[int]) -> float:
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)


@given(codes, st.text(max_size=10), st.integers(0, 12), st.integers(0, 6))
def test_the_same_seed_gives_the_same_draw_whatever_the_order_of_the_units(
    units: list[str], seed: str, size: int, spare: int
) -> None:
    one = take(units, seed=seed, kind="village", stratum="t", size=size, spare=spare)
    two = take(reversed(units), seed=seed, kind="village", stratum="t", size=size, spare=spare)
    assert one == two
    assert len(one.drawn) == min(size, len(set(units)))
    assert not set(one.drawn) & set(one.replacements)


@given(codes, st.integers(0, 12), st.integers(0, 6))
def test_the_replacements_are_the_next_in_the_order(units: list[str], size: int, spare: int) -> None:
    ordered = in_order(units, seed="s", kind="village", stratum="t")
    taken = take(units, seed="s", kind="village", stratum="t", size=size, spare=spare)
    assert [*taken.drawn, *taken.replacements] == ordered[: size + spare]


def test_every_unit_is_drawn_equally_often_over_many_seeds() -> None:
    counts = dict.fromkeys(CODES, 0)
    for seed in range(4000):
        for code in take(CODES, seed=str(seed), kind="household", stratum="v", size=5).drawn:
            counts[code] += 1
    assert sum(counts.values()) == 20_000
    # Without replacement the statistic is below that of independent draws, so the bound holds all the more.
    assert chi_squared(list(counts.values())) < CHI_SQUARED_19


def test_a_draw_that_prefers_somebody_would_be_found_out() -> None:
    counts = dict.fromkeys(CODES, 0)
    for seed in range(4000):
        ordered = in_order(CODES, seed=str(seed), kind="household", stratum="v")
        chosen = ordered[:5] if "V00" in ordered[:5] or seed % 10 else ["V00", *ordered[:4]]
        for code in chosen:
            counts[code] += 1
    assert chi_squared(list(counts.values())) > CHI_SQUARED_19


def test_another_seed_kind_or_stratum_gives_another_order() -> None:
    orders = {
        tuple(in_order(CODES, seed=seed, kind=kind, stratum=stratum))
        for seed in ("a", "b")
        for kind in ("village", "household")
        for stratum in ("1", "2")
    }
    assert len(orders) == 8


def test_the_hash_of_the_frame_follows_every_unit_and_not_their_order() -> None:
    units = [("village", "t", code) for code in CODES]
    assert frame_hash(units) == frame_hash(units[::-1])
    assert frame_hash(units) != frame_hash(units[1:])
    assert frame_hash(units) != frame_hash([*units[1:], ("household", "t", "V00")])


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 260, 0.0007, 0.0215)],
)
def test_the_interval_is_that_of_the_books(found: int, of: int, low: float, high: float) -> None:
    interval = wilson(found, of)
    assert interval is not None
    assert list(interval) == pytest.approx([low, high], abs=1e-4)


@given(st.integers(1, 5000), st.data())
def test_the_share_lies_in_its_interval_and_the_interval_in_zero_to_one(of: int, data: st.DataObject) -> None:
    found = data.draw(st.integers(0, of))
    interval = wilson(found, of)
    assert interval is not None
    assert 0 <= interval[0] <= found / of + 1e-12
    assert found / of - 1e-12 <= interval[1] <= 1


def test_of_nothing_there_is_no_interval_and_more_than_all_is_no_share() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)
