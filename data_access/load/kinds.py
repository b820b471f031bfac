"""The kinds of files, their columns and the meaning of their headings, as declared in `kinds/*.yaml`.

In addition, every table of the contract is a kind of its own (`table_<name>`): a file with its columns.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field as PydanticField
from pydantic import field_validator, model_validator
from sqlalchemy import Boolean, Column

from data_access.declarations import (
    DeclarationError,
    Declared,
    Many,
    Text,
    Words,
    each_of,
    one_of,
    only_of,
    read_declared,
    refuse,
)
from data_access.files.headings import plain_heading
from data_access.load.columns import HELPERS, column_of
from data_access.load.counted import Counted
from data_access.schema.indicators import load_codes, load_indicators, units
from data_access.schema.tables import household_indicator, member, metadata

_FOLDER = Path(__file__).parent

SHARED_KEYS = ("household_id", "member_id")
"""Columns that mean the same in every table."""

DECLARED_KINDS = ("persons", "work", "casework", "pushes", "rosters")
"""The files of `kinds/`, in the order in which their kinds are shown."""

Comparison = Literal["register", "residents", "dibao", "tekun", "payments"]
"""With what of the database a file is compared: REGISTER is that of households and persons; all others are rosters of
persons, those of relief by its code."""

REGISTER: Comparison = "register"

_NOT_LOADED = ("data_load",)
"""Tables that the loads maintain themselves."""


@dataclass(frozen=True)
class FileField:
    """One column of a file: what it fills, its possible headings, and its own words."""

    table: str
    column: str
    headings: frozenset[str]
    title: str = ""
    """The heading that a template gives it."""
    required: bool = False
    instead: str = ""
    """The key of the field that may say it instead, where it is required."""
    words: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    """Whether a cell may contain several codes, of which the gravest counts."""

    @property
    def key(self) -> str:
        """`table.column`; identifies the field in maps and reports."""
        return f"{self.table}.{self.column}"

    @property
    def staged(self) -> str:
        """Its column in the staged rows."""
        return self.column if self.column in SHARED_KEYS else f"{self.table}__{self.column}"

    @property
    def declared(self) -> Column | None:
        """The column of the contract; None for a helper."""
        return None if self.table in HELPERS else metadata.tables[self.table].c[self.column]

    def label(self, language: str) -> str:
        """The name of the field."""
        if self.table == "measures":
            return load_codes()["measure_kind"][self.column][language]
        if self.table == "place":
            return load_codes()["region_level"][self.column][language]
        declared = member.c[self.column] if self.table == "match" else self.declared
        return self.title or self.column if declared is None else str(declared.info[language])


@dataclass(frozen=True)
class FileKind:
    """A kind of file and what its rows mean."""

    key: str
    label: Words
    targets: tuple[str, ...]
    """Tables it fills, in the order in which they are filled."""
    row: str
    """The table that has one row per row of the file; empty where it fills none."""
    fields: tuple[FileField, ...]
    whole: bool = False
    """Whether a household is rejected as a whole."""
    one_at_a_time: bool = False
    """Whether a new row ends the previous one if that is still open."""
    defaults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Table -> column -> the value in a new row if the file gives none."""
    counted: Mapping[str, Counted] = field(default_factory=dict)
    """Column -> how it is counted from the rows of a household."""
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Table -> words of headings that say something of its rows: where one of them was not read, the others would be
    misread."""
    case: str | None = None
    """The column that holds the number of the case; where a row names none, that of the case that is watched."""
    numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column with a number of its own -> the staged columns that it is made from in a row that has none, so that the
    same thing gets the same number whenever it is loaded."""
    department: str | None = None
    """The department whose warnings they are."""
    sender: Words | None = None
    """Its name."""
    usual_kind: str | None = None
    """The class of a warning that names none."""
    values: Mapping[str, Literal["sum", "gravest"]] = field(default_factory=dict)
    """`table.column` of a household that its rows say -> what the rows of several persons make."""
    compared: Comparison | None = None
    """With what it is compared before it is loaded."""

    @property
    def is_roster(self) -> bool:
        """Whether it is compared and changes no household."""
        return self.compared not in (None, REGISTER)

    @property
    def dated(self) -> bool:
        """Whether indicators hold as of the day of the file, instead of having days of their own."""
        return "household_indicator" in self.targets and self.row != "household_indicator"


class _DeclaredField(Declared):
    """A column of a file as declared."""

    column: str
    headings: Annotated[Many[Text], PydanticField(min_length=1)]
    required: bool = False
    instead: str = ""
    words: dict[str, str] = PydanticField(default_factory=dict)
    several: bool = False

    @field_validator("column")
    @classmethod
    def _is_a_column(cls, name: str) -> str:
        return column_of(name, helpers=True)

    @model_validator(mode="after")
    def _words_are_codes(self) -> Self:
        table, column = self.column.split(".")
        if table in HELPERS:
            return self
        declared = metadata.tables[table].c[column]
        codes = "boolean" if isinstance(declared.type, Boolean) else declared.info["codes"]
        for word, code in self.words.items() if codes else ():
            if code and code not in load_codes()[codes]:
                raise refuse("unknown_reference", at=("words", word), name=code, known=tuple(load_codes()[codes]))
        return self


class _PushedValue(_DeclaredField):
    """A column with which a department says an indicator of a household, by persons or as a whole."""

    persons: Literal["sum", "gravest"]

    @field_validator("column")
    @classmethod
    def _is_an_indicator(cls, name: str) -> str:
        return one_of(name, [str(column) for column in household_indicator.c])


class _Department(Declared):
    """The department that sends warnings, their class if a file names none, and what else its files may say."""

    label: Words
    kind: str
    values: Many[_PushedValue] = ()
    authoritative: bool = False
    """Whether these values are the household's indicators from the day of the file on."""

    @field_validator("kind")
    @classmethod
    def _is_a_code(cls, kind: str) -> str:
        return one_of(kind, load_codes()["clue_kind"])


class _Kind(Declared):
    """A kind of file as declared."""

    label: Words
    targets: Many[str] = ()
    row: str = ""
    fields: Annotated[Many[_DeclaredField], PydanticField(min_length=1)]
    whole: bool = False
    one_at_a_time: bool = False
    indicators: bool = False
    """Whether every indicator's own name is also a heading."""
    defaults: dict[str, dict[str, Text]] = PydanticField(default_factory=dict)
    counted: dict[str, Counted] = PydanticField(default_factory=dict)
    families: dict[str, Many[Text]] = PydanticField(default_factory=dict)
    case: str | None = None
    numbers: dict[str, Annotated[Many[str], PydanticField(min_length=1)]] = PydanticField(default_factory=dict)
    departments: dict[str, _Department] | None = None
    compared: Comparison | None = None

    @field_validator("case")
    @classmethod
    def _is_a_column(cls, name: str | None) -> str | None:
        return name if name is None else column_of(name)

    @field_validator("numbers")
    @classmethod
    def _are_columns(cls, numbers: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, made_from in numbers.items():
            column_of(name, at=(name,))
            for own in made_from:
                if own not in SHARED_KEYS:
                    column_of(own, at=(name,))
        return numbers

    @property
    def is_roster(self) -> bool:
        """Whether it is only compared: its fields are of the sort of the columns that they name, and fill none."""
        return self.compared not in (None, REGISTER)

    @model_validator(mode="after")
    def _fills_its_tables(self) -> Self:
        if self.is_roster and not self.targets:
            return self
        each_of(self.targets, tuple(metadata.tables), at=("targets",))
        if self.row not in self.targets:
            raise refuse("unknown_reference", at=("row",), name=self.row, known=self.targets)
        for number, one in enumerate(self.fields):
            if one.column.split(".")[0] not in (*self.targets, *HELPERS):
                raise refuse("unknown_reference", at=("fields", number, "column"), name=one.column, known=self.targets)
        for table, columns in only_of(self.defaults, self.targets, at=("defaults",)).items():
            only_of(columns, metadata.tables[table].c.keys(), at=("defaults", table))
        only_of(self.families, self.targets, at=("families",))
        for name in self.counted:
            if name.split(".")[0] not in self.targets:
                raise refuse("unknown_reference", at=("counted", name), name=name, known=self.targets)
            column_of(name, at=("counted", name))
        for number, one in enumerate(self.fields):
            names = tuple(other.column for other in self.fields)
            if one.instead and one.instead not in names:
                raise refuse("unknown_reference", at=("fields", number, "instead"), name=one.instead, known=names)
        return self


@cache
def load_kinds() -> dict[str, FileKind]:
    """Every kind of file by its key, the declared ones first. Raises DeclarationError."""
    kinds = {
        key: kind for name in DECLARED_KINDS for key, kind in read_kinds(_FOLDER / "kinds" / f"{name}.yaml").items()
    }
    tables = [_table_kind(name) for name in metadata.tables if name not in _NOT_LOADED]
    for kind in tables:
        _check_headings(kind, file=Path(kind.key))
    return kinds | {kind.key: kind for kind in tables}


@cache
def read_kinds(file: Path) -> dict[str, FileKind]:
    """The kinds that a file declares. Raises DeclarationError, also for a heading with two meanings."""
    declared = read_declared(file, dict[str, _Kind])
    kinds = {kind.key: kind for key, entry in declared.items() for kind in _read(key, entry)}
    for kind in kinds.values():
        _check_headings(kind, file=file)
    return kinds


def _read(key: str, entry: _Kind) -> Iterator[FileKind]:
    kind = FileKind(
        key=key,
        label=entry.label,
        targets=entry.targets,
        row=entry.row,
        fields=tuple(_fields(entry)),
        whole=entry.whole,
        one_at_a_time=entry.one_at_a_time,
        defaults=entry.defaults,
        counted=entry.counted,
        case=entry.case,
        numbers=entry.numbers,
        compared=entry.compared,
        families={table: tuple(map(plain_heading, words)) for table, words in entry.families.items()},
    )
    if entry.departments is None:
        yield kind
        return
    for department, own in entry.departments.items():
        yield replace(
            kind,
            key=f"{key}_{department}",
            label=Words(zh=f"{own.label.zh}·{kind.label.zh}", en=f"{own.label.en} · {kind.label.en.lower()}"),
            department=department,
            sender=own.label,
            usual_kind=own.kind,
            fields=(*kind.fields, *_declared_fields(own.values)),
            values={one.column: one.persons for one in own.values},
            **(_filling_indicators(kind) if own.authoritative else {}),
        )


def _filling_indicators(kind: FileKind) -> dict[str, Any]:
    table = household_indicator.name
    return {"targets": (*kind.targets, table), "defaults": {**kind.defaults, table: {"source": "department"}}}


def _fields(entry: _Kind) -> Iterator[FileField]:
    yield from _declared_fields(entry.fields)
    if entry.indicators:
        yield from _indicator_fields(there={one.column for one in entry.fields})


def _declared_fields(declared: Sequence[_DeclaredField]) -> Iterator[FileField]:
    plain = {one.column: _plain_one(declared, one.column) for one in declared}
    for position, one in enumerate(declared):
        table, column = one.column.split(".")
        headings = {plain_heading(text) for text in one.headings}
        if position == plain[one.column]:
            headings |= _own_names(table, column)
        yield FileField(
            table=table,
            column=column,
            headings=frozenset(headings),
            title=one.headings[0],
            required=one.required,
            instead=one.instead,
            words=one.words,
            several=one.several,
        )


def _plain_one(fields: Sequence[_DeclaredField], column: str) -> int:
    """Where several fields fill one column, the position of the one meant by the column's own names: that without words
    of its own, else the last."""
    own = [position for position, one in enumerate(fields) if one.column == column]
    return next((position for position in own if not fields[position].words), own[-1])


def _indicator_fields(*, there: Collection[str]) -> Iterator[FileField]:
    table = household_indicator.name
    for indicator in load_indicators():
        for part in indicator.columns:
            if indicator.table == table and f"{table}.{part.name}" not in there:
                headings = frozenset(_own_names(table, part.name))
                yield FileField(table=table, column=part.name, headings=headings, title=part.zh)


def _own_names(table: str, column: str) -> set[str]:
    if table in HELPERS:
        return set()
    words, unit = metadata.tables[table].c[column].info, units().get(f"{table}.{column}")
    with_unit = () if unit is None else (f"{words['zh']}({unit})",)
    return {plain_heading(text) for text in (column, f"{table}.{column}", words["zh"], words["en"], *with_unit)}


def _table_kind(name: str) -> FileKind:
    table = metadata.tables[name]
    return FileKind(
        key=f"table_{name}",
        label=Words(zh=f"{name}：{table.info['zh']}", en=f"{name}: {table.info['en']}"),
        targets=(name,),
        row=name,
        fields=tuple(
            FileField(
                table=name,
                column=part.name,
                headings=frozenset(_own_names(name, part.name)),
                title=part.info["zh"],
                required=part.primary_key,
            )
            for part in table.c
        ),
    )


def _check_headings(kind: FileKind, *, file: Path) -> None:
    seen: dict[str, str] = {}
    for one in kind.fields:
        for heading in one.headings:
            if seen.setdefault(heading, one.key) != one.key:
                words = {"heading": heading, "first": seen[heading], "second": one.key}
                raise DeclarationError(file=file.name, place=f"{kind.key}.fields", kind="heading_twice", words=words)
