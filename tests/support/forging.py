"""What a browser may send instead of what it was offered, and what may never come back to township staff."""

import random

from hypothesis import strategies as st

from data_access.access.roles import load_roles
from tests.support.worlds import TOWNSHIPS, VILLAGES, households_of, secrets_of

OWN, OTHER = TOWNSHIPS[0], TOWNSHIPS[1]
"""The township of who forges, and one that is none of theirs."""

PAGES = sorted(page for page in load_roles().pages if page != "meeting")

HIDDEN = sorted(value for code in VILLAGES for values in secrets_of(code).values() for value in values)
ELSEWHERE = [home for code in VILLAGES if not code.startswith(OWN) for home in households_of(code)]
ASKED_FOR = ELSEWHERE.pop(0)
"""A household that is asked for by its number, so that the number comes back in what was asked."""
FORBIDDEN = [text.encode() for text in (*HIDDEN, *ELSEWHERE)]

texts = st.sampled_from(
    [OTHER, VILLAGES[2], "610902", ASKED_FOR, "all", "red_households", "households", "xlsx", "2022-09", "download",
     "' OR '1'='1", "x'; DROP TABLE household; --", "%", "", "用途", "part", "lamp.is.red"]
)  # fmt: skip
values = st.one_of(
    texts.map(lambda text: {"string_value": text}),
    st.lists(texts, max_size=3).map(lambda some: {"string_array_value": some}),
    st.integers(-2, 40).map(lambda number: {"int_value": number}),
    st.lists(st.integers(-1, 9), max_size=2).map(lambda some: {"int_array_value": some}),
    st.floats(-1e6, 1e6).map(lambda number: {"double_value": number}),
    st.just({"trigger_value": True}),
    st.booleans().map(lambda on: {"bool_value": on}),
    texts.map(lambda text: {"json_value": f'{{"selection": {{"rows": [0], "cells": [[0, "{text}"]]}}}}'}),
)
NOT_WIDGETS = ("gate.noted", "built_selection_xlsx", "view.place", "user", "scope", "lang", "place", "unmasked")
links = st.dictionaries(
    st.sampled_from(["place", "month", "household", "list", "q", "part", "f", "c", "purpose", "edition", "lang"]),
    st.one_of(texts, st.sampled_from(["zh", "en", "2022-08", "warnings", "head_name", "phone"])),
    max_size=4,
)

ODD = ("", "0", "-1", "2022-13", "9999-99", "'", "';--", "%", "\x00", "\u202e", "😀", "null", "NaN", "1e999", "../..",
       "{}", "[]", "true", "6109", "610902999", "lamp.is.red", "lamp.is.", "..", "x" * 3_000, "<script>")  # fmt: skip
"""What somebody mistyped or forged in the place of a value."""
LINK_NAMES = ("place", "month", "household", "list", "q", "part", "f", "c", "lang", "edition", "year", "draw", "split",
              "by_x", "group", "grid", "from", "unit", "view", "wall")  # fmt: skip
"""What links call the reader's choices, and a name that none knows."""


def links_of_every_value() -> list[list[tuple[str, str]]]:
    """Links that put every value into the place of every name, each once."""
    return [
        [(name, ODD[(first + number) % len(ODD)]) for number, name in enumerate(LINK_NAMES)]
        for first in range(len(ODD))
    ]


def malformed_links(count: int) -> list[list[tuple[str, str]]]:
    """Links, the same ones each time, as names and values; a name without a value now and then."""
    chance = random.Random(20221)
    return [
        [
            (chance.choice(LINK_NAMES), chance.choice(ODD)) if chance.random() < 0.9 else (chance.choice(ODD), "")
            for _ in range(chance.randint(1, 5))
        ]
        for _ in range(count)
    ]
