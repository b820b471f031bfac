"""The rules are asked of a database that is not ours: what it lacks is named, and nothing that it has is overlooked."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection

from data_access.quality import check_command
from data_access.quality.external import Judgement, judge
from data_access.quality.validation_rules import load_validation_rules
from tests.data_access.quality.conftest import MakeTheirs, after, make_embedded
from tests.support.households import household, merged, project, village

pytestmark = pytest.mark.opens_a_database

ROWS = merged(
    village(),
    project("XM1", budget=10, spent=11),
    household("H1", indicators={"house_m2": -20, "ci_rate": 450}, jobs=[{}, {"started_on": date(2022, 1, 1)}]),
)


def judged(url: str, *statements: str) -> Judgement:
    with after(url, *statements) as connection:
        return judge(connection)


def rules(found: Judgement) -> list[str]:
    return sorted(found.found["audit_rule"])


def test_what_the_database_lacks_is_named_and_the_rest_is_judged(make_theirs: MakeTheirs) -> None:
    url = make_theirs(ROWS)
    part = judged(
        url,
        "DROP TABLE project",
        "DROP TABLE workplace",
        "ALTER TABLE household_indicator DROP COLUMN ci_rate",
        "ALTER TABLE clue ALTER COLUMN amount TYPE varchar",
        "ALTER TABLE household DROP COLUMN grid_code",
        "DROP TABLE data_load",
    )
    assert rules(part) == ["interval_range", "two_open_jobs"], "the floor area is still judged"
    assert not part.cut_off_known
    assert part.not_asked["clue_range"] == "clue.amount"
    assert "project.spent" in part.not_asked["project_overspent"]
    assert {"job_of_closed_factory", "grid_elsewhere", "case_blank"} < set(part.not_asked)
    assert set(part.not_asked) | {rule.id for rule in part.asked} == set(load_validation_rules())


def test_a_whole_database_is_asked_every_rule_and_the_command_counts_and_writes_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file, told = make_embedded(tmp_path, ROWS), tmp_path / "findings.xlsx", list[Judgement]()

    def judge_and_tell(connection: Connection, *, on: date | None) -> Judgement:
        told.append(judge(connection, on=on))
        return told[-1]

    monkeypatch.setattr(check_command, "judge", judge_and_tell)
    assert check_command.main([url, "--language", "en", "--findings", str(file)]) == 1
    [whole] = told
    assert (rules(whole), whole.not_asked) == (["interval_range", "project_overspent", "two_open_jobs"], {})
    said = capsys.readouterr().out
    label = load_validation_rules()["project_overspent"].label["en"]
    assert f"1  {label}" in said
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert len(rows) == 4
    assert any(label in row and 11 in row and 10 in row for row in rows)
    nothing = judged(url, "DROP TABLE household", "DROP TABLE region")
    assert "head_not_one" in nothing.not_asked
