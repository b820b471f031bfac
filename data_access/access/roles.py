"""The roles and what each may open and do, as declared in `roles.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class Role:
    """What people of one kind may open and do; its name stands in the catalogues as `role.<key>`."""

    key: str
    pages: frozenset[str]
    actions: frozenset[str]
    needs_places: bool
    """Whether somebody of this role must be given places: nobody gets the whole district by an omission."""


@dataclass(frozen=True)
class Roles:
    """Every role, and every page and action that is declared."""

    by_key: Mapping[str, Role]
    pages: tuple[str, ...]
    actions: tuple[str, ...]


@cache
def load_roles() -> Roles:
    """What `roles.yaml` declares. Raises LookupError where it grants something to a role that it does not name."""
    declared: dict[str, dict[str, Any]] = read_yaml(_FILE)
    known = declared["roles"]
    for part in ("pages", "actions"):
        for name, granted in declared[part].items():
            unknown = set(granted) - set(known)
            if unknown:
                raise LookupError(f"roles.yaml: {part}.{name} names {sorted(unknown)}, which stand not under roles")
    return Roles(
        by_key={
            key: Role(
                key=key,
                pages=_granted(declared["pages"], key),
                actions=_granted(declared["actions"], key),
                needs_places=bool(settings.get("needs_places")),
            )
            for key, settings in known.items()
        },
        pages=tuple(declared["pages"]),
        actions=tuple(declared["actions"]),
    )


def _granted(declared: Mapping[str, list[str]], role: str) -> frozenset[str]:
    return frozenset(name for name, roles in declared.items() if role in roles)
