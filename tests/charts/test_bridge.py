"""The bridge: every bar begins where the one before it ended."""

import json
from typing import Any

import pandas as pd

from charts.bridge import bridge


def drawn(*rows: tuple[str, int, str]) -> dict[str, Any]:
    spec = json.loads(bridge(pd.DataFrame(list(rows), columns=["label", "amount", "kind"]), height=200).to_json())
    bar: dict[str, Any] = spec["data"][0]
    return bar


WHOLE = (
    ("start", 10, "total"),
    ("in", 5, "came"),
    ("back", 2, "came"),
    ("out", 7, "went"),
    ("gone", 1, "went"),
    ("end", 9, "total"),
)


def test_what_comes_stands_on_what_was_and_what_goes_hangs_from_it() -> None:
    bar = drawn(*WHOLE)
    assert list(zip(bar["base"], bar["x"], strict=True)) == [(0, 10), (10, 5), (15, 2), (10, 7), (9, 1), (0, 9)]


def test_every_bar_says_its_amount_with_its_sign_and_nothing_has_none() -> None:
    assert drawn(*WHOLE)["text"] == ["10", "+5", "+2", "−7", "−1", "9"]
    assert drawn(("start", 0, "total"), ("in", 0, "came"), ("out", 0, "went"))["text"] == ["0", "0", "0"]


def test_what_comes_goes_and_stays_is_told_apart_without_colour() -> None:
    patterns = drawn(*WHOLE)["marker"]["pattern"]["shape"]
    assert patterns[0] == patterns[5]
    assert len({patterns[0], patterns[1], patterns[3]}) == 3


def test_the_first_bar_is_on_top_and_the_scale_begins_at_zero() -> None:
    layout = json.loads(
        bridge(pd.DataFrame([("a", 1, "total")], columns=["label", "amount", "kind"]), height=90).to_json()
    )
    assert layout["layout"]["yaxis"]["autorange"] == "reversed"
    assert layout["layout"]["xaxis"]["rangemode"] == "tozero"
