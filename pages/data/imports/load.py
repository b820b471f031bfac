"""Check a file, see what is wrong with it, load it."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from data_access.files.errors import ReadError
from data_access.ledger.audit_chain import Event
from data_access.load.errors import LoadError
from data_access.load.loading import load_file
from data_access.load.report import Report, load_event
from data_access.load.target import can_load, load_url
from pages.data.imports import report as reports
from pages.data.imports.upload import ChosenFile
from pages.shell import gate, notices
from pages.shell.texts import language, t

_HELD = "imports.report"


def show(chosen: ChosenFile, *, mapped: Mapping[str, str]) -> None:
    """The two buttons, and the report of what they did."""
    if not can_load():
        st.info(t("imports.read_only"), icon=":material/lock:")
        return
    about = (chosen.source.sha256, chosen.kind.key, chosen.as_of, tuple(sorted(mapped.items())))
    held: tuple[tuple, Report] | None = st.session_state.get(_HELD)
    report = held[1] if held is not None and held[0] == about else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        check = st.button(t("imports.check"), key="imports_check", type="secondary" if report else "primary")
        partial = st.radio(
            t("imports.how"),
            [False, True],
            format_func=lambda right_only: t("imports.right_rows") if right_only else t("imports.all_or_nothing"),
            key="imports_partial",
            horizontal=True,
        )
        ready = report is not None and not report.published and report.brings and (partial or not report.rejected)
        pressed = st.button(t("imports.load"), key="imports_load", type="primary", disabled=not ready)
    if check or pressed:
        report = _run(chosen, mapped=mapped, partial=bool(partial), dry_run=not pressed)
        if report is None:
            return
        st.session_state[_HELD] = (about, report)
        st.rerun()
    if report is not None:
        reports.show(report, rejects=_beside(chosen, "rejects"), problems=_beside(chosen, "problems"))


def _run(chosen: ChosenFile, *, mapped: Mapping[str, str], partial: bool, dry_run: bool) -> Report | None:
    bar = st.progress(0.0)

    def tell(done: float, what: str) -> None:
        bar.progress(done, text=t(f"imports.step_{what}"))

    gate.require("load")
    try:
        if not dry_run:  # what cannot be recorded must not happen
            gate.note(Event(kind="load_started", detail={"file": chosen.source.name, "kind": chosen.kind.key}))
        report = load_file(
            chosen.source.path,
            url=load_url(),
            kind=chosen.kind,
            as_of=chosen.as_of,
            name=chosen.source.name,
            mapped=mapped,
            partial=partial,
            dry_run=dry_run,
            rejects=_beside(chosen, "rejects"),
            problems=_beside(chosen, "problems"),
            language=language(),
            progress=tell,
        )
        if report.published or dry_run:
            gate.note(load_event(report))
        return report
    except (LoadError, ReadError) as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return None
    finally:
        bar.empty()


def _beside(chosen: ChosenFile, name: str) -> Path:
    return chosen.source.path.with_name(f"{name}.xlsx")
