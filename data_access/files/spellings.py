"""One form of text for each sort of field: a word, a name, a key, a certificate number, a telephone, a number.

Imports, returned forms and the search bring text to these forms, so that the same thing written in two ways is the same
thing: full-width letters, blanks, marks that nobody sees, small x, `.0`, +86, hyphens.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection

_UNSEEN = ("Cf", "Cc")
"""Categories of characters that are not seen: directions of writing, joiners, marks of byte order, controls."""
_FOOTNOTE = "No"
"""The category of small and circled digits, which would become digits of the number before them."""
_BLANK = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－ー", "-"))
_ENDS = " .,;:!?。、"
"""Marks that may end a word without changing it."""
_DOTS = re.compile(r"\s*[·•‧・∙⋅●]\s*")
"""What stands between the parts of a name: one sign, which keyboards write in many ways."""
_POINT_IN_NAME = re.compile(r"(?<=[^\W\d_a-zA-Z])\.(?=[^\W\d_a-zA-Z])")
_LATIN = re.compile(r"(?<=[A-Za-z.,'-]) (?=[A-Za-z])")
_DIGITS = "〇一二三四五六七八九"
_ZEROS = str.maketrans(dict.fromkeys("零○Ｏ", "〇"))
_SPELLED_DAY = re.compile(
    r"([〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月"
    r"(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_WHOLE = re.compile(r"(\d+)\.0+$")
_AROUND_NUMBER = re.compile(r"[\s()-]")
_REMARK = re.compile(r"\([^()\d]*\)")
_BESIDE_DIGITS = re.compile(r"^[^\dA-Z+(]+|[^\dA-Z]+$", re.IGNORECASE)
_COUNTRY = re.compile(r"(\+|00)?86(?=1\d{10}$|0\d{9,11}$)")
_SEVERAL_NUMBERS = re.compile(r"[/,;|、]|或|和")


def plain(text: str) -> str:
    """A text on one line without marks that nobody sees; full-width letters become half-width."""
    return one_line(unicodedata.normalize("NFKC", text))


def one_line(text: str) -> str:
    """A text on one line without marks that nobody sees, otherwise as it was written."""
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isspace() or unicodedata.category(letter) not in _UNSEEN)
        text = _BLANK.sub(" ", text)
    return text.strip()


def dashes(text: str) -> str:
    """A text in which every kind of dash is a hyphen."""
    return text.translate(_DASHES)


def word(text: str) -> str:
    """A word of a list, such as 拟纳入: no blanks, no mark at its end, no capital letters."""
    return _BLANK.sub("", plain(text)).strip(_ENDS).casefold() or _BLANK.sub("", plain(text))


HIDDEN_LETTERS = frozenset("*?×\ufffd")
"""Stand in a name for a letter that somebody hid, or that a system did not know."""


def name(text: str) -> str:
    """A name of a person: no blanks but between words in Latin letters; one sign between the parts of a name."""
    said = _BLANK.sub(" ", _DOTS.sub("·", plain(text)))
    said = _POINT_IN_NAME.sub("·", said)
    return " ".join(part.replace(" ", "") for part in _LATIN.split(said))


def key(text: str) -> str:
    """A number that stands for something, such as that of a household: no blanks, nor the `.0` of a spreadsheet."""
    said = dashes(_BLANK.sub("", plain(text)))
    whole = _WHOLE.fullmatch(said)
    return whole[1] if whole else said


def certificate(text: str) -> str:
    """The number of a certificate: digits and capital letters alone."""
    return _AROUND_NUMBER.sub("", key(text)).upper().lstrip("'")


def telephones(text: str, *, mobiles: Collection[int], landlines: Collection[int]) -> list[str]:
    """The telephone numbers in a text, as digits alone, those of mobile telephones first.

    Args:
        mobiles: how many digits the number of a mobile telephone has.
        landlines: how many another one may have, with or without the 0 of its district.
    """

    def rank(number: str) -> int:
        if len(number) in mobiles and number[0] != "0":
            return 0
        return 1 if len(number) in landlines and (number[0] == "0" or len(number) < min(mobiles) - 2) else 2

    found = []
    for piece in _SEVERAL_NUMBERS.split(dashes(plain(text))):
        whole = _telephone(piece)
        numbers = [whole] if whole and rank(whole) < 2 else [_telephone(part) for part in piece.split()]
        found += [number for number in numbers if number and rank(number) < 2]
    return sorted(dict.fromkeys(found), key=rank)


def has_footnote(text: str) -> bool:
    """Whether a mark such as ① or ² stands behind a digit; behind a letter it is part of a unit: m²."""
    return not text.isascii() and any(
        before.isdecimal() and unicodedata.category(mark) == _FOOTNOTE for before, mark in itertools.pairwise(text)
    )


def number(text: str) -> str:
    """A number as somebody types it who looks for a certificate or telephone: without gaps, +86, small x."""
    return _COUNTRY.sub("", certificate(text))


def _telephone(text: str) -> str:
    said = number(_BESIDE_DIGITS.sub("", _REMARK.sub("", key(text))).replace(".", ""))
    return said if said.isdecimal() else ""


def counted(text: str) -> int | None:
    """A small number in digits or in Chinese, such as 十二; None if the text is no number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not text or len(tens) > 1 or len(ones) > 1 or (tens + ones).strip(_DIGITS):
        return None
    first = _DIGITS.index(tens) if tens else 1
    return (first * 10 if ten else 0) + (_DIGITS.index(ones) if ones else 0)


def day_in_digits(text: str) -> str:
    """A day or month in Chinese numerals, such as 二〇二二年九月十二日, as 2022-9-12; every other text as it is."""
    found = _SPELLED_DAY.fullmatch(text.translate(_ZEROS))
    if found is None:
        return text
    year = "".join(str(_DIGITS.index(digit)) for digit in found[1])
    return "-".join([year, *(str(counted(part)) for part in found.group(2, 3) if part is not None)])
