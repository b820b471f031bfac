"""A first mapping, guessed from the catalogue of a database: names, comments, and the values of columns that have few
of them. A guess that is not sure is marked; no value of a column that could be about a person is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy import URL, Column, Engine, MetaData, String, Table, cast, inspect, select

from data_access.connect.mapping import NEEDED_TABLES, ROW_BY_ROW, codes_of
from data_access.connect.source import source_engine
from data_access.declarations import Declared, Many, Text, Words, read_declared
from data_access.disclosure import PERSONAL
from data_access.files import spellings
from data_access.files.cells import words_of
from data_access.files.headings import plain_heading
from data_access.load.kinds import load_kinds
from data_access.schema.indicators import load_codes
from data_access.schema.tables import household_indicator, metadata

_FILE = Path(__file__).with_name("draft.yaml")
_UNSURE = "  # ? "
_LETTERS = re.compile(r"[^a-z]")
_NEEDED = 2
"""How many columns of a table of ours must be found in one of theirs before it is proposed."""


class Guesses(Declared):
    """What `draft.yaml` declares."""

    columns: dict[str, Many[Text]]
    tables: dict[str, Many[Text]]
    system: Many[Text]
    """How the names of tables begin that hold no data of the field."""
    since: Many[Text]
    """What a column is called that tells since when a row holds, the surest first."""
    said: dict[str, Words]
    """What a draft says of itself."""
    few_values: Annotated[int, Field(ge=2)]
    """Up to how many different values a column is read as one of codes."""


@cache
def load_guesses(file: Path = _FILE) -> Guesses:
    """What helps to guess. Raises DeclarationError."""
    return read_declared(file, Guesses)


@dataclass(frozen=True)
class Guess:
    """A column of theirs for one of ours."""

    column: str
    sure: bool
    codes: dict[str, str]
    """Their words that imports do not know -> our code, empty where nobody could guess it."""


def draft(source: URL, *, schema: str | None, language: str) -> str:
    """The text of a first `connection.yaml`. Raises ConnectError."""
    with source_engine(source) as engine:
        return "\n".join(_lines(engine, schema=schema, language=language)) + "\n"


def _lines(engine: Engine, *, schema: str | None, language: str) -> Iterator[str]:
    tables = list(_catalogue(engine, schema=schema))
    said = {name: words[language] for name, words in load_guesses().said.items()}
    yield f"# {said['head']}"
    if schema:
        yield f"schema: {schema}"
    yield f"cut_off: {{day: 2000-01-01}}{_UNSURE}{said['cut_off']}"
    yield "count_persons: true"
    yield "tables:"
    used: set[str] = set()
    for ours in ROW_BY_ROW:
        table = _best(tables, ours)
        if table is None and ours not in NEEDED_TABLES:
            continue
        guesses = {} if table is None else _matches(engine, table, ours)
        yield f"  {ours}:  # {metadata.tables[ours].info[language]}"
        if table is None:
            yield f"    from: TODO{_UNSURE}{said['needed']}"
        else:
            used.add(table.name)
            yield f"    from: {table.name}{_comment(table)}"
            yield f"    # {said['others']}: {_other_columns(table, guesses)}"
        yield "    columns:"
        yield from _column_lines(ours, guesses, said=said, language=language)
    yield "indicators:"
    for table in tables:
        guesses = _matches(engine, table, household_indicator.name)
        if len(guesses) >= _NEEDED + 1 and "household_id" in guesses:
            used.add(table.name)
            yield f"  - from: {table.name}{_comment(table)}"
            yield f"    since: {_day_column(table)}{_UNSURE}{said['since']}"
            yield "    columns:"
            lines = _column_lines(household_indicator.name, guesses, said=said, language=language)
            yield from (f"  {line}" for line in lines)
    for table in tables:
        if table.name not in used:
            yield f"# {said['not_used']}: {table.name}{_comment(table)}"


def _catalogue(engine: Engine, *, schema: str | None) -> Iterator[Table]:
    names = [*inspect(engine).get_table_names(schema=schema), *inspect(engine).get_view_names(schema=schema)]
    for name in sorted(names):
        if not name.lower().startswith(load_guesses().system) or any(
            word in name.lower() for words in load_guesses().tables.values() for word in words
        ):
            yield Table(name, MetaData(), schema=schema, autoload_with=engine, resolve_fks=False)


def _best(tables: list[Table], ours: str) -> Table | None:
    """The table of theirs that looks most like one of ours: of those whose name or comment speaks of it, the one of
    which most columns are known."""
    words = load_guesses().tables.get(ours, ())
    spelled = {spelling for word in words for spelling in (word, *_pinyin(word)[:1])}
    ranked = sorted(tables, key=lambda table: len(_names(table, ours)), reverse=True)
    for table in ranked:
        told = f"{table.name} {table.comment or ''}".lower()
        if any(word in told for word in spelled) and len(_names(table, ours)) >= _NEEDED:
            return table
    return None


def _other_columns(table: Table, guesses: dict[str, Guess]) -> str:
    """Their columns that nothing of ours is guessed from, with their comments."""
    taken = {guess.column for guess in guesses.values()}
    others = [column for column in table.c if column.name not in taken]
    return ", ".join(f"{column.name} ({column.comment})" if column.comment else column.name for column in others)


def _names(table: Table, ours: str) -> dict[str, tuple[str, bool]]:
    """Column of ours -> the column of theirs that is meant by its name or comment, and whether that is sure."""
    headings = _headings(ours)
    known = load_guesses().columns
    found: dict[str, tuple[str, bool]] = {}
    for column in metadata.tables[ours].c:
        codes = known.get(f"{ours}.{column.name}", ())
        titles = {*headings.get(column.name, ()), plain_heading(column.info["zh"])}
        spelled = {spelling for title in titles for spelling in _pinyin(title)}
        for theirs in table.c:
            comment, name = plain_heading(theirs.comment or ""), _LETTERS.sub("", theirs.name.lower())
            if any(comment.startswith(title) for title in titles if title):
                found[column.name] = (theirs.name, comment in titles)
                break
            if theirs.name.lower() in (*codes, column.name) or name in spelled:
                found.setdefault(column.name, (theirs.name, theirs.name.lower() in (*codes[:1], column.name)))
    return found


@cache
def _pinyin(title: str) -> tuple[str, ...]:
    """How a Chinese title is spelled in names of columns: its syllables, and the first letters of two or more."""
    from pypinyin import lazy_pinyin  # its dictionary is large, and needed here alone

    syllables = lazy_pinyin(title, errors="ignore")
    initials = "".join(syllable[0] for syllable in syllables)
    return tuple(one for one in ("".join(syllables), initials if len(initials) > 1 else "") if one)


@cache
def _headings(ours: str) -> dict[str, frozenset[str]]:
    """Column of ours -> the headings that imports know for it."""
    found: dict[str, frozenset[str]] = {}
    for kind in load_kinds().values():
        for field in kind.fields:
            if field.table == ours:
                found[field.column] = found.get(field.column, frozenset()) | field.headings
    return found


def _matches(engine: Engine, table: Table, ours: str) -> dict[str, Guess]:
    return {
        name: Guess(column=theirs, sure=sure, codes=_codes(engine, table.c[theirs], metadata.tables[ours].c[name]))
        for name, (theirs, sure) in _names(table, ours).items()
    }


def _codes(engine: Engine, theirs: Column, ours: Column) -> dict[str, str]:
    """Their words for our codes that imports do not know; of a column with many values, or about a person, none."""
    codes = codes_of(ours)
    if codes is None or ours in PERSONAL.values():
        return {}
    most = load_guesses().few_values
    own = cast(theirs, String)
    with engine.connect() as connection:
        values = connection.execute(select(own).where(theirs.is_not(None)).distinct().limit(most + 1)).scalars().all()
    if len(values) > most:
        return {}
    known = words_of(codes)
    return {value: "" for value in sorted(values) if value.strip() and spellings.word(value) not in known}


def _column_lines(ours: str, guesses: dict[str, Guess], *, said: dict[str, str], language: str) -> Iterator[str]:
    for column in metadata.tables[ours].c:
        guess = guesses.get(column.name)
        title = column.info[language]
        if guess is None:
            if (column.primary_key and ours != household_indicator.name) or (
                not column.nullable and not column.primary_key
            ):
                yield f"      {column.name}: TODO{_UNSURE}{title}: {said['needed']}"
            continue
        mark = f"  # {title}" if guess.sure and not guess.codes else f"{_UNSURE}{title}"
        if guess.codes:
            known = ", ".join(load_codes()[str(codes_of(column))])
            words = ", ".join(f"'{word}': ''" for word in guess.codes)
            yield f"      {column.name}: {{column: {guess.column}, codes: {{{words}}}}}{mark}; {said['codes']}: {known}"
        else:
            yield f"      {column.name}: {guess.column}{mark}"


def _comment(table: Table) -> str:
    return f"  # {table.comment}" if table.comment else ""


def _day_column(table: Table) -> str:
    """A column that may say since when a row holds: one whose name or comment speaks of a time."""
    for word in load_guesses().since:
        for column in table.c:
            if word in f"{column.name.lower()} {column.comment or ''}":
                return column.name
    return "TODO"
