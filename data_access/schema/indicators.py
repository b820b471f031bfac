"""The 72 indicators and the code lists, as declared in `indicators.yaml` and `codes.yaml`.

The declarations drive the table `household_indicator`, the labels on screen, the data dictionary and the completeness
figures.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from data_access.declarations import Declared, Many, Text, Words, read_declared, refuse
from data_access.schema.renamed import in_words_of_day, later_words

_FOLDER = Path(__file__).parent

CodeList = Mapping[str, Words]
"""Code -> its word in both languages."""


class IndicatorColumn(Declared):
    """One column that stores an indicator, or part of one; it has the indicator's name unless it states its own."""

    name: Text
    type: Literal["integer", "decimal", "boolean", "code", "text", "date"]
    unit: Text | None = None
    codes: Text | None = None
    zh: Text
    en: Text
    counted: bool = True
    """Whether a NULL here counts against completeness."""


class _Declaration(Declared):
    """One entry of `indicators.yaml`."""

    key: Text
    family: Literal["basic", "risk", "resistance"]
    zh: Text
    en: Text
    source: Literal["household", "members", "department", "computed"]
    table: Literal["household", "household_indicator"] | None = None
    """The table that stores it, or None if it is computed from others (`computed` says how)."""
    columns: Many[IndicatorColumn] = ()
    computed: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_columns(cls, entry: Any) -> Any:
        if not isinstance(entry, dict) or not isinstance(entry.get("columns"), list):
            return entry
        named = {"name": entry.get("key"), "zh": entry.get("zh"), "en": entry.get("en")}
        columns = [named | column if isinstance(column, dict) else column for column in entry["columns"]]
        return entry | {"columns": columns}

    @model_validator(mode="after")
    def _check(self) -> Self:
        stored = self.table is not None
        if stored != bool(self.columns) or stored == (self.computed is not None):
            raise refuse("stored_or_computed")
        known = read_codes()
        for number, column in enumerate(self.columns):
            if column.codes is not None and column.codes not in known:
                raise refuse(
                    "unknown_reference", at=("columns", number, "codes"), name=column.codes, known="codes.yaml"
                )
        return self


class Indicator(_Declaration):
    """One of the 72 indicators of a household."""

    number: int


@cache
def load_indicators(file: Path = _FOLDER / "indicators.yaml") -> tuple[Indicator, ...]:
    """The indicators in their official order, one per entry of `indicators.yaml`. Raises DeclarationError."""
    entries = read_declared(file, _Declarations)
    return tuple(Indicator(number=number, **dict(entry)) for number, entry in enumerate(entries, start=1))


def _once(entries: tuple[_Declaration, ...]) -> tuple[_Declaration, ...]:
    """Refuses a key or a column that appears twice."""
    keys: set[str] = set()
    columns: set[tuple[str | None, str]] = set()
    for number, entry in enumerate(entries):
        if entry.key in keys:
            raise refuse("stands_twice", at=(number, "key"), name=entry.key)
        keys.add(entry.key)
        for place, column in enumerate(entry.columns):
            if (entry.table, column.name) in columns:
                raise refuse("stands_twice", at=(number, "columns", place, "name"), name=column.name)
            columns.add((entry.table, column.name))
    return entries


_Declarations = Annotated[Many[_Declaration], AfterValidator(_once)]


@cache
def units() -> Mapping[str, str]:
    """The unit of every column with one: `table.column` -> unit."""
    return {
        f"{indicator.table}.{part.name}": part.unit
        for indicator in load_indicators()
        for part in indicator.columns
        if part.unit is not None
    }


def counted_columns() -> tuple[str, ...]:
    """Names of the `household_indicator` columns that completeness counts."""
    return tuple(
        column.name
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
        if column.counted
    )


class CodeLists(Mapping[str, CodeList]):
    """Every code list by its name: those of `codes.yaml`, in its order and with the words of the day that is settled
    (`renamed`), then those that other subjects registered."""

    def __getitem__(self, name: str) -> CodeList:
        return _registered[name]() if name in _registered else in_words_of_day(name, read_codes()[name])

    def at_any_time(self, name: str) -> Iterator[tuple[str, Words]]:
        """Every code of a list with each word that it ever had, that of before first."""
        yield from (self if name in _registered else read_codes())[name].items()
        yield from later_words(name)

    def __iter__(self) -> Iterator[str]:
        return iter(read_codes() | _registered)

    def __len__(self) -> int:
        return len(read_codes() | _registered)


_registered: dict[str, Callable[[], CodeList]] = {}


def register_codes(name: str, read: Callable[[], CodeList]) -> None:
    """Make things declared elsewhere (rules, items) available as codes to lists and filters.

    `read` is called each time the list is looked up, so it should cache its result. Code that needs every list imports
    `data_access.registry`.
    """
    _registered[name] = read


def load_codes() -> CodeLists:
    """Every code list: list name -> code -> word in both languages. Raises DeclarationError when one is looked up."""
    return CodeLists()


@cache
def read_codes(file: Path = _FOLDER / "codes.yaml") -> dict[str, dict[str, Words]]:
    """The code lists of `codes.yaml` alone. Raises DeclarationError."""
    return read_declared(file, dict[str, Annotated[dict[str, Words], Field(min_length=1)]])


@cache
def _counted_labels() -> CodeList:
    return {
        column.name: Words(zh=column.zh, en=column.en)
        for indicator in load_indicators()
        if indicator.table == "household_indicator"
        for column in indicator.columns
        if column.counted
    }


register_codes("indicator", _counted_labels)


def code_label(*, codes: str, code: str, language: str) -> str:
    """The word for a code in `zh` or `en`. Raises KeyError for a list or a code that is not declared."""
    return load_codes()[codes][code][language]
