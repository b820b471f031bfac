"""What is declared in YAML (rules, limits, metrics, codes …), read into models that refuse what they cannot trust.

    class Limit(Declared):
        label: Words
        values: dict[date, DatedValue]

    limits = read_declared(file, dict[str, Limit])

A wrong key, type or code, or a key that appears twice, is a DeclarationError: it names the file, the place in it and
the remedy, in the reader's language.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from data_access.errors import WordedError, read_texts
from data_access.yaml_files import DuplicateKeyError, read_yaml

T = TypeVar("T")

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A text that is not empty."""

Many = Annotated[tuple[T, ...], Strict(False)]
"""A list of a file, kept as a tuple: `Many[int]`."""

_TEXTS = Path(__file__).with_suffix(".yaml")
_UNKNOWN = "not_accepted"
_AT, _OTHERS = "at", "others"
_DATE = re.compile(r"datetime\.date(?:time)?\((\d+), (\d+), (\d+)[^)]*\)")
"""How pydantic writes a key that is a date, or was meant to be one."""


class Declared(BaseModel):
    """One entry of a file: only its own keys, no text in place of a number, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Words(Declared):
    """A text in both languages."""

    zh: Text
    en: Text

    def __getitem__(self, language: str) -> str:
        return {"zh": self.zh, "en": self.en}[language]


Status = Literal["published", "placeholder"]
"""Whether a value has a published source or still waits for one."""


class Source(Declared):
    """The authority behind a rule, or behind a part of it (`covers`)."""

    title: Words
    status: Status
    covers: Text | None = None


def _with_keys(entries: Any) -> Any:
    if not isinstance(entries, dict):
        return entries
    written = [key for key, entry in entries.items() if isinstance(entry, dict) and "key" in entry]
    if written:
        raise refuse("extra_forbidden", at=(written[0], "key"))
    return {key: entry | {"key": key} if isinstance(entry, dict) else entry for key, entry in entries.items()}


Keyed = Annotated[dict[str, T], BeforeValidator(_with_keys)]
"""Entries by their key; each one knows its own as `key`: `Keyed[Step]`."""


class DeclarationError(WordedError):
    """A declared file cannot be used; the remedy is in `declarations.yaml`, by kind of error."""

    texts = _TEXTS

    def __init__(self, *, file: str, place: str, kind: str, words: Mapping[str, Any] | None = None) -> None:
        self.file, self.place = file, place
        self.kind = kind if kind in read_texts(_TEXTS) else _UNKNOWN
        self.words = {name: _plain(word) for name, word in (words or {}).items()} | {"kind": kind}
        self.others: tuple[DeclarationError, ...] = ()
        """What else is wrong with the file, where that is known already."""
        super().__init__("declaration", file=file, place=place, remedy=self.remedy("en"))

    def __str__(self) -> str:
        """In both languages, for anyone who starts the server or a command."""
        return " / ".join(self.text(language) for language in ("zh", "en"))

    def remedy(self, language: str) -> str:
        """What is wrong and how to put it right."""
        return read_texts(_TEXTS)[self.kind][language].format_map(_Words(self.words))

    def text(self, language: str, *, command: bool = False) -> str:
        """What, where, and what to do; `command`: for who runs a command on a file of their own, who is told all of it
        at once."""
        sentence = read_texts(_TEXTS)["sentence_for_command" if command else "sentence"][language]
        said = sentence.format(file=self.file, place=self.place, remedy=self.remedy(language))
        return "\n".join([said, *(one.text(language, command=True) for one in self.others if command)])


def refuse(kind: str, *, at: tuple[str | int | date, ...] = (), **words: Any) -> PydanticCustomError:
    """What a validator raises.

    Args:
        kind: a key of `declarations.yaml`.
        at: the keys from the value that the validator checks down to the part that is wrong.
        words: values that fill the sentence.
    """
    return PydanticCustomError(kind, kind, words | {_AT: at})  # kinds are declared, not literal


def refuse_all(faults: Iterable[PydanticCustomError]) -> None:
    """Raises what is wrong, all of it at once; a validator passes on what this raises."""
    found = list(faults)
    if found:
        kind, words = found[0].type, {**(found[0].context or {}), _OTHERS: found[1:]}
        raise PydanticCustomError(kind, kind, words)  # kinds are declared, not literal


def one_of(name: str, known: Collection[str]) -> str:
    """The name, if it is known; a validator raises what this raises."""
    if name not in known:
        raise refuse("unknown_reference", name=name, known=tuple(known))
    return name


def each_of(names: Many[str], known: Collection[str], *, at: tuple[str | int, ...] = ()) -> tuple[str, ...]:
    """The names, if all are known and none appears twice; a validator raises what this raises.

    Args:
        at: the keys down to the names.
    """
    for number, name in enumerate(names):
        if name not in known:
            raise refuse("unknown_reference", at=(*at, number), name=name, known=tuple(known))
        if name in names[:number]:
            raise refuse("stands_twice", at=(*at, number), name=name)
    return names


def only_of(
    entries: dict[str, T], known: Collection[str], *, every: bool = False, at: tuple[str | int, ...] = ()
) -> dict[str, T]:
    """The entries, if all their keys are known; a validator raises what this raises.

    Args:
        every: whether all known keys must be present.
        at: the keys down to the entries.
    """
    for key in entries:
        if key not in known:
            raise refuse("unknown_reference", at=(*at, key), name=key, known=tuple(known))
    for key in known if every else ():
        if key not in entries:
            raise refuse("missing", at=(*at, key))
    return entries


def checked_part(content: Any, model: type[T], *, at: tuple[str | int | date, ...]) -> T:
    """A part of the content, read as a model that depends on the rest; a validator raises what this raises."""
    try:
        adapter: TypeAdapter[T] = _adapter(model)  # type: ignore[arg-type]  # types can be hashed
        return adapter.validate_python(content)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        raise refuse(
            found["type"], at=(*at, *found["loc"]), value=_as_written(found["input"]), **found.get("ctx", {})
        ) from error


def load_sentences(file: Path) -> dict[str, Words]:
    """The texts of a file by their keys. Raises DeclarationError."""
    return read_declared(file, dict[str, Words])


def read_declared(file: Path, model: type[T], *, context: Any = None, typed: Collection[str] | None = None) -> T:
    """What a file declares, as `model` (a `Declared`, or a dict or tuple of them).

    Args:
        context: what validators can look up in `info.context`.
        typed: of a file of words, the keys below which other values stand, see `yaml_files.parse_yaml`.

    Raises:
        DeclarationError: the file is missing, cannot be read, or does not fit `model`; names the first error found.
    """
    try:
        content = read_yaml(file, typed=typed)
    except FileNotFoundError as error:
        raise DeclarationError(file=file.name, place="-", kind="file_missing") from error
    except DuplicateKeyError as error:
        raise DeclarationError(
            file=file.name, place=f"{error.key}", kind="duplicate_key", words={"line": error.line}
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = "-" if mark is None else f"{mark.line + 1}:{mark.column + 1}"
        raise DeclarationError(file=file.name, place=place, kind="not_yaml", words={"detail": error}) from error
    return checked(content, model, file=file.name, context=context)


def checked(content: Any, model: type[T], *, file: str, context: Any = None) -> T:
    """The content as `model`. Raises DeclarationError for the first error found."""
    try:
        adapter: TypeAdapter[T] = _adapter(model)  # type: ignore[arg-type]  # types can be hashed
        return adapter.validate_python(content, context=context)
    except ValidationError as error:
        first, *others = [
            refusal for found in error.errors(include_url=False) for refusal in _refusals(found, file=file)
        ]
        first.others = tuple(others)
        raise first from error


@cache
def _adapter(model: type) -> TypeAdapter:
    return TypeAdapter(model)


def _refusals(found: ErrorDetails, *, file: str) -> Iterator[DeclarationError]:
    words = {"value": _as_written(found["input"])} | found.get("ctx", {})
    others = words.pop(_OTHERS, ())
    for kind, said in [(found["type"], words), *((one.type, dict(one.context or {})) for one in others)]:
        location = (*found["loc"], *said.pop(_AT, ()))
        yield DeclarationError(file=file, place=_place(location), kind=kind, words=said)


def _place(location: tuple[int | str | date, ...]) -> str:
    """The keys down to the place, joined by dots: values.2022-01-01.threshold."""
    keys = ".".join(str(part) for part in location if part != "[key]")
    return _DATE.sub(lambda found: date(*map(int, found.groups())).isoformat(), keys) or "-"


def _as_written(value: Any) -> str:
    """A value as it is written in the file."""
    return str(yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=True, allow_unicode=True)).splitlines()[0]


def _plain(word: Any) -> str:
    if isinstance(word, tuple | list | set | frozenset):
        return ", ".join(map(str, word))
    return str(word)[:200]


class _Words(dict[str, str]):
    """Words for a sentence that may have a placeholder which this error does not fill."""

    def __missing__(self, key: str) -> str:
        return "…"
