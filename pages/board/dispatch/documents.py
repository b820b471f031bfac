"""文档: the month's briefing, 《调度通报》 and the 交办单 of every township and department, built on a click."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from charts.printed import CJK_FONTS, NoFontError
from data_access.errors import DocumentError
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.files.file_hash import file_hash
from data_access.files.temporary import temporary_folder
from data_access.region_codes import township_of
from pages.board.dispatch import public
from pages.documents import contents, docx, papers, pdf, pptx, questions
from pages.documents.parts import Document
from pages.shell import identity
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import download

Made = Mapping[str, Callable[[], bytes]]
"""Names, of files or of their formats, and what writes them."""


def show(view: View) -> None:
    """One button per document, and one for all of them."""
    st.markdown(t("documents.intro"))
    by = identity.signature()
    meeting, notice = _meeting(view, by=by), _notice(view, by=by)
    townships, units = _townships(view, by=by), _departments(view, by=by)
    with st.container(border=True):
        st.markdown(t("documents.briefing"))
        with st.container(horizontal=True):
            _one(view, "briefing", "docx", lambda: docx.write(contents.briefing(view), by=by))
            _one(view, "briefing", "pdf", lambda: pdf.write(contents.briefing(view), by=by, language=language()))
    for kind, title, papers_of in (
        ("meeting", t("documents.meeting"), meeting),
        ("notice", t("documents.notice"), notice),
    ):
        with st.container(border=True):
            st.markdown(title)
            with st.container(horizontal=True):
                for suffix, make in papers_of.items():
                    _one(view, kind, suffix, make)
    with st.container(border=True):
        public.show(view)
    with st.container(border=True):
        st.markdown(t("documents.assignments"))
        _many(view, "assignments", t("documents.assignments_build", places=len(townships)), townships)
        if units:
            _many(view, "departments", t("documents.departments_build", departments=len(units)), units)
    with st.container(border=True):
        st.markdown(t("documents.month"))
        single = {
            _name(view, kind, suffix): make
            for kind, made in (("meeting", meeting), ("notice", notice))
            for suffix, make in made.items()
        }
        everything = {**single, **townships, **units}
        _many(view, "month", t("documents.month_build", papers=len(everything)), everything)


def _meeting(view: View, *, by: str) -> Made:
    return {
        "pptx": lambda: pptx.write(questions.meeting(view), by=by, more=_more),
        "pdf": lambda: pdf.write(questions.meeting(view), by=by, language=language(), template=pdf.SLIDES),
    }


def _notice(view: View, *, by: str) -> Made:
    return {
        "docx": lambda: docx.write(papers.notice(view), by=by),
        "pdf": lambda: pdf.write(papers.notice(view), by=by, language=language()),
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
    with st.container(width="content"):
        download.build(
            suffix.upper(),
            name=_name(view, kind, suffix),
            rows=1,
            write=lambda path, progress: _written(path, make=make, progress=progress),
            key=f"document_{kind}_{suffix}",
            told=_told(view),
            stamp=tuple(_told(view).items()),
        )


def _told(view: View) -> dict[str, str]:
    edition = {} if view.edition is None else {"edition": view.edition.edition_id}
    return {"region": view.place, "as_of": view.on.isoformat(), **edition}


def _name(view: View, kind: str, suffix: str) -> str:
    return export.file_name(view.name(view.place), t(f"documents.name_{kind}"), view.on.isoformat(), suffix=suffix)


def _written(path: Path, *, make: Callable[[], bytes], progress: Progress) -> Written:
    content = _whole(make)
    path.write_bytes(content)
    progress(1)
    return Written(rows=1, sha256=hashlib.sha256(content).hexdigest())


def _many(view: View, kind: str, label: str, files: Made) -> None:
    """Several documents in one ZIP file."""
    download.build(
        label,
        name=_name(view, kind, "zip"),
        rows=len(files),
        write=lambda path, progress: _zipped(files, path=path, progress=progress),
        key=f"document_{kind}",
        told=_told(view),
        stamp=tuple(_told(view).items()),
    )


def _zipped(files: Made, *, path: Path, progress: Progress) -> Written:
    with temporary_folder("papers_") as folder:
        written = []
        for done, (name, make) in enumerate(files.items(), start=1):
            file = Path(folder) / f"{done}"
            file.write_bytes(_whole(make))
            written.append((name, file))
            progress(done)
        export.write_zip(path, files=written)
    return Written(rows=len(files), sha256=file_hash(path))


def _whole(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except NoFontError as error:
        raise DocumentError("no_chinese_font", fonts=", ".join(CJK_FONTS)) from error
