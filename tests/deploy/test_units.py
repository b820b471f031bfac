"""The units of systemd say nothing that systemd does not understand, and start what there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.server import ROOT

UNITS = sorted((ROOT / "docs" / "deploy").glob("*.service")) + sorted((ROOT / "docs" / "deploy").glob("*.timer"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.fail("systemd-analyze is not on this machine: run `make system`", pytrace=False)
    for one in UNITS:
        # The program stands elsewhere than on the machine it is deployed to.
        text = re.sub(r"/opt/household/\.venv/bin/python", "/bin/true", one.read_text(encoding="utf-8"))
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    command = [analyze, "verify", "--recursive-errors=no", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_may_do_little(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=35", "--no-pager", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_units_start_what_there_is() -> None:
    text = "".join(unit.read_text(encoding="utf-8") for unit in UNITS)
    assert set(re.findall(r"-m (data_access[\w.]*)", text)) == {"data_access.backup", "data_access.connect"}
    assert "run app.py" in text
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "docs/deploy/board.env").read_text(encoding="utf-8"), re.MULTILINE))
    databases = {"HOUSEHOLD_DATABASE_URL", "LEDGER_DATABASE_URL", "LEDGER_ANCHORS"}
    assert named == {"BOARD_HOST", "SIGN_IN", "BEHIND_TLS_PROXY"} | databases


def test_one_of_several_processes_is_started_as_one_alone() -> None:
    """What protects one protects each of them."""
    folder = ROOT / "docs" / "deploy"
    alone, several = (_said(folder / name) for name in ("household.service", "household@.service"))
    assert {line.replace("8501", "%i") for line in alone} - several == {
        "Description=Household monitoring board",
        "MemoryMax=8G",
    }
    assert "Conflicts=household.service" in several, "both would listen at 8501"


def _said(unit: Path) -> set[str]:
    return {line for line in unit.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}


def test_a_command_runs_with_the_settings_of_the_board(tmp_path: Path) -> None:
    settings, python = tmp_path / "board.env", tmp_path / "python"
    settings.write_text("LEDGER_DATABASE_URL='sqlite:////a&b/ledger.sqlite'\n", encoding="utf-8")
    python.write_text('#!/bin/sh\necho "$LEDGER_DATABASE_URL $PWD $*"\n', encoding="utf-8")
    python.chmod(0o755)
    script = (ROOT / "docs" / "deploy" / "board").read_text(encoding="utf-8")
    for there, here in {
        "/etc/household/board.env": str(settings),
        "/opt/household": str(ROOT),
        ".venv/bin/python": str(python),
        "runuser -u household -- ": "",
    }.items():
        assert there in script
        script = script.replace(there, here)
    command = ["sh", "-c", script, "board", "access", "verify"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"sqlite:////a&b/ledger.sqlite {ROOT} -m data_access.access verify\n")


def test_an_image_holds_nothing_that_is_not_in_the_repository() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    kept_away = {line.rstrip("/") for line in ignored if line and not line.startswith("#")}
    assert kept_away - {"__pycache__", "*.py[cod]"} <= left_out
    assert {".git", "**/__pycache__"} <= left_out
