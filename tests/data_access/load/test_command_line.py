"""The command line of imports: what it prints, and how it ends."""

from pathlib import Path

import pytest

from data_access.load.__main__ import main
from tests.data_access.load.conftest import WriteCsv, embedded
from tests.data_access.load.test_loading import BASE, HEADING, person

pytestmark = pytest.mark.opens_a_database


def run(url: str, *arguments: object) -> int:
    return main(["--url", url, "--kind", "persons", "--as-of", "2022-09-30", *map(str, arguments)])


def test_a_right_file_ends_with_0_and_can_be_taken_back(
    tmp_path: Path, write_csv: WriteCsv, capsys: pytest.CaptureFixture[str]
) -> None:
    url = embedded(tmp_path, BASE).url
    path = write_csv([HEADING, person("H1-1")])
    assert run(url, path) == 0
    printed = capsys.readouterr()
    assert "1 rows = 1 loaded + 0 unchanged + 0 rejected; published" in printed.out
    assert "1 / 1" in printed.err
    assert run(url, path, "--check") == 0
    assert "1 unchanged + 0 rejected; nothing changed" in capsys.readouterr().out
    assert main(["--url", url, "--undo"]) == 0
    assert main(["--url", url, "--undo"]) == 1
    assert "没有可以撤销的导入" in capsys.readouterr().err


def test_rejected_rows_end_with_1_and_lie_beside_the_file(
    tmp_path: Path, write_csv: WriteCsv, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv([HEADING, person("H1-1", 健康状况="长寿")])
    assert run(embedded(tmp_path, BASE).url, path, "--language", "en") == 1
    assert "2 健康状况 「长寿」 This word is not known" in capsys.readouterr().out
    assert {file.name for file in tmp_path.glob("*.xlsx")} == {"rows.rejects.xlsx", "rows.problems.xlsx"}


def test_a_map_file_names_what_is_not_recognised(tmp_path: Path, write_csv: WriteCsv) -> None:
    url = embedded(tmp_path, BASE).url
    path = write_csv([["HBH", *HEADING[1:]], person("H1-1")])
    assert run(url, path) == 1
    (tmp_path / "map.yaml").write_text("HBH: household.household_id\n", encoding="utf-8")
    assert run(url, path, "--map", tmp_path / "map.yaml") == 0


def test_a_map_to_a_column_that_is_none_is_refused_in_the_language_asked_for(
    tmp_path: Path, write_csv: WriteCsv, capsys: pytest.CaptureFixture[str]
) -> None:
    path, url = write_csv([["HBH", *HEADING[1:]], person("H1-1")]), embedded(tmp_path, BASE).url
    (tmp_path / "map.yaml").write_text("HBH: shoe.size\n'':\n", encoding="utf-8")
    for language, said in (("zh", "“HBH”有问题：“shoe.size”不存在"), ("en", "'shoe.size' is not declared")):
        assert run(url, path, "--map", tmp_path / "map.yaml", "--language", language) == 1
        assert said in capsys.readouterr().err


def test_wrong_options_and_files_are_told(
    tmp_path: Path, write_csv: WriteCsv, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv([HEADING])
    assert run(f"duckdb:///{tmp_path / 'nowhere' / 'household'}", path) == 1
    assert "找不到可以导入的数据库" in capsys.readouterr().err
    assert run(embedded(tmp_path, BASE).url, tmp_path / "gone.csv") == 1
    with pytest.raises(SystemExit) as ended:
        main(["--kind", "persons", str(path)])
    assert ended.value.code == 2
