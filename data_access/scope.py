"""Who may see which rows and which columns. An argument of every query and part of every cache key."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, false, or_, true

from data_access.problems import ScopeProblemError


@dataclass(frozen=True)
class Scope:
    """Rows and columns that a reader may see.

    `regions` holds codes of counties, townships or villages; a code covers every code that begins with it, because
    region codes are hierarchical (6, 9 and 12 digits). None means all rows. `masked` hides names, ID numbers and
    telephones.
    """

    regions: tuple[str, ...] | None
    masked: bool = True

    @classmethod
    def everything(cls) -> "Scope":
        """All rows, unmasked: for building facts that hold no person, never for a reader."""
        return cls(regions=None, masked=False)

    @classmethod
    def district(cls) -> "Scope":
        """All rows, masked: what a reader sees until sign-in exists."""
        return cls(regions=None, masked=True)

    def covers(self, code: str) -> bool:
        """Whether the whole region with this code lies in the scope."""
        return self.regions is None or any(code.startswith(region) for region in self.regions)

    def narrowed(self, place: str | None) -> "Scope":
        """The same scope within one place. Raises ScopeProblemError when the place is not wholly inside it."""
        if place is None:
            return self
        if not self.covers(place):
            raise ScopeProblemError("place_outside_scope", place=place)
        return replace(self, regions=(place,))

    def rows(self, village_code: ColumnElement[str]) -> ColumnElement[bool]:
        """The SQL condition that keeps the rows whose village lies in the scope."""
        if self.regions is None:
            return true()
        if not self.regions:
            return false()
        return or_(*(village_code.startswith(region, autoescape=True) for region in self.regions))
