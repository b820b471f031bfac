"""Check a file, see what is wrong with it, load it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from data_access.files.errors import ReadError
from data_access.ledger.audit_chain import Event
from data_access.load.errors import LoadError
from data_access.load.kinds import FileKind
from data_access.load.loading import load_file
from data_access.load.report import Report, load_event
from data_access.load.target import can_load, load_url
from pages.data.imports import differences
from pages.data.imports import report as reports
from pages.data.imports.upload import ChosenFile
from pages.shell import gate, notices
from pages.shell.texts import language, t

_HELD = "imports.report"


Outcome = Report | LoadError | ReadError
"""What became of a file."""


def show(chosen: Sequence[ChosenFile], *, mapped: Mapping[str, str]) -> None:
    """The two buttons, and for each file the report of what they did."""
    if not can_load():
        st.info(t("imports.read_only"), icon=":material/lock:")
        return
    held: dict[tuple, Outcome] = st.session_state.get(_HELD, {})
    files = {_about(one, mapped=mapped): one for one in chosen}
    outcomes = {about: held[about] for about in files if about in held}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        check = st.button(t("imports.check"), key="imports_check", type="secondary" if outcomes else "primary")
        partial = st.radio(
            t("imports.how"),
            [False, True],
            format_func=lambda right_only: t("imports.right_rows") if right_only else t("imports.all_or_nothing"),
            key="imports_partial",
            horizontal=True,
        )
        ready = [about for about, one in outcomes.items() if _can_be_loaded(one, partial=bool(partial))]
        pressed = st.button(t("imports.load"), key="imports_load", type="primary", disabled=not ready)
    if check or pressed:
        for about in ready if pressed else files:
            outcomes[about] = _run(files[about], mapped=mapped, partial=bool(partial), dry_run=not pressed)
        st.session_state[_HELD] = outcomes
        st.rerun()
    for about, outcome in outcomes.items():
        if isinstance(outcome, Report):
            one = files[about]
            reports.show(outcome, rejects=_beside(one, "rejects"), problems=_beside(one, "problems"))
        else:
            st.error(notices.error_text(outcome), icon=":material/error:")


def _about(chosen: ChosenFile, *, mapped: Mapping[str, str]) -> tuple:
    file = (chosen.source.name, chosen.source.sha256, chosen.kind.key, chosen.as_of)
    return (*file, tuple(sorted(mapped.items())), differences.scope())  # who sees names changes while a page is open


def _can_be_loaded(outcome: Outcome, *, partial: bool) -> bool:
    if not isinstance(outcome, Report) or outcome.published or not outcome.brings:
        return False
    return partial or not outcome.rejected


def _run(chosen: ChosenFile, *, mapped: Mapping[str, str], partial: bool, dry_run: bool) -> Outcome:
    bar = st.progress(0.0)

    def tell(done: float, what: str) -> None:
        bar.progress(done, text=t(f"imports.step_{what}"))

    gate.require("load")
    try:
        return noted_load(
            chosen.source.path,
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
            scope=differences.scope(),
        )
    except (LoadError, ReadError) as error:
        return error
    finally:
        bar.empty()


def noted_load(path: Path, *, kind: FileKind, name: str, dry_run: bool = False, **options: Any) -> Report:
    """Load a file, or only check it, with its entries in the audit record; arguments and errors as of `load_file`."""
    if not dry_run:  # what cannot be recorded must not happen
        gate.note(Event(kind="load_started", detail={"file": name, "kind": kind.key}))
    report = load_file(path, url=load_url(), kind=kind, name=name, dry_run=dry_run, **options)
    if report.published or dry_run:
        gate.note(load_event(report))
    return report


def _beside(chosen: ChosenFile, name: str) -> Path:
    return chosen.folder / f"{name}.xlsx"
