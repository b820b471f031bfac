"""短板5类, and the matrix of places by 一收入、两不愁、三保障、一饮水."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from data_access import door
from data_access.region_codes import cut_codes, level_of
from data_access.schema.indicators import code_label, load_codes
from pages.shell import menu
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers, sheet

COLUMNS = ("income", "food_clothing", "education", "medical", "housing", "water")
"""一收入、两不愁、三保障、一饮水, in the order of the phrase."""


def show(counts: pd.DataFrame, view: View) -> None:
    """The five classes and where they occur; `counts`: village_code, class, amount."""
    total = int(counts["amount"].sum())
    by_class = counts.groupby("class")["amount"].sum()
    judged = {rule.shortfall for rule in door.rulebook().rules_in_force(on=view.on)}
    if total == 0:
        st.markdown(t("warnings.no_shortfalls"))
        return
    largest = str(by_class.idxmax())
    said = {"name": code_label(codes="shortfall", code=largest, language=language())}
    st.markdown(
        t("warnings.shortfalls_reading", total=numbers.count(total), number=numbers.count(by_class.max()), **said)
        + f" :orange-badge[{t('metric.to_confirm')}]"
    )
    with st.container(horizontal=True, gap="medium"):
        for name in load_codes()["shortfall"]:
            text = t(
                "warnings.class_list",
                name=code_label(codes="shortfall", code=name, language=language()),
                number=numbers.count(by_class.get(name, 0)) if name in judged else t("figure.not_collected"),
            )
            list_link.show("shortfalls", view=view, text=text, only={"class": name})
    _matrix(counts, view, without=[name for name in COLUMNS if name not in judged])


def _matrix(counts: pd.DataFrame, view: View, *, without: Collection[str]) -> None:
    places = view.children(view.place) or (view.place,)
    located = counts.assign(place=cut_codes(counts["village_code"], level=level_of(places[0])))
    cells = located.pivot_table(index="place", columns="class", values="amount", aggfunc="sum", fill_value=0)
    cells = cells.reindex(index=list(places), columns=list(COLUMNS), fill_value=0).astype("Int64")
    for name in without:
        cells[name] = pd.NA
    names = [view.name(code) for code in places]
    columns = {"place": st.column_config.TextColumn(t("table.place"), pinned=True)} | {
        name: st.column_config.NumberColumn(
            t(f"warnings.matrix_{name}"), format="%d", help=t("warnings.not_held") if name in without else None
        )
        for name in COLUMNS
    }
    st.caption(t("warnings.matrix_note"))
    key = f"shortfall_matrix_{view.place}_{view.month}"
    event = sheet.show(
        cells.reset_index(drop=True).assign(place=names)[["place", *COLUMNS]],
        hide_index=True,
        column_config=columns,
        height="content",
        placeholder=t("warnings.not_held"),
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
    )
    for row, column in event["selection"]["cells"][:1]:
        if row < len(places) and column in load_codes()["shortfall"]:
            link = list_link.parameters("shortfalls", view=view, place=places[row], only={"class": str(column)})
            st.switch_page(menu.page_path("board", "worklist"), query_params=link)
