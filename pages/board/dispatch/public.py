"""公开汇总表: figures of townships that may be published; small counts appear only as part of larger sums."""

from functools import partial

import pandas as pd
import streamlit as st

from data_access.access.settings import setting
from data_access.facts.metrics import load_metrics
from data_access.facts.public_table import PublicTable, public_metrics, publish
from data_access.files.export import FileColumn
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import download, list_file
from pages.widgets.part import part


@part
def show(view: View) -> None:
    """What is published and how, and the file; only for the whole district."""
    smallest = setting("suppression", "smallest")
    st.markdown(t("public.intro", smallest=smallest))
    if view.place != view.county or not view_state.scope().covers(view.county):
        st.info(t("public.district_only", whole=view.regions.whole(language())))
        return
    table = view_state.metric_table()
    places = view.children(view.county)
    metrics = public_metrics()
    view.require(*metrics)
    counts = pd.DataFrame(
        {key: [table.count(key, place=place, month=view.month) for place in places] for key in metrics}, index=places
    )
    source = partial(_source, publish(counts, smallest=smallest), view=view, smallest=smallest)
    download.offer(source, key="public", action="export_figures")


def _source(table: PublicTable, *, view: View, smallest: int) -> download.FileSource:
    shown = _in_words(table, view=view)
    below = t("public.below", smallest=smallest)
    hidden = {key for key, count in zip(public_metrics(), table.total, strict=True) if count is None}
    shown = shown.assign(**dict.fromkeys(hidden, below))  # where the total is hidden, it is the only row

    figures = [
        FileColumn(key=key, title=load_metrics()[key].label[language()], kind="text" if key in hidden else "number")
        for key in public_metrics()
    ]
    return download.of_rows(
        shown,
        name=(view.name(view.county), t("public.title"), view.on.isoformat()),
        columns=(FileColumn(key="place", title=t("public.place"), width=40), *figures),
        about=list_file.about_file(
            view,
            scope=view_state.scope(),
            title=t("public.title"),
            definition=t("public.intro", smallest=smallest),
            restricted="",
        ),
    )


def _in_words(table: PublicTable, *, view: View) -> pd.DataFrame:
    rows = [(_name(places, view=view), counts) for places, counts in table.rows]
    cells = [[name, *counts] for name, counts in [*rows, (t("public.total"), table.total)]]
    return pd.DataFrame(cells, columns=["place", *public_metrics()])


def _name(places: tuple[str, ...], *, view: View) -> str:
    names = [view.name(place) for place in places]
    if len(names) == 1:
        return names[0]
    return t("public.together", places=t("list.separator").join(names))
