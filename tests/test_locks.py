"""What is installed is locked: every direct requirement and all that it needs, with hashes."""

import re
from pathlib import Path

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
PAIRS = ("requirements", "requirements-dev")
ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+?))?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n",
    re.MULTILINE,
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct(name: str) -> dict[str, str]:
    """Version by package of a human list, extras left out."""
    pins = re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)", text_of(f"{name}.txt"), re.MULTILINE)
    return {normalised(package): version for package, version in pins}


def locked(name: str) -> set[tuple[str, str, str]]:
    """Package, version and marker of every entry of a lock."""
    return {
        (normalised(entry["name"]), entry["version"], entry["marker"] or "")
        for entry in ENTRY.finditer(text_of(f"{name}.lock"))
    }


@pytest.mark.parametrize("name", PAIRS)
def test_every_direct_requirement_is_locked_at_its_version(name: str) -> None:
    entries = {(package, version) for package, version, _marker in locked(name)}
    assert direct(name).items() - entries == set(), "run `make lock`"


@pytest.mark.parametrize("name", PAIRS)
def test_a_lock_is_entries_with_hashes_and_nothing_else(name: str) -> None:
    """So no address of an index, no folder of wheels, no option."""
    assert ENTRY.sub("", text_of(f"{name}.lock")) == ""


def test_what_tests_install_contains_what_runs() -> None:
    assert locked("requirements") - locked("requirements-dev") == set()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "win32"])
@pytest.mark.parametrize("name", PAIRS)
def test_every_machine_finds_one_version_of_a_package(name: str, system: str, python: str) -> None:
    machine = {"sys_platform": system, "python_version": python, "python_full_version": f"{python}.0"}
    found = [package for package, _version, marker in locked(name) if not marker or Marker(marker).evaluate(machine)]
    assert sorted(package for package in found if found.count(package) > 1) == []
    assert direct(name).keys() - set(found) == set()
    assert ("colorama" in found) == (name == "requirements-dev" and system == "win32"), "pytest needs it on Windows"


@pytest.mark.parametrize("file", ["Makefile", "README.md", "docs/operations.md", "docs/deploy/Dockerfile"])
def test_everything_that_installs_does_so_from_a_lock(file: str) -> None:
    installs = re.findall(r"pip install (.+?)(?:`|$)", text_of(file), re.MULTILINE)
    assert installs
    assert [line for line in installs if not re.search(r"--require-hashes -r requirements(-dev)?\.lock", line)] == []
