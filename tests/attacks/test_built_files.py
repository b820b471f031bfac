"""Files with people in them that stay on the disk when their process is gone."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

import pytest
import streamlit as st

from data_access.files import temporary
from pages.server.lifespan import lifespan
from tests.support.asgi import run
from tests.support.server import ROOT

BUILDS = """
import sys, time
from data_access.files.temporary import temporary_folder
held = temporary_folder("file_")
open(f"{held.name}/rows.csv", "w").write("somebody")
print(held.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The temporary folder of a machine."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def build(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has built a file and still offers it."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILDS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    built = Path(process.stdout.readline().strip())
    assert (built / "rows.csv").is_file()
    assert folder in built.parents
    return process, built


def test_what_a_killed_process_built_is_removed_by_the_next_and_nothing_else(folder: Path) -> None:
    killed, left = build(folder)
    living, kept = build(folder)
    killed.kill()
    killed.communicate()
    (folder / "household_files_of_somebody_else").symlink_to(kept.parent)
    temporary.remove_abandoned()
    assert not left.parent.exists()
    assert (kept / "rows.csv").is_file()
    living.communicate("")
    assert not kept.parent.exists(), "nor does anything stay of a process that ended by itself"


def test_a_server_that_is_stopped_leaves_nothing(folder: Path) -> None:
    """A signal ends it, at which Python does not tidy up."""
    temporary.remove_own()

    async def serve() -> None:
        async with lifespan(cast(st.App, None)):
            held = temporary.temporary_folder("file_")
            assert folder in Path(held.name).parents

    run(serve())
    assert list(folder.iterdir()) == []


def test_files_are_built_nowhere_else() -> None:
    sources = (file for package in ("pages", "data_access", "charts") for file in (ROOT / package).rglob("*.py"))
    assert [file.name for file in sources if "tempfile" in file.read_text(encoding="utf-8")] == ["temporary.py"]
