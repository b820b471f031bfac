"""What the tree promises: where page scripts lie, how long a file may be, one word for one thing. Who may import whom
is for `make lint`."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from pages.shell.menu import SECTIONS, page_path
from tests.support.server import ROOT

PACKAGES = ("pages", "data_access", "charts", "sample_data")
LONGEST_FILE = 400
LONGEST_PAGE = 120
PAGE_SCRIPTS = {page_path(section, page) for section, pages in SECTIONS.items() for page in pages}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_is_a_package(package: str) -> None:
    """The import contracts do not see a folder without `__init__.py`."""
    folders = {file.parent for file in (ROOT / package).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_page_scripts_lie_one_folder_down() -> None:
    """A script directly in `pages` beside an entry script can be opened without the frame, and so without sign-in."""
    for folder in (ROOT / "pages", ROOT / "pages" / "shell" / "pages"):
        assert [file.name for file in folder.glob("*.py") if file.name != "__init__.py"] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_files_are_short(package: str) -> None:
    lengths = {file.relative_to(ROOT): _lines(file) for file in (ROOT / package).rglob("*.py")}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}
    pages = {file: lines for file, lines in lengths.items() if str(ROOT / file) in PAGE_SCRIPTS}
    assert {file: lines for file, lines in pages.items() if lines > LONGEST_PAGE} == {}


def test_no_two_classes_have_one_name() -> None:
    """Whoever reads a name knows what it stands for, wherever it is imported from."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for file in (file for package in ("data_access", "pages", "charts") for file in (ROOT / package).rglob("*.py")):
        for declared in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(declared, ast.ClassDef) and not declared.name.startswith("_"):
                homes[declared.name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_the_month_of_a_figure_says_up_to_which_day_it_is_counted() -> None:
    # `View.month_name` knows whether a month is in progress (截至25日). Without it: the name of an edition, a button.
    named = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "pages").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "month_name"
        if any(isinstance(part, ast.Attribute) and ast.unparse(part) == "view.month" for part in call.args)
    }
    assert named == {"pages/board/dispatch/edition.py", "pages/inspection/draw/make.py"}


def test_no_day_is_taken_from_the_clock_of_the_server() -> None:
    """`data_access.clock` knows the day of the place; Streamlit's own "today", written or left out, does not."""
    own = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in (ROOT / "pages").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("date_input", "time_input"))
        if not (given := {word.arg: word.value for word in call.keywords}).get("value")
        or any(isinstance(one, ast.Constant) and one.value for one in (given["value"], given.get("max_value")))
    ]
    assert own == []
