"""Every declared file is read into a model that refuses what is wrong in it: which file, where, and the remedy."""

import ast
import copy
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from inspect import isclass
from pathlib import Path
from string import Formatter
from types import ModuleType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from unittest.mock import Mock

import pytest
import yaml
from pydantic import BaseModel

from data_access import declarations
from data_access.access import __main__ as access_command
from data_access.backup import __main__ as backup_command
from data_access.declarations import DeclarationError
from data_access.declared_files import DECLARED, FOLDER, check_declarations
from data_access.errors import read_texts
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import LISTINGS
from data_access.load import __main__ as load_command
from data_access.quality import check_command
from data_access.risk.rulebook import load_rulebook
from data_access.yaml_files import read_yaml

FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.yaml"))
SENTENCES = read_texts(FOLDER / "declarations.yaml")
LANGUAGES = ("zh", "en")

STRANGE: Mapping[str, Any] = {"no": "such"}
WRONG: tuple[Any, ...] = (
    None,
    "",
    "no such",
    0,
    -1,
    10**12,
    0.5,
    True,
    date(2022, 9, 30),
    [],
    ["no such"],
    {},
    STRANGE,
)
"""What stands in no file where it was: most of it is refused everywhere."""

Place = tuple[Any, ...]


@dataclass(frozen=True)
class Reading:
    """What a file says, and the model it is read into."""

    file: str
    content: Any
    model: Any
    context: Any

    def refusal(self, content: Any) -> DeclarationError | None:
        """What the model says of another content; None where it takes it."""
        try:
            declarations.checked(content, self.model, file=Path(self.file).name, context=self.context)
        except DeclarationError as error:
            return error
        return None


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Reading]:
    """Every declared file with its model, as its reader asked for it."""
    folder = tmp_path_factory.mktemp("declared")
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FOLDER / name, folder / name)
    opened: list[Path] = []
    found: dict[str, Reading] = {}
    checked = declarations.checked

    def read_and_note(file: Path, **options: Any) -> Any:
        opened.append(file)
        return read_yaml(file, **options)

    def check_and_note(content: Any, model: Any, *, file: str, context: Any = None) -> Any:
        if opened[-1].is_relative_to(folder):
            name = opened[-1].relative_to(folder).as_posix()
            found[name] = Reading(name, copy.deepcopy(content), model, context)
        return checked(content, model, file=file, context=context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(declarations, "read_yaml", read_and_note)
        patched.setattr(declarations, "checked", check_and_note)
        for name, read in DECLARED.items():
            read(folder / name)
        load_rulebook(folder / "risk")
    return found


def test_every_yaml_file_is_read_into_a_model(readings: Mapping[str, Reading]) -> None:
    assert sorted(readings) == FILES


def test_all_declared_files_agree() -> None:
    check_declarations()


@pytest.mark.parametrize("name", FILES)
def test_an_unknown_key_is_refused_wherever_it_stands(readings: Mapping[str, Reading], name: str) -> None:
    reading = readings[name]
    places = [place for place, _ in levels(reading)]
    assert places or isinstance(reading.content, list)
    for place in places:
        changed = copy.deepcopy(reading.content)
        at(changed, place)["no_such_key"] = dict(STRANGE)
        assert_refused(reading, changed, place)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_key_is_refused_unless_the_model_calls_it_optional(
    readings: Mapping[str, Reading], name: str
) -> None:
    reading = readings[name]
    for place, model in levels(reading):
        for key in sorted(required(model)) if model is not None else ():
            if key in at(reading.content, place):
                changed = copy.deepcopy(reading.content)
                del at(changed, place)[key]
                assert_refused(reading, changed, (*place, key))


@pytest.mark.parametrize("name", FILES)
def test_a_text_in_one_language_alone_is_refused(readings: Mapping[str, Reading], name: str) -> None:
    reading = readings[name]
    for place, _ in levels(reading):
        if {"zh", "en"} <= set(at(reading.content, place)):
            changed = copy.deepcopy(reading.content)
            del at(changed, place)["en"]
            assert_refused(reading, changed, (*place, "en"))


@pytest.mark.parametrize("name", FILES)
def test_a_text_in_the_place_of_a_number_is_refused(readings: Mapping[str, Reading], name: str) -> None:
    reading = readings[name]
    for place in leaves(reading):
        number = at(reading.content, place)
        if type(number) in (int, float):
            changed = copy.deepcopy(reading.content)
            at(changed, place[:-1])[place[-1]] = str(number)
            assert_refused(reading, changed, place)


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_refused_is_told_in_both_languages(readings: Mapping[str, Reading], name: str) -> None:
    reading = readings[name]
    for place in leaves(reading):
        changed = copy.deepcopy(reading.content)
        for wrong in WRONG:
            at(changed, place[:-1])[place[-1]] = wrong
            if (error := reading.refusal(changed)) is not None:
                assert_told(error, reading)


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    content = read_yaml(FOLDER / name)
    first = next(iter(content[0] if isinstance(content, list) else content))
    again = f"\n{yaml.safe_dump({first: 1})}"
    file = tmp_path / Path(name).name
    file.write_text(f"{text}\n- {{{first}: 1, {first}: 2}}\n" if isinstance(content, list) else text + again, "utf-8")
    with pytest.raises(DeclarationError) as refused:
        declarations.read_declared(file, dict)
    assert (refused.value.file, refused.value.place, refused.value.kind) == (file.name, str(first), "duplicate_key")


def test_what_metrics_and_questions_name_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(LISTINGS, load_metrics()["clues_overdue"].numerator.fact)
    with pytest.raises(DeclarationError, match=r"numerator\.fact"):
        check_declarations()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (load_command, ["--undo"]),
        (access_command, ["list"]),
        (backup_command, ["check", "backup"]),
        (check_command, ["duckdb:///none"]),
    ],
)
def test_a_command_tells_what_is_wrong_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: ModuleType, arguments: list[str]
) -> None:
    error = DeclarationError(file="roles.yaml", place="pages.draw", kind="missing")
    for name in ("load_kinds", "load_roles", "check", "open_engine"):
        monkeypatch.setattr(command, name, Mock(side_effect=error), raising=False)
    assert command.main(arguments) in (1, 2)
    assert "声明文件 roles.yaml 的“pages.draw”有问题：缺少这个键，请补上" in capsys.readouterr().err


def test_every_kind_of_refusal_has_its_sentence() -> None:
    raised = {kind for file in FOLDER.rglob("*.py") for kind in kinds_in(file)}
    assert {"unknown_reference", "duplicate_key", "ranking_weights"} <= raised
    assert raised <= set(SENTENCES)


def test_both_sentences_name_the_same_words() -> None:
    for kind, sentence in SENTENCES.items():
        names = [{name for _, name, _, _ in Formatter().parse(sentence[language]) if name} for language in LANGUAGES]
        assert names[0] == names[1], kind


def assert_refused(reading: Reading, changed: Any, place: Place) -> None:
    error = reading.refusal(changed)
    assert error is not None, f"{reading.file} was taken although {place} is wrong"
    assert_told(error, reading)
    assert error.place != "-"


def assert_told(error: DeclarationError, reading: Reading) -> None:
    assert error.kind != "not_accepted", error.words
    for language in LANGUAGES:
        text = error.text(language)
        assert Path(reading.file).name in text
        assert error.place in text
        assert "…" not in error.remedy(language)


def walk(kind: Any, content: Any, place: Place = ()) -> Iterator[tuple[Place, Any, type[BaseModel] | None]]:
    """Every value of a content, with the model it is read into, where it is one: all keys of models, but of
    mappings and lists the first entry."""
    model = next((one for one in choices(kind) if isclass(one) and issubclass(one, BaseModel)), None)
    yield place, content, model
    if isinstance(content, list):
        for number, entry in enumerate(content[:1]):
            yield from walk(part(kind, 0), entry, (*place, number))
    elif isinstance(content, dict) and model is not None:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        for key in content:
            yield from walk(fields[key].annotation if key in fields else Any, content[key], (*place, key))
    elif isinstance(content, dict):
        for key in [*content][:1]:
            yield from walk(part(kind, 1), content[key], (*place, key))


def levels(reading: Reading) -> list[tuple[Place, type[BaseModel] | None]]:
    """The mappings of a file."""
    found = walk(reading.model, reading.content)
    return [(place, model) for place, content, model in found if isinstance(content, dict)]


def leaves(reading: Reading) -> list[Place]:
    """The values of a file that hold no others."""
    return [place for place, content, _ in walk(reading.model, reading.content) if place and not holds(content)]


def holds(content: Any) -> bool:
    return isinstance(content, dict | list) and bool(content)


def choices(kind: Any) -> tuple[Any, ...]:
    """The types that a type allows, without what is annotated to them."""
    if get_origin(kind) is Annotated:
        return choices(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return tuple(one for part_ in get_args(kind) for one in choices(part_))
    return (kind,)


def part(kind: Any, number: int) -> Any:
    """The type of the entries of a list (0) or mapping (1)."""
    found = [get_args(one) for one in choices(kind) if get_origin(one) in (dict, tuple, list)]
    return found[0][number] if found and len(found[0]) > number else Any


def required(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items() if field.is_required()}


def at(content: Any, place: Place) -> Any:
    for key in place:
        content = content[key]
    return content


def kinds_in(file: Path) -> Iterator[str]:
    """The kinds of refusals that a module names: `refuse("…")` and `DeclarationError(kind="…")`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = re.sub(r".*\.", "", ast.unparse(node.func))
        named = node.args[:1] if called == "refuse" else []
        named += [word.value for word in node.keywords if called == "DeclarationError" and word.arg == "kind"]
        yield from (str(one.value) for one in named if isinstance(one, ast.Constant))
