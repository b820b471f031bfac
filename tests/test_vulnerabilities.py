"""The look for vulnerabilities fails on a vulnerability and never passes in silence."""

import runpy
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.server import ROOT


@pytest.fixture
def program() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / ".ci" / "vulnerabilities.py"))


@pytest.fixture
def verdict(program: dict[str, Any]) -> Callable[[dict], tuple[int, list[str]]]:
    return program["verdict"]


def test_a_vulnerability_fails(verdict: Callable) -> None:
    flaw = {"id": "CVE-1", "fix_versions": ["2.0"]}
    code, lines = verdict({"dependencies": [{"name": "a", "version": "1.0", "vulns": [flaw]}]})
    assert code == 1
    assert lines[0] == "VULNERABLE a 1.0: CVE-1, mended in 2.0"


def test_what_was_not_looked_up_is_said(verdict: Callable) -> None:
    good = {"name": "a", "version": "1.0", "vulns": []}
    code, lines = verdict({"dependencies": [good, {"name": "b", "skip_reason": "not found"}]})
    assert (code, len(lines)) == (0, 2)
    assert "1 of 2 packages" in lines[0]
    assert lines[1].startswith("NOT AUDITED") and lines[1].endswith(": b")
    assert verdict({"dependencies": [good]})[1] == ["dependency audit: 1 of 1 packages looked up, 0 vulnerabilities"]


def test_a_database_that_does_not_answer_is_waited_for_ten_seconds(
    program: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited: list[float] = []

    def silent(command: list[str], *, timeout: float, **_: Any) -> None:
        waited.append(timeout)
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", silent)
    assert program["main"]() == 0
    assert waited == [10]
    assert capsys.readouterr().out.startswith("NOT AUDITED")
