"""Who is looking at the page: the browser's session, checked on every run and never kept where a browser could reach
it."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from data_access import door
from data_access.access import sign_in
from data_access.access.users import User
from data_access.errors import AccessError
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.scope import Scope
from pages.shell import provider_cookie
from pages.shell.texts import t

SIGN_IN_PATH = "/sign-in"
"""Where local accounts sign in."""

COOKIE = "household_session"
"""The cookie of a local account's session: a random secret, of which the ledger knows only the hash."""


def secret_of(cookies: Mapping[str, str]) -> str | None:
    """What a browser presents for its session; None if it presents nothing."""
    if sign_in.mode() == sign_in.LOCAL:
        return cookies.get(COOKIE)
    claims = provider_cookie.read(cookies)
    return None if claims is None else provider_cookie.key(claims)


def secret() -> str | None:
    """What this browser presents for its session."""
    return secret_of(st.context.cookies)


def user() -> User | None:
    """Who is signed in; None where nobody signs in at all (one user, this machine only).

    Raises AccessError for anyone who is not signed in, so that nothing is read without a user.
    """
    if sign_in.mode() == sign_in.NOBODY:
        return None
    shown = secret()
    found = None if shown is None else door.sessions().find(shown)
    if found is None:
        raise AccessError("access_not_signed_in")
    return replace(found, unmasked=door.unmasked(found))


def is_alone() -> bool:
    """Whether one person does everything, because nobody signs in: then also what asks for two people elsewhere."""
    return user() is None


def scope() -> Scope:
    """What the reader may see and do. Raises AccessError for anyone who is not signed in."""
    known = user()
    return Scope.district() if known is None else known.scope


def signature() -> str:
    """The reader's name as files show it."""
    known = user()
    return t("download.single_user") if known is None else known.signature


def may(action: str) -> bool:
    """Whether the reader may do something; writes are checked again where they are made."""
    return scope().may(action)


def looks_only(action: str) -> bool:
    """Whether the reader may look but not do something; if so, says it in place of the form."""
    known = user()
    if known is None or action in known.role.actions:
        return False
    st.caption(t("access.looks_only", role=t(f"role.{known.role.key}")))
    return True


def recorder(label: str, *, key: str, width: int | None = None) -> str:
    """Who records something: the user who is signed in, or the name entered where nobody signs in."""
    known = user()
    if known is None:
        return st.text_input(label, max_chars=LONGEST_TEXT, key=key, width=width or "stretch")
    st.text_input(label, value=known.signature, disabled=True, key=f"{key}_signed", width=width or "stretch")
    return known.signature
