"""Names of columns in the declared files of loads."""

from data_access.declarations import refuse
from data_access.schema.tables import metadata

HELPERS = ("place", "match", "measures", "causes")
"""What a field may fill instead of a table: the name of a place, what a household is matched by, a kind of measure with
its first day, the causes of a case in one cell."""


def column_of(name: str, *, helpers: bool = False, any_table: bool = False, at: tuple[str | int, ...] = ()) -> str:
    """Checks that a name is that of a column (`table.column`) and returns it; for use in validators, which pass on what
    it raises.

    Args:
        helpers: whether HELPERS count as tables.
        any_table: whether `*.column` may stand for the column in every table that has it.
        at: the keys that lead to the name.
    """
    table, _, column = name.partition(".")
    if helpers and table in HELPERS and column:
        return name
    tables = tuple(metadata.tables.values()) if any_table and table == "*" else (metadata.tables.get(table),)
    known = [part.name for one in tables if one is not None for part in one.c]
    if column not in known:
        raise refuse("unknown_column", at=at, name=name)
    return name
