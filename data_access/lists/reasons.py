"""Details of a list that are gathered from several columns of its entries: the rules that gave points, the conditions
that fail, the indicators in doubt."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import ColumnElement
from sqlalchemy.sql import Subquery

from data_access.risk.rulebook import RuleBook

GATHERED = {"reasons": "points_", "conditions": "fails_", "doubts": "doubts_"}
"""Details that are gathered from several columns of the entries -> the prefix of those columns' names."""

Gathered = Mapping[str, Mapping[str, ColumnElement[int]]]
"""Gathered detail -> the columns it is made of, by the thing that each represents."""


def with_gathered(rows: pd.DataFrame, gathered: Gathered) -> pd.DataFrame:
    """The rows of a list with each gathered detail in one column, which replaces those it is made of."""
    for name, columns in gathered.items():
        found = rows[[column.name for column in columns.values()]]
        rows = rows.drop(columns=list(found))
        rows[name] = pd.Series(_gathered(found, names=list(columns)), index=rows.index, dtype=object)
    return rows


def columns_of(kind: str, *, entries: Subquery, rulebook: RuleBook) -> dict[str, ColumnElement[int]]:
    """The columns that a gathered detail is made of, by the thing that each represents."""
    begin = GATHERED[kind]
    columns = {column.name.removeprefix(begin): column for column in entries.c if column.name.startswith(begin)}
    risks = {rule.id for rule in rulebook.rules if rule.family == "risk"}
    return {name: column for name, column in columns.items() if kind != "reasons" or name in risks}


def _gathered(found: pd.DataFrame, *, names: list[str]) -> list[tuple[tuple[str, int], ...]]:
    """The values above zero in each row, the largest first."""
    gathered = []
    for row in found.itertuples(index=False):
        speaking = [(name, int(value)) for name, value in zip(names, row, strict=True) if pd.notna(value) and value > 0]
        gathered.append(tuple(sorted(speaking, key=lambda pair: (-pair[1], pair[0]))))
    return gathered
