"""The report of a load: every row of the file is in exactly one of three groups, and why some rows were not
accepted."""

from pathlib import Path

import pandas as pd
import streamlit as st

from data_access.facts.dictionary import table_label
from data_access.files.export import XLSX_TYPE
from data_access.files.file_hash import file_hash
from data_access.ledger.audit_chain import Event
from data_access.load.columns import title_of
from data_access.load.errors import note_text
from data_access.load.report import PROBLEMS_SHOWN, Report
from data_access.load.rules import rule_text
from pages.data.imports import differences
from pages.shell import gate
from pages.shell.texts import language, t
from pages.widgets import download, numbers, sheet, tile

_TALL, _ROWS_SHOWN = 420, 10
_SENTENCE = 880
"""Width in pixels in which most remedies can be read."""


def show(report: Report, *, rejects: Path, problems: Path) -> None:
    """Counts, what changed where, the rules that were broken, the first errors; rejected rows and all errors as
    files."""
    with st.container(border=True):
        st.text(report.name)
        _say(report)
        with st.container(horizontal=True):
            for name in ("rows", "loaded", "unchanged", "rejected"):
                count = numbers.count(getattr(report, name))
                tile.draw(t(f"imports.count_{name}"), count, frame="none", width=210)
        if report.tables:
            st.markdown(t("imports.tables", tables=t("list.separator").join(_tables(report))))
        for note in report.notes:
            st.caption(note_text(note, language=language()))
        differences.show(report)
        stem = Path(report.name).stem
        with st.container(horizontal=True):
            if report.rejected:
                label = t("imports.rejects_file", rows=numbers.exact(report.rejected))
                _file(rejects, label=label, name=t("imports.rejects_name", name=stem), rows=report.rejected)
            if len(report.problems):
                name = t("imports.problems_name", name=stem)
                _file(problems, label=t("imports.problems_file"), name=name, rows=len(report.problems))
        if not report.rules.empty:
            _rules(_in_words_of_the_file(report.rules, report=report))
            _problems(_in_words_of_the_file(report.problems, report=report))


def _file(path: Path, *, label: str, name: str, rows: int) -> None:
    """A file written by the check, which holds the submitted rows in full: like every file it is entered into the audit
    record."""
    if path.is_file():
        name, sha256 = download.marked_name(name), file_hash(path)
        gate.note_once(Event("exported", detail={"file": name, "rows": rows, "sha256": sha256}), key=sha256)
        st.download_button(
            label,
            path.read_bytes(),
            file_name=name,
            mime=XLSX_TYPE,
            key=f"imports_{path.stem}_{sha256[:8]}",
            on_click="ignore",
            icon=":material/download:",
        )


def _say(report: Report) -> None:
    if report.published:
        st.success(
            t("imports.published", name=report.name, rows=numbers.exact(report.loaded)), icon=":material/check_circle:"
        )
    elif report.loaded == 0 and report.rejected == 0 and report.brings:
        st.info(t("imports.brings_no_row"), icon=":material/check_circle:")
    elif report.loaded == 0 and report.rejected == 0:
        st.info(t("imports.nothing_new"), icon=":material/check_circle:")
    elif report.rejected:
        st.warning(t("imports.has_rejected", rejected=numbers.exact(report.rejected)), icon=":material/warning:")
    else:
        st.info(t("imports.ready", rows=numbers.exact(report.loaded)), icon=":material/check_circle:")


def _tables(report: Report) -> list[str]:
    return [
        t("imports.table", table=table_label(name, language=language()), added=added, changed=changed)
        for name, (added, changed) in report.tables.items()
    ]


def _in_words_of_the_file(found: pd.DataFrame, *, report: Report) -> pd.DataFrame:
    named = [title_of(name, headings=report.headings, language=language()) for name in found["column"]]
    return found.assign(column=named)


def _rules(rules: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            t("imports.column_severity"): [_severity(rejects) for rejects in rules["rejects"]],
            t("imports.column_column"): rules["column"],
            t("imports.column_rule"): _texts(rules),
            t("imports.column_rows"): rules["rows"],
        }
    )
    st.markdown(t("imports.rules_heading"))
    _table(shown, wide=t("imports.column_rule"))


def _problems(problems: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            t("imports.column_sheet"): problems["sheet"],
            t("imports.column_row"): problems["row"],
            t("imports.column_column"): problems["column"],
            t("imports.column_value"): problems["value"],
            t("imports.column_severity"): [_severity(rejects) for rejects in problems["rejects"]],
            t("imports.column_remedy"): _texts(problems),
        }
    )
    st.markdown(t("imports.problems_heading"))
    _table(shown, wide=t("imports.column_remedy"))
    if len(problems) == PROBLEMS_SHOWN:
        st.caption(t("imports.problems_cut", rows=numbers.exact(PROBLEMS_SHOWN)))


def _table(shown: pd.DataFrame, *, wide: str) -> None:
    """`wide`: the column that holds sentences."""
    sheet.show(
        shown,
        hide_index=True,
        height="content" if len(shown) <= _ROWS_SHOWN else _TALL,
        column_config={wide: st.column_config.TextColumn(width=_SENTENCE)},
    )


def _texts(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["rule"], rows["said"], strict=True)
    return [rule_text(rule, detail, language=language()) for rule, detail in pairs]


def _severity(rejects: bool) -> str:
    return t("imports.rejects") if rejects else t("imports.warns")
