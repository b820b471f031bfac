"""Cells in their usual form, read a column at a time: digits that are a number, a certificate whose check character is
right, a name in Chinese characters. What they mean is what `cells.parser` would say; all other texts are left to it."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Float, Integer, String

from data_access import id_numbers
from data_access.files import spellings
from data_access.files.cells import load_words
from data_access.load.cells import load_checks
from data_access.load.derived import OF_CERTIFICATE, of_certificate
from data_access.load.kinds import FileField
from data_access.schema.ranges import range_of

_NUMBER = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
_KEY = r"^[0-9]{0,17}[1-9][0-9]{0,17}$"
_CERTIFICATE = r"^[0-9]{17}[0-9X]$"
_MOBILE = r"^1[0-9]{10}$"
_CHINESE = r"^[\x{4E00}-\x{9FFF}]{1,100}$"
_TIMES = (
    r"^([0-9]{8})[0-9]{4}(?:[0-9]{2})?$",
    r"^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$",
)
"""A day with a time of no zone, which says nothing of the day."""

_ANYBODY = "000000190001010000"
"""A number that says nothing wrong."""


def usual_values(texts: pa.StringArray, field: FileField, *, type_: pa.DataType) -> pa.Array:
    """What the texts mean for a field, as far as they are in its usual form; NULL for all others.

    Args:
        type_: the type of the values.
    """
    declared, checks = field.declared, load_checks()
    if field.words or field.several or (declared is not None and declared.info["codes"]):
        found = None
    elif declared is not None and isinstance(declared.type, Integer | Float):
        found = None if field.key == "household.group_no" else _numbers(texts, field)
    elif field.key in checks.certificate.columns:
        found = _right_id_numbers(texts) if id_numbers.LENGTH in checks.certificate.lengths else None
    elif field.key == "match.id_no":
        found = _where(texts, _CERTIFICATE)
    elif field.key in checks.telephone.columns:
        found = _where(texts, _MOBILE) if len("1XXXXXXXXXX") in checks.telephone.lengths else None
    elif field.key in checks.name.columns:
        found = _chinese(texts)
    elif declared is None or not isinstance(declared.type, String):
        found = None
    elif declared.primary_key or declared.name.endswith(("_id", "_code")):
        found = _where(texts, _KEY)
    else:
        found = _chinese(texts)
    return pa.nulls(len(texts), type_) if found is None else found.cast(type_)


def without_times(texts: pa.StringArray) -> pa.StringArray:
    """Days without the time of day that stands behind them."""
    for pattern in _TIMES:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=r"\1")
    return texts


def said_by_certificates(numbers: pa.StringArray) -> dict[str, pa.Array]:
    """Dates of birth and genders in certificate numbers, as `of_certificate` reads them: of the numbers that have the
    digits of the one or the other in common it reads one."""
    born = _said(numbers, 0, digits=(6, 14), type_=pa.date32())
    gender = _said(numbers, 1, digits=(16, 17), type_=pa.string())
    return dict(zip(OF_CERTIFICATE, (born, pc.if_else(born.is_valid(), gender, None)), strict=True))


def _said(numbers: pa.StringArray, at: int, *, digits: tuple[int, int], type_: pa.DataType) -> pa.Array:
    first, last = digits
    own = pc.utf8_slice_codeunits(numbers, first, last)
    of_one = pc.binary_join_element_wise(_ANYBODY[:first], own, _ANYBODY[last:], "")
    plain = pc.match_substring_regex(numbers, pattern=r"^[0-9]{17}.")
    coded = pc.if_else(plain, of_one, numbers).dictionary_encode()
    return pa.array([of_certificate(one)[at] for one in coded.dictionary.to_pylist()], type_).take(coded.indices)


def _where(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    return pc.if_else(pc.match_substring_regex(texts, pattern=pattern), texts, pa.scalar(None, pa.string()))


def _chinese(texts: pa.StringArray) -> pa.StringArray:
    found = _where(texts, _CHINESE)
    blank = pc.is_in(found, value_set=pa.array([spellings.word(word) for word in load_words().blank], pa.string()))
    return pc.if_else(blank, pa.scalar(None, pa.string()), found)


def _numbers(texts: pa.StringArray, field: FileField) -> pa.DoubleArray:
    declared = field.declared
    bounds = None if declared is None else range_of(declared)
    if declared is None or bounds is None:
        return pa.nulls(len(texts), pa.float64())
    found = _where(texts, _NUMBER).cast(pa.float64()).to_numpy(zero_copy_only=False)
    if isinstance(declared.type, Integer):
        whole = np.rint(found)
        found = whole if field.column in load_checks().rounded else np.where(whole == found, found, np.nan)
    low, high = bounds
    found = np.where((found >= low) & (found <= high), found, np.nan)
    return pa.array(found, from_pandas=True)


def _right_id_numbers(texts: pa.StringArray) -> pa.StringArray:
    found = _where(texts, _CERTIFICATE)
    known = found.drop_null()
    letters = np.frombuffer("".join(known.to_pylist()).encode(), np.uint8).reshape(-1, id_numbers.LENGTH)
    weighted = (letters[:, :-1] - ord("0")).astype(np.int32) @ np.array(id_numbers.WEIGHTS, np.int32)
    characters = np.frombuffer(id_numbers.CHECK_CHARACTERS.encode(), np.uint8)
    right = characters[weighted % len(characters)] == letters[:, -1]
    born = pc.utf8_slice_codeunits(known, 6, 14).dictionary_encode()
    days = np.array([_is_day(one) for one in born.dictionary.to_pylist()], bool)
    right &= days[born.indices.to_numpy()]
    kept = np.zeros(len(texts), bool)
    kept[found.is_valid().to_numpy(zero_copy_only=False)] = right
    return pc.if_else(pa.array(kept), texts, pa.scalar(None, pa.string()))


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
