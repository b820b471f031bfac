"""References of assembled rows to nothing: they are told; one that a row can do without becomes NULL, a row that
cannot do without is left out."""

from collections import Counter
from functools import cache

import pandas as pd

from data_access.connect.assembling import Frames, keys_of, tell
from data_access.connect.reading import Told
from data_access.schema.references import Reference, load_references
from data_access.schema.tables import department, metadata

_KEPT = (("household", "village_code"),)
"""References that are told and kept: a household is a household, wherever it is said to live."""


@cache
def in_order() -> tuple[str, ...]:
    """The tables of the contract, each after those that it refers to."""
    placed: dict[str, None] = {}

    def place(table: str) -> None:
        for reference in load_references():
            other = reference.to[0].split(".")[0]
            if other != table and any(name.split(".")[0] == table for name in reference.columns):
                place(other)
        placed.setdefault(table)

    for table in metadata.tables:
        place(table)
    return tuple(placed)


def drop_unknown(frames: Frames, table: str, *, told: Told) -> None:
    """Tell of every reference of a table to nothing, and take it out; of those to a table that is not mapped none.

    Args:
        frames: the table, and those that it refers to.
    """
    for reference in load_references():
        own = [name.replace("*.", f"{table}.") for name in reference.columns]
        if all(name.split(".")[0] == table for name in own) and tuple(own) != reference.to:
            _drop(frames, table, [name.split(".")[1] for name in own], reference, told=told)


def _by_code(rows: pd.DataFrame, column: str, departments: pd.DataFrame) -> pd.DataFrame:
    """Rows whose departments are named by their codes: theirs may say the Chinese name."""
    if "name_zh" not in departments:
        return rows
    codes = departments.dropna(subset=["name_zh"]).drop_duplicates("name_zh").set_index("name_zh")["code"]
    said = rows[column].map(codes)
    return rows.assign(**{column: said.where(said.notna(), rows[column])})


def _drop(frames: Frames, table: str, columns: list[str], reference: Reference, *, told: Told) -> None:
    rows = frames[table]
    if not set(columns) <= set(rows.columns):
        return
    other, there = reference.to[0].split(".")[0], [name.split(".")[1] for name in reference.to]
    if other not in frames:
        return
    known = frames[other][there].dropna().drop_duplicates().set_axis(columns, axis="columns")
    if other == department.name:
        rows = frames[table] = _by_code(rows, columns[-1], frames[other])
    said = rows[columns]
    found = said.merge(known.assign(_found=True), how="left", on=columns)["_found"].notna().set_axis(rows.index)
    lost = said.notna().all(axis="columns") & ~found
    if not lost.any():
        return
    target, words = metadata.tables[table], {"what_zh": reference.zh, "what_en": reference.en}
    is_kept = (table, columns[-1]) in _KEPT
    rule = "place_unknown" if is_kept else "unknown_reference"
    if other == department.name:
        rule, words = "unknown_name", {**words, "where": other, "known": ", ".join(known[columns[-1]])}
        told.unread[table, columns[-1], rule] = Counter(rows[lost][columns[-1]].astype(str))
    tell(rows[lost], table, columns[-1], rule, told=told, keys=keys_of(table), value=columns[-1], **words)
    if is_kept:
        return
    if target.c[columns[-1]].nullable and not target.c[columns[-1]].primary_key:
        frames[table] = rows.assign(**{columns[-1]: rows[columns[-1]].mask(lost, None)})
    else:
        frames[table] = rows[~lost].reset_index(drop=True)
