"""The roles and what each may open and do, as declared in `roles.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data_access.declarations import Declared, Many, each_of, read_declared

Level = Literal["township", "village"]

_FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class Role:
    """What users of one kind may open and do; its name is in the catalogues as `role.<key>`."""

    key: str
    pages: frozenset[str]
    actions: frozenset[str]
    needs_places: bool
    """Whether users of this role must be given places: nobody gets the whole district by an omission."""
    places_level: Level | None
    """The level of these places, where only one will do."""
    needs_department: bool
    """Whether users of this role work for one department, and see the households that have something of it."""
    second_factor: bool
    """Whether local accounts of this role sign in with a code of their telephone, too."""


@dataclass(frozen=True)
class Roles:
    """Every declared role, page and action."""

    by_key: Mapping[str, Role]
    pages: tuple[str, ...]
    actions: tuple[str, ...]


class _Settings(Declared):
    needs_places: bool = False
    places_level: Level | None = None
    needs_department: bool = False
    second_factor: bool = False


class _Declaration(Declared):
    """What `roles.yaml` declares: the roles, and which of them may open which page and do what."""

    roles: Annotated[dict[str, _Settings], Field(min_length=1)]
    pages: dict[str, Many[str]]
    actions: dict[str, Many[str]]

    @model_validator(mode="after")
    def _grants_to_roles(self) -> Self:
        for part, granted in (("pages", self.pages), ("actions", self.actions)):
            for name, roles in granted.items():
                each_of(roles, self.roles, at=(part, name))
        return self


@cache
def load_roles(file: Path = _FILE) -> Roles:
    """What `roles.yaml` declares. Raises DeclarationError, also for a grant to an unknown role."""
    declared = read_declared(file, _Declaration)
    return Roles(
        by_key={
            key: Role(
                key=key,
                pages=_granted(declared.pages, key),
                actions=_granted(declared.actions, key),
                needs_places=settings.needs_places,
                places_level=settings.places_level,
                needs_department=settings.needs_department,
                second_factor=settings.second_factor,
            )
            for key, settings in declared.roles.items()
        },
        pages=tuple(declared.pages),
        actions=tuple(declared.actions),
    )


def _granted(declared: Mapping[str, tuple[str, ...]], role: str) -> frozenset[str]:
    return frozenset(name for name, roles in declared.items() if role in roles)
