"""What was called otherwise at other times: words of codes and titles of offices, dated and with their sources, as
declared in `renamed.yaml`."""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from data_access import clock
from data_access.declarations import Declared, Many, Status, Words, read_declared
from data_access.schema.dated import in_force

_FILE = Path(__file__).with_name("renamed.yaml")


class Name(Words):
    """What something is called from a day on, and the authority for it."""

    status: Status
    reference: Words


Names = Annotated[dict[date, Name], Field(min_length=1)]


class _Declaration(Declared):
    """What `renamed.yaml` declares."""

    codes: dict[str, dict[str, Names]]
    offices: Many[Names]


_DAY: ContextVar[date | None] = ContextVar("_DAY", default=None)
"""The day whose words this thread says; None: today."""


def settle_day(day: date | None) -> None:
    """Says of which day the words of codes are from now on in this thread; None: of today."""
    _DAY.set(day)


@cache
def load_renamed(file: Path = _FILE) -> _Declaration:
    """Everything `renamed.yaml` declares. Raises DeclarationError."""
    return read_declared(file, _Declaration)


def in_words_of_day(codes: str, words: Mapping[str, Words]) -> Mapping[str, Words]:
    """A list of codes with the words of the settled day, in the same order."""
    renamed = load_renamed().codes.get(codes)
    if renamed is None:
        return words
    day = _DAY.get() or clock.today()
    return {code: in_force(renamed.get(code, {}), on=day) or word for code, word in words.items()}


def later_words(codes: str) -> Iterator[tuple[str, Words]]:
    """Every word that a code of a list has from some day on: code and word."""
    for code, names in load_renamed().codes.get(codes, {}).items():
        yield from ((code, name) for name in names.values())


def days_of_change(codes: str) -> tuple[date, ...]:
    """The days from which some code of a list has another word or meaning, in order."""
    renamed = load_renamed().codes.get(codes, {})
    return tuple(sorted({day for names in renamed.values() for day in names}))


def titles_in_force(*, on: date, language: str) -> dict[str, str]:
    """Every Chinese title that an office ever had -> that of a day, in a language."""
    return {
        name.zh: (in_force(titles, on=on) or titles[min(titles)])[language]
        for titles in load_renamed().offices
        for name in titles.values()
    }
