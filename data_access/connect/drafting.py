"""A first mapping, guessed from the catalogue of a database: names, comments, and the values of columns that have few
of them. A guess that is not sure is marked; no value of a column that could be about a person is read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import URL, Column, Engine, MetaData, String, Table, cast, inspect, select

from data_access.connect.dictionary import Dictionary, read_dictionary, said_in_comment
from data_access.connect.errors import ConnectError
from data_access.connect.mapping import NEEDED_TABLES, ROW_BY_ROW, codes_of
from data_access.connect.source import source_engine
from data_access.declarations import Declared, Many, Text, Words, read_declared, refuse
from data_access.disclosure import PERSONAL
from data_access.files import spellings
from data_access.files.cells import words_of
from data_access.files.headings import plain_heading
from data_access.load.kinds import load_kinds
from data_access.schema.columns import column_of, find_column
from data_access.schema.indicators import load_codes
from data_access.schema.tables import employment, household, household_indicator, member, metadata

_FILE = Path(__file__).with_name("draft.yaml")
_UNSURE = "  # ? "
_LETTERS = re.compile(r"[^a-z]")
_NOTHING = "''"
_SEVERAL = re.compile(r"[,，、;；/]")
_SURE = 3
_BY_NAME = ("department",)
"""Columns whose words are those of another table of ours: never sure."""
_OWN_NUMBERS = ("member_id", "case_id", "measure_id", "clue_id", "need_id", "project_id", "workplace_id", "helper_id")
"""The numbers of ours that may be the key of a table of theirs, where nothing else is."""
_ALIKE = 6
"""How many columns of a table that speaks of nothing must surely be ours before it is proposed."""
_NEEDED = 2
"""How many columns of a table of ours must be found in one of theirs before it is proposed."""


class Guesses(Declared):
    """What `draft.yaml` declares."""

    columns: dict[str, Many[Text]]
    tables: dict[str, Many[Text]]
    dictionary: dict[str, Many[Text]]
    """What the columns of a dictionary table are called: kind of code, code, word."""
    system: Many[Text]
    """How the names of tables begin that hold no data of the field."""
    words: dict[str, dict[str, str]]
    """Column of ours -> their word -> our code, where they use no other words."""
    month: Many[Text]
    """What a column is called that names the month that a row is about."""
    system_schemas: Many[Text]
    """How the names of schemas begin that every database has."""
    since: Many[Text]
    """What a column is called that tells since when a row holds, the surest first."""
    said: dict[str, Words]
    """What a draft says of itself."""
    few_values: Annotated[int, Field(ge=2)]
    """Up to how many different values a column is read as one of codes."""

    @field_validator("words")
    @classmethod
    def _mean_codes(cls, words: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for name, own in words.items():
            known = tuple(load_codes().get(find_column(column_of(name, at=(name,))).info["codes"], ()))
            for word, code in own.items():
                if code not in known:
                    raise refuse("unknown_reference", at=(name, word), name=code, known=known)
        return words


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
    words: dict[str, str]
    """What their codes mean, where a dictionary of theirs says so."""


def draft(source: URL, *, schema: str | None, language: str) -> str:
    """The text of a first `connection.yaml`. Raises ConnectError."""
    with source_engine(source) as engine:
        return "\n".join(_lines(engine, schema=schema, language=language)) + "\n"


def _lines(engine: Engine, *, schema: str | None, language: str) -> Iterator[str]:
    everything = list(_catalogue(engine, schema=schema))
    if not everything:
        opened = schema or inspect(engine).default_schema_name or ""
        raise ConnectError("no_tables", schema=opened, schemas=", ".join(_schemas_with_tables(engine)) or "–")
    dictionary = read_dictionary(engine, everything, dict(load_guesses().dictionary))
    tables = [table for table in everything if not _is_system(table)]
    best = _best_tables(tables)
    said = {name: words[language] for name, words in load_guesses().said.items()}
    yield f"# {said['head']}"
    if schema:
        yield f"schema: {schema}"
    yield f"cut_off: {{day: 2000-01-01}}{_UNSURE}{said['cut_off']}"
    yield "count_persons: true"
    yield "tables:"
    used: set[str] = set()
    for ours in ROW_BY_ROW:
        table = best.get(ours)
        if table is None and ours not in NEEDED_TABLES:
            continue
        guesses = {} if table is None else _matches(engine, table, ours, dictionary=dictionary)
        yield f"  {ours}:  # {metadata.tables[ours].info[language]}"
        if table is None:
            yield f"    from: TODO{_UNSURE}{said['needed']}"
        else:
            used.add(table.name)
            yield f"    from: {table.name}{_comment(table)}"
            if others := _other_columns(table, guesses):
                yield f"    # {said['others']}: {others}"
        month = None if table is None or "started_on" in guesses else _month_column(table, ours)
        if month is not None:
            yield f"    month_of_work: {month}{_UNSURE}{said['month']}"
        yield "    columns:"
        person = None if table is None else _person(table, ours)
        columns = [column for column in metadata.tables[ours].c if month is None or column.name != "started_on"]
        yield from _column_lines(columns, guesses, person=person, said=said, language=language)
    indicators = list(_indicator_lines(engine, tables, dictionary=dictionary, used=used, language=language))
    yield "indicators:" if indicators else "indicators: []"
    yield from indicators
    for table in tables:
        if table.name not in used:
            yield f"# {said['not_used']}: {table.name}{_comment(table)}: {_other_columns(table, {})}"


def _indicator_lines(
    engine: Engine, tables: list[Table], *, dictionary: Dictionary, used: set[str], language: str
) -> Iterator[str]:
    """Every table that speaks of indicators; its name comes among those that are used."""
    said = {name: words[language] for name, words in load_guesses().said.items()}
    for table in tables:
        guesses = _matches(engine, table, household_indicator.name, dictionary=dictionary)
        if len(guesses) >= _NEEDED + 1 and "household_id" in guesses:
            used.add(table.name)
            yield f"  - from: {table.name}{_comment(table)}"
            yield f"    since: {_day_column(table)}{_UNSURE}{said['since']}"
            yield "    columns:"
            lines = _column_lines(household_indicator.c, guesses, person=None, said=said, language=language)
            yield from (f"  {line}" for line in lines)


def _catalogue(engine: Engine, *, schema: str | None) -> Iterator[Table]:
    names = [*inspect(engine).get_table_names(schema=schema), *inspect(engine).get_view_names(schema=schema)]
    for name in sorted(names):
        yield Table(name, MetaData(), schema=schema, autoload_with=engine, resolve_fks=False)


def _schemas_with_tables(engine: Engine) -> Iterator[str]:
    """The schemas in which this user sees tables or views, but for those of the system."""
    looked_at = inspect(engine)
    for schema in looked_at.get_schema_names():
        is_own = schema.lower().startswith(load_guesses().system_schemas)
        if not is_own and (looked_at.get_table_names(schema=schema) or looked_at.get_view_names(schema=schema)):
            yield schema


def _is_system(table: Table) -> bool:
    """Whether a table is about their system: by its name, unless name or comment speaks of something of ours."""
    return table.name.lower().startswith(load_guesses().system) and not any(
        _speaks_of(table, ours) for ours in load_guesses().tables
    )


def _speaks_of(table: Table, ours: str) -> bool:
    words = load_guesses().tables.get(ours, ())
    spelled = {spelling for word in words for spelling in (word, *_pinyin(word)[:1])}
    told = f"{table.name} {_LETTERS.sub('', table.name.lower())} {table.comment or ''}".lower()
    return any(word in told for word in spelled)


def _best_tables(tables: list[Table]) -> dict[str, Table]:
    """Table of ours -> the one of theirs that looks most like it: of those whose name or comment speaks of it, the one
    of which most columns are known; else, of those that speak of nothing, one whose columns are nearly all ours."""
    found: dict[str, Table] = {}
    for ours in ROW_BY_ROW:
        ranked = sorted(tables, key=lambda table: len(_names(table, ours)), reverse=True)
        for table in ranked:
            if _speaks_of(table, ours) and len(_names(table, ours)) >= _NEEDED:
                found[ours] = table
                break
    for ours in ROW_BY_ROW:
        others = [table for table in tables if ours not in found and table not in found.values()]
        alike = {table: sum(sure for _, sure in _names(table, ours).values()) for table in others}
        best = max(alike, key=alike.__getitem__, default=None)
        if best is not None and alike[best] >= _ALIKE:
            found[ours] = best
    return found


def _person(table: Table, ours: str) -> str | None:
    """How a household is found by a person that a table names, as a mapping says it; None where it names none."""
    people = {} if ours in (household.name, member.name) else _names(table, member.name)
    for number in ("id_no", "member_id"):
        if number in people:
            return f"{{column: {people[number][0]}, household_of: {number}}}"
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
        titles = {*headings.get(column.name, ()), *map(plain_heading, (column.info["zh"], *codes))} - {""}
        spelled = frozenset(spelling for title in titles for spelling in _pinyin(title))
        alike = {
            theirs.name: _likeness(theirs, titles=titles, names=(*codes, column.name), spelled=spelled)
            for theirs in table.c
        }
        best = max(alike, key=alike.__getitem__)
        if alike[best]:
            found[column.name] = (best, alike[best] == _SURE)
    number = metadata.tables[ours].primary_key.columns.values()[-1].name
    own = [column.name for column in table.primary_key.columns]
    if found and number not in found and number in _OWN_NUMBERS and len(own) == 1:
        found[number] = (own[0], False)
    return found


def _likeness(theirs: Column, *, titles: set[str], names: tuple[str, ...], spelled: frozenset[str]) -> int:
    """How much a column of theirs is like one of ours, by its comment or its name: 0 for not at all."""
    name, comment = theirs.name.lower(), said_in_comment(theirs.comment or "")[0]
    told = [plain_heading(words) for words in (comment, theirs.name) if words]
    if not titles.isdisjoint(told) or name in (names[0], names[-1]):
        return _SURE
    if any(words.startswith(title) for words in told for title in titles):
        return 2
    return 1 if name in names or _LETTERS.sub("", name) in spelled else 0


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


def _matches(engine: Engine, table: Table, ours: str, *, dictionary: Dictionary) -> dict[str, Guess]:
    found = {}
    for name, (theirs, sure) in _names(table, ours).items():
        own = metadata.tables[ours].c[name]
        title, words = said_in_comment(table.c[theirs].comment or "")
        words = words or dictionary.words(table.c[theirs], spelled=_pinyin(title or theirs))
        codes = _codes(engine, table.c[theirs], own, words=words)
        found[name] = Guess(theirs, sure=sure and name not in _BY_NAME, codes=codes, words=words)
    return found


def _codes(engine: Engine, theirs: Column, ours: Column, *, words: dict[str, str]) -> dict[str, str]:
    """Their words for our codes that imports do not know; of a column with many values, or about a person, none. What a
    dictionary says of them is taken where imports know that.

    Args:
        words: what their codes mean.
    """
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
    meant = load_guesses().words.get(f"{ours.table.name}.{ours.name}", {})
    if not {value.strip() for value in values} - {""} <= meant.keys():
        meant = {}
    return {
        value: _code_for(words.get(value, value), known) or ("" if value in words else meant.get(value.strip(), ""))
        for value in sorted(values)
        if value.strip() and (value in words or spellings.word(value) not in known)
    }


def _code_for(word: str, known: Mapping[str, str]) -> str:
    """The code that a word means; of a word that only one of ours begins with, or that begins with only one, that."""
    said = spellings.word(word)
    if _SEVERAL.search(word):
        return known.get(said, "")
    alike = {code for own, code in known.items() if said and own and (own.startswith(said) or said.startswith(own))}
    return known.get(said, "") or (alike.pop() if len(alike) == 1 else "")


def _column_lines(
    ours: Iterable[Column], guesses: dict[str, Guess], *, person: str | None, said: dict[str, str], language: str
) -> Iterator[str]:
    for column in ours:
        guess = guesses.get(column.name)
        title = column.info[language]
        if guess is None and column.name == "household_id" and person is not None:
            yield f"      {column.name}: {person}{_UNSURE}{title}"
            continue
        if guess is None:
            if (column.primary_key and column.table is not household_indicator) or (
                not column.nullable and not column.primary_key
            ):
                yield f"      {column.name}: TODO{_UNSURE}{title}: {said['needed']}"
            continue
        mark = f"  # {title}" if guess.sure and not guess.codes else f"{_UNSURE}{title}"
        if guess.codes:
            known = ", ".join(load_codes()[str(codes_of(column))])
            words = ", ".join(f"'{word}': {code or _NOTHING}" for word, code in guess.codes.items())
            means = ", ".join(f"{code} {word}" for code, word in guess.words.items() if code in guess.codes)
            told = f"; {said['dictionary']}: {means}" if means else ""
            value = f"{{column: {guess.column}, codes: {{{words}}}}}"
            yield f"      {column.name}: {value}{mark}; {said['codes']}: {known}{told}"
        else:
            yield f"      {column.name}: {guess.column}{mark}"


def _comment(table: Table) -> str:
    return f"  # {table.comment}" if table.comment else ""


def _month_column(table: Table, ours: str) -> str | None:
    """Of work, the column that names the month that a row is about; None where there is none."""
    named = (column.name for column in table.c if {column.name.lower(), column.comment} & {*load_guesses().month})
    return next(named, None) if ours == employment.name else None


def _day_column(table: Table) -> str:
    """A column that may say since when a row holds: one whose name or comment speaks of a time."""
    for word in load_guesses().since:
        for column in table.c:
            if word in f"{column.name.lower()} {column.comment or ''}":
                return column.name
    return "TODO"
