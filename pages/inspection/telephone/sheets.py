"""Call sheets: the households not called yet, divided among the callers, one workbook for each."""

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import About, Progress, Written
from data_access.files.temporary import temporary_folder
from data_access.inspection import calls
from data_access.lists import lists
from pages.inspection.telephone import form
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, list_file

LIST = "calls_missing"
MOST_CALLERS = 50


def show(view: View) -> None:
    """Enter the callers; build the sheets."""
    with st.expander(t("calls.sheets"), icon=":material/call:"):
        st.markdown(t("calls.sheets_intro"))
        text = st.text_area(t("calls.callers"), key="calls_callers", max_chars=2000, height=100)
        callers = tuple(dict.fromkeys(name.strip()[:20] for name in text.splitlines() if name.strip()))[:MOST_CALLERS]
        scope = view_state.scope().narrowed(view.place)
        request = lists.ListRequest(LIST, view.on, without=view.left_out(LIST))
        size = door.read(lists.count_list, scope=scope, request=request)
        if not callers:
            st.caption(t("calls.callers_missing"))
            return
        if size.rows == 0:
            st.info(t("list.empty"))
            return
        about = _about(view)
        download.build(
            t("calls.build", households=size.rows, callers=len(callers)),
            name=export.file_name(view.name(view.place), t("calls.name"), view.on.isoformat(), suffix="zip"),
            rows=size.rows,
            write=lambda path, progress: _write(path, callers=callers, about=about, view=view, progress=progress),
            key="call_sheets",
            told=download.told_of(form.columns(), about=about) | {"callers": callers},
            stamp=(callers, size.rows),
        )


def _write(path: Path, *, callers: tuple[str, ...], about: About, view: View, progress: Progress) -> Written:
    rows = calls.deal(_homes(view), callers=callers, seed=view.on.isoformat())
    done, hashes, files = 0, [], []
    with temporary_folder("calls_") as folder:
        for number, (caller, own) in enumerate(rows.groupby("caller", sort=False), start=1):
            file = Path(folder) / f"{number}.xlsx"
            heading = (t("calls.title", caller=caller, day=view.on, households=len(own)),)
            written = export.write_xlsx(
                file, sheet=t("download.sheet"), columns=form.columns(), chunks=[own], about=about, heading=heading
            )
            files.append((export.file_name(f"{number:02}", str(caller), t("calls.name"), suffix="xlsx"), file))
            hashes.append(written.sha256)
            done += written.rows
            progress(done)
        export.write_zip(path, files=files)
    return Written(rows=done, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest())


def _about(view: View) -> About:
    return list_file.about_file(
        view,
        scope=view_state.scope(),
        title=t("calls.name"),
        definition=load_metrics()[LIST].definition[language()],
        restricted="",
    )


def _homes(view: View) -> pd.DataFrame:
    with door.stream(
        lists.stream_list,
        scope=view_state.scope().narrowed(view.place),
        request=lists.ListRequest(LIST, view.on, without=view.left_out(LIST)),
        language=language(),
        rows=export.CHUNK_ROWS,
    ) as frames:
        return pd.concat(list(frames), ignore_index=True)
