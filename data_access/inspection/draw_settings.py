"""How large a draw is, as declared in `inspection.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from data_access.declarations import Declared, Status, Words, read_declared

KINDS = ("village", "household", "project")

INSPECTION, RECORDS = "inspection", "records"
"""Kinds of draws whose size is declared: the inspection of the month, and the recheck of records."""

_FILE = Path(__file__).with_name("inspection.yaml")


@dataclass(frozen=True)
class DrawSettings:
    """How many units of each kind per township, how many in reserve per stratum, what is left out, who inspects."""

    size: Mapping[str, int]
    spare: Mapping[str, int]
    excluded_months: int
    records: int
    """Households per township for the recheck."""
    own_unit: Mapping[int, str]
    """Group -> code of the township its members come from."""

    @property
    def recorded(self) -> dict[str, Any]:
        """How a draw of the inspection records them."""
        return {"size": dict(self.size), "spare": dict(self.spare), "excluded_months": self.excluded_months}


_Count = Annotated[int, Field(ge=0)]


class _Units(Declared):
    """How many units of each kind, in the order of the draw."""

    village: _Count
    household: _Count
    project: _Count

    def by_kind(self) -> dict[str, int]:
        """KINDS -> how many."""
        return {kind: getattr(self, kind) for kind in KINDS}


class _Placeholders(Declared):
    """Values that are not the district's own yet."""

    spare: _Units
    records_per_township: _Count
    excluded_months: _Count
    own_unit: Annotated[dict[int, Annotated[str, Field(pattern=r"^\d{9}$")]], Field(min_length=2)]
    """With a single group nobody else could go."""


class _Declaration(Declared):
    """What `inspection.yaml` declares."""

    status: Status
    reference: Words
    per_township: _Units
    placeholders: _Placeholders


@cache
def load_settings(file: Path = _FILE) -> DrawSettings:
    """The settings declared in `inspection.yaml`. Raises DeclarationError."""
    declared = read_declared(file, _Declaration)
    ours = declared.placeholders
    return DrawSettings(
        size=declared.per_township.by_kind(),
        spare=ours.spare.by_kind(),
        excluded_months=ours.excluded_months,
        records=ours.records_per_township,
        own_unit=ours.own_unit,
    )


def is_of_declared_size(kind: str, recorded: Mapping[str, Any]) -> bool:
    """Whether a draw of a kind was made with what is declared, nothing more or less; no other kind is declared."""
    declared = load_settings()
    wanted = {
        INSPECTION: declared.recorded,
        RECORDS: {"size": declared.records, "spare": declared.spare["household"]},
    }
    return wanted.get(kind) == recorded
