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


def test_the_units_start_what_there_is() -> None:
    text = "".join(unit.read_text(encoding="utf-8") for unit in UNITS)
    assert set(re.findall(r"-m (data_access[\w.]*)", text)) == {"data_access.backup"}
    assert "run app.py" in text
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "docs/deploy/board.env").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"BOARD_HOST", "SIGN_IN", "BEHIND_TLS_PROXY", "HOUSEHOLD_DATABASE_URL", "LEDGER_DATABASE_URL"} == named
