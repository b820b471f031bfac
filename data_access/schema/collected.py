"""What figures need of the household database: where a column that they are counted by holds no value at all, they are
not collected here, which is neither zero nor none."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from data_access.declarations import Declared, Many, Text, read_declared
from data_access.schema.columns import column_of
from data_access.schema.tables import metadata

_FILE = Path(__file__).with_name("collected.yaml")


BESIDE_FACTS = ("selection", "departments", "weeks")
"""What is counted beside the facts of metrics."""


def _are_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column_of(name, at=(at,)) for at, name in enumerate(names))


_Columns = Annotated[Many[Text], Field(min_length=1), AfterValidator(_are_columns)]


class Collected(Declared):
    """What `collected.yaml` declares."""

    figures: dict[Text, _Columns]
    """Fact, or fact and column -> the columns that it is counted by."""
    events: _Columns
    """Days on which something happened: where none is given it may not have happened yet."""


@cache
def load_collected(file: Path = _FILE) -> Collected:
    """The columns that figures are counted by. Raises DeclarationError."""
    return read_declared(file, Collected)


@cache
def events() -> frozenset[str]:
    """The columns of which an empty one may say that something has not happened yet."""
    return frozenset(load_collected().events)


def is_filled(table: str, *, never_filled: Collection[str]) -> bool:
    """Whether a table is kept: some row has a value in its key."""
    return not any(f"{table}.{part.name}" in never_filled for part in metadata.tables[table].primary_key)


def is_collected(fact: str, *columns: str, never_filled: Collection[str]) -> bool:
    """Whether a fact says something by some of its columns, where some columns of the database hold no value."""
    return not lacking(fact, *columns, never_filled=never_filled)


def lacking(fact: str, *columns: str, never_filled: Collection[str]) -> tuple[str, ...]:
    """The columns of the database that hold no value, of those that a fact and some of its columns are counted by."""
    needs = load_collected().figures
    counted_by = (name for key in (fact, *(f"{fact}.{column}" for column in columns)) for name in needs.get(key, ()))
    return tuple(dict.fromkeys(name for name in counted_by if name in never_filled))
