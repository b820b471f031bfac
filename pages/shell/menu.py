"""The menu: which pages exist and what they are called. The folders of `pages/` are its sections."""

from collections.abc import Collection
from copy import copy
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.shell.texts import language, t

_PAGES = Path(__file__).parent.parent

SECTIONS = {
    "board": ("overview", "trends", "dispatch", "projects", "worklist", "meeting"),
    "households": ("warnings", "clues", "cases", "places", "employment", "income", "household", "search"),
    "inspection": ("draw", "villages", "records", "problems", "telephone"),
    "data": ("start", "imports", "connection", "quality", "comparison", "downloads", "purposes", "returns", "reports"),
    "about": ("rulebook", "dictionary", "audit"),
}
"""Section folder -> page files, in the order of the menu. The very first page is the first screen."""

FIRST = "overview"

FOLDERS = {"records": "recheck"}
"""Pages whose address is older than the current word for what they show."""

HIDDEN = ("worklist", "search", "household", "meeting")
"""Pages that are reached from another page, not from the menu."""

BARE = ("meeting",)
"""Pages without the bar: they state month and place themselves."""


def page_path(section: str, page: str) -> str:
    """The path of a page script, as links to it need it: a file, or `page.py` in a folder with the page's parts."""
    place = _PAGES / section / FOLDERS.get(page, page)
    return str(place / "page.py" if place.is_dir() else place.with_suffix(".py"))


def sections(allowed: Collection[str] | None = None) -> dict[str, list[StreamlitPage]]:
    """Every page under its section's title, in the reader's language. Pages that are not allowed are left out of the
    menu; their addresses still exist, so that anyone who opens one is told why not (None: all are allowed)."""
    kept = _sections(language(), None if allowed is None else frozenset(allowed))
    return {title: [copy(page) for page in pages] for title, pages in kept.items()}


@cache
def _sections(_language: str, allowed: frozenset[str] | None) -> dict[str, list[StreamlitPage]]:
    # Streamlit notes in a page whether it may run: each run has copies, and the files are looked for once.
    return {
        t(f"menu.{section}"): [_page(section, page, shown=allowed is None or page in allowed) for page in pages]
        for section, pages in SECTIONS.items()
    }


def section_of(page: str) -> str:
    """The section of a page."""
    return next(section for section, pages in SECTIONS.items() if page in pages)


def is_shown(pages: Collection[str], allowed: Collection[str] | None) -> bool:
    """Whether a section with these pages stands in the menu of a reader who may open those of `allowed` (None: all)."""
    return any(page not in HIDDEN and (allowed is None or page in allowed) for page in pages)


def key_of(page: StreamlitPage) -> str:
    """The key of a page; the first one has no path of its own."""
    return page.url_path or FIRST


def _page(section: str, page: str, *, shown: bool) -> StreamlitPage:
    return st.Page(
        page_path(section, page),
        title=t(f"page.{page}"),
        url_path=page,
        default=page == FIRST,
        visibility="visible" if shown and page not in HIDDEN else "hidden",
    )
