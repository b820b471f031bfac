"""The regions that the person sheet names, to be confirmed; with them come the departments that push data."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from data_access.errors import FileError
from data_access.files.temporary import temporary_folder
from data_access.load.kinds import load_kinds
from data_access.load.regions_of_sheet import SheetRegions, read_sheet_regions, write_departments, write_regions
from data_access.load.report import Report
from data_access.load.target import can_create
from data_access.region_codes import LEVELS
from pages.data.imports.load import noted_load
from pages.data.imports.upload import ChosenFile
from pages.shell import gate, notices
from pages.shell.texts import language, t
from pages.widgets import sheet

COLUMNS = ("code", "name_zh", "level", "rows")
DOUBTFUL = ("code", "name", "other", "rows")
FILES = ("region", "department")

_TALL = 260


def show(chosen: Sequence[ChosenFile]) -> None:
    """What the sheet names, what is doubtful about it, and the button that makes it the regions of the database."""
    kind = chosen[0].kind
    found = read_sheet_regions([one.source for one in chosen], kind=kind)
    st.subheader(t("start.regions"), anchor=False)
    if found.missing:
        labels = {one.key: one.label(language()) for one in kind.fields}
        missing = t("list.separator").join(labels[key] for key in found.missing)
        st.error(t("start.columns_missing", columns=missing), icon=":material/error:")
        return
    counts = [int((found.regions["level"] == level).sum()) for level in LEVELS]
    st.markdown(t("start.found", **dict(zip(("counties", "townships", "villages"), counts, strict=True))))
    sheet.show(
        found.regions[list(COLUMNS)].assign(level=[t(f"start.level_{level}") for level in found.regions["level"]]),
        hide_index=True,
        height=_TALL,
        column_config={name: t(f"start.column_{name}") for name in COLUMNS},
    )
    _doubts(found)
    if counts[0] != 1:
        st.error(t("start.one_county", counties=counts[0]), icon=":material/error:")
        return
    if not can_create():
        st.info(t("imports.read_only"), icon=":material/lock:")
        return
    if st.button(t("start.confirm"), key="start_confirm", type="primary", icon=":material/check:"):
        _make(found, first=chosen[0])


def _doubts(found: SheetRegions) -> None:
    if found.doubts.empty:
        return
    st.warning(t("start.doubts", doubts=len(found.doubts)), icon=":material/warning:")
    headings = {name: t(f"start.column_{name}") for name in DOUBTFUL}
    sheet.show(found.doubts, hide_index=True, column_config=headings)


def _make(found: SheetRegions, *, first: ChosenFile) -> None:
    gate.require("load")
    with temporary_folder("regions-") as name:
        folder = Path(name)
        write_regions(found, folder / "region.csv")
        write_departments(folder / "department.csv")
        try:
            written = [_load(folder / f"{table}.csv", table=table, first=first) for table in FILES]
        except FileError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
    rejected = sum(report.rejected for report in written)
    if rejected:
        st.error(t("imports.has_rejected", rejected=rejected), icon=":material/error:")
        return
    st.rerun()


def _load(path: Path, *, table: str, first: ChosenFile) -> Report:
    name = t("start.file_name", what=t(f"start.file_{table}"), file=Path(first.source.name).stem)
    return noted_load(path, kind=load_kinds()[f"table_{table}"], as_of=first.as_of, name=name, create=True)
