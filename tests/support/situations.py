"""Situations side by side: one database, and one count of its facts, for many tests of a page."""

from typing import Any

from tests.support.households import TOWNSHIP, Rows, merged, village


class Situations:
    """Households in different situations, each in the one village of a township of its own.

    SIDE_BY_SIDE = Situations(poor=poor_household(), two=merged(household("H1"), household("H2")))
    open_app(SIDE_BY_SIDE.rows, place=SIDE_BY_SIDE["poor"])

    Their rows are given as for the usual village; what belongs to the situation `poor` has numbers such as H1-poor.
    """

    def __init__(self, **situations: Rows) -> None:
        self._townships = {name: f"{TOWNSHIP[:6]}{101 + number}" for number, name in enumerate(situations)}
        self.rows = merged(
            *(_moved(_in_its_village(rows), name=name, township=self[name]) for name, rows in situations.items())
        )

    def __getitem__(self, name: str) -> str:
        """The township of a situation."""
        return self._townships[name]


def _in_its_village(rows: Rows) -> Rows:
    """The rows of a situation with its village; the load is that of all."""
    return {table: its_rows for table, its_rows in merged(village(), rows).items() if table != "data_load"}


def _moved(rows: Rows, *, name: str, township: str) -> Rows:
    def moved(column: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return f"{value}-{name}" if column.endswith("_id") else value.replace(TOWNSHIP, township)

    return {
        table: [{column: moved(column, value) for column, value in row.items()} for row in its_rows]
        for table, its_rows in rows.items()
    }
