"""Names of columns in the declared files of loads."""

from collections.abc import Mapping

from data_access.schema import columns

HELPERS = ("place", "match", "measures", "causes", "said")
"""What a field may fill instead of a table: the name of a place, what a household is matched by, a kind of measure with
its first day, the causes of a case in one cell, what is only compared."""


def column_of(name: str, *, helpers: bool = False, any_table: bool = False, at: tuple[str | int, ...] = ()) -> str:
    """As `schema.columns.column_of`; with `helpers`, HELPERS count as tables."""
    table, _, column = name.partition(".")
    if helpers and table in HELPERS and column:
        return name
    return columns.column_of(name, any_table=any_table, at=at)


def title_of(name: str, *, headings: Mapping[str, str], language: str) -> str:
    """What a report calls a column: the heading of the file, or what the contract calls it where the file lacks it.

    Args:
        name: of a column, `table.column`, or a heading of the file.
        headings: `table.column` -> heading of the file.
    """
    if name in headings:
        return headings[name]
    try:
        return str(columns.find_column(name).info[language])
    except KeyError:
        return name
