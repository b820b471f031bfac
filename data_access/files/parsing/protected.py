"""Workbooks that ask for a password."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from data_access.files.parsing.messages import RefusedError

_PART = 1 << 20
"""Bytes of a message."""

_DAMAGED = (
    DecryptionError,
    FileFormatError,
    OSError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
)
"""Raised for a file that is no protected workbook, or a damaged one."""


def opened(path: str, *, passwords: Sequence[str]) -> Iterator[bytes]:
    """The workbook that the first fitting of some passwords opens, part by part. Raises RefusedError if none fits, and
    for a file that is no protected workbook."""
    plain = io.BytesIO()
    try:
        with Path(path).open("rb") as file:
            protected = OOXMLFile(file)
            if not any(_fits(protected, password) for password in passwords):
                raise RefusedError("wrong_password")
            protected.decrypt(plain, verify_integrity=True)
    except _DAMAGED as error:
        raise RefusedError("not_workbook") from error
    content = plain.getbuffer()
    for start in range(0, len(content), _PART):
        yield bytes(content[start : start + _PART])


def _fits(protected: OOXMLFile, password: str) -> bool:
    try:
        protected.load_key(password=password, verify_password=True)
    except InvalidKeyError:
        return False
    return True
