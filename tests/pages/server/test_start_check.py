"""What ends the start of the server before anybody can reach it."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from streamlit import config

from data_access.access import sign_in
from data_access.errors import AccessError
from data_access.registry import read_declarations
from data_access.risk.rulebook import RULES_FOLDER
from pages.server import start_check
from pages.server.local_only import REFUSED


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the rule files that the start reads and a test may break."""
    folder = tmp_path / "rules_folder"
    shutil.copytree(RULES_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(start_check, "read_declarations", partial(read_declarations, rules_folder=folder))
    return folder


def test_sound_declarations_let_the_server_start(rules: Path) -> None:
    start_check.refuse_broken_declarations()


def test_a_broken_rule_file_ends_the_start_in_both_languages(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bands = rules / "bands.yaml"
    bands.write_text(bands.read_text(encoding="utf-8").replace("red_above: 30", "red_above: thirty"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        start_check.refuse_broken_declarations()
    assert ended.value.code == REFUSED
    said = capsys.readouterr().err
    assert said.count("bands.yaml") == said.count("values.2021-01-01.red_above") == 2
    assert "应为整数" in said
    assert "expected a whole number" in said


def test_a_map_of_claims_that_is_broken_ends_the_start_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claims.yaml"
    file.write_text("user_id: sub\nrole: {claim: groups, values: {boss: king}}", encoding="utf-8")
    monkeypatch.setenv(sign_in.CLAIMS_VARIABLE, str(file))
    monkeypatch.setattr(start_check, "check_settings", sign_in.load_claims_map)
    with pytest.raises(SystemExit) as ended:
        start_check.refuse_unsafe_settings()
    assert ended.value.code == REFUSED
    said = capsys.readouterr().err
    assert said.count("claims.yaml") == said.count("role.values.boss") == 2
    assert "“king”不存在" in said
    assert "'king' is not declared" in said


@pytest.mark.parametrize("hosts", [[], ["*"], ["board.example", "*"]])
def test_a_board_under_any_name_at_all_ends_the_start(monkeypatch: pytest.MonkeyPatch, hosts: list[str]) -> None:
    told = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: hosts if name == "server.allowedHosts" else told(name))
    monkeypatch.setenv(sign_in.MODE_VARIABLE, sign_in.LOCAL)
    with pytest.raises(AccessError) as refused:
        start_check.check_settings()
    assert refused.value.key == "access_any_name"
