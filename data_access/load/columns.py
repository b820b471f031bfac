"""Names of columns in the declared files of loads."""

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
