"""The README and the glossary keep up with the project."""

import re
from pathlib import Path

import pytest

from data_access.schema.indicators import load_codes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")


def test_every_file_the_readme_names_is_there() -> None:
    named = set(re.findall(r"`((?:data_access|pages|charts|tests|docs|sample_data)/[\w/.]+)`", README))
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_module_of_the_tree_is_there() -> None:
    tree = README.split("## The tree")[1].split("```")[1]
    modules = re.findall(r"(\w+\.(?:py|yaml|po))", tree)
    known = {file.name for folder in ("pages", "data_access", "charts") for file in (ROOT / folder).rglob("*.*")}
    assert sorted(name for name in modules if name not in known | {"app.py"}) == []


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
