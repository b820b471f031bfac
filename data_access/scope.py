"""Who may see which rows and which columns, and do what. An argument of every query and part of every cache key."""

from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, false, or_, true

from data_access.errors import ScopeError


@dataclass(frozen=True)
class Scope:
    """The rows and columns that a reader may see, and what the reader may do.

    `regions` holds codes of counties, townships or villages; a code covers every code that begins with it, because
    region codes are hierarchical (6, 9 and 12 digits). None means all rows. `masked` hides names, ID numbers and
    telephones, except for the columns in `opened` (`disclosure.PERSONAL`): those of one file with a stated purpose.
    `unmasked_places` and `unmasked_households` are unmasked for a limited time: only a scope narrowed to one of them
    shows personal data. `actions` are those of `access/roles.yaml`, None means all; they do not affect rows.
    """

    regions: tuple[str, ...] | None
    masked: bool = True
    unmasked_places: tuple[str, ...] = ()
    unmasked_households: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    actions: frozenset[str] | None = field(default=frozenset(), compare=False)

    @classmethod
    def everything(cls) -> "Scope":
        """All rows, unmasked: for building facts that contain no personal data, never for a reader."""
        return cls(regions=None, masked=False, actions=None)

    @classmethod
    def district(cls) -> "Scope":
        """All rows, masked, every action: what the only user sees where nobody signs in."""
        return cls(regions=None, masked=True, actions=None)

    def covers(self, code: str) -> bool:
        """Whether the whole region with this code is in the scope."""
        return self.regions is None or any(code.startswith(region) for region in self.regions)

    def may(self, action: str) -> bool:
        """Whether the reader may do something."""
        return self.actions is None or action in self.actions

    def require(self, action: str) -> None:
        """Raises ScopeError when the reader may not do something."""
        if not self.may(action):
            raise ScopeError("action_not_allowed", action=action)

    def narrowed(self, place: str | None) -> "Scope":
        """The same scope within one place; names are shown there if the place was unmasked.

        Raises ScopeError when the place is not entirely inside the scope.
        """
        if place is None:
            return self
        if not self.covers(place):
            raise ScopeError("place_outside_scope", place=place)
        opened = any(place.startswith(code) for code in self.unmasked_places)
        return replace(self, regions=(place,), masked=self.masked and not opened)

    def of_household(self, household_id: str, *, village_code: str) -> "Scope":
        """The same scope for the file of one household; names are shown if it, or its place, was unmasked. The rows
        remain those of the scope: a household outside it is not found."""
        opened = household_id in self.unmasked_households or any(
            village_code.startswith(code) for code in self.unmasked_places
        )
        return replace(self, masked=self.masked and not opened)

    def rows(self, village_code: ColumnElement[str]) -> ColumnElement[bool]:
        """The SQL condition that keeps the rows whose village is in the scope."""
        if self.regions is None:
            return true()
        if not self.regions:
            return false()
        return or_(*(village_code.startswith(region, autoescape=True) for region in self.regions))
