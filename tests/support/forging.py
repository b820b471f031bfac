"""What a browser may send instead of what it was offered, and what may never come back to township staff."""

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
