"""Words in and above headings that are no part of the name of a column, as declared in `headings.yaml`."""

import re
from functools import cache
from pathlib import Path

from data_access.declarations import Declared, Many, Text, read_declared
from data_access.files import spellings
from data_access.files.cells import load_words
from data_access.schema.indicators import load_codes

_FILE = Path(__file__).with_name("headings.yaml")
_IN_BRACKETS = r"[(（\[【](?:{})[)）\]】]"
_BRACKETS = re.compile(_IN_BRACKETS.format("([^()（）\\[\\]【】]+)"))
_BETWEEN = re.compile(r"[/、,，;；|]")
_A_CHOICE = 2
"""How many words of code lists in brackets make a choice."""


class HeadingWords(Declared):
    """The words, by what they say."""

    asked: Many[Text]
    """Whether a column has to be filled in, in brackets behind its heading."""
    hints: Many[Text]
    """How a column is filled in, in brackets behind its heading."""
    alike: Many[Text]
    """Endings of headings that stand for each other."""
    group_endings: Many[Text]
    """Of what stands above several headings."""
    scales: Many[Text]
    """Units other than those in which columns are read."""
    unit: Many[Text]
    """Patterns of what stands before the unit in a line above the table."""
    month: Text
    """Pattern of a month with its year."""


@cache
def load_heading_words(file: Path = _FILE) -> HeadingWords:
    """The declared words. Raises DeclarationError."""
    return read_declared(file, HeadingWords)


def without_advice(text: str) -> str:
    """A heading without what it says to whoever fills the column in: 必填, 男/女, or words to choose from, 是/否."""
    return _BRACKETS.sub(lambda found: "" if _is_choice(found[1]) else found[0], _advice().sub("", text))


def _is_choice(text: str) -> bool:
    return sum(spellings.word(part) in _answers() for part in _BETWEEN.split(text)) >= _A_CHOICE


@cache
def _answers() -> frozenset[str]:
    """Every word that stands for a code."""
    labels = (label["zh"] for codes in load_codes().values() for label in codes.values())
    spelled = (word for words in load_words().codes.values() for word in words)
    return frozenset(map(spellings.word, (*labels, *spelled)))


@cache
def _advice() -> re.Pattern[str]:
    """Finds 必填 or 男/女 in brackets: what a heading says to whoever fills the column in."""
    words = load_heading_words()
    return re.compile(_IN_BRACKETS.format("|".join(map(re.escape, (*words.asked, *words.hints)))), re.IGNORECASE)


def scale_of_group(text: str) -> bool:
    """Whether what stands above headings gives a unit other than theirs: 收入（万元）, 万元."""
    scales = "|".join(map(re.escape, load_heading_words().scales))
    return re.fullmatch(rf"{scales}", text) is not None or re.search(_IN_BRACKETS.format(scales), text) is not None


def without_scale(text: str) -> str:
    """A heading without a unit in brackets that is another than that of its column: 预算 for 预算（万元）."""
    scales = "|".join(map(re.escape, load_heading_words().scales))
    return re.sub(_IN_BRACKETS.format(scales), "", text)


def months_in(text: str) -> frozenset[tuple[int, int]]:
    """The months, with their years, that a title names."""
    found = re.finditer(load_heading_words().month, "".join(text.split()))
    return frozenset((int(one["year"]), int(one["month"])) for one in found)


def scale_above(text: str) -> str:
    """The unit that a line above a table gives, if it is another than that of its columns; else empty."""
    words = load_heading_words()
    units, scales = "|".join(words.unit), "|".join(map(re.escape, words.scales))
    found = re.search(rf"(?:{units})[^。]*?({scales})(?![\w])", "".join(text.split()))
    return found[found.lastindex or 0] if found else ""


def said_alike(text: str) -> tuple[str, ...]:
    """A heading with each of the endings that stand for its own: 结算日期 for 结算时间."""
    alike = load_heading_words().alike
    own = next((one for one in alike if text.endswith(one)), None)
    return () if own is None else tuple(text.removesuffix(own) + one for one in alike if one != own)


def group_name(text: str) -> str:
    """What stands above several headings without such words as 信息."""
    for ending in load_heading_words().group_endings:
        if len(text) > len(ending) and text.endswith(ending):
            return text.removesuffix(ending)
    return text
