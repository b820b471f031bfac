"""A thousand links that somebody mistyped or forged: every one is answered with a page."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from pages.components.menu import SECTIONS
from tests.support.server import running_server
from tests.support.sessions import Session

LINKS = 1_000
PAGES = [page for pages in SECTIONS.values() for page in pages]
NAMES = (
    "place",
    "month",
    "household",
    "list",
    "q",
    "part",
    "f",
    "c",
    "lang",
    "edition",
    "year",
    "draw",
    "split",
    "by_x",
)
ODD = ("", "0", "-1", "2022-13", "9999-99", "'", "';--", "%", "\x00", "\u202e", "😀", "null", "NaN", "1e999", "../..",
       "{}", "[]", "true", "6109", "610902999", "lamp.is.red", "lamp.is.", "..", "x" * 3_000, "<script>")  # fmt: skip


def links() -> list[tuple[str, str]]:
    chance = random.Random(20221)
    return [
        (
            chance.choice(PAGES),
            "&".join(
                f"{chance.choice(NAMES)}={quote(chance.choice(ODD))}"
                if chance.random() < 0.9
                else quote(chance.choice(ODD))
                for _ in range(chance.randint(1, 5))
            ),
        )
        for _ in range(LINKS)
    ]


def test_a_thousand_malformed_links(pointer: Path) -> None:
    asked = links()
    failed: list[tuple[str, str, str]] = []

    def visit(url: str, part: list[tuple[str, str]]) -> None:
        for page, link in part:
            with Session(url, page=page) as session:
                run = session.run(query=link)
                failed.extend((page, link[:80], error.message) for kind, error in run.elements if kind == "exception")
                if not run.elements:
                    failed.append((page, link[:80], "nothing was drawn"))

    with running_server(env={"HOUSEHOLD_DATABASE_URL": f"duckdb:///{pointer.as_posix()}"}) as server:
        with ThreadPoolExecutor(4) as people:
            for one in [people.submit(visit, server.url, asked[start::4]) for start in range(4)]:
                one.result()
        assert "Traceback" not in server.output()
    assert failed == []
