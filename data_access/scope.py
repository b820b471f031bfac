"""Who may see which rows and which columns, and do what. An argument of every query and part of every cache key."""

from dataclasses import dataclass, field, replace
from functools import cache

from sqlalchemy import ColumnElement, CompoundSelect, Table, and_, false, or_, select, true, union

from data_access.errors import ScopeError
from data_access.region_codes import path_of
from data_access.schema.tables import clue, measure, need


@dataclass(frozen=True)
class Scope:
    """The rows and columns that a reader may see, and what the reader may do.

    `regions` holds codes of counties, townships or villages; a code covers every code that begins with it, because
    region codes are hierarchical (6, 9 and 12 digits). None means all rows. With a `department` only the households are
    left that have something of it: a clue, a need or a measure; sums of the whole district are asked with `figures`.
    `masked` hides names, ID numbers and
    telephones, except for the columns in `opened` (`disclosure.PERSONAL`): those of one file with a stated purpose.
    `unmasked_places` and `unmasked_households` are unmasked for a limited time: only a scope narrowed to one of them
    shows personal data. `actions` are those of `access/roles.yaml`, None means all; they do not affect rows.
    """

    regions: tuple[str, ...] | None
    masked: bool = True
    department: str | None = None
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

    @property
    def figures(self) -> "Scope":
        """The scope of sums in which nobody is named: a department knows those of the whole district."""
        return replace(self, department=None)

    def covers(self, code: str) -> bool:
        """Whether the whole region with this code is in the scope."""
        return self.regions is None or any(code.startswith(region) for region in self.regions)

    def gathers(self, code: str) -> bool:
        """Whether a region lies in the scope in part only: for a reader of several places it then stands for those of
        them that it holds (我的范围)."""
        return not self.covers(code) and len(self.regions or ()) > 1 and bool(self._inside(code))

    def opens(self, code: str) -> bool:
        """Whether a region can be looked at: the whole of it, or the reader's places in it."""
        return self.covers(code) or self.gathers(code)

    @property
    def whole(self) -> str | None:
        """The smallest region that holds all the reader's places; None for a scope of everything, or of nothing."""
        if not self.regions:
            return None
        held = (code for code in reversed(path_of(self.regions[0])) if len(self._inside(code)) == len(self.regions))
        return next(held, self.regions[0])

    def _inside(self, code: str) -> tuple[str, ...]:
        return tuple(region for region in self.regions or () if region.startswith(code))

    def may(self, action: str) -> bool:
        """Whether the reader may do something."""
        return self.actions is None or action in self.actions

    def require(self, action: str) -> None:
        """Raises ScopeError when the reader may not do something."""
        if not self.may(action):
            raise ScopeError("action_not_allowed", action=action)

    def narrowed(self, place: str | None) -> "Scope":
        """The same scope within one place, or within those of the reader's places that it holds; names are shown there
        if all of it was unmasked.

        Raises ScopeError when the place is outside the scope, or only in part inside that of one place.
        """
        if place is None:
            return self
        if not self.opens(place):
            raise ScopeError("place_outside_scope", place=place)
        regions = (place,) if self.covers(place) else self._inside(place)
        return replace(self, regions=regions, masked=self.masked and not self._are_unmasked(regions))

    def _are_unmasked(self, regions: tuple[str, ...]) -> bool:
        return all(any(region.startswith(code) for code in self.unmasked_places) for region in regions)

    def of_household(self, household_id: str, *, village_code: str) -> "Scope":
        """The same scope for the file of one household; names are shown if it, or its place, was unmasked. The rows
        remain those of the scope: a household outside it is not found."""
        opened = household_id in self.unmasked_households or self._are_unmasked((village_code,))
        return replace(self, masked=self.masked and not opened)

    def rows(self, place: ColumnElement[str]) -> ColumnElement[bool]:
        """The SQL condition that keeps the rows that the scope shows; `place`: their column with the code of a village
        (or of another region).

        Raises ScopeError for a department where the rows tell neither their household nor that they are nobody's.
        """
        inside = self._in_regions(place)
        return inside if self.department is None else and_(inside, _of_department(place, self.department))

    def _in_regions(self, place: ColumnElement[str]) -> ColumnElement[bool]:
        if self.regions is None:
            return true()
        if not self.regions:
            return false()
        return or_(*(place.startswith(region, autoescape=True) for region in self.regions))


def _of_department(place: ColumnElement[str], department: str) -> ColumnElement[bool]:
    """Whether a row is of a household that has something of a department, or of nobody at all.

    Records of people about households are no department's: it has a list and a form of its own.
    """
    rows = getattr(place, "table", None)
    source = getattr(rows, "element", rows)  # what an alias stands for
    if rows is None or not (isinstance(source, Table) or "household_id" in rows.c):
        raise ScopeError("rows_of_no_household", rows=str(rows))
    if "household_id" in rows.c:
        record = isinstance(source, Table) and "action" in source.info
        return false() if record else rows.c.household_id.in_(_its_households(department))
    return rows.c.department == department if "department" in rows.c else true()


@cache
def _its_households(department: str) -> CompoundSelect:
    # Under names of their own: the query around them may read the same tables, and must not take these for its rows.
    own = [table.alias(f"own_{table.name}") for table in (clue, need, measure)]
    return union(*(select(table.c.household_id).where(table.c.department == department) for table in own))
