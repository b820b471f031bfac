"""A server of the test's own: its very first visitor, and the database going away while it runs."""

import shutil
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import make_url

from pages.shell.menu import SECTIONS
from tests.conftest import StartServer
from tests.e2e.conftest import OpenVisit
from tests.e2e.screen import choose, element, tiles, wait_for_link


def test_the_first_visitor_comes_by_a_deep_link_and_with_the_database_gone_the_last_figures_stay_until_it_is_back(
    start_server: StartServer, sample_url: str, visit: OpenVisit, tmp_path: Path
) -> None:
    sample = Path(str(make_url(sample_url).database))
    for file in sample.parent.glob(f"{sample.name}*"):
        shutil.copy(file, tmp_path)
    pointer = tmp_path / sample.name
    running = start_server(env={"HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}"})
    first = visit("/rulebook?lang=zh&month=2022-03", origin=running.url).page
    expect(first).to_have_title("规则 · 防返贫监测")
    expect(element(first, "stTopNavSection")).to_have_count(len(SECTIONS))
    expect(first.get_by_text("风险规则（加分）")).to_be_visible()
    wait_for_link(first, lang="zh", month="2022-03")

    page = visit("/?lang=zh", origin=running.url).page
    before, banner = tiles(page), element(page, "stAlertContentWarning")
    expect(banner).to_have_count(0)

    away = pointer.rename(tmp_path / "away")
    choose(page, "月份", "2022年3月")
    expect(banner).to_contain_text("最新数据")
    wait_for_link(page, lang="zh", month="2022-03")
    choose(page, "月份", "2022年9月")
    wait_for_link(page, lang="zh", month="2022-09")
    assert tiles(page) == before
    expect(banner).to_be_visible()

    away.rename(pointer)
    choose(page, "月份", "2022年3月")
    expect(banner).to_have_count(0)
    wait_for_link(page, lang="zh", month="2022-03")
