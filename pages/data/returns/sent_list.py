"""The list that is sent out: one of those behind the numbers, or households chosen by conditions (一查三)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.access.purposes import Contents, Purpose
from data_access.facts.metrics import load_metrics
from data_access.files.export import About, FileColumn
from data_access.lists import lists, selection
from data_access.lists.lists import ListRequest
from data_access.lists.selection import SELECTION, Selection
from data_access.scope import Scope
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import link_choice, list_file, list_filters, selection_file, selection_link


@dataclass(frozen=True)
class SentList:
    """A list of households, or of things of households."""

    name: str
    """Its metric, or SELECTION."""
    filters: str
    """In words."""
    contents: Contents
    asked: Hashable
    """The question that gives its rows."""
    columns: Callable[[Purpose | None], list[FileColumn]]
    about: Callable[[Purpose | None], About]
    rows: Callable[[Scope, Purpose | None], pd.DataFrame]
    """All of it in words, with what a row is recognised by: village_code and, in a list of things, thing."""


def choose(view: View) -> SentList | None:
    """The households that the link chooses by conditions, else the list that the reader chooses; None, with a message,
    where it cannot be sent out."""
    chosen = selection_link.read()
    return _of_selection(chosen, view=view) if chosen.conditions else _of_metric(view)


def _of_selection(chosen: Selection, *, view: View) -> SentList | None:
    st.markdown(t("returns.chosen", conditions=selection_file.restricted(chosen)))
    if st.button(t("returns.other_list"), key="returns_other_list", icon=":material/close:"):
        selection_link.write(Selection())
        st.rerun()
    asked: dict[str, Any] = {"on": view.on, "concluded": selection_file.concluded(chosen, view=view)}
    scope = view_state.scope().narrowed(view.place)
    size = door.read(selection.count_selection, scope=scope, selection=chosen, **asked)

    def rows(opened: Scope, purpose: Purpose | None) -> pd.DataFrame:
        with selection_file.chunks(selection_file.under(purpose, chosen), scope=opened, **asked) as parts:
            return pd.concat(parts, ignore_index=True)

    return _unless_empty(
        SentList(
            name=SELECTION,
            filters=selection_file.restricted(chosen),
            contents=selection_file.contents(chosen, rows=size, view=view),
            asked=(chosen, view.on),
            columns=lambda purpose: [*selection_file.columns(selection_file.under(purpose, chosen), purpose=purpose)],
            about=lambda purpose: selection_file.about(chosen, view=view, purpose=purpose),
            rows=rows,
        )
    )


def _of_metric(view: View) -> SentList | None:
    names = {key: metric.label[language()] for key, metric in load_metrics().items() if lists.has_list(key)}
    metric = link_choice.select("list", names, label=t("returns.list"), key="returns_list", default="red_unchecked")
    scope = view_state.scope().narrowed(view.place)
    request = ListRequest(metric, view.on, filters=list_filters.choose(metric), without=view.left_out(metric))
    page = door.read(lists.read_list, scope=scope, request=replace(request, limit=1), language=language())
    size = door.read(lists.count_list, scope=scope, request=request)
    if "household_id" not in page:
        st.info(t("returns.not_of_households"))
        return None
    return _unless_empty(
        SentList(
            name=metric,
            filters=list_file.filters_in_words(request),
            contents=list_file.contents_of(request, rows=size.rows, view=view),
            asked=request,
            columns=lambda purpose: list_file.columns(metric, page=page, purpose=purpose),
            about=lambda purpose: list_file.about(request, view=view, scope=view_state.scope(), purpose=purpose),
            rows=lambda opened, _: _whole_list(request, scope=opened),
        )
    )


def _unless_empty(found: SentList) -> SentList | None:
    if found.contents.rows:
        return found
    st.info(t("list.empty"))
    return None


def _whole_list(request: ListRequest, *, scope: Scope) -> pd.DataFrame:
    with list_file.chunks(request, scope=scope, shaped=lambda frame: _rows(frame, metric=request.metric)) as parts:
        return pd.concat(parts, ignore_index=True)


def _rows(frame: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    """Rows in words, with what they are recognised by: the village, and the thing where the list is one of things."""
    thing = lists.listing_of(metric).thing
    known = {"village_code": frame["village_code"], **({"thing": frame[thing]} if thing else {})}
    return list_file.in_words(frame, metric=metric).assign(**known)
