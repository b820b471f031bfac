"""How users sign in, and which user an identity provider vouches for.

`SIGN_IN` says how: empty (one user, this machine only), `local` (accounts in the ledger) or `oidc` (an identity
provider; `SIGN_IN_CLAIMS` names the file that says what its claims mean).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import field_validator

from data_access.access.roles import load_roles
from data_access.access.users import User, make_user
from data_access.declarations import DeclarationError, Declared, Text, read_declared, refuse
from data_access.errors import AccessError

MODE_VARIABLE, CLAIMS_VARIABLE = "SIGN_IN", "SIGN_IN_CLAIMS"

NOBODY, LOCAL, OIDC = "", "local", "oidc"
MODES = (NOBODY, LOCAL, OIDC)


@dataclass(frozen=True)
class ClaimsMap:
    """What the claims of an identity provider mean."""

    provider: str | None
    """Its section in `.streamlit/secrets.toml`; None for the only one."""
    user_id: str
    label: str
    role: str
    roles: Mapping[str, str]
    """Value of the role claim -> role; the first that a user has counts."""
    places: str
    department: str


def mode() -> str:
    """How users sign in. Raises AccessError for an unknown value."""
    told = os.environ.get(MODE_VARIABLE, NOBODY)
    if told not in MODES:
        raise AccessError("access_mode_unknown", variable=MODE_VARIABLE, mode=told[:40])
    return told


class ClaimsError(DeclarationError, AccessError):
    """The map of claims is invalid."""


class _Role(Declared):
    """Which claim holds a role, and what its values mean."""

    claim: Text
    values: dict[str | int, str]

    @field_validator("values")
    @classmethod
    def _are_roles(cls, values: dict[str | int, str]) -> dict[str | int, str]:
        for value, role in values.items():
            if role not in load_roles().by_key:
                raise refuse("unknown_reference", at=(value,), name=role, known=tuple(load_roles().by_key))
        return values


class _Declaration(Declared):
    """What the file named by the environment declares."""

    provider: Text | None = None
    user_id: Text
    label: Text | None = None
    role: _Role
    places: Text | None = None
    department: Text | None = None


def load_claims_map() -> ClaimsMap:
    """What the file named by the environment says. Raises AccessError, naming the place in it, if it is missing or
    invalid."""
    name = os.environ.get(CLAIMS_VARIABLE, "")
    if not name:
        raise AccessError("access_claims_missing", variable=CLAIMS_VARIABLE)
    if not Path(name).is_file():
        raise AccessError("access_claims_unreadable", file=name)
    try:
        told = read_declared(Path(name), _Declaration)
    except DeclarationError as error:
        raise ClaimsError(file=name, place=error.place, kind=error.kind, words=error.words) from error
    return ClaimsMap(
        provider=told.provider,
        user_id=told.user_id,
        label=told.label or told.user_id,
        role=told.role.claim,
        roles={str(value): known for value, known in told.role.values.items()},
        places=told.places or "",
        department=told.department or "",
    )


def user_of_claims(claims: Mapping[str, Any], *, known: ClaimsMap) -> User:
    """The user whom an identity provider's claims describe.

    Raises AccessError if the claims name nobody or no mapped role, and as `make_user` does.
    """
    user_id = str(claims.get(known.user_id) or "")
    if not user_id:
        raise AccessError("access_claim_missing", claim=known.user_id)
    held = set(_texts(claims.get(known.role)))
    role = next((role for value, role in known.roles.items() if value in held), None)
    if role is None:
        raise AccessError("access_no_role", user=user_id)
    label = str(claims.get(known.label) or user_id)
    # A provider tells the department of everybody; it narrows what department staff see, and nothing else.
    department = str(claims.get(known.department) or "") if load_roles().by_key[role].needs_department else None
    places = tuple(_texts(claims.get(known.places)))
    return make_user(user_id=user_id, label=label, role=role, places=places, department=department)


def _texts(value: object) -> list[str]:
    """A claim as texts: a list of them, or one text separated by spaces or commas."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return str(value or "").replace(",", " ").split()
