"""Links that somebody mistyped or forged: every page answers them with a page. A thousand more are read in process by
tests/pages/test_links.py."""

from pathlib import Path
from urllib.parse import quote

from pages.shell.menu import SECTIONS
from tests.conftest import StartServer
from tests.support.forging import malformed_links
from tests.support.sessions import Session

PAGES = [page for pages in SECTIONS.values() for page in pages]


def test_every_page_answers_malformed_links(start_server: StartServer, pointer: Path) -> None:
    server = start_server(env={"HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}"})
    failed: list[tuple[str, str, str]] = []
    for page, link in zip(2 * PAGES, malformed_links(2 * len(PAGES)), strict=True):
        query = "&".join(f"{quote(name)}={quote(value)}" if value else quote(name) for name, value in link)
        with Session(server.url, page=page) as session:
            run = session.run(query=query)
        failed.extend((page, query[:80], error.message) for kind, error in run.elements if kind == "exception")
        if not run.elements:
            failed.append((page, query[:80], "nothing was drawn"))
    assert failed == []
    assert "Traceback" not in server.output()
