"""督查包: choose a group and a password, and build what it takes along; the archive opens anywhere."""

from pathlib import Path

import pandas as pd
import streamlit as st

from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.files.temporary import temporary_folder
from pages.documents import package
from pages.documents.package import Package
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import download, password
from pages.widgets.draw.choice import ChosenDraw


def show(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """The choice of a group, its password, and the button that builds its package."""
    if units.empty:
        return
    packages = package.of_draw(chosen, units=units, view=view)
    with st.container(border=True):
        st.markdown(t("package.intro", letters=password.SHORTEST))
        group = st.selectbox(
            t("draw.column_group"),
            list(packages),
            format_func=lambda number: t("package.group", group=number),
            key="package_group",
            width=160,
        )
        entered = password.ask("package")
        if entered is not None:
            _build(packages[group], entered=entered)


def _build(made: Package, *, entered: str) -> None:
    source, chosen, group = made.source, made.chosen, made.group
    download.build(
        t("package.build", units=len(made.units)),
        name=export.file_name(t("package.name"), t("package.group", group=group), chosen.month, suffix="zip"),
        rows=len(made.units),
        write=lambda path, progress: _write(path, made=made, entered=entered, progress=progress),
        key="package",
        told=download.told_of(source.columns, about=source.about) | {"draw": chosen.draw_id, "group": group},
        stamp=(chosen.draw_id, group, password.stamp(entered)),
    )


def _write(path: Path, *, made: Package, entered: str, progress: Progress) -> Written:
    with temporary_folder("package_") as folder:
        files, written = package.write(made, folder=Path(folder), password=entered, progress=progress)
        export.write_zip(path, files=files)
    return written
