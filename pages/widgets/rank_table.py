"""排名: townships and departments, how their score is composed, and how they moved since last month."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data_access.dispatch.ranking import load_scheme, refusal
from data_access.facts.metrics import load_metrics
from data_access.files.export import FileColumn
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments, download, list_file, numbers
from pages.widgets import ranks as standing

Standing = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def show(view: View) -> None:
    """The scheme, the two tables, and what is not ranked and why."""
    st.caption(t("dispatch.scheme_placeholder"))
    st.markdown(t("dispatch.townships_title"))
    townships(view)
    left = [view.name(code) for code in view.children(view.county) if code not in view.regions.ranked]
    if left:
        st.caption(t("dispatch.not_rural", places=t("list.separator").join(left)))
    st.markdown(t("dispatch.departments_title"))
    _table(view, kind="departments", of=standing.departments, names=departments.names())
    _refused()


def townships(view: View) -> None:
    """The rural townships in order of rank."""
    _table(view, kind="townships", of=standing.townships, names=view.names)


def _table(view: View, *, kind: str, of: Standing, names: Mapping[str, str]) -> None:
    figures, ranks = of(view, month=view.month)
    if ranks.empty:
        st.info(t("dispatch.nothing_to_rank"))
        return
    before = standing.month_before(view)
    earlier = of(view, month=before)[1].set_index("unit")["rank"] if before else pd.Series(dtype="Int64")
    shown = _in_words(ranks, figures=figures, earlier=earlier, kind=kind, names=names)
    st.markdown(_reading(ranks, names=names, view=view))
    columns: dict[str, Any] = {"name": t("dispatch.unit"), "rank": t("dispatch.rank"), "change": t("dispatch.change")}
    columns["score"] = st.column_config.NumberColumn(t("dispatch.score"), format="%.1f")
    columns |= {item.key: _heading(item.key, item.weight) for item in load_scheme(kind)}
    st.dataframe(shown, hide_index=True, column_config=columns, height="content", placeholder=t("dispatch.too_few"))
    download.offer(_source(shown, columns=columns, kind=kind, view=view), key=f"ranking_{kind}")


def _in_words(
    ranks: pd.DataFrame, *, figures: pd.DataFrame, earlier: pd.Series, kind: str, names: Mapping[str, str]
) -> pd.DataFrame:
    """Rank, score and change; for each item its value, its components and its points."""
    found = {(row["unit"], row["item"]): row for row in figures.to_dict("records")}
    rows = []
    for row in ranks.to_dict("records"):
        unit = row["unit"]
        rows.append(
            {
                "rank": row["rank"],
                "name": names.get(unit, unit),
                "score": row["score"],
                "change": _change(row["rank"], earlier.get(unit)),
                **{item.key: _item(found.get((unit, item.key)), points=row[item.key]) for item in load_scheme(kind)},
            }
        )
    return pd.DataFrame(rows).astype({"rank": "Int64"})


def _item(own: Mapping[Any, Any] | None, *, points: float) -> str | None:
    """A value, its components and its points; None if the unit is not judged by it."""
    if own is None or points != points:
        return None
    return t(
        "dispatch.item",
        value=numbers.share(own["value"]),
        count=own["count"],
        base=own["base"],
        points=f"{points:.1f}",
    )


def _change(rank: Any, before: Any) -> str | None:
    if pd.isna(rank) or before is None or pd.isna(before):
        return None
    moved = int(before) - int(rank)
    if moved == 0:
        return t("dispatch.same")
    return t("dispatch.up", places=moved) if moved > 0 else t("dispatch.down", places=-moved)


def _heading(key: str, weight: int) -> str:
    said = t("dispatch.weighed", label=standing.item_label(key), weight=weight)
    metric = load_metrics().get(key)
    return said if metric is None or view_state.collects(metric) else f"{said} {t('figure.not_collected')}"


def _reading(ranks: pd.DataFrame, *, names: Mapping[str, str], view: View) -> str:
    judged = ranks[ranks["rank"].notna()]
    first, last = judged[judged["rank"] == judged["rank"].min()], judged[judged["rank"] == judged["rank"].max()]
    return t(
        "dispatch.reading",
        month=view.month_name(),
        units=len(judged),
        first=t("list.separator").join(names.get(code, code) for code in first["unit"]),
        last=t("list.separator").join(names.get(code, code) for code in last["unit"]),
    )


def _refused() -> None:
    """What is shown elsewhere but never ranked, with the reason."""
    with st.expander(t("dispatch.refused")):
        rows = [
            (metric.label[language()], t(f"error.{reason}", item=metric.label[language()]))
            for key, metric in load_metrics().items()
            if metric.unit == "%" and (reason := refusal(key)) is not None
        ]
        st.table(pd.DataFrame(rows, columns=[t("dispatch.metric"), t("dispatch.why")]), hide_index=True)


def _source(shown: pd.DataFrame, *, columns: Mapping[str, Any], kind: str, view: View) -> download.FileSource:
    kinds = {"rank": "number", "score": "decimal"}
    title = t(f"dispatch.file_{kind}")
    return download.of_rows(
        shown,
        name=(view.name(view.county), title, view.on.isoformat()),
        columns=tuple(
            FileColumn(
                key=name,
                title=t("dispatch.score") if name == "score" else str(columns[name]),
                kind=kinds.get(name, "text"),
            )
            for name in shown.columns
        ),
        about=list_file.about_file(
            view, scope=view_state.scope(), title=title, definition=t("dispatch.method"), restricted=""
        ),
        action="export_figures",
    )
