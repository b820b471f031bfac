"""A signed-in user: who it is, in which role and for which places."""

from dataclasses import dataclass, field

from data_access.access.roles import Role, load_roles
from data_access.errors import AccessError
from data_access.region_codes import DIGITS, is_region_code, level_of
from data_access.scope import Scope


@dataclass(frozen=True)
class Unmasked:
    """Places and households whose names a user may currently read."""

    places: tuple[str, ...] = ()
    households: tuple[str, ...] = ()


@dataclass(frozen=True)
class User:
    """A signed-in user."""

    user_id: str
    label: str
    """The name shown to people."""
    role: Role
    places: tuple[str, ...] | None
    """Codes of the places the user works for; None for the whole district."""
    department: str | None = None
    """Code of the department the user works for, for department staff."""
    unmasked: Unmasked = field(default_factory=Unmasked)

    @property
    def signature(self) -> str:
        """How the user is named in records: label and number."""
        return self.label if self.label == self.user_id else f"{self.label}（{self.user_id}）"

    @property
    def scope(self) -> Scope:
        """What the user may see and do."""
        return Scope(
            regions=self.places,
            department=self.department,
            masked=not self._reads_own_in_full,
            unmasked_places=self.unmasked.places,
            unmasked_households=self.unmasked.households,
            actions=self.role.actions,
        )

    @property
    def _reads_own_in_full(self) -> bool:
        """Whether all the user's own places are unmasked."""
        own = set(self.places or ())
        return "unmask_own" in self.role.actions and bool(own) and own <= set(self.unmasked.places)


def make_user(*, user_id: str, label: str, role: str, places: tuple[str, ...], department: str | None = None) -> User:
    """A user as described by an account or an identity provider.

    Raises AccessError for an undeclared role, for places that are not region codes or not of the role's level, and for
    a role that needs places, or a department, if none is given: nobody gets the whole district by an omission. Nobody
    but the staff of departments has one.
    """
    known = load_roles().by_key.get(role)
    if known is None:
        raise AccessError("access_role_unknown", user=user_id, role=role[:40])
    for place in places:
        if not is_region_code(place):
            raise AccessError("access_place_unknown", user=user_id, place=place[:40])
        if known.places_level is not None and known.places_level != level_of(place):
            digits = str(DIGITS[known.places_level])
            raise AccessError("access_place_level", user=user_id, role=role, place=place, digits=digits)
    if known.needs_places and not places:
        raise AccessError("access_places_missing", user=user_id, role=role)
    if known.needs_department and not department:
        raise AccessError("access_department_missing", user=user_id, role=role)
    if department and not known.needs_department:
        raise AccessError("access_department_not_wanted", user=user_id, role=role)
    return User(
        user_id=user_id, label=label, role=known, places=tuple(sorted(set(places))) or None, department=department
    )
