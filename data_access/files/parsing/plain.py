"""Texts in the form in which they are compared."""

import re
import unicodedata

_SIGNS = re.compile(r"[\W_]+")


def plain_text(text: object) -> str:
    """Full-width letters as half-width ones; no blanks and no signs, such as brackets, slashes and line breaks."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", str(text))).lower()


def is_filled(cell: object) -> bool:
    """Whether a cell says anything."""
    return cell is not None and bool(str(cell).strip())
