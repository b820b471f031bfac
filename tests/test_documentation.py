"""README, docs and glossary keep up with the project."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.schema.indicators import load_codes
from pages.shell.menu import SECTIONS, page_path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
DOCUMENTS = {str(file.relative_to(ROOT)): file for file in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))}
TODAY = sorted(DOCUMENTS.keys() - {"docs/moved.md"})
"""Documents that speak of the tree as it is now."""

PACKAGES = ("pages", "data_access", "charts", "sample_data")
PLACEHOLDERS = ("data_access.COMMAND",)


def tree() -> dict[str, str]:
    """Path -> its line of README's tree."""
    lines = README.split("## The tree")[1].split("```")[1].strip().splitlines()
    found: dict[str, str] = {}
    above = ""
    for line in lines:
        name, text = line.split(maxsplit=1)
        above = "" if not line.startswith(" ") else above
        assert above + name not in found
        found[above + name] = text
        if not line.startswith(" "):
            above = name
    return found


def file_names() -> set[str]:
    return {file.name for folder in (*PACKAGES, "tests", "docs") for file in (ROOT / folder).rglob("*.*")}


def folders(package: str) -> Iterator[str]:
    """Those right in a package that hold code or words."""
    for folder in (ROOT / package).iterdir():
        if folder.is_dir() and any(file.suffix in (".py", ".po") for file in folder.rglob("*.*")):
            yield f"{package}/{folder.name}/"


@pytest.mark.parametrize("package", ["pages", "data_access"])
def test_every_folder_has_a_line_of_the_tree_and_every_line_a_folder(package: str) -> None:
    lines = {path for path in tree() if path.startswith(f"{package}/") and path.endswith("/")}
    assert lines == {f"{package}/", *folders(package)}


def test_every_module_beside_the_folders_is_in_the_tree() -> None:
    lines = " ".join(path.removeprefix("data_access/") + " " + text for path, text in tree().items())
    modules = {file.name for file in (ROOT / "data_access").glob("*.py")} - {"__init__.py"}
    assert sorted(name for name in modules if not re.search(rf"\b{name}\b", lines)) == []


def test_every_page_is_in_the_line_of_its_section() -> None:
    lines = tree()
    for section, pages in SECTIONS.items():
        names = {Path(page_path(section, page)).relative_to(ROOT / "pages" / section).parts[0] for page in pages}
        missing = [
            name for name in names if not re.search(rf"\b{name.removesuffix('.py')}\b", lines[f"pages/{section}/"])
        ]
        assert missing == []


def test_what_the_tree_names_is_there() -> None:
    assert sorted(path for path in tree() if not (ROOT / path).exists()) == []
    named = re.findall(r"\b(\w+\.(?:py|yaml|po))\b", " ".join(tree().values()))
    assert sorted(name for name in named if name not in file_names()) == []


def test_every_package_says_what_it_is_in_the_words_of_the_tree() -> None:
    lines = tree()
    for file in (file for package in PACKAGES for file in (ROOT / package).rglob("__init__.py")):
        said = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
        assert said, file
        line = lines.get(f"{file.parent.relative_to(ROOT)}/", "")
        assert said.casefold().startswith(line.casefold()), file


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    inside = [link for link in links if not link.startswith(("https://", "http://"))]
    assert [link for link in inside if not _is_there(link, document=DOCUMENTS[name])] == []


def _is_there(link: str, *, document: Path) -> bool:
    path, _, heading = link.partition("#")
    target = document.parent / path if path else document
    if not target.exists() or not heading:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-") for words in headings}


@pytest.mark.parametrize("name", TODAY)
def test_every_file_that_a_document_names_is_there(name: str) -> None:
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:data_access|pages|charts|tests|docs|sample_data)/[\w/.]+)`", text))
    assert sorted(path for path in named if "000N" not in path and not (ROOT / path).exists()) == []
    modules = set(re.findall(r"`(\w+\.(?:py|yaml|po|sql))`", text))
    assert sorted(module for module in modules if module not in file_names()) == []
    tests = set(re.findall(r"`((?:\w+/)*test_\w+\.py)`", text))
    assert sorted(path for path in tests if not any((ROOT / "tests").rglob(path.removeprefix("tests/")))) == []


@pytest.mark.parametrize("name", TODAY)
def test_every_command_that_a_document_names_is_there(name: str) -> None:
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    named = set(re.findall(r"-m ((?:data_access|sample_data|tests)\.[\w.]*\w)", text)) - set(PLACEHOLDERS)
    there = [
        (ROOT / path).with_suffix(".py").exists() or (ROOT / path / "__main__.py").exists()
        for path in (module.replace(".", "/") for module in named)
    ]
    assert all(there), named
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^|\s)make ([a-z]+)(?:`|\s+#)", text, flags=re.MULTILINE)) <= targets


def test_the_picture_of_the_first_screen_is_there() -> None:
    assert (ROOT / "docs/overview.png").stat().st_size > 50_000


def test_every_variable_the_code_reads_is_in_the_readme() -> None:
    read = set()
    for folder in ("pages", "data_access", "sample_data"):
        for file in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', file.read_text(encoding="utf-8")))
    assert read
    assert sorted(name for name in read if f"`{name}`" not in README) == []


@pytest.mark.parametrize("codes", ["household_type", "monitor_category", "outcome", "lamp"])
def test_the_glossary_has_the_words_of_the_code_lists(codes: str) -> None:
    missing = [
        words["zh"] for words in load_codes()[codes].values() if words["zh"].removesuffix("预警") not in GLOSSARY
    ]
    assert missing == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "Makefile", *ROOT.glob("requirements*.txt")]
    for folder in ("pages", "data_access", "charts", "sample_data"):
        texts += (ROOT / folder).rglob("*.py")
    homes = ("/root/", "/home/", "/Users/")
    assert [str(file) for file in texts if any(home in file.read_text(encoding="utf-8") for home in homes)] == []
