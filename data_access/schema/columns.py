"""Columns of the contract, as declared files name them: `table.column`, or `*.column` for every table that has it."""

from collections.abc import Iterable

from sqlalchemy import Column

from data_access.declarations import refuse
from data_access.schema.tables import metadata


def column_of(name: str, *, any_table: bool = False, at: tuple[str | int, ...] = ()) -> str:
    """Checks that a name is that of a column and returns it; for use in validators, which pass on what it raises.

    Args:
        any_table: whether `*.column` may stand for the column in every table that has it.
        at: the keys that lead to the name.
    """
    table, _, column = name.partition(".")
    tables = tuple(metadata.tables.values()) if any_table and table == "*" else (metadata.tables.get(table),)
    if column not in [part.name for one in tables if one is not None for part in one.c]:
        raise refuse("unknown_column", at=at, name=name)
    return name


def find_column(name: str) -> Column:
    """The column with a name such as `member.labour`."""
    table, _, column = name.partition(".")
    return metadata.tables[table].c[column]


def in_words(names: Iterable[str]) -> dict[str, str]:
    """Columns as a sentence names them, in each language: what they are called, and of what where several are called
    alike."""
    columns = [find_column(name) for name in names]
    return {
        "columns_zh": "、".join(
            dict.fromkeys(_called(one, language="zh", within="{column}（{table}）") for one in columns)
        ),
        "columns_en": ", ".join(
            dict.fromkeys(_called(one, language="en", within="{column} ({table})") for one in columns)
        ),
    }


def _called(column: Column, *, language: str, within: str) -> str:
    title = str(column.info[language])
    alike = [one for table in metadata.tables.values() for one in table.c if one.info.get(language) == title]
    return title if len(alike) == 1 else within.format(column=title, table=column.table.info[language])
