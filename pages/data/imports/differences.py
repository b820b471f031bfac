"""How a file differs from what is held, before it is loaded: how much by matter and township, and the list."""

from collections.abc import Callable
from typing import Literal

import pandas as pd
import streamlit as st

from data_access.declarations import Words
from data_access.files.export import FileColumn
from data_access.load.differences.found import Differences
from data_access.load.differences.matters import load_matters
from data_access.load.report import Report
from data_access.schema.indicators import code_label
from data_access.scope import Scope
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import download, list_file, numbers, sheet

_SHOWN = 1000
"""How many differences are listed on the screen; the file has all."""
_TALL, _ROWS_SHOWN = 380, 9
_VALUE = 150
"""Width in pixels of the two values."""


def scope() -> Scope:
    """Whose list it is: names are shown where they are open for the whole district, of which a file may speak."""
    own = view_state.scope()
    if view_state.problem() is not None or not own.covers(view_state.current().county):
        return own
    return own.narrowed(view_state.current().county)


def show(report: Report) -> None:
    """Counts by matter and township, the list, and the list as a file; one sentence where nothing differs."""
    found = report.differences
    if found is None:
        return
    listed = found.listed()
    known = {
        "households": numbers.count(found.households),
        "persons": numbers.count(found.persons),
        "differences": numbers.count(len(listed)),
    }
    st.markdown(t("imports.differences", **known) if found.households else t("imports.differences_roster", **known))
    _not_listed(found)
    if listed.empty:
        return
    if load_matters().placeholder:
        st.caption(t("imports.differences_placeholder", reference=load_matters().reference[language()]))
    table = counts_table(found.counts, place=lambda code: _place(found, code))
    sheet.show(table, hide_index=True, height="content")
    _list(found, report=report)


def _not_listed(found: Differences) -> None:
    compared = found.compared
    if len(compared.unheld):
        places = [
            t(
                "imports.differences_place",
                place=found.place(str(row["township_code"]), language=language()),
                households=numbers.count(row["households"]),
                persons=numbers.count(row["persons"]),
            )
            for row in compared.unheld.to_dict("records")
        ]
        st.markdown(t("imports.differences_unheld", places=t("list.separator").join(places)))
    if compared.not_looked_for:
        st.caption(
            t(
                "imports.differences_not_looked_for",
                households=numbers.count(compared.not_looked_for),
                percent=load_matters().listed_from_percent,
            )
        )


def counts_table(counts: pd.DataFrame, *, place: Callable[[str], str]) -> pd.DataFrame:
    """One row per matter: who corrects it, all together, and each township.

    Args:
        counts: columns matter, township_code, rows.
        place: the name of a township.
    """
    order = list(load_matters().matters)
    counts = counts[counts["matter"].isin(order)].sort_values("matter", key=lambda keys: keys.map(order.index))
    matters = load_matters().matters
    wide = counts.pivot_table(index="matter", columns="township_code", values="rows", sort=False, fill_value=0)
    wide = wide.sort_index(axis="columns").astype(int)
    headings = _headings()
    about = pd.DataFrame(
        {
            headings["matter"][language()]: [matters[key].label[language()] for key in wide.index],
            headings["corrector"][language()]: [
                code_label(codes="corrector", code=matters[key].corrector, language=language()) for key in wide.index
            ],
            t("imports.differences_all"): wide.sum(axis="columns").to_numpy(),
        },
        index=wide.index,
    )
    return about.join(wide.rename(columns=place))


def _list(found: Differences, *, report: Report) -> None:
    counts, key = found.counts, report.sha256[:8]
    matters, everything = load_matters().matters, t("imports.differences_every")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        matter = st.selectbox(
            _headings()["matter"][language()],
            [None, *counts["matter"].unique()],
            format_func=lambda name: everything if name is None else matters[name].label[language()],
            key=f"imports_differences_matter_{key}",
            width=260,
        )
        township = st.selectbox(
            _headings()["township"][language()],
            [None, *sorted(counts["township_code"].unique())],
            format_func=lambda code: everything if code is None else _place(found, code),
            key=f"imports_differences_township_{key}",
            width=220,
        )
        rows = found.listed(matter=matter, township=township)
        chosen = [matters[matter].label[language()]] if matter else []
        chosen += [_place(found, township)] if township else []
        _offer(rows, found=found, restricted=t("list.separator").join(chosen), report=report)
    shown = found.in_words(rows.head(_SHOWN), language=language())
    headings = {name: st.column_config.TextColumn(title[language()]) for name, title in _headings().items()}
    values = {
        name: st.column_config.TextColumn(_headings()[name][language()], width=_VALUE) for name in ("there", "here")
    }
    sheet.show(shown, hide_index=True, height=_height(len(shown)), column_config=headings | values)
    if len(rows) > _SHOWN:
        st.caption(t("imports.differences_cut", shown=numbers.count(_SHOWN), rows=numbers.count(len(rows))))


def _offer(rows: pd.DataFrame, *, found: Differences, restricted: str, report: Report) -> None:
    if rows.empty or view_state.problem() is not None:
        return
    view, title = view_state.current(), t("imports.differences_file")

    def source() -> download.FileSource:
        return download.of_rows(
            found.in_words(rows, language=language()),
            name=(view.name(view.county), title, report.as_of.isoformat()),
            columns=tuple(FileColumn(key=name, title=words[language()]) for name, words in _headings().items()),
            about=list_file.about_file(
                view,
                scope=scope(),
                title=title,
                definition=t("imports.differences_definition", name=report.name, day=report.as_of.isoformat()),
                restricted=restricted,
            ),
        )

    download.offer(source, key=f"differences_{report.sha256[:8]}")


def _place(found: Differences, code: str) -> str:
    return found.place(code, language=language()) or t("imports.differences_nowhere")


def _headings() -> dict[str, Words]:
    return load_matters().columns


def _height(rows: int) -> int | Literal["content"]:
    return "content" if rows <= _ROWS_SHOWN else _TALL
