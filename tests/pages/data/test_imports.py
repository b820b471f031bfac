"""The imports page: a file is checked, loaded and taken back; what it says is what the load says."""

import csv
import hashlib
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest
from sqlalchemy import create_engine, select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.ledger.audit_chain import audit_entry
from data_access.load import job
from data_access.load.inbox import waiting_files
from data_access.load.job import CancelledError, FileLoad
from data_access.load.maps import read_map
from data_access.load.steps import LoadStep, Progress
from pages.data.imports import load
from tests.data_access.load.conftest import embedded
from tests.data_access.load.test_loading import BASE, HEADING, person
from tests.pages.conftest import OpenApp, build_file, says, wording, words
from tests.support.databases import empty_database
from tests.support.households import create_database, household, merged

pytestmark = pytest.mark.facts("households")

PAGE = "data/imports"


def content(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("gb18030")


def upload(app: AppTest, *rows: list[str], name: str = "人员.csv") -> AppTest:
    app.file_uploader(key="imports_upload").upload(name, content(*rows), "text/csv").run()
    return app


def press(app: AppTest, key: str) -> AppTest:
    """Press a button; a load that it begins has ended when the page is looked at."""
    app.button(key=key).click().run()
    if (running := job.under_way()) is not None:
        running.wait()
    app.run()
    assert not app.exception, app.exception[0].message
    return app


@pytest.fixture
def page(open_app: OpenApp, tmp_path: Path) -> AppTest:
    return open_app(embedded(tmp_path, BASE).url, page=PAGE)


def test_a_right_file_is_checked_loaded_and_taken_back(page: AppTest) -> None:
    upload(page, HEADING, person("H1-1"), person("H1-2"))
    assert says(page, "imports.recognised", known=len(HEADING), unknown=0)
    assert page.button(key="imports_load").disabled
    press(page, "imports_check")
    assert says(page, "imports.ready", rows=2)
    press(page, "imports_load")
    assert page.success[0].value == wording("imports.published", name="人员.csv", rows=2)
    assert says(page, "imports.table", table="一户", added=1, changed=0)
    press(page, "imports_undo")
    assert says(page, "imports.nothing_to_undo")
    assert page.dataframe[-1].value["source"].iloc[0] == "undo: 人员.csv"
    assert audited() == ["load_checked", "load_started", "loaded", "undo_started", "load_undone"]


def audited() -> list[str]:
    rows = door.ledger().read(select(audit_entry.c.event).order_by(audit_entry.c.record_id))
    return [event for event in rows["event"] if event != "rules_changed"]


def test_rejected_rows_of_a_file_of_the_server_are_shown_and_may_stay_out_and_its_folder_stays_as_it_is(
    open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "人员.csv").write_bytes(content(HEADING, person("H1-1"), person("H2-1", 健康状况="长寿")))
    monkeypatch.setenv("HOUSEHOLD_INBOX", str(folder))
    page = open_app(embedded(tmp_path, BASE).url, page=PAGE)
    [key] = [waiting.key for waiting in waiting_files()]
    page.multiselect(key="imports_inbox").select(key).run()
    press(page, "imports_check")
    assert says(page, "imports.has_rejected", rejected=1)
    assert [tile.value for tile in page.metric] == ["2", "1", "0", "1"]
    assert audited() == ["load_checked", "exported", "exported"], "rejected rows and problems leave as files"
    assert page.button(key="imports_load").disabled
    page.radio(key="imports_partial").set_value(True).run()
    press(page, "imports_load")
    assert page.success[0].value == wording("imports.published", name="人员.csv", rows=1)
    assert [file.name for file in folder.iterdir()] == ["人员.csv"]


def differences_shown(page: AppTest) -> list[pd.DataFrame]:
    """The tables of differences: counts, and the list."""
    return [table.value for table in page.dataframe if {"由谁更正", "corrector"} & {*table.value}]


def test_differences_from_the_database_are_counted_listed_and_kept(open_app: OpenApp, tmp_path: Path) -> None:
    held = merged(BASE, household("H1", household_type="lifted_out", members=[{"member_id": "H1-1"}]))
    page = open_app(embedded(tmp_path, held).url, page=PAGE)
    upload(page, HEADING, person("H1-1"), person("H2-1"))
    press(page, "imports_check")
    assert says(page, "imports.differences", households="2", persons="2", differences="2")
    counts, listed = differences_shown(page)
    assert counts.iloc[:, 2].tolist() == [1, 1]
    assert listed.iloc[:, 0].tolist() == ["户：仅文件中有", "户类型"]
    assert [listed["there"].iloc[1], listed["here"].iloc[1]] == ["一般农户", "脱贫户"]
    [matter] = [box for box in page.selectbox if "differences_matter" in str(box.key)]
    matter.select("household_type").run()
    assert len(differences_shown(page)[1]) == 1
    [key] = [
        sheet.proto.popover.id.partition("download_")[2]
        for sheet in page.get("popover")
        if "differences" in sheet.proto.popover.id
    ]
    build_file(page, key)
    assert audited() == ["load_checked", "exported", "exported"], "the problems, and the list of differences"
    press(page, "imports_load")
    kept = page.dataframe[-1].value
    assert kept.iloc[:, 0].tolist() == ["户：仅文件中有", "户类型"]


def test_a_list_of_some_places_is_checked_as_such(open_app: OpenApp, tmp_path: Path) -> None:
    page = open_app(embedded(tmp_path, merged(BASE, household("H1"))).url, page=PAGE)
    page.selectbox(key="imports_kind").select("push_medical_insurance").run()
    upload(page, ["户编号", "个人自付", "推送日期"], ["H1", "15000", "2022-06-10"])
    press(page, "imports_check")
    assert "note_first_list" in told(page)
    page.checkbox(key="imports_part").check().run()
    assert page.button(key="imports_load").disabled, "what was checked was another list"
    press(page, "imports_check")
    assert "note_list_of_part" in told(page)


def told(page: AppTest) -> list[str]:
    """The notes of the reports on the page."""
    begun = page.session_state["imports.outcomes"].values()
    return [key for report in begun for key, _ in report.notes]


def test_a_heading_is_mapped_by_hand_and_kept(page: AppTest) -> None:
    sent = content(["HBH", *HEADING[1:]], person("H1-1"))
    page.file_uploader(key="imports_upload").upload("人员.csv", sent, "text/csv").run()
    assert says(page, "imports.recognised", unknown=1)
    key = f"imports_map_persons_{hashlib.sha256(sent).hexdigest()[:8]}"
    label = "户编号 · household.household_id"
    page.session_state[key] = {"edited_rows": {0: {"field": label}}, "added_rows": [], "deleted_rows": []}
    page.text_input(key="imports_map_by").input("数据员").run()
    page.session_state[key] = {"edited_rows": {0: {"field": label}}, "added_rows": [], "deleted_rows": []}
    press(page, "imports_keep")
    assert read_map(door.ledger(), kind="persons") == {"HBH": "household.household_id"}


def test_of_several_files_each_has_its_own_report(page: AppTest) -> None:
    right, wrong = content(HEADING, person("H1-1")), content(HEADING, person("H2-1", 健康状况="长寿"))
    files = [("一.csv", right, "text/csv"), ("空.csv", b"", "text/csv"), ("二.csv", wrong, "text/csv")]
    page.file_uploader(key="imports_upload").set_value(files).run()
    assert "是空的" in words(page)
    press(page, "imports_check")
    assert [tile.value for tile in page.metric] == [*["1", "1", "0", "0"], *["1", "0", "0", "1"]]
    press(page, "imports_load")
    assert [said.value for said in page.success] == [wording("imports.published", name="一.csv", rows=1)]
    assert says(page, "imports.has_rejected", rejected=1)
    assert [event for event in audited() if event.startswith("load")] == [
        *("load_checked", "load_checked"),
        *("load_started", "loaded"),
    ]


def until_cancelled(_path: Path, *, progress: Progress, **_options: object) -> NoReturn:
    while True:
        time.sleep(0.01)
        progress(LoadStep("reading", 0.3, rows=3, of=10))


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loads go on until they are cancelled."""
    monkeypatch.setattr(load, "load_file", until_cancelled)
    yield
    if (running := job.under_way()) is not None:
        running.cancel()
        running.wait()


def test_a_load_says_how_far_it_is_and_is_cancelled(page: AppTest, endless: None) -> None:
    upload(page, HEADING, person("H1-1"))
    page.button(key="imports_check").click().run()
    page.run()
    [bar] = page.get("progress")
    said = wording("imports.step_reading", rows="3", of="10")
    assert (bar.proto.value, bar.proto.text) == (30, wording("imports.file_step", name="人员.csv", step=said))
    assert page.button(key="imports_check").disabled
    press(page, "imports_cancel")
    assert "imports_cancel" not in {button.key for button in page.button}
    assert [error.value for error in page.error] == [CancelledError("cancelled", name="人员.csv").text("zh")]
    assert not page.button(key="imports_check").disabled
    assert audited() == ["load_cancelled"]


def test_a_load_of_somebody_else_is_named_and_nothing_else_begins(page: AppTest, endless: None) -> None:
    job.begin({"": FileLoad("务工.csv", lambda progress: until_cancelled(Path(), progress=progress))}, by="李四")
    upload(page, HEADING, person("H1-1"))
    said = words(page)
    assert "李四" in said
    assert "务工.csv" in said
    assert "imports_cancel" not in {button.key for button in page.button}
    assert page.button(key="imports_check").disabled


def test_the_report_is_there_for_whoever_looked_elsewhere_meanwhile(page: AppTest) -> None:
    upload(page, HEADING, person("H1-1"))
    press(page, "imports_check")
    page.file_uploader(key="imports_upload").set_value([]).run()
    assert says(page, "imports.ready", rows=1)


def test_an_unreadable_file_is_told_with_its_remedy(page: AppTest) -> None:
    page.file_uploader(key="imports_upload").upload("表.xlsx", b"", "text/csv").run()
    assert "是空的" in words(page)
    assert "imports_check" not in {button.key for button in page.button}


def test_a_server_that_may_only_be_read_offers_no_load(
    open_app: OpenApp, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOUSEHOLD_LOAD_URL", raising=False)
    url = empty_database(postgres_url)
    engine = create_engine(url)
    create_database(engine, BASE)
    engine.dispose()
    app = upload(open_app(url, page=PAGE), HEADING, person("H1-1"))
    assert says(app, "imports.read_only")
    assert not {"imports_check", "imports_undo"} & {button.key for button in app.button}
