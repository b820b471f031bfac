"""What was found in a connected source, as sentences: how many rows, what is wrong, what to do, and a few rows with
personal values hidden."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_access.connect.mapping import SourceMapping, place_of
from data_access.connect.reading import Told
from data_access.declarations import Words, load_sentences
from data_access.disclosure import PERSONAL
from data_access.load.rules import load_rules
from data_access.schema.tables import metadata

_FILE = Path(__file__).with_name("told.yaml")
_PERSONAL = {(column.table.name, column.name) for column in PERSONAL.values()}
_HIDDEN = "***"
_MOST_WORDS = 60


@cache
def load_told(file: Path = _FILE) -> dict[str, Words]:
    """The sentences about rows of a source. Raises DeclarationError."""
    return load_sentences(file)


@dataclass(frozen=True)
class Sentence:
    """One kind of fault."""

    title: str
    """The name of the table of ours."""
    column: str
    """The column of theirs."""
    count: int
    text: str
    """What is wrong and what to do."""
    examples: str
    """Every word that was not understood, with its rows; else the first few rows by key, with what stands there where
    that may be shown."""
    codes: str
    """The words as they are written under `codes`; empty where that is no remedy."""


def faults_of(told: Told, *, personal: frozenset[str]) -> list[dict[str, Any]]:
    """What was found, the most frequent first, as it stands in the report of a run.

    Args:
        personal: columns of theirs with values that are never shown.
    """
    return [_fault(told, about, count=count, personal=personal) for about, count in told.counts.most_common()]


def _fault(told: Told, about: tuple[str, str, str], *, count: int, personal: frozenset[str]) -> dict[str, Any]:
    table, column, rule = about
    unread = _unread(told, about, personal=personal)
    return {
        "table": table,
        "column": column,
        "rule": rule,
        "rows": count,
        "words": dict(told.words[about]),
        "examples": [f"「{word}」{rows}" for word, rows in unread.items()] or _examples(told, about, personal=personal),
        "unread": list(unread),
    }


def sentences(faults: Iterable[Mapping[str, Any]], *, language: str) -> Iterator[Sentence]:
    """Faults of a report in words."""
    for fault in faults:
        yield Sentence(
            title=metadata.tables[fault["table"]].info[language],
            column=fault["column"],
            count=fault["rows"],
            text=fault_text(fault["rule"], fault["words"], language=language),
            examples=", ".join(fault["examples"]),
            codes=_as_codes(fault.get("unread", ())),
        )


def _examples(told: Told, about: tuple[str, str, str], *, personal: frozenset[str]) -> list[str]:
    """The first few rows by key, with what stands there; a value of a person is hidden."""
    hidden = about[1] in personal
    return [f"{key}「{_HIDDEN if hidden else value}」" if value else key for key, value in told.examples[about]]


def _unread(told: Told, about: tuple[str, str, str], *, personal: frozenset[str]) -> dict[str, int]:
    """The words that `codes` can explain, the most frequent first; none of a column about a person."""
    words = told.unread.get(about, Counter[str]()) if about[1] not in personal else Counter[str]()
    return dict(words.most_common(_MOST_WORDS))


def _as_codes(words: Iterable[str]) -> str:
    """Words as a line of a mapping that is still to be completed: codes: {'a': '', 'b': ''}."""
    pairs = ", ".join(f"""'{word.replace("'", "''")}': ''""" for word in words)
    return f"codes: {{{pairs}}}" if pairs else ""


def fault_text(rule: str, words: dict[str, str], *, language: str) -> str:
    """What is wrong and what to do."""
    return (load_told().get(rule) or load_rules()[rule].sentence)[language].format(**words)


def personal_columns(mapping: SourceMapping) -> frozenset[str]:
    """The columns of theirs that hold what is masked on screen, or a number by which a person is found."""
    return frozenset(
        place
        for table, part in mapping.tables.items()
        for name, value in part.columns.items()
        for place in (value.column, place_of(name, value))
        if value.column and place and ((table, name) in _PERSONAL or value.household_of is not None)
    )
