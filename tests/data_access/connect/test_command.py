"""The command line: drafted, checked, refreshed, with the rights for it; what became of it is recorded."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from data_access.connect import drafting
from data_access.connect.__main__ import main
from data_access.connect.mapping import ROW_BY_ROW, read_mapping
from data_access.connect.rights import scripts
from data_access.connect.runs import CHECK, REFRESH, error_of, mapped_tables, newest_runs, removed_rows, table_title
from data_access.errors import WordedError
from data_access.ledger.ledger import Ledger
from data_access.schema.tables import metadata
from tests.data_access.connect.conftest import ID_ONE, MAPPING, Connected, home, person, rows

pytestmark = pytest.mark.opens_a_database


@pytest.fixture
def here(connected: Connected, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Connected:
    """An office with some faults; the command works in an empty folder."""
    people = [person(1, 1, zjhm=ID_ONE), person(2, 1, ldjn="能干活")]
    connected.fill(rows(ac01=[home(1), home(2, xhsj="2022-13-30")], rkxx=people))
    monkeypatch.chdir(connected.folder)
    monkeypatch.setenv("CONNECT_SOURCE_URL", str(connected.source))
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", str(connected.target))
    monkeypatch.delenv("HOUSEHOLD_LOAD_URL", raising=False)
    monkeypatch.setenv("LEDGER_DATABASE_URL", ledger.engine.url.render_as_string(hide_password=False))
    return connected


def test_a_check_says_what_is_wrong_every_unknown_word_once_and_what_the_overview_will_show(
    here: Connected, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [person(1, 1, zjhm=ID_ONE, ldjn="能干活"), person(2, 1, ldjn="能干活"), person(2, 2, ldjn="干不动")]
    people += [person(2, 3, xm="王小明/之子"), person(2, 4, xm="王大明（弃婴）")]
    pushes = [
        {"id": number, "sfzh": ID_ONE, "lx": who, "sj": "20220801", "je": None}
        for number, who in enumerate(("住建局", "残联"), start=1)
    ]
    here.fill(rows(ac01=[home(1), home(2, xhsj="2022-13-30")], rkxx=people, bmts=pushes))
    departments = "  department:\n    rows: [{code: housing, name_zh: 住建局, name_en: Housing}]\n"
    text = MAPPING.replace("tables:\n", f"tables:\n{departments}")
    text = text.replace("kind: {column: lx, codes: {住院: medical_cost}}", "department: lx")
    here.mapping(text.replace("name: xm", "name: {column: xm, part: 1}").replace("yhzgx", "{column: xm, part: 2}"))
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    for part in ("xhsj", "2022-13-30", "农户 2", "人口 5", "「能干活」2, 「干不动」1"):
        assert part in said
    for codes in (
        "codes: {'能干活': '', '干不动': ''}",
        "codes: {'残联': ''}",
        "codes: {'弃婴': ''}",
    ):  # ready for the mapping
        assert codes in said
    assert "「住建局」" not in said, "a department is known by its name"
    assert ID_ONE not in said
    assert "王大明" not in said
    assert "2 户不能评估" in said and "、income_persons 核算人口" in said, "why households are undetermined"
    assert not Path(str(here.target.database)).exists()  # only looked at
    run = newest_runs(ledger)[CHECK]
    assert (run.done, run.report["figures"]["households"]) == (True, 2)
    [member] = [one for one in mapped_tables(run, language="en") if one.title == "one person"]
    assert (member.read, member.taken) == (5, 5)


def test_a_mapping_that_is_wrong_is_told_for_who_runs_a_command(
    here: Connected, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    file = here.folder / "connection.yaml"
    file.write_text(MAPPING.replace("indicators:", "indicators:\n\t"), encoding="utf-8")
    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert "再运行一次" in said
    assert "制表符" in said


def test_every_refresh_is_recorded_a_night_without_changes_says_again_what_is_wrong_and_a_failed_one_why(
    here: Connected, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    assert main(["refresh", "--create"]) == 0
    first, said = newest_runs(ledger)[REFRESH], capsys.readouterr().out
    assert main(["refresh"]) == 0
    again, repeated = newest_runs(ledger)[REFRESH], capsys.readouterr().out
    assert (first.done, again.done, again.at > first.at) == (True, True, True)
    assert again.report["faults"] == first.report["faults"] != []
    assert sum(table["added"] for table in first.report["tables"]) > 0
    assert sum(table["added"] for table in again.report["tables"]) == 0
    faults = [line for line in said.splitlines() if "<" in line or "←" in line]
    assert faults == [line for line in repeated.splitlines() if "<" in line or "←" in line] != []
    assert "--anew" not in said + repeated
    here.mapping(MAPPING.replace("wage_income: gzxsr", "wage_income: {column: gzxsr, times: 10}"))
    assert main(["refresh"]) == 0
    assert "--anew" in capsys.readouterr().out
    here.mapping(MAPPING.replace("from: wgjc", "from: wg"))
    assert main(["refresh"]) == 2
    run = newest_runs(ledger)[REFRESH]
    assert (run.done, run.report["error"]["key"]) == (False, "no_such_table")
    monkeypatch.delenv("CONNECT_SOURCE_URL")
    assert main(["refresh", "--language", "en"]) == 2
    assert "CONNECT_SOURCE_URL" in capsys.readouterr().err


def test_what_an_accepted_loss_takes_out_of_earlier_months_is_told(
    here: Connected, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    warning = {"id": 1, "sfzh": ID_ONE, "lx": "住院", "sj": "20220801", "je": None}
    for homes, warnings in (([home(1), home(2)], [warning]), ([home(1)], [])):
        here.fill(rows(ac01=homes, rkxx=[person(1, 1, zjhm=ID_ONE)], bmts=warnings))
        assert main(["refresh", "--create", "--accept-loss"]) == 0
    assert removed_rows(newest_runs(ledger)[REFRESH].report, language="zh") == [(table_title("clue", language="zh"), 1)]
    assert capsys.readouterr().out.count("已移除") == 1, "a household has an end, and stays where it was"


def test_no_address_or_password_is_told_when_the_source_does_not_answer(
    here: Connected, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    for url in (
        "postgresql+psycopg://office:secret@127.0.0.1:9/office",
        "mysql+pymysql://office:secret@127.0.0.1:9/office",
        "mysql+pymysql://office:a@secret@127.0.0.1:9/office",
    ):
        monkeypatch.setenv("CONNECT_SOURCE_URL", url)
        assert main(["check"]) == 2
        said = capsys.readouterr().err
        assert "secret" not in said
        assert "%40" in said
        told = error_of(newest_runs(ledger)[CHECK])  # as the page says it
        assert isinstance(told, WordedError)
        assert "%40" in told.text("zh")


@pytest.mark.parametrize("variable", ["HOUSEHOLD_DATABASE_URL", "HOUSEHOLD_LOAD_URL", "LEDGER_DATABASE_URL"])
def test_an_address_of_ours_that_is_none_is_told_with_its_remedy(
    here: Connected, variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    monkeypatch.setenv(variable, "/srv/board/data")
    assert main(["refresh"]) == 2
    said = capsys.readouterr().err
    assert f"环境变量 {variable} 不是" in said
    assert "密码中的 @ 写作 %40" in said


def test_a_make_without_its_driver_is_named(
    here: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mapping()
    for url, kind in (
        ("oracle+oracledb://a@127.0.0.1/x", "oracle+oracledb"),
        ("dm+dmPython://a@127.0.0.1/x", "dm"),
        ("mysql://a@127.0.0.1/x", "mysql+pymysql://"),
    ):
        monkeypatch.setenv("CONNECT_SOURCE_URL", url)
        for command in ("check", "draft"):
            assert main([command, "--mapping", "connection.yaml" if command == "check" else "new.yaml"]) == 2
            assert kind in capsys.readouterr().err


def test_a_server_that_is_another_make_than_its_address_says_is_named(
    here: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, known = [], SQLiteDialect.initialize

    def initialize(dialect: SQLiteDialect, connection: Any) -> None:
        asked.append(dialect)
        if len(asked) == 1:  # the source; the ledger comes after it
            raise AssertionError("Could not determine version from string 'openGauss 5.0.2'")
        known(dialect, connection)

    here.mapping()
    monkeypatch.setattr(SQLiteDialect, "initialize", initialize)
    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert "不是 sqlite 的数据库" in said
    assert "openGauss 5.0.2" in said


def test_a_pipe_that_is_cut_off_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w", buffering=1) as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["columns"]) == 0
        print("what is still to be said goes nowhere")


def test_a_draft_finds_tables_and_columns_and_never_a_value_about_a_person(
    here: Connected, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draft"]) == 0
    text = Path("connection.yaml").read_text(encoding="utf-8")
    drafted = yaml.safe_load(text)["tables"]
    assert drafted["household"]["from"] == "ac01"
    assert drafted["household"]["columns"]["household_id"] == "aac001"
    assert drafted["household"]["columns"]["household_type"]["codes"] == {"01": ""}
    assert drafted["member"]["from"] == "rkxx"
    assert drafted["member"]["columns"]["labour"]["codes"] == {"能干活": ""}
    assert "张三" not in text
    assert ID_ONE not in text
    assert main(["draft"]) == 2  # what somebody edits is never overwritten
    assert "connection.yaml" in capsys.readouterr().err


def test_every_column_that_can_be_mapped_is_listed_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["columns", "--language", "en"]) == 0
    blocks = capsys.readouterr().out.split("\n\n")
    listed = {block.split(":")[0].split(" ")[0].strip(): block.splitlines()[1:] for block in blocks if block.strip()}
    assert set(listed) == {*ROW_BY_ROW, "household_indicator"}
    for table, lines in listed.items():
        assert [line.split()[0] for line in lines] == [column.name for column in metadata.tables[table].c]
    assert any("lifted_out" in line for line in listed["household"])


def test_the_reader_gets_our_schema_and_the_refresher_the_mapped_tables_alone(here: Connected) -> None:
    selected = 'sql: WITH x AS (SELECT * FROM other.bmts) SELECT * FROM x JOIN "Qh" q ON q.a = x.b'
    mapping = here.mapping(MAPPING.replace("cut_off:", "schema: Amt\ncut_off:").replace("from: bmts", selected))
    written = scripts(mapping)
    owner = written["2_schema.sql"]
    assert 'GRANT SELECT ON "Amt".ac01 TO household_refresher;' in owner
    for read in ("SCHEMA other", "other.bmts", '"Amt"."Qh"'):
        assert f"{read} TO household_refresher;" in owner
    assert ".x " not in owner
    assert "sys_user" not in owner
    assert [line for line in owner.splitlines() if "household_reader" in line and "Amt" in line] == []
    assert "CREATE ROLE household_reader" in written["1_roles.sql"]
    assert "GRANT" not in written["1_roles.sql"]
    read_mapping(here.folder / "connection.yaml")
    [(_, told)] = scripts(mapping, source=make_url("mysql+pymysql://a@127.0.0.1/x")).items()
    assert "GRANT SELECT ON `Amt`.ac01 TO 'household_refresher'@'%';" in told
    for make, named in (("oracle+oracledb", '"Amt".ac01'), ("mssql+pyodbc", "[Amt].ac01"), ("dm+dmPython", "Amt.ac01")):
        [told] = scripts(mapping, source=make_url(f"{make}://a@127.0.0.1/x")).values()
        assert f"GRANT SELECT ON {named} TO household_refresher;" in told


SELECTS = {
    "SELECT 1 FROM Hu h, ren r, s.Qk ORDER BY 1, 2": {"hu", "ren", "s.qk"},
    'SELECT 1 FROM "Hu" LEFT JOIN (SELECT 2 FROM ren WHERE a = 1) r ON 1 = 1 INNER JOIN qk ON 1 = 1': {
        *('"Hu"', "ren", "qk")
    },
    "SELECT extract(YEAR FROM born), trim(both FROM n) FROM ren -- from old\n      UNION SELECT 'from x', 2 FROM qk;": {
        *("ren", "qk")
    },
    "WITH Mine AS (SELECT 1 FROM hu) SELECT 1 FROM mine": {"hu"},
}
"""A SELECT of a mapping -> the tables that it reads, as a PostgreSQL understands their names."""


def test_tables_of_a_select_are_found_as_it_names_them(here: Connected) -> None:
    mapped = {"ALL", "sys_xzqh", "ac01", "rkxx", "wgjc", "project"}
    for statement, tables in SELECTS.items():
        owner = scripts(here.mapping(MAPPING.replace("from: bmts", f"sql: |-\n      {statement}")))["2_schema.sql"]
        granted = [line.split()[3] for line in owner.splitlines() if line.startswith("GRANT SELECT ON")]
        assert {name.removeprefix("public.") for name in granted} - mapped == tables, statement


def test_source_and_household_database_on_different_servers_have_their_own_scripts(
    here: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.mapping()
    ours = "postgresql+psycopg://a@127.0.0.1/board"
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", ours)
    for source in ("mysql+pymysql://a@127.0.0.1/x", "postgresql+psycopg://a@127.0.0.1:5433/board"):
        monkeypatch.setenv("CONNECT_SOURCE_URL", source)
        assert main(["sql"]) == 0
        written = {file.name[2:]: file.read_text(encoding="utf-8") for file in here.folder.glob("*.sql")}
        assert [name for name, text in written.items() if "ac01" in text] == ["source.sql"]
        assert "CREATE SCHEMA" in written["schema.sql"]
        assert "CREATE ROLE household_reader" in written["roles.sql"]
        assert "household_reader" in written["refresher.sql"]
        assert ("source_roles.sql" in written) == source.startswith("postgresql")
        for file in here.folder.glob("*.sql"):
            file.unlink()
    monkeypatch.setenv("CONNECT_SOURCE_URL", ours)
    assert list(scripts(here.mapping(), source=make_url(ours), target=make_url(f"{ours}"))) == [
        *("1_roles.sql", "2_schema.sql", "3_refresher.sql")
    ]


def test_a_draft_understands_pinyin_and_says_what_is_still_to_be_found(
    here: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MetaData()
    Table("nonghu", other, *(Column(name, String(20)) for name in ("nonghu_bianhao", "hu_leixing", "lianxi_dianhua")))
    url = make_url(f"sqlite:///{(here.folder / 'other.sqlite').as_posix()}")
    engine = create_engine(url)
    other.create_all(engine)
    engine.dispose()
    monkeypatch.setenv("CONNECT_SOURCE_URL", str(url))
    assert main(["draft"]) == 0
    drafted = yaml.safe_load(Path("connection.yaml").read_text(encoding="utf-8"))["tables"]
    assert drafted["household"]["from"] == "nonghu"
    assert drafted["household"]["columns"]["household_type"] == "hu_leixing"
    assert drafted["household"]["columns"]["phone"] == "lianxi_dianhua"
    assert drafted["household"]["columns"]["household_id"] == "TODO"
    assert drafted["region"]["from"] == "TODO"


def test_a_draft_knows_tables_by_their_columns_regions_among_system_tables_and_codes_by_the_dictionary(
    here: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MetaData()
    columns = {
        "t7": ("户ID", "编号", "姓名", "与户主关系", "性别", "出生日期", "证件号码", "文化程度"),
        "sys_area": ("area_code", "area_name", "p_code", "area_type"),
        "sys_dict": ("dict_type", "dict_value", "dict_label"),
        "sys_user": ("user_name", "password"),
        "hu_info": ("hu_id", "jd_rq"),
        "nongji": ("bh", "gl"),
    }
    tables = {name: Table(name, other, *(Column(one, String(20)) for one in own)) for name, own in columns.items()}
    url = make_url(f"sqlite:///{(here.folder / 'other.sqlite').as_posix()}")
    engine = create_engine(url)
    with engine.begin() as connection:
        other.create_all(connection)
        words = (("whcd", "1", "小学"), ("whcd", "2", "农民夜校"), ("mz", "1", "汉族"))
        connection.execute(
            tables["sys_dict"].insert(), [dict(zip(columns["sys_dict"], row, strict=True)) for row in words]
        )
        connection.execute(tables["t7"].insert(), [{"姓名": "张三", "文化程度": code} for code in "12"])
    engine.dispose()
    monkeypatch.setenv("CONNECT_SOURCE_URL", str(url))
    assert main(["draft"]) == 0
    text = Path("connection.yaml").read_text(encoding="utf-8")
    drafted = yaml.safe_load(text)
    assert drafted["indicators"] == []
    told = drafted["tables"]
    assert told["household"]["columns"]["household_id"] == "hu_id"
    assert (told["region"]["from"], told["region"]["columns"]["parent_code"]) == ("sys_area", "p_code")
    assert (told["member"]["from"], told["member"]["columns"]["household_id"]) == ("t7", "户ID")
    assert told["member"]["columns"]["education"]["codes"] == {"1": "primary", "2": ""}
    assert "2 农民夜校" in text
    assert "nongji: bh, gl" in text
    assert "sys_user" not in text
    assert "张三" not in text


def test_a_draft_reads_codes_in_comments_and_takes_the_key_of_a_table_for_a_number_that_has_no_name(
    here: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Table("fp_warn_obj", MetaData(), Column("id", Integer, primary_key=True), comment="监测对象")
    own.append_column(Column("xc", String(9), comment="状态"))
    for name, comment in (("fid", "所属家庭"), ("lvl", "类别：1脱贫不稳定 2边缘易致贫"), ("reason", "风险原因")):
        own.append_column(Column(name, String(20), comment=comment))
    told = [{"lvl": "1", "reason": "因灾,因病", "xc": "Y"}, {"lvl": "9", "reason": "因病", "xc": "否"}]
    monkeypatch.setattr(drafting, "_catalogue", lambda *_, **__: iter([own]))
    engine = create_engine(here.source)
    with engine.begin() as connection:
        own.create(connection)
        connection.execute(own.insert(), told)
    engine.dispose()
    assert main(["draft"]) == 0
    drafted = yaml.safe_load(Path("connection.yaml").read_text(encoding="utf-8"))["tables"]["monitoring_case"]
    columns = drafted["columns"]
    assert (columns["household_id"], columns["case_id"]) == ("fid", "id")
    assert columns["category"]["codes"] == {"1": "unstable", "9": ""}
    assert columns["outcome"]["codes"] == {"Y": "eliminated", "否": "open"}
    assert columns["cause_1"]["codes"] == {"因灾,因病": ""}


def test_a_draft_goes_by_the_name_of_a_column_where_its_comment_says_something_else(
    here: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes, work = Table("户表", MetaData()), Table("务工月报", MetaData())
    for name, comment in (("户编号", "系统内部编号"), ("人员编号", "户主的编号"), ("行政村代码", "所在行政村")):
        homes.append_column(Column(name, Integer, comment=comment))
    for name in ("人员编号", "月份", "月收入"):
        work.append_column(Column(name, String(20)))
    monkeypatch.setattr(drafting, "_catalogue", lambda *_, **__: iter([homes, work]))
    assert main(["draft"]) == 0
    drafted = yaml.safe_load(Path("connection.yaml").read_text(encoding="utf-8"))["tables"]
    assert drafted["household"]["columns"]["household_id"] == "户编号"
    assert drafted["household"]["columns"]["village_code"] == "行政村代码"
    assert drafted["employment"]["month_of_work"] == "月份"
    assert "started_on" not in drafted["employment"]["columns"]


def test_where_a_draft_sees_no_table_it_writes_nothing_and_says_where_there_are_some(
    here: Connected, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "_catalogue", lambda *_, **__: iter([]))
    assert main(["draft", "--schema", "fp"]) == 2
    assert "schema fp" in (said := capsys.readouterr().err)
    assert "main" in said
    assert not Path("connection.yaml").exists()
