"""What a file and the database are compared by, and who corrects it, as declared in `matters.yaml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from data_access.declarations import Declared, Keyed, Status, Text, Words, one_of, only_of, read_declared
from data_access.schema.indicators import load_codes

COLUMNS = (
    *("matter", "there", "here", "effect", "household_id", "member_id", "name", "id_no", "township", "village"),
    "corrector",
)
"""Columns of a list of differences."""

_FILE = Path(__file__).with_suffix(".yaml")


class Matter(Declared):
    """One thing by which a file and the database may differ."""

    key: Text
    label: Words
    corrector: Text
    """Who corrects it."""
    codes: Text | None = None
    """The list of codes that both values are from."""

    @field_validator("corrector")
    @classmethod
    def _corrects(cls, code: str) -> str:
        return one_of(code, load_codes()["corrector"])

    @field_validator("codes")
    @classmethod
    def _is_a_list(cls, name: str | None) -> str | None:
        return name if name is None else one_of(name, load_codes())


class Matters(Declared):
    """All of them, the headings of the list, and where the duties come from."""

    status: Status
    reference: Words
    listed_from_percent: Annotated[int, Field(ge=1, le=100)]
    """Of how many households of a class a file has to name, so that those it does not name count as missing there."""
    columns: dict[str, Words]
    matters: Keyed[Matter]

    @field_validator("columns")
    @classmethod
    def _are_all(cls, columns: dict[str, Words]) -> dict[str, Words]:
        return only_of(columns, COLUMNS, every=True)

    @property
    def placeholder(self) -> bool:
        """Whether the duties still wait for a published source."""
        return self.status == "placeholder"


@cache
def load_matters(file: Path = _FILE) -> Matters:
    """The matters by their keys, in the order in which they are shown. Raises DeclarationError."""
    return read_declared(file, Matters)
