"""按镇拆分: a list goes out as one workbook per township or village, all in one ZIP file; what went out is recorded."""

import hashlib
import secrets
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access.purposes import Purpose
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import About, FileColumn, Progress, Written
from data_access.handouts import handouts
from data_access.handouts.handouts import Handout
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label
from data_access.schema.limits import is_placeholder, limit
from pages.data.returns import form
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, link_choice, list_file, list_filters
from pages.widgets.purposes import choose


def show(view: View) -> None:
    """Choose a list, what it is split by and when it is due; build and record."""
    metric = _choose_list()
    scope = view_state.scope().narrowed(view.place)
    request = ListRequest(metric, view.on, filters=list_filters.choose(metric))
    page = door.read(lists.read_list, scope=scope, request=replace(request, limit=1), language=language())
    size = door.read(lists.count_list, scope=scope, request=request)
    if "household_id" not in page:
        st.info(t("returns.not_of_households"))
        return
    if size.rows == 0:
        st.info(t("list.empty"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = st.selectbox(
            t("returns.level"), handouts.PART_LEVELS, format_func=_level_word, key="returns_level", width=200
        )
        due_on = st.date_input(t("returns.due_on"), value=_usual_due(), min_value=clock.today(), width=180)
        number = st.text_input(t("returns.annex"), value="1", max_chars=10, width=100, key="returns_annex")
        name = identity.recorder(t("returns.by"), key="returns_sent_by", width=200)
    if is_placeholder("handout_due_days", on=clock.today()):
        st.caption(t("returns.due_placeholder", days=limit("handout_due_days", on=clock.today())))
    if not (name.strip() and isinstance(due_on, date)):
        st.caption(t("returns.fill_in"))
        return
    purpose = choose.show(metric)
    sent = Handout(
        handout_id=_handout_id(view.on),
        metric=metric,
        filters=list_file.filters_in_words(request),
        place=view.place,
        day=view.on,
        level=level,
        due_on=due_on,
    )

    columns = _columns(metric, page=page, purpose=purpose)
    about = list_file.about(request, view=view, scope=view_state.scope(), purpose=purpose)

    def write(path: Path, progress: Progress) -> Written:
        rows = handouts.split(_whole_list(request, view=view, purpose=purpose), level=level)
        written = _write_parts(
            path, rows, sent=sent, view=view, annex=number, columns=columns, about=about, progress=progress
        )
        handouts.send_out(door.ledger(), sent, rows=rows, by=name, scope=view_state.scope())
        return written

    title = load_metrics()[metric].label[language()]
    zip_name = export.file_name(view.name(view.place), title, _level_word(level), view.on.isoformat(), suffix="zip")
    download.build(
        t("returns.build", rows=size.rows),
        name=zip_name,
        rows=size.rows,
        write=write,
        key="handout",
        told=download.told_of(columns, about=about) | {"handout": sent.handout_id},
        stamp=(request, level, due_on, purpose),
        purpose=purpose,
    )


def _choose_list() -> str:
    names = {key: metric.label[language()] for key, metric in load_metrics().items() if lists.has_list(key)}
    return link_choice.select("list", names, label=t("returns.list"), key="returns_list", default="red_unchecked")


def _usual_due() -> date:
    return clock.today() + timedelta(days=limit("handout_due_days", on=clock.today()))


def _handout_id(on: date) -> str:
    return f"H{on:%Y%m%d}-{secrets.token_hex(3).upper()}"


def _level_word(level: str) -> str:
    return code_label(codes="handout_level", code=level, language=language())


def _whole_list(request: ListRequest, *, view: View, purpose: Purpose | None) -> pd.DataFrame:
    with door.stream(
        lists.stream_list,
        scope=choose.opened(purpose, subject=request.metric, scope=view_state.scope().narrowed(view.place)),
        request=request,
        language=language(),
        rows=export.CHUNK_ROWS,
    ) as frames:
        return pd.concat(
            [
                list_file.in_words(frame, metric=request.metric).assign(village_code=frame["village_code"])
                for frame in frames
            ],
            ignore_index=True,
        )


def _write_parts(
    path: Path,
    rows: pd.DataFrame,
    *,
    sent: Handout,
    view: View,
    annex: str,
    columns: list[FileColumn],
    about: About,
    progress: Progress,
) -> Written:
    """One workbook per part, in one ZIP file. The hash is that of the hashes of the parts."""
    title = load_metrics()[sent.metric].label[language()]
    done, hashes, files = 0, [], {}
    with tempfile.TemporaryDirectory(prefix="handout_") as folder:
        for part, own in rows.groupby("part"):
            place = view.names.get(str(part), str(part))
            file = Path(folder) / f"{part}.xlsx"
            written = export.write_xlsx(
                file,
                sheet=t("download.sheet"),
                columns=columns,
                chunks=[own],
                about=about,
                heading=(
                    t("returns.annex_line", annex=annex.strip() or "1", number=sent.handout_id),
                    t("returns.title_line", place=place, list=title, day=sent.day, due=sent.due_on, rows=len(own)),
                ),
            )
            upper = view.names.get(township_of(str(part)), "")
            names = (place,) if upper == place else (upper, place)
            files[export.file_name(*names, title, sent.day.isoformat(), suffix="xlsx")] = file
            done += written.rows
            hashes.append(written.sha256)
            progress(done)
        export.write_zip(path, files=files)
    return Written(rows=done, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest())


def _columns(metric: str, *, page: pd.DataFrame, purpose: Purpose | None) -> list[FileColumn]:
    """序号, the list's own columns, and the blank ones."""
    own = [
        replace(column, title=t("returns.column.household_id")) if column.key == "household_id" else column
        for column in list_file.columns(metric, page=page, purpose=purpose)
    ]
    number = FileColumn(key="number", title=t("returns.column.number"), kind="number")
    return [number, *own, *form.columns_to_fill_in(metric)]
