"""Classes of a map at their edges."""

import pytest

from charts.classes import Classes, classes_of
from charts.palette import NO_DATA, RAMPS


def test_many_values_make_five_classes_of_equal_size() -> None:
    classes = classes_of([float(value) for value in range(101)], direction="bad")
    assert classes.limits == pytest.approx((0, 20, 40, 60, 80, 100))
    assert classes.colours == tuple(RAMPS["bad"])


@pytest.mark.parametrize(
    ("value", "position"), [(0.0, 0), (19.9, 0), (20.0, 1), (80.0, 4), (100.0, 4), (-1.0, 0), (200.0, 4)]
)
def test_a_limit_belongs_to_the_class_above_it_and_the_last_to_the_last(value: float, position: int) -> None:
    classes = classes_of([float(value) for value in range(101)], direction="neutral")
    assert classes.colour(value) == RAMPS["neutral"][position]


@pytest.mark.parametrize("values", [[3.0], [3.0, 3.0, 3.0]])
def test_one_value_or_equal_values_make_one_class_of_the_middle_colour(values: list[float]) -> None:
    classes = classes_of(values, direction="good")
    assert classes.limits == (3.0, 3.0)
    assert classes.colour(3.0) == RAMPS["good"][2]


def test_two_values_make_classes_from_the_palest_to_the_deepest_without_a_repeated_limit() -> None:
    classes = classes_of([0.0] * 10 + [5.0], direction="bad")
    assert list(classes.limits) == sorted(set(classes.limits))
    assert len(classes.colours) == len(classes.limits) - 1


def test_without_values_everything_is_grey() -> None:
    classes = classes_of([], direction="bad")
    assert classes == Classes(limits=(), colours=())
    assert classes.colour(1.0) == NO_DATA


def test_a_missing_value_is_grey_and_no_class_uses_that_grey() -> None:
    assert classes_of([1.0, 2.0], direction="bad").colour(None) == NO_DATA
    assert all(NO_DATA not in ramp for ramp in RAMPS.values())
