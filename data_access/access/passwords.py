"""Passwords of local accounts: what they must be, and their argon2id hashes. A hash takes a processor and 64 MB for a
moment, so that only a few are made at a time."""

import secrets
import string
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from data_access.access.settings import setting
from data_access.errors import AccessError

LONGEST_PASSWORD = 128
"""Characters; a longer text would only cost the server time."""

_AT_THE_ENDS = string.digits + string.punctuation + string.whitespace
"""What people put before and after a word to make a password of it."""


def check_fit(password: str, *, user_id: str, old: str) -> None:
    """Raises AccessError for a new password that is too short, too long, the old one, made of nothing but the name of
    the account, digits and signs, or among the commonest; upper case, full width, and digits or signs at its ends make
    no other password."""
    shortest = setting("passwords", "shortest")
    plain = unicodedata.normalize("NFKC", password).casefold()
    word = plain.strip(_AT_THE_ENDS)
    name = _letters(user_id)
    rest = _letters(plain).replace(name, "") if name else _letters(plain)
    if not shortest <= len(password) <= LONGEST_PASSWORD or password == old or not rest:
        raise AccessError("access_password_unfit", shortest=str(shortest), longest=str(LONGEST_PASSWORD))
    if {plain, word} & _commonest():
        raise AccessError("access_password_common")


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn to look at a password. Raises AccessError at once where too many are waiting."""
    places, running = _queue()
    if not places.acquire(blocking=False):
        raise AccessError("access_busy")
    try:
        with running:
            yield
    finally:
        places.release()


def hash_of(password: str) -> str:
    """The hash that is kept of a password."""
    return _hasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password has a hash. None is nobody's hash: it takes as long, and nothing matches it."""
    # Invalid pairs of characters are no reason to fail: they match nothing.
    shown = password[: LONGEST_PASSWORD + 1].encode("utf-8", "surrogatepass")
    try:
        _hasher().verify(kept or _nobody(), shown)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id; the library's own parameters follow RFC 9106 and change with it


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(12))


@cache
def _commonest() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def _queue() -> tuple[BoundedSemaphore, BoundedSemaphore]:
    at_once = setting("passwords", "at_once")
    return BoundedSemaphore(at_once + setting("passwords", "waiting")), BoundedSemaphore(at_once)
