"""What a row refers to must exist: the columns that point at rows of another table, as declared in
`references.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from data_access.declarations import Declared, Many, Text, read_declared, refuse
from data_access.schema.columns import column_of

_FILE = Path(__file__).with_name("references.yaml")


class Reference(Declared):
    """What a row refers to: its own columns, and those of the target in the same order."""

    columns: Annotated[Many[str], Field(min_length=1)]
    """`*.column` stands for every table that has it."""
    to: Annotated[Many[str], Field(min_length=1)]
    zh: Text
    en: Text

    @field_validator("columns", "to")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column_of(name, any_table=True, at=(number,)) for number, name in enumerate(names))

    @model_validator(mode="after")
    def _are_pairs(self) -> Self:
        if len(self.columns) != len(self.to):
            raise refuse("not_in_pairs", at=("to",))
        return self


@cache
def load_references(file: Path = _FILE) -> tuple[Reference, ...]:
    """What rows refer to. Raises DeclarationError."""
    return read_declared(file, Many[Reference])
