"""Check a file, see what is wrong with it, load it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path
from typing import Any

import streamlit as st

from data_access import door
from data_access.ledger.audit_chain import Event
from data_access.load import job
from data_access.load.errors import LoadError
from data_access.load.job import FileLoad, Job, Outcome
from data_access.load.kinds import FileKind
from data_access.load.loading import load_file
from data_access.load.pushes import speaks_of_all
from data_access.load.report import Report, load_event
from data_access.load.steps import Progress
from data_access.load.target import can_load, load_url
from data_access.scope import Scope
from pages.data.imports import differences
from pages.data.imports import report as reports
from pages.data.imports.upload import ChosenFile
from pages.shell import gate, identity, notices
from pages.shell.texts import language, t

_HELD, _JOB = "imports.outcomes", "imports.job"

_About = Hashable
"""What a load is about: the file, its kind and day, what its headings mean, and who sees names in its report."""


@dataclass(frozen=True)
class _Begun:
    """A job that this reader began, and its files, which stay as long as it is known."""

    job: Job
    files: Mapping[_About, ChosenFile]
    scope: Scope
    """Who sees names in their reports."""


def show(chosen: Sequence[ChosenFile], *, mapped: Mapping[str, str]) -> None:
    """The two buttons, and for each file the report of what they did."""
    if not can_load():
        st.info(t("imports.read_only"), icon=":material/lock:")
        return
    part = speaks_of_all(chosen[0].kind) and st.checkbox(
        t("imports.part"), key="imports_part", help=t("imports.part_help")
    )
    files = {_about(one, mapped=mapped, part=part): one for one in chosen}
    outcomes = {about: outcome for about, outcome in _outcomes().items() if about in files}
    runs = job.under_way() is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        check = st.button(
            t("imports.check"), key="imports_check", type="secondary" if outcomes else "primary", disabled=runs
        )
        partial = st.radio(
            t("imports.how"),
            [False, True],
            format_func=lambda right_only: t("imports.right_rows") if right_only else t("imports.all_or_nothing"),
            key="imports_partial",
            horizontal=True,
        )
        ready = [about for about, one in outcomes.items() if _can_be_loaded(one, partial=bool(partial))]
        pressed = st.button(t("imports.load"), key="imports_load", type="primary", disabled=runs or not ready)
    if check or pressed:
        asked = {about: files[about] for about in (ready if pressed else files)}
        _begin(asked, mapped=mapped, part=part, partial=bool(partial), dry_run=not pressed)
    _show_reports(files, outcomes=outcomes)


def show_last() -> None:
    """The reports of the job that was begun last: whoever looked elsewhere meanwhile finds them here."""
    begun: _Begun | None = st.session_state.get(_JOB)
    if begun is not None and begun.scope == differences.scope():
        _show_reports(begun.files, outcomes=_outcomes())


def _show_reports(files: Mapping[_About, ChosenFile], *, outcomes: Mapping[_About, Outcome]) -> None:
    for about, one in files.items():
        outcome = outcomes.get(about)
        if isinstance(outcome, Report):
            reports.show(outcome, rejects=_beside(one, "rejects"), problems=_beside(one, "problems"))
        elif outcome is not None:
            st.error(notices.error_text(outcome), icon=":material/error:")


def _outcomes() -> dict[_About, Outcome]:
    """What became of the files so far. Raises what ended the job where that was a defect of the program."""
    held: dict[_About, Outcome] = st.session_state.setdefault(_HELD, {})
    begun: _Begun | None = st.session_state.get(_JOB)
    if begun is not None:
        if begun.job.error is not None:
            del st.session_state[_JOB]
            raise begun.job.error
        held.update(begun.job.outcomes)
    return held


def _about(chosen: ChosenFile, *, mapped: Mapping[str, str], part: bool) -> _About:
    file = (chosen.source.name, chosen.source.sha256, chosen.kind.key, chosen.as_of, part)
    return (*file, tuple(sorted(mapped.items())), differences.scope())  # who sees names changes while a page is open


def _can_be_loaded(outcome: Outcome, *, partial: bool) -> bool:
    if not isinstance(outcome, Report) or outcome.published or not outcome.brings:
        return False
    return partial or not outcome.rejected


def _begin(files: Mapping[_About, ChosenFile], *, dry_run: bool, **options: Any) -> None:
    """Begin to load some files, or only to check them."""
    gate.require("load")
    loads = {about: _load_of(one, dry_run=dry_run, language=language(), **options) for about, one in files.items()}
    try:
        begun = job.begin(loads, by=identity.signature())
    except LoadError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    held = _outcomes()
    st.session_state[_HELD] = {about: outcome for about, outcome in held.items() if about not in files}
    st.session_state[_JOB] = _Begun(begun, files, differences.scope())
    st.rerun()


def _load_of(chosen: ChosenFile, *, dry_run: bool, **options: Any) -> FileLoad:
    name, kind = chosen.source.name, chosen.kind
    note, scope = bound(door.ledger().note, recorded_by=identity.signature()), differences.scope()

    def load(progress: Progress) -> Report:
        return _noted(
            note,
            chosen.source.path,
            kind=kind,
            name=name,
            as_of=chosen.as_of,
            dry_run=dry_run,
            rejects=_beside(chosen, "rejects"),
            problems=_beside(chosen, "problems"),
            budget=chosen.source.budget,
            scope=scope,
            progress=progress,
            **options,
        )

    return FileLoad(name, load, cancelled=lambda: note(Event("load_cancelled", detail=_told(name, kind))))


def noted_load(path: Path, **options: Any) -> Report:
    """Load a file at once, with its entries in the audit record; arguments and errors as of `load_file`."""
    return _noted(gate.note, path, **options)


def _noted(
    note: Callable[..., None], path: Path, *, kind: FileKind, name: str, dry_run: bool = False, **options: Any
) -> Report:
    if not dry_run:  # what cannot be recorded must not happen
        note(Event("load_started", detail=_told(name, kind)))
    report = load_file(path, url=load_url(), kind=kind, name=name, dry_run=dry_run, **options)
    if report.published or dry_run:
        note(load_event(report))
    return report


def _told(name: str, kind: FileKind) -> dict[str, str]:
    return {"file": name, "kind": kind.key}


def _beside(chosen: ChosenFile, name: str) -> Path:
    return Path(chosen.folder.name) / f"{name}.xlsx"
