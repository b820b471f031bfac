"""Files that ask for a password when they are opened: workbooks as Excel and WPS protect them, PDF by AES-256. What an
office has opens them; no archive has to be encrypted.
"""

import secrets
from collections.abc import Callable
from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read for one another on paper or over the telephone (i, l, 1, o, 0)."""
_GROUPS, _OF_A_GROUP = 4, 4


def made_password() -> str:
    """A new password that can be read aloud, such as k7mw-3rtp-x9ha-hq2c: about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_OF_A_GROUP)) for _ in range(_GROUPS))


def protect(file: Path, *, password: str) -> None:
    """Protect a workbook (.xlsx) or a PDF file in its place.

    Raises KeyError for any other file: nothing leaves unprotected by an omission.
    """
    _BY_SUFFIX[file.suffix](file, password)


def _protect_workbook(file: Path, password: str) -> None:
    draft = file.with_suffix(".protected")
    with file.open("rb") as plain, draft.open("wb") as protected:
        OOXMLFile(plain).encrypt(password, protected)
    draft.replace(file)


def _protect_pdf(file: Path, password: str) -> None:
    from pypdf import PdfWriter  # heavy, and seldom needed

    writer = PdfWriter(clone_from=file)
    writer.encrypt(user_password=password, algorithm="AES-256")
    writer.write(file)


_BY_SUFFIX: dict[str, Callable[[Path, str], None]] = {".xlsx": _protect_workbook, ".pdf": _protect_pdf}
