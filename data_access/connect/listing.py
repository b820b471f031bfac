"""What a mapping can fill: every table and column of ours with its meaning, for the one who writes it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Column, Date, Float, Integer

from data_access.connect.mapping import NEEDED_TABLES, ROW_BY_ROW, codes_of
from data_access.declarations import Words
from data_access.load.families import needed_by
from data_access.load.kinds import load_kinds
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household_indicator, metadata

_KINDS = {Integer: "whole", Float: "number", Date: "day"}


def list_columns(words: dict[str, Words], *, language: str) -> Iterator[str]:
    """One line per table and per column of it: its name, whether it is needed, what it holds, its meaning.

    Args:
        words: the sentences of the command.
    """
    said = {key: one[language] for key, one in words.items()}
    for name in (*ROW_BY_ROW, household_indicator.name):
        table = metadata.tables[name]
        needed = f" ({said['needed']})" if name in NEEDED_TABLES else ""
        shown = f"{name} = indicators" if table is household_indicator else name
        yield f"{shown}: {table.info[language]}{needed}"
        for column in table.c:
            must = f" ({said['needed']})" if column.primary_key or not column.nullable else ""
            holds = _holds(column, said=said, language=language)
            yield f"  {column.name:26} {column.info[language]}{must}: {holds}"
        yield ""


def counted_from(indicators: Iterable[str]) -> list[str]:
    """The columns of persons (`member.labour`) from which indicators can be counted instead of being mapped."""
    counted = load_kinds()["persons"].counted
    hows = (counted.get(f"{household_indicator.name}.{name}") for name in indicators)
    return list(dict.fromkeys(column for how in hows if how is not None for column in needed_by(how)))


def _holds(column: Column, *, said: dict[str, str], language: str) -> str:
    if (codes := codes_of(column)) is not None:
        return ", ".join(f"{code} {label[language]}" for code, label in load_codes()[codes].items())
    return next((said[word] for kind, word in _KINDS.items() if isinstance(column.type, kind)), said["text"])
