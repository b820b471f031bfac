"""督查包: what a group takes along on a laptop without network access, in one archive: a sheet per village,
household and project as PDF, the list of its units including the reserve, and the form to fill in. Each of them asks
for the password that the sender set; the archive opens with what every office has."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.access.unmasking import open_package
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.files.protection import made_password
from data_access.files.temporary import temporary_folder
from data_access.inspection.findings import load_questions
from pages.documents import pdf
from pages.documents.parts import Document, Section, Table
from pages.inspection.draw import household_sheets
from pages.shell import identity, view_state, watermark
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download
from pages.widgets.draw import form_file, head, how_drawn
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.system_values import system_values
from pages.widgets.draw.village_households import project_names

SHORTEST_PASSWORD = 10


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """Choose a group and a password, and build the file."""
    if units.empty:
        return
    with st.container(border=True):
        st.markdown(t("package.intro", letters=SHORTEST_PASSWORD))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            groups = sorted(int(group) for group in units["group_no"].dropna().unique())
            group = st.selectbox(
                t("draw.column_group"),
                groups,
                format_func=lambda number: t("package.group", group=number),
                key="package_group",
                width=160,
            )
            password = st.text_input(t("package.password"), type="password", key="package_password", width=220)
            again = st.text_input(t("package.again"), type="password", key="package_again", width=220)
            st.button(t("package.make_password"), key="package_make", on_click=_make_password)
        _say_made(password)
        if len(password) < SHORTEST_PASSWORD or password != again:
            st.caption(t("package.password_rule", letters=SHORTEST_PASSWORD))
            return
        own = units[units["group_no"] == group]
        source = head.units_source(chosen, units=own, view=view)
        download.build(
            t("package.build", units=len(own)),
            name=export.file_name(t("package.name"), t("package.group", group=group), chosen.month, suffix="zip"),
            rows=len(own),
            write=lambda path, progress: _write(
                path, chosen=chosen, units=own, source=source, view=view, password=password, progress=progress
            ),
            key="package",
            told=download.told_of(source.columns, about=source.about) | {"draw": chosen.draw_id, "group": group},
            stamp=(chosen.draw_id, group, hashlib.sha256(password.encode()).hexdigest()),
        )


def _make_password() -> None:
    made = made_password()
    st.session_state.update({"package_password": made, "package_again": made, "package_made": made})


def _say_made(password: str) -> None:
    """The password that was made, once: it goes to the group by another way than the file."""
    made = st.session_state.pop("package_made", None)
    if made is not None and made == password:
        st.code(made, language=None)
        st.caption(t("package.made_once"))


def _write(
    path: Path,
    *,
    chosen: ChosenDraw,
    units: pd.DataFrame,
    source: download.FileSource,
    view: View,
    password: str,
    progress: Progress,
) -> Written:
    with temporary_folder("package_") as name:
        folder = Path(name)
        sheets, rows, form = folder / "sheets.pdf", folder / "units.xlsx", folder / "form.xlsx"
        known = identity.user()
        opened = open_package(
            door.ledger(),
            draw_id=chosen.draw_id,
            units=units,
            scope=view_state.scope(),
            recorded_by=identity.signature(),
            user_id="" if known is None else known.user_id,
        )
        homes = household_sheets.pdf(chosen, units=units, scope=opened, view=view, progress=progress)
        paper = _sheets(chosen, units=units[units["kind"] != "household"], view=view, progress=progress)
        sheets.write_bytes(
            pdf.write(paper, by=identity.signature(), language=language(), watermark=watermark.words_while_open())
        )
        with source.open() as chunks:
            written = export.write_xlsx(
                rows, sheet=t("download.sheet"), columns=source.columns, chunks=chunks, about=source.about
            )
        form_file.write(form, chosen=chosen, units=units, about=source.about, view=view)
        files = [
            (f"{t('package.sheets')}.pdf", sheets),
            (f"{t('package.units')}.xlsx", rows),
            (f"{t('package.form')}.xlsx", form),
        ]
        if homes is not None:
            (folder / "homes.pdf").write_bytes(homes)
            files.insert(0, (f"{t('sheet.file')}.pdf", folder / "homes.pdf"))
        export.write_zip(path, files=files, password=password)
    return written


def _sheets(chosen: ChosenDraw, *, units: pd.DataFrame, view: View, progress: Progress) -> Document:
    """A section per village and project: each question with the system's answer and space to write."""
    sections: list[Section] = []
    for _, own in units.groupby("village_code"):
        projects = project_names(tuple(own.loc[own["kind"] == "project", "code"]), view=view)
        for unit in own.to_dict("records"):
            sections.append(_section(unit, projects=projects, view=view))
            progress(len(sections))
    return Document(
        title=t("package.title", month=chosen.month),
        subtitle=t("package.subtitle", number=chosen.draw_id, seed=chosen.seed, day=view.on),
        sections=tuple(sections),
        notes=(
            *head.ceremony_words(chosen),
            how_drawn.sentence(chosen.settings),
            t("package.masked") if watermark.words_while_open() is None else t("package.opened"),
        ),
    )


def _section(unit: dict, *, projects: Mapping[str, str], view: View) -> Section:
    village = view.names.get(unit["village_code"], "")
    heading = t(
        "package.heading",
        kind=t(f"draw.kind_{unit['kind']}"),
        township=view.names.get(unit["township_code"], ""),
        village=village,
        code=unit["code"],
        name=projects.get(unit["code"], "") if unit["kind"] == "project" else village,
        standing=t("draw.reserve") if unit["replacement"] else t("draw.drawn"),
    )
    return Section(heading, (), table=_questions(unit, view=view))


def _questions(unit: Mapping[str, Any], *, view: View) -> Table:
    said = system_values(unit, view=view)
    rows = tuple(
        (question.label[language()], said[key], "", "") for key, question in load_questions()[unit["kind"]].items()
    )
    return Table(
        heading=(t("package.question"), t("package.system"), t("package.found"), t("package.agrees")), rows=rows
    )
