"""文档: the month's briefing, 《调度通报》, 《督查通报》, and the 交办单 of every township and department; built on a
click."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.region_codes import township_of
from pages.board.dispatch import archive, month, public
from pages.board.dispatch.archive import Made
from pages.documents import contents, docx, inspection_notice, papers, pdf, pptx, questions
from pages.documents.parts import Document
from pages.shell import gate, identity
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import download
from pages.widgets.draw import choice

FINDINGS = "villages"
"""The page whose readers see what inspections found."""


def show(view: View) -> None:
    """One button per document, and one for all of them."""
    st.markdown(t("documents.intro"))
    by = identity.signature()
    meeting, notice, inspection = _meeting(view, by=by), _notice(view, by=by), _inspection(view, by=by)
    townships, units = _townships(view, by=by), _departments(view, by=by)
    with st.container(border=True):
        st.markdown(t("documents.briefing"))
        with st.container(horizontal=True):
            _one(view, "briefing", "docx", lambda: docx.write(contents.briefing(view), by=by))
            _one(view, "briefing", "pdf", lambda: pdf.write(contents.briefing(view), by=by, language=language()))
    for kind, title, papers_of in (
        ("meeting", t("documents.meeting"), meeting),
        ("notice", t("documents.notice"), notice),
        ("inspection", t("documents.inspection"), inspection),
    ):
        if not papers_of:
            continue
        with st.container(border=True):
            st.markdown(title)
            with st.container(horizontal=True):
                for suffix, make in papers_of.items():
                    _one(view, kind, suffix, make)
    with st.container(border=True):
        public.show(view)
    with st.container(border=True):
        st.markdown(t("documents.assignments"))
        archive.many(view, "assignments", t("documents.assignments_build", places=len(townships)), townships)
        if units:
            archive.many(view, "departments", t("documents.departments_build", departments=len(units)), units)
    with st.container(border=True):
        single = {
            archive.file_name(view, kind, suffix): make
            for kind, made in (("meeting", meeting), ("notice", notice), ("inspection", inspection))
            for suffix, make in made.items()
        }
        month.show(view, papers={**single, **townships, **units})


def _meeting(view: View, *, by: str) -> Made:
    return {
        "pptx": lambda: pptx.write(questions.meeting(view), by=by, more=_more),
        "pdf": lambda: pdf.write(questions.meeting(view), by=by, language=language(), template=pdf.SLIDES),
    }


def _notice(view: View, *, by: str) -> Made:
    return _as_files(lambda: papers.notice(view), by=by)


def _inspection(view: View, *, by: str) -> Made:
    """《督查通报》; nothing where no draw binds, and for readers who do not see what inspections found."""
    allowed = gate.pages()
    chosen = choice.binding_draw(view.month) if allowed is None or FINDINGS in allowed else None
    return {} if chosen is None else _as_files(lambda: inspection_notice.notice(chosen, view=view), by=by)


def _as_files(make: Callable[[], Document], *, by: str) -> Made:
    return {
        "docx": lambda: docx.write(make(), by=by),
        "pdf": lambda: pdf.write(make(), by=by, language=language()),
    }


def _townships(view: View, *, by: str) -> Made:
    """The 交办单 of every township in view, by the name of its file."""
    places = view.children(view.county) if view.place == view.county else (township_of(view.place),)
    return {
        _order_name(view, view.name(place)): partial(_order, partial(papers.assignment, view, place=place), by=by)
        for place in places
    }


def _departments(view: View, *, by: str) -> Made:
    return {
        _order_name(view, name): partial(_order, partial(papers.department_assignment, view, department=code), by=by)
        for code, name in department_names.names().items()
    }


def _order(make: Callable[[], Document], *, by: str) -> bytes:
    return docx.write(make(), by=by)


def _order_name(view: View, unit: str) -> str:
    return export.file_name(unit, t("documents.name_assignment"), view.on.isoformat(), suffix="docx")


def _more(rows: int) -> str:
    return t("documents.more", rows=rows)


def _one(view: View, kind: str, suffix: str, make: Callable[[], bytes]) -> None:
    about = archive.told(view)
    with st.container(width="content"):
        download.build(
            suffix.upper(),
            name=archive.file_name(view, kind, suffix),
            rows=1,
            write=lambda path, progress: _written(path, make=make, progress=progress),
            key=f"document_{kind}_{suffix}",
            told=about,
            stamp=tuple(about.items()),
        )


def _written(path: Path, *, make: Callable[[], bytes], progress: Progress) -> Written:
    content = archive.whole(make)
    path.write_bytes(content)
    progress(1)
    return Written(rows=1, sha256=hashlib.sha256(content).hexdigest())
