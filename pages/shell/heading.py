"""The heading of every page: its name, place and month; what it answers; what its figures were read from."""

from collections.abc import Collection
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages.shell import menu, scope_bar
from pages.shell.texts import t
from pages.shell.view_state import View

ANSWERED = ("overview",)
"""Pages that answer in figures of their own (`answer`) what the others are only for."""

_LINE: ContextVar[DeltaGenerator] = ContextVar("_LINE")
"""The line beside the name, on the page that runs in this thread."""


def name_tab(page: StreamlitPage, view: View | None) -> None:
    """Name the browser's tab after the page and, below the district, its place."""
    parts = [page.title] if view is None or view.place == view.county else [page.title, view.name(view.place)]
    st.set_page_config(page_title=" · ".join([*parts, t("app.title")]))


def show(page: StreamlitPage, view: View | None, *, allowed: Collection[str] | None) -> None:
    """Draw the heading; the pages of `allowed` (None: all) are those in the reader's menu."""
    key = menu.key_of(page)
    _mark_section(key, allowed)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="heading"):
        st.title(_name(page, view), anchor=False, width="content")
        _LINE.set(st.empty())
        if key not in ANSWERED:
            answer(t(f"answers.{key}"))
        if view is not None:
            scope_bar.provenance(view)
            _on_paper(page, view)


def answer(text: str) -> None:
    """Say beside the page's name what it answers."""
    _LINE.get().markdown(text)


def _on_paper(page: StreamlitPage, view: View) -> None:
    """The same at the top of every printed page, and its number at the bottom."""
    cut_off = view.current.facts.months.cut_off.isoformat()
    text = t("heading.paper", page=page.title, place=view.name(view.place), month=view.month_name(), cut_off=cut_off)
    said = "".join(letter if letter.isalnum() or letter in " -·" else f"\\{ord(letter):x} " for letter in text)
    st.html(f'<style>@page {{ @top-left {{ content: "{said}" }} @bottom-right {{ content: counter(page) }} }}</style>')


def _mark_section(page: str, allowed: Collection[str] | None) -> None:
    """The section one is in stands out in the menu."""
    shown = [section for section, pages in menu.SECTIONS.items() if menu.is_shown(pages, allowed)]
    section = menu.section_of(page)
    if section in shown:
        here = f'[data-testid="stTopNav"] > div:nth-child({shown.index(section) + 1}) [data-testid="stTopNavSection"]'
        marked = "font-weight: 700; box-shadow: inset 0 -3px 0 currentColor; border-radius: 0"
        st.html(f"<style>{here} {{ {marked} }}</style>")


def _name(page: StreamlitPage, view: View | None) -> str:
    if view is None:
        return page.title
    return t("heading.name", page=page.title, place=view.name(view.place), month=view.month_name())
