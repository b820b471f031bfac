"""A clerk loads a file in the browser: uploaded, checked, the rejected rows taken as a file, loaded."""

from pathlib import Path

from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.conftest import OpenPage, StartServer
from tests.data_access.load.conftest import embedded
from tests.data_access.load.test_loading import BASE, HEADING, person
from tests.support.browser import wait_until_idle


def test_a_file_is_checked_corrected_and_loaded(start_server: StartServer, open_page: OpenPage, tmp_path: Path) -> None:
    server = start_server(env={"HOUSEHOLD_DATABASE_URL": embedded(tmp_path, BASE).url})
    page, recorder = open_page(server.url)
    page.goto(f"{server.url}/imports?lang=zh")
    wait_until_idle(page)
    rows = [HEADING, person("H1-1"), person("H2-1", 健康状况="长寿")]
    sheet = tmp_path / "人员.csv"
    sheet.write_text("\n".join(",".join(row) for row in rows), encoding="gb18030")
    page.locator('input[type="file"]').set_input_files(sheet)
    page.get_by_role("button", name="校验").click()
    expect(page.get_by_text("1 行有问题，尚未导入")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="退回行（1 行，XLSX）").click()
    assert download.value.suggested_filename == "人员-退回行.xlsx"
    [heading, row] = CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0).to_python()
    assert heading[:2] == ["户编号", "人编号"]
    assert row[:2] == ["H2", "H2-1"]
    page.get_by_text("只导入合格的行", exact=True).click()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("已导入：1 行写入数据库")).to_be_visible()
    assert recorder.errors() == []
    assert recorder.foreign() == []
