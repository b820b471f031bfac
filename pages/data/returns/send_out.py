"""按镇拆分: a list is sent out as one workbook per township or village, all in one ZIP file, and this is recorded."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.facts.metrics import load_metrics
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.handouts import handouts
from data_access.handouts.handouts import Handout
from data_access.handouts.parts import write_parts
from data_access.ledger.file_passwords import keep_password
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.schema.indicators import code_label
from data_access.schema.limits import is_placeholder, limit
from data_access.scope import Scope
from pages.data.returns import form
from pages.shell import identity, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, link_choice, list_file, list_filters, password
from pages.widgets.purposes import choose


def show(view: View) -> None:
    """Choose a list, how it is split and when it is due; build and record."""
    metric = _choose_list()
    scope = view_state.scope().narrowed(view.place)
    request = ListRequest(metric, view.on, filters=list_filters.choose(metric), without=view.left_out(metric))
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
        due_on = st.date_input(
            t("returns.due_on"), value=handouts.usual_due(clock.today()), min_value=clock.today(), width=180
        )
        annex = st.text_input(t("returns.annex"), value="1", max_chars=10, width=100, key="returns_annex")
        name = identity.recorder(t("returns.by"), key="returns_sent_by", width=200)
    if is_placeholder("handout_due_days", on=clock.today()):
        st.caption(t("returns.due_placeholder", days=limit("handout_due_days", on=clock.today())))
    if not (name.strip() and isinstance(due_on, date)):
        st.caption(t("returns.fill_in"))
        return
    contents = list_file.contents_of(request, rows=size.rows, view=view)
    purpose = choose.show(contents)
    secret = password.ask("returns") if password.is_needed(purpose) else None
    if secret is None and password.is_needed(purpose):
        return
    # Built again, the same list of the same data is the same handout.
    asked = (request, level, due_on, purpose, view.current.facts.version)
    sent = Handout(
        handout_id=_number_of(asked, day=view.on),
        metric=metric,
        filters=list_file.filters_in_words(request),
        place=view.place,
        day=view.on,
        level=level,
        due_on=due_on,
    )
    columns = form.columns(metric, page=page, day=view.on, purpose=purpose)
    about = list_file.about(request, view=view, scope=view_state.scope(), purpose=purpose)

    def write(path: Path, progress: Progress) -> Written:
        rows = handouts.split(
            _whole_list(request, scope=choose.opened(purpose, contents=contents, scope=scope)), level=level
        )
        written = write_parts(
            path,
            rows,
            words=lambda part, count: form.part_words(
                part, sent=sent, rows=count, annex=annex.strip() or "1", view=view
            ),
            sheet=t("download.sheet"),
            columns=columns,
            about=about,
            progress=progress,
            password=secret,
        )
        by: dict[str, Any] = {"recorded_by": name, "scope": view_state.scope()}
        handouts.send_out(door.ledger(), sent, rows=rows, **by)
        if secret is not None:
            keep_password(door.ledger(), secret, about=sent.handout_id, **by)
        return written

    title = load_metrics()[metric].label[language()]
    download.build(
        t("returns.build", rows=size.rows),
        name=export.file_name(view.name(view.place), title, _level_word(level), view.on.isoformat(), suffix="zip"),
        rows=size.rows,
        write=write,
        key="handout",
        told=download.told_of(columns, about=about) | {"handout": sent.handout_id},
        stamp=(asked, password.stamp(secret)),
        purpose=purpose,
    )


def _number_of(asked: Hashable, *, day: date) -> str:
    """The number of a handout: a list that was asked for before in this session keeps its own."""
    numbers: dict[Hashable, str] = st.session_state.setdefault("handout_numbers", {})
    return numbers.setdefault(asked, handouts.new_handout_id(day))


def _choose_list() -> str:
    names = {key: metric.label[language()] for key, metric in load_metrics().items() if lists.has_list(key)}
    return link_choice.select("list", names, label=t("returns.list"), key="returns_list", default="red_unchecked")


def _level_word(level: str) -> str:
    return code_label(codes="handout_level", code=level, language=language())


def _whole_list(request: ListRequest, *, scope: Scope) -> pd.DataFrame:
    with door.stream(
        lists.stream_list,
        scope=scope,
        request=request,
        language=language(),
        rows=export.CHUNK_ROWS,
    ) as frames:
        return pd.concat([_rows(frame, metric=request.metric) for frame in frames], ignore_index=True)


def _rows(frame: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Rows in words, with what they are recognised by: the village, and the thing where the list is one of things."""
    thing = lists.listing_of(metric).thing
    known = {"village_code": frame["village_code"], **({"thing": frame[thing]} if thing else {})}
    return list_file.in_words(frame, metric=metric).assign(**known)
