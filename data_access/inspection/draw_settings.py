"""How large a draw is, as declared in `inspection.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from data_access.clock import last_day
from data_access.declarations import Declared, Status, Words, read_declared
from data_access.schema.dated import in_force

KINDS = ("village", "household", "project")

STATUSES = ("open", "eliminated", "red_never", "lifted_out", "general")
"""What a household is when it is drawn, the first that holds: not eliminated, eliminated, red and never monitored,
lifted out, none of these."""

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
    shares: Mapping[str, int] = field(default_factory=dict)
    """Status -> its share of the households, in order; empty for draws that did not look at it."""

    @property
    def recorded(self) -> dict[str, Any]:
        """How a draw of the inspection records them; the shares in pairs, because their order counts."""
        shares = {"shares": [list(share) for share in self.shares.items()]} if self.shares else {}
        return {"size": dict(self.size), "spare": dict(self.spare), "excluded_months": self.excluded_months} | shares


_Count = Annotated[int, Field(ge=0)]
_Share = Annotated[int, Field(ge=1)]


class _Units(Declared):
    """How many units of each kind, in the order of the draw."""

    village: _Count
    household: _Count
    project: _Count

    def by_kind(self) -> dict[str, int]:
        """KINDS -> how many."""
        return {kind: getattr(self, kind) for kind in KINDS}


class _Shares(Declared):
    """How many of the households are of each status: each at least one, or some households could never be drawn."""

    open: _Share
    eliminated: _Share
    red_never: _Share
    lifted_out: _Share
    general: _Share


class _DatedShares(Declared):
    """The shares from a day on, and the authority for them."""

    shares: _Shares
    status: Status
    reference: Words


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
    household_shares: Annotated[dict[date, _DatedShares], Field(min_length=1)]
    placeholders: _Placeholders


@cache
def load_inspection(file: Path = _FILE) -> _Declaration:
    """What `inspection.yaml` declares. Raises DeclarationError."""
    return read_declared(file, _Declaration)


@cache
def settings_of(month: str) -> DrawSettings:
    """The settings in force at the end of a month (2022-09). Raises LookupError when no shares are in force yet."""
    declared = load_inspection()
    ours = declared.placeholders
    dated = in_force(declared.household_shares, on=last_day(month))
    if dated is None:
        raise LookupError(f"inspection.yaml: household_shares has no entry in force in {month}; add an earlier one")
    return DrawSettings(
        size=declared.per_township.by_kind(),
        spare=ours.spare.by_kind(),
        excluded_months=ours.excluded_months,
        records=ours.records_per_township,
        own_unit=ours.own_unit,
        shares=dated.shares.model_dump(),
    )


def is_of_declared_size(kind: str, recorded: Mapping[str, Any], *, month: str) -> bool:
    """Whether a draw of a kind was made with what is declared, nothing more or less; no other kind is declared."""
    declared = settings_of(month)
    wanted = {
        INSPECTION: declared.recorded,
        RECORDS: {"size": declared.records, "spare": declared.spare["household"]},
    }
    return wanted.get(kind) == recorded
