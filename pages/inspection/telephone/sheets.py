"""Call sheets: whom nobody reached yet, divided among the callers, one workbook for each, with the questions in words
that can be read aloud; with numbers that can be called only under a purpose."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access.purposes import Purpose
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import About, Progress, Written
from data_access.files.temporary import temporary_folder
from data_access.inspection import calls, phone_checks
from data_access.ledger.file_passwords import keep_password
from data_access.lists import lists
from data_access.scope import Scope
from pages.inspection.telephone import form
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, list_file, password
from pages.widgets.purposes import approve, choose

LIST, MISSING = "calls_due_households", "calls_missing"
MOST_CALLERS = 50


def show(view: View) -> None:
    """Enter the callers; build the sheets."""
    with st.expander(t("calls.sheets"), icon=":material/call:"):
        st.markdown(t("calls.sheets_intro"))
        text = st.text_area(t("calls.callers"), key="calls_callers", max_chars=2000, height=100)
        callers = tuple(dict.fromkeys(name.strip()[:20] for name in text.splitlines() if name.strip()))[:MOST_CALLERS]
        if not callers:
            st.caption(t("calls.callers_missing"))
            return
        request = lists.ListRequest(LIST, view.on)
        due = door.read(phone_checks.read_due, scope=view_state.scope().narrowed(view.place), on=view.on)
        known = _results(view)
        reported = due["household_id"].isin(view.left_out(MISSING)) & ~due["household_id"].isin(known["household_id"])
        wanted = calls.to_call(due[~reported], results=known, on=clock.today())["household_id"]
        if wanted.empty:
            st.info(t("list.empty"))
            return
        contents = list_file.contents_of(request, rows=len(due), view=view)
        purpose = choose.show(contents)
        st.caption(t("calls.masked") if purpose is None or not purpose.carries("phone") else t("calls.open"))
        approve.show(contents, titles={name: t(f"list.{name}") for name in ("head_name", "phone")})
        about = _about(view, purpose=purpose)
        secret = password.ask("calls") if password.is_needed(purpose) else None
        if secret is None and password.is_needed(purpose):
            return

        def write(path: Path, progress: Progress) -> Written:
            scope = choose.opened(purpose, contents=contents, scope=view_state.scope().narrowed(view.place))
            homes = _whole(request, scope=scope)
            homes = homes[homes["household_id"].isin(wanted)]
            return _write(path, homes=homes, callers=callers, about=about, view=view, secret=secret, progress=progress)

        download.build(
            t("calls.build", households=len(wanted), callers=len(callers)),
            name=export.file_name(view.name(view.place), t("calls.name"), view.on.isoformat(), suffix="zip"),
            rows=len(wanted),
            write=write,
            key="call_sheets",
            told=download.told_of(form.columns(), about=about) | {"callers": callers},
            stamp=(callers, tuple(wanted), purpose, password.stamp(secret)),
            purpose=purpose,
        )


def _write(
    path: Path,
    *,
    homes: pd.DataFrame,
    callers: tuple[str, ...],
    about: About,
    view: View,
    secret: str | None,
    progress: Progress,
) -> Written:
    rows = calls.deal(homes, callers=callers, seed=view.on.isoformat())
    done, hashes, files = 0, [], []
    with temporary_folder("calls_") as folder:
        for number, (caller, own) in enumerate(rows.groupby("caller", sort=False), start=1):
            file = Path(folder) / f"{number}.xlsx"
            title = t("calls.title", caller=caller, day=view.on, households=len(own))
            written = export.write_xlsx(
                file,
                sheet=t("download.sheet"),
                columns=form.columns(),
                chunks=[own],
                about=about,
                heading=(title, *form.read_aloud()),
            )
            files.append((export.file_name(f"{number:02}", str(caller), t("calls.name"), suffix="xlsx"), file))
            hashes.append(written.sha256)
            done += written.rows
            progress(done)
        if secret is not None:
            export.protect_all((file for _, file in files), password=secret)
            by: dict[str, Any] = {"recorded_by": identity.signature(), "scope": view_state.scope()}
            keep_password(door.ledger(), secret, about=form.about(view), **by)
        export.write_zip(path, files=files)
    return Written(rows=done, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest())


def _about(view: View, *, purpose: Purpose | None) -> About:
    return list_file.about_file(
        view,
        scope=view_state.scope(),
        title=t("calls.name"),
        definition=load_metrics()[LIST].defined(language()),
        restricted="" if purpose is None else t("purposes.named", name=purpose.name, number=purpose.purpose_id),
    )


def _whole(request: lists.ListRequest, *, scope: Scope) -> pd.DataFrame:
    with door.stream(
        lists.stream_list, scope=scope, request=request, language=language(), rows=export.CHUNK_ROWS
    ) as frames:
        return pd.concat(list(frames), ignore_index=True)


def _results(view: View) -> pd.DataFrame:
    """The calls of the month: those recorded here, which count before they are in the data, and those of the data."""
    scope, first = view_state.scope().narrowed(view.place), view.on.replace(day=1)
    here = calls.read_results(door.ledger(), scope=scope, first=first, last=max(view.on, clock.today()))
    held = door.read(phone_checks.read_calls, scope=scope, on=view.on)
    names = ["household_id", "called_on", "outcome"]
    return pd.concat([here[names], held[names]], ignore_index=True)
