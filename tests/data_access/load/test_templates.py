"""Every kind of file has an empty workbook that its own load understands, and from which nothing is loaded."""

import io
import zipfile
from pathlib import Path

import pytest

from data_access.files.reading import open_file
from data_access.load.__main__ import main
from data_access.load.kinds import load_kinds
from data_access.load.staging import recognise_sheets
from data_access.load.templates import template
from tests.data_access.load.conftest import embedded
from tests.data_access.load.test_loading import BASE


@pytest.mark.parametrize("key", sorted(load_kinds()))
def test_the_headings_of_a_template_are_those_of_its_kind(key: str, tmp_path: Path) -> None:
    kind, path = load_kinds()[key], tmp_path / "template.xlsx"
    path.write_bytes(template(kind, language="zh"))
    source = open_file(path)
    [(_, found)] = recognise_sheets(source, kind=kind, mapped={})
    source.close()
    assert (found.unknown, found.missing, found.twice) == ((), (), ())
    assert {kind.fields[at].key for at in found.columns.values()} == {field.key for field in kind.fields}


@pytest.mark.opens_a_database
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_row_that_shows_how_is_not_loaded(tmp_path: Path, language: str) -> None:
    target, path = embedded(tmp_path, BASE), tmp_path / "template.xlsx"
    path.write_bytes(template(load_kinds()["persons"], language=language))
    report = target.load(path)
    assert (report.rows, report.rejected) == (0, 0)


def test_codes_are_chosen_from_lists() -> None:
    with zipfile.ZipFile(io.BytesIO(template(load_kinds()["jobs"], language="zh"))) as book:
        assert "外出务工,社区工厂,自主创业,公益性岗位" in book.read("xl/worksheets/sheet1.xml").decode()


def test_the_command_line_writes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--template", "jobs"]) == 0
    assert capsys.readouterr().out.strip() == "jobs.xlsx"
    assert zipfile.is_zipfile(tmp_path / "jobs.xlsx")
