"""What files there are: kinds of files, their columns and what headings mean, as declared in `kinds/*.yaml`.

Beside the declared kinds every table of the contract is a kind of its own (`table_<name>`): a file with its columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column

from data_access.files.headings import plain_heading
from data_access.schema.indicators import load_indicators
from data_access.schema.tables import metadata
from data_access.yaml_files import read_yaml

_FOLDER = Path(__file__).parent

SHARED_KEYS = ("household_id", "member_id")
"""Columns that mean the same in every table."""

HELPERS = ("place", "match")
"""What a field may fill instead of a table: the name of a place, what a household is matched by."""

_NOT_LOADED = ("data_load",)
"""Tables that the loads keep themselves."""


@dataclass(frozen=True)
class FileField:
    """One column of a file: what it fills, by which headings it is known, and its own words."""

    table: str
    column: str
    headings: frozenset[str]
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    """Whether a cell may hold several codes, of which the gravest counts."""

    @property
    def key(self) -> str:
        """`table.column`; names the field in maps and reports."""
        return f"{self.table}.{self.column}"

    @property
    def staged(self) -> str:
        """Its column among the staged rows."""
        return self.column if self.column in SHARED_KEYS else f"{self.table}__{self.column}"

    @property
    def declared(self) -> Column | None:
        """The column of the contract; None for a helper."""
        return None if self.table in HELPERS else metadata.tables[self.table].c[self.column]

    def label(self, language: str) -> str:
        """What the field is called."""
        declared = self.declared
        return self.column if declared is None else str(declared.info[language])


@dataclass(frozen=True)
class FileKind:
    """A kind of file and what its rows mean."""

    key: str
    label: Mapping[str, str]
    targets: tuple[str, ...]
    """Tables it fills, in the order in which they are filled."""
    row: str
    """The table of which every row of the file is one row."""
    fields: tuple[FileField, ...]
    whole: bool = False
    """Whether a household is rejected as a whole."""
    one_at_a_time: bool = False
    """Whether a new row ends the one before it that was still open."""
    defaults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Table -> column -> what a new row gets where the file does not say."""
    counted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Column -> how it is counted from the rows of a household."""
    department: str | None = None
    """Whose push it is."""
    usual_kind: str | None = None
    """The class of a push that names none."""

    @property
    def dated(self) -> bool:
        """Whether indicators come as of the day of the file, instead of with days of their own."""
        return "household_indicator" in self.targets and self.row != "household_indicator"


@cache
def load_kinds() -> dict[str, FileKind]:
    """Every kind of file by its key, the declared ones first. Raises ValueError for a heading that means two things."""
    kinds: dict[str, FileKind] = {}
    for path in ("persons", "work", "pushes"):
        entries = read_yaml(_FOLDER / "kinds" / f"{path}.yaml")
        for key, entry in entries.items():
            for kind in _read(key, entry):
                kinds[kind.key] = kind
    for name in metadata.tables:
        if name not in _NOT_LOADED:
            kinds[f"table_{name}"] = _table_kind(name)
    for kind in kinds.values():
        _check_headings(kind)
    return kinds


def _read(key: str, entry: Mapping[str, Any]) -> Iterator[FileKind]:
    kind = FileKind(
        key=key,
        label=entry["label"],
        targets=tuple(entry["targets"]),
        row=entry["row"],
        fields=tuple(_fields(entry)),
        whole=entry.get("whole", False),
        one_at_a_time=entry.get("one_at_a_time", False),
        defaults=entry.get("defaults", {}),
        counted=entry.get("counted", {}),
    )
    if "departments" not in entry:
        yield kind
        return
    for department, own in entry["departments"].items():
        label = {language: f"{own['label'][language]}{word}" for language, word in _pushed(kind.label).items()}
        yield FileKind(
            key=f"{key}_{department}",
            label=label,
            targets=kind.targets,
            row=kind.row,
            fields=kind.fields,
            defaults=kind.defaults,
            department=department,
            usual_kind=own["kind"],
        )


def _pushed(label: Mapping[str, str]) -> dict[str, str]:
    return {"zh": f"·{label['zh']}", "en": f" · {label['en'].lower()}"}


def _fields(entry: Mapping[str, Any]) -> Iterator[FileField]:
    declared = [*entry["fields"], *(_indicator_fields(entry) if entry.get("indicators") else ())]
    columns = [part["column"] for part in declared]
    plain = {column: _plain_one(declared, column) for column in columns}
    for position, part in enumerate(declared):
        table, column = part["column"].split(".")
        headings = {plain_heading(text) for text in part["headings"]}
        if position == plain[part["column"]]:
            headings |= _own_names(table, column)
        yield FileField(
            table=table,
            column=column,
            headings=frozenset(headings),
            required=part.get("required", False),
            words={str(word): str(code) for word, code in part.get("words", {}).items()},
            several=part.get("several", False),
        )


def _plain_one(declared: list[dict[str, Any]], column: str) -> int:
    """Where several fields fill one column, the one that the column's own names mean: without words of its own, else
    the last."""
    own = [position for position, part in enumerate(declared) if part["column"] == column]
    return next((position for position in own if "words" not in declared[position]), own[-1])


def _indicator_fields(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    there = {part["column"] for part in entry["fields"]}
    for indicator in load_indicators():
        for part in indicator.columns:
            if indicator.table == "household_indicator" and f"household_indicator.{part.name}" not in there:
                yield {"column": f"household_indicator.{part.name}", "headings": []}


def _own_names(table: str, column: str) -> set[str]:
    if table in HELPERS:
        return set()
    declared = metadata.tables[table].c[column]
    return {plain_heading(text) for text in (column, f"{table}.{column}", declared.info["zh"], declared.info["en"])}


def _table_kind(name: str) -> FileKind:
    table = metadata.tables[name]
    return FileKind(
        key=f"table_{name}",
        label={"zh": f"{name}：{table.info['zh']}", "en": f"{name}: {table.info['en']}"},
        targets=(name,),
        row=name,
        fields=tuple(
            FileField(
                table=name,
                column=part.name,
                headings=frozenset(_own_names(name, part.name)),
                required=part.primary_key,
            )
            for part in table.c
        ),
    )


def _check_headings(kind: FileKind) -> None:
    seen: dict[str, str] = {}
    for one in kind.fields:
        for heading in one.headings:
            if seen.setdefault(heading, one.key) != one.key:
                raise ValueError(f"kinds: {kind.key}: the heading {heading} means {seen[heading]} and {one.key}")
