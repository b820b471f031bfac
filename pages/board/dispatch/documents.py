"""文档: the month's briefing, 《调度通报》 and the 交办单 of every township and department, built on a click."""

import hashlib
from collections.abc import Callable, Sequence
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
from pages.documents import contents, docx, pdf, pptx
from pages.documents.parts import Document
from pages.shell import identity
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments as department_names
from pages.widgets import download


def show(view: View) -> None:
    """One button per document."""
    st.markdown(t("documents.intro"))
    by = identity.signature()
    with st.container(border=True):
        st.markdown(t("documents.briefing"))
        with st.container(horizontal=True):
            _one(view, "briefing", "docx", lambda: docx.write(contents.briefing(view), by=by))
            _one(view, "briefing", "pptx", lambda: pptx.write(contents.briefing(view), by=by, more=_more))
            _one(view, "briefing", "pdf", lambda: pdf.write(contents.briefing(view), by=by, language=language()))
    with st.container(border=True):
        st.markdown(t("documents.notice"))
        with st.container(horizontal=True):
            _one(view, "notice", "docx", lambda: docx.write(contents.notice(view), by=by))
            _one(view, "notice", "pdf", lambda: pdf.write(contents.notice(view), by=by, language=language()))
    with st.container(border=True):
        public.show(view)
    with st.container(border=True):
        st.markdown(t("documents.assignments"))
        places = view.children(view.county) if view.place == view.county else (township_of(view.place),)
        download.build(
            t("documents.assignments_build", places=len(places)),
            name=_name(view, "assignments", "zip"),
            rows=len(places),
            write=lambda path, progress: _assignments(
                [(view.name(place), partial(contents.assignment, view, place=place)) for place in places],
                view=view,
                path=path,
                progress=progress,
            ),
            key="document_assignments",
            told=_told(view),
            stamp=tuple(_told(view).items()),
        )
        departments = department_names.names()
        if departments:
            download.build(
                t("documents.departments_build", departments=len(departments)),
                name=_name(view, "departments", "zip"),
                rows=len(departments),
                write=lambda path, progress: _assignments(
                    [
                        (name, partial(contents.department_assignment, view, department=code))
                        for code, name in departments.items()
                    ],
                    view=view,
                    path=path,
                    progress=progress,
                ),
                key="document_departments",
                told=_told(view),
                stamp=tuple(_told(view).items()),
            )


def _more(rows: int) -> str:
    return t("documents.more", rows=rows)


def _one(view: View, kind: str, suffix: str, make: Callable[[], bytes]) -> None:
    with st.container():
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
    try:
        content = make()
    except NoFontError as error:
        raise DocumentError("no_chinese_font", fonts=", ".join(CJK_FONTS)) from error
    path.write_bytes(content)
    progress(1)
    return Written(rows=1, sha256=hashlib.sha256(content).hexdigest())


def _assignments(
    papers: Sequence[tuple[str, Callable[[], Document]]], *, view: View, path: Path, progress: Progress
) -> Written:
    """One document per township or department, all in one ZIP file."""
    with temporary_folder("assignments_") as folder:
        files = []
        for done, (unit, make) in enumerate(papers, start=1):
            file = Path(folder) / f"{done}.docx"
            file.write_bytes(docx.write(make(), by=identity.signature()))
            name = export.file_name(unit, t("documents.name_assignment"), view.on.isoformat(), suffix="docx")
            files.append((name, file))
            progress(done)
        export.write_zip(path, files=files)
    return Written(rows=len(papers), sha256=file_hash(path))
