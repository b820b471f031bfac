"""The list of things behind a number: counted, filtered, sorted and paged in the database, masked."""

import zlib
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.scope import Scope
from pages.shell import identity, kept, menu, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import field_reports, list_file, list_link, numbers, sheet

PAGE_ROWS = 50
_WORDS_WIDTH = 580
"""Width in pixels in which three reasons can be read."""


def show(
    request: ListRequest,
    *,
    view: View,
    scope: Scope,
    beside: pd.DataFrame | None = None,
    selectable: bool = False,
) -> pd.DataFrame:
    """One page of a list, in the order the reader chooses.

    Args:
        beside: additional columns for some households, by household_id (index).
        selectable: whether rows can be ticked.

    Returns the ticked rows, as `lists.read_list` returns them.
    """
    metric = request.metric
    size = door.read(lists.count_list, scope=scope, request=request)
    st.markdown(_heading(size, metric=metric, view=view))
    field_reports.note(metric, view=view)
    if size.rows == 0:
        st.info(t("list.empty"))
        return pd.DataFrame()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        sort, descending = _choose_order(metric)
        ordered = replace(request, sort=sort, descending=descending)
        page = replace(ordered, offset=_page_offset(size.rows, request=ordered), limit=PAGE_ROWS)
        rows = door.read(lists.read_list, scope=scope, request=page, language=language())
        list_file.offer(ordered, view=view, scope=scope, page=rows, total=size.rows, beside=beside)
        if "household_id" in rows:
            _split_link(request, view=view)
    # Each page of rows gets its own key: a tick must not carry over to another household.
    key = f"list_table_{metric}_{_stamp(rows)}_{sort}_{descending}"
    sheet.sorted_whole()
    _draw(rows, beside, request=page, scope=scope, view=view, selectable=selectable, key=key)
    ticked = st.session_state[key]["selection"]["rows"]
    # A slice, which costs nothing, where nothing is ticked.
    return rows.iloc[[row for row in ticked if row < len(rows)]] if ticked else rows.iloc[:0]


@kept.part
def _draw(
    rows: pd.DataFrame,
    beside: pd.DataFrame | None,
    *,
    request: ListRequest,
    scope: Scope,
    view: View,
    selectable: bool,
    key: str,
) -> None:
    shown = _in_words(rows, metric=request.metric, view=view)
    if beside is not None and "household_id" in rows:
        shown = pd.concat([shown, beside.reindex(rows["household_id"]).reset_index(drop=True)], axis=1)
    sheet.show(
        shown,
        hide_index=True,
        height="content",
        column_config=_columns(shown, metric=request.metric),
        placeholder=t("value.none"),
        on_select=partial(_order_by_heading, key, request.metric),
        # A heading that can be chosen sorts nothing in the browser, which has one page of the list.
        selection_mode=["multi-row", "single-column"] if selectable else "single-column",
        key=key,
    )


def households(ticked: pd.DataFrame) -> list[str]:
    """The numbers of the households of ticked rows; none in a list of things that belong to a village alone."""
    return [] if "household_id" not in ticked else ticked["household_id"].tolist()


def _split_link(request: ListRequest, *, view: View) -> None:
    """The link to the page that sends the list out by township, for who may."""
    if not identity.may("hand_out"):
        return
    st.page_link(
        menu.page_path("data", "returns"),
        label=t("list.split"),
        query_params=list_link.parameters(request.metric, view=view, only=dict(request.filters)) | {"part": "send_out"},
        icon=":material/call_split:",
    )


def _stamp(rows: pd.DataFrame) -> int:
    return zlib.crc32("|".join(map(str, rows.iloc[:, 0])).encode())


def _heading(size: lists.ListSize, *, metric: str, view: View) -> str:
    where = t("list.heading", place=view.name(view.place), month=view.month_name(), rows=numbers.exact(size.rows))
    declared = load_metrics()[metric]
    if declared.unit == "%" or size.amount == size.rows:
        return where
    return f"{where} · {t('list.amount', amount=numbers.in_unit(size.amount, metric=declared))}"


def _order_by_heading(key: str, metric: str) -> None:
    """The whole list in the order of the heading that was clicked; clicked again, the other way round."""
    field, turned = f"list_sort_{metric}", f"list_descending_{metric}"
    for name in st.session_state[key]["selection"]["columns"]:
        if name in _orders(metric):
            st.session_state[turned] = st.session_state.get(field) == name and not st.session_state.get(turned)
            st.session_state[field] = name


def _orders(metric: str) -> list[str]:
    return [name for name, kind in lists.listing_of(metric).details.items() if kind not in lists.GATHERED]


def _choose_order(metric: str) -> tuple[str | None, bool]:
    details = _orders(metric)
    names = {"": t("list.usual_order"), **{name: t(f"list.{name}") for name in details}}
    st.markdown(t("list.sort_by"), width="content")
    chosen = st.selectbox(
        t("list.sort_by"),
        list(names),
        format_func=names.__getitem__,
        key=f"list_sort_{metric}",
        label_visibility="collapsed",
        width=200,
    )
    descending = st.toggle(t("list.descending"), key=f"list_descending_{metric}")
    return (chosen if chosen in details else None), bool(descending)


def _page_offset(total: int, *, request: ListRequest) -> int:
    """Where the chosen page begins; another order or other filters begin at the first."""
    pages = -(-total // PAGE_ROWS)
    if pages == 1:
        return 0
    chosen = st.pagination(pages, key=f"list_page_{zlib.crc32(repr(request).encode())}_{pages}")
    return PAGE_ROWS * (min(max(int(chosen), 1), pages) - 1)


def _in_words(rows: pd.DataFrame, *, metric: str, view: View) -> pd.DataFrame:
    shown = list_file.in_words(rows, metric=metric)
    if "household_id" in rows:
        shown["household_id"] = [household_address(number, view=view) for number in rows["household_id"]]
    return shown


def household_address(household_id: str, *, view: View) -> str:
    """The address of a household's page, for tables whose cells are links."""
    return f"household?{urlencode({'household': household_id, **view.link})}"


def _columns(shown: pd.DataFrame, *, metric: str) -> dict[str, Any]:
    details = lists.listing_of(metric).details
    columns: dict[str, Any] = {name: t(f"list.{name}") for name in shown.columns}
    for name, kind in details.items():
        kept = view_state.divides(load_metrics()[metric], name)
        heading = t(f"list.{name}") if kept else f"{t(f'list.{name}')} {t('figure.not_collected')}"
        columns[name] = heading
        if kind == "date":
            columns[name] = st.column_config.DateColumn(heading, format="YYYY-MM-DD")
        elif kind in ("number", "yuan"):
            columns[name] = st.column_config.NumberColumn(heading, format="%d")
        elif kind in lists.GATHERED:
            columns[name] = st.column_config.TextColumn(heading, width=_WORDS_WIDTH)
    if "household_id" in shown:
        columns["household_id"] = st.column_config.LinkColumn(
            t("list.household_id"), display_text=r"household=([^&]+)", pinned=True
        )
    return columns
