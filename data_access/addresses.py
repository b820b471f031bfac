"""Addresses of databases: read as they are written in settings, and shown without their password."""

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from data_access.errors import WordedError

_PASSWORD = re.compile(r"(//[^:/@]*:).*(?:@|%40)")
_IN_OPTIONS = re.compile(r"([?&](?:ssl)?(?:password|passwd|pwd)=)[^&]*", re.IGNORECASE)


class AddressError(WordedError):
    """What should be the address of a database is none. It is never repeated: it may hold a password."""

    texts = Path(__file__).with_suffix(".yaml")


def read_address(text: str) -> URL:
    """The address of a database. Raises AddressError where it is none, and where a password has a bare @: what follows
    it would be taken for the name of the server, which errors of the driver repeat."""
    if text.strip().lower().startswith("jdbc:"):
        raise AddressError("of_java")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        raise AddressError("password_bare" if text.count("@") > 1 else "no_address") from None
    if url.password is not None and "@" in f"{url.host}{url.database}":
        raise AddressError("password_bare")
    return url


def shown(url: URL) -> str:
    """An address as a message shows it: nothing of the password, whatever it is made of."""
    text = url.render_as_string()
    if url.password is not None:
        text = _PASSWORD.sub(r"\1***@", text)
    return _IN_OPTIONS.sub(r"\1***", text)
