"""Opens files that ask for a password, as another program does."""

import io

import msoffcrypto
from msoffcrypto.format.ooxml import OOXMLFile


def opened_workbook(content: bytes, *, password: str) -> bytes:
    """The workbook that a password opens. Raises InvalidKeyError for a wrong one."""
    plain = io.BytesIO()
    protected = msoffcrypto.OfficeFile(io.BytesIO(content))
    protected.load_key(password=password, verify_password=True)
    protected.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def protected_workbook(content: bytes, *, password: str) -> bytes:
    """The workbook as it is saved with a password."""
    protected = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, protected)
    return protected.getvalue()
