"""What figures need of the household database: where a column that they are counted by holds no value at all, they are
not collected here, which is neither zero nor none."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from data_access.declarations import Many, Text, read_declared
from data_access.schema.columns import column_of

_FILE = Path(__file__).with_name("collected.yaml")


def _are_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column_of(name, at=(at,)) for at, name in enumerate(names))


_Columns = Annotated[Many[Text], Field(min_length=1), AfterValidator(_are_columns)]


@cache
def load_collected(file: Path = _FILE) -> dict[str, tuple[str, ...]]:
    """Fact, or fact and column -> the columns that it is counted by. Raises DeclarationError."""
    return read_declared(file, dict[Text, _Columns])


def needed_columns() -> tuple[str, ...]:
    """Every column that some figure is counted by, each once."""
    return tuple(dict.fromkeys(name for columns in load_collected().values() for name in columns))


def is_collected(fact: str, column: str, *, never_filled: Collection[str]) -> bool:
    """Whether a column of a fact says something, where some columns hold no value in any row."""
    needs = load_collected()
    counted_by = (*needs.get(fact, ()), *needs.get(f"{fact}.{column}", ()))
    return not any(name in never_filled for name in counted_by)
