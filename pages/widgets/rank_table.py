"""排名: townships and departments, how their score is composed, what cost them points, and how they moved since last
month."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from charts.dots import dots
from charts.layout import CONFIG
from data_access.dispatch.ranking import Criterion, Kind, Scheme, refusal
from data_access.facts.metrics import load_metrics
from data_access.files.export import FileColumn
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import card_link, departments, download, list_file, list_link, numbers, sheet
from pages.widgets import ranks as standing

Standing = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]

_PARTS = ("value", "count", "base", "points")
"""What a column of its own says of each item."""


def show(view: View) -> None:
    """The scheme, the two tables, and what is not ranked and why."""
    scheme_note(view)
    st.markdown(t("dispatch.townships_title"))
    townships(view)
    left = [view.name(code) for code in view.children(view.county) if code not in view.regions.ranked]
    if left:
        st.caption(t("dispatch.not_rural", places=t("list.separator").join(left)))
    st.markdown(t("dispatch.departments_title"))
    _table(view, kind="departments", of=standing.departments, names=departments.names())
    _refused()


def scheme_note(view: View) -> None:
    """From when the scheme holds, and that it is a placeholder if it is."""
    st.caption(standing.scheme_words(view))


def townships(view: View) -> None:
    """The rural townships in order of rank."""
    _table(view, kind="townships", of=standing.townships, names=view.names)


def _table(view: View, *, kind: Kind, of: Standing, names: Mapping[str, str]) -> None:
    figures, ranks = of(view, month=view.month)
    scheme = standing.scheme(kind, view)
    placed = ranks[ranks["rank"].notna()]
    if placed.empty:
        st.info(t("dispatch.nothing_to_rank"))
        return
    before = standing.month_before(view)
    earlier = of(view, month=before)[1].set_index("unit")["rank"] if before else pd.Series(dtype="Int64")
    st.markdown(_reading(placed, names=names, view=view))
    _dots(figures, scheme=scheme, units=list(placed["unit"]), names=names, key=kind)
    shown = _in_columns(placed, figures=figures, scheme=scheme, earlier=earlier, names=names)
    links = _links(placed, scheme=scheme, kind=kind, view=view)
    columns: dict[str, Any] = {"name": t("dispatch.unit"), "rank": t("dispatch.rank")}
    columns["change"] = st.column_config.NumberColumn(t("dispatch.change"), format="%+d")
    if kind == "townships":
        columns["card"] = st.column_config.LinkColumn(t("card.name"), display_text=t("card.see"))
        links["card"] = [card_link.address(view, township=unit) for unit in placed["unit"]]
    columns["score"] = st.column_config.NumberColumn(t("dispatch.score"), format="%.1f")
    for item in scheme.items:
        columns |= _item_columns(item)
    sheet.show(
        pd.concat([shown, links], axis=1)[list(columns)],
        hide_index=True,
        column_config=columns,
        height="content",
        placeholder=t("value.none"),
    )
    apart = ranks[ranks["rank"].isna()]
    if len(apart):
        units = (f"{names.get(row['unit'], row['unit'])} {row['judged']:.0f}%" for row in apart.to_dict("records"))
        st.caption(t("dispatch.apart", share=scheme.judged_share, units=t("list.separator").join(units)))
    source = partial(_source, shown, scheme=scheme, kind=kind, view=view)
    download.offer(source, key=f"ranking_{kind}", action="export_figures")


def _dots(figures: pd.DataFrame, *, scheme: Scheme, units: list[str], names: Mapping[str, str], key: str) -> None:
    """Every unit on every item, between the floor and the full mark."""
    known = {item.key: item for item in scheme.items}
    own = figures[figures["unit"].isin(units) & figures["item"].isin(known) & figures["value"].notna()]
    rows = pd.DataFrame(
        {
            "item": standing.item_label(row["item"]),
            "unit": names.get(row["unit"], row["unit"]),
            "share": 100 * known[row["item"]].points(pd.Series([row["value"]])).item() / known[row["item"]].weight,
            "text": numbers.share(row["value"]),
        }
        for row in sorted(own.to_dict("records"), key=lambda row: list(known).index(row["item"]))
    )
    marks = pd.DataFrame(
        {
            "item": standing.item_label(item.key),
            "share": 100 * item.points(pd.Series([float(item.target)])).item() / item.weight,
        }
        for item in scheme.items
        if item.key in set(own["item"])
    )
    low, high, mark = t("dispatch.dots_floor"), t("dispatch.dots_full"), t("dispatch.dots_target")
    reading = t("dispatch.dots_alt", items=t("list.separator").join(marks["item"]), units=len(units))
    st.plotly_chart(
        dots(rows, marks=marks, low=low, high=high, mark=mark), config=CONFIG, key=f"dots_{key}", alt=reading
    )
    st.caption(t("dispatch.dots_note"))


def _in_columns(
    ranks: pd.DataFrame, *, figures: pd.DataFrame, scheme: Scheme, earlier: pd.Series, names: Mapping[str, str]
) -> pd.DataFrame:
    """Rank, name, score and change; for each item its value (%), numerator, denominator and points, each in a column of
    its own: `<item>:<part>`, empty where the unit is not judged by it."""
    found = {(row["unit"], row["item"]): row for row in figures.to_dict("records")}
    rows = []
    for row in ranks.to_dict("records"):
        unit = row["unit"]
        told = {"rank": row["rank"], "name": names.get(unit, unit), "score": row["score"]}
        told["change"] = _change(row["rank"], earlier.get(unit))
        for item in scheme.items:
            judged = pd.notna(row[item.key])
            own = {**found.get((unit, item.key), {}), "points": row[item.key]}
            told |= {f"{item.key}:{part}": own.get(part) if judged else None for part in _PARTS}
        rows.append(told)
    counts = {f"{item.key}:{part}": "Int64" for item in scheme.items for part in ("count", "base")}
    return pd.DataFrame(rows).astype({"rank": "Int64", "change": "Int64", **counts})


def _links(ranks: pd.DataFrame, *, scheme: Scheme, kind: Kind, view: View) -> pd.DataFrame:
    """For each item the link to the list of what cost points, with the lost points after `#`; empty if none are."""

    def of(item: Criterion) -> list[str | None]:
        told = zip(ranks["unit"], ranks[item.key], strict=True)
        return [_link(item, unit=unit, points=points, kind=kind, view=view) for unit, points in told]

    return pd.DataFrame({f"{item.key}:lost": of(item) for item in scheme.items})


def _link(item: Criterion, *, unit: str, points: float, kind: Kind, view: View) -> str | None:
    lost = item.weight - points
    if not round(lost, 1) > 0:  # nor where it is not judged
        return None
    where: dict[str, Any] = {"place": unit} if kind == "townships" else {"only": departments.only(unit)}
    # The number leads, so that a click on the heading sorts by it.
    asked = urlencode({"lost": f"{lost:05.1f}", **list_link.parameters(item.lost, view=view, **where)})
    return f"worklist?{asked}#-{lost:.1f}"


def _item_columns(item: Criterion) -> dict[str, Any]:
    label = standing.item_label(item.key)
    metric = load_metrics().get(item.key)
    if metric is not None and not view_state.collects(metric):
        label = f"{label} {t('figure.not_collected')}"
    return {
        f"{item.key}:value": st.column_config.NumberColumn(label, format="%.1f%%", help=_help(item)),
        f"{item.key}:count": t("dispatch.part_count"),
        f"{item.key}:base": t("dispatch.part_base"),
        f"{item.key}:points": st.column_config.NumberColumn(
            t("dispatch.part_points", weight=item.weight), format="%.1f"
        ),
        f"{item.key}:lost": st.column_config.LinkColumn(t("dispatch.part_lost"), display_text=r"#(.+)$"),
    }


def _help(item: Criterion) -> str:
    return t("dispatch.marks", weight=item.weight, full=item.full, target=item.target, floor=item.floor)


def _change(rank: Any, before: Any) -> int | None:
    """Places won since the month before."""
    return None if pd.isna(rank) or before is None or pd.isna(before) else int(before) - int(rank)


def _reading(ranks: pd.DataFrame, *, names: Mapping[str, str], view: View) -> str:
    first, last = ranks[ranks["rank"] == ranks["rank"].min()], ranks[ranks["rank"] == ranks["rank"].max()]
    return t(
        "dispatch.reading",
        month=view.month_name(),
        units=len(ranks),
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


def _source(shown: pd.DataFrame, *, scheme: Scheme, kind: Kind, view: View) -> download.FileSource:
    """The table as a file; what stands in one column of the screen under a shared heading names its item here."""
    title = t(f"dispatch.file_{kind}")
    titles = {"rank": t("dispatch.rank"), "name": t("dispatch.unit")}
    titles |= {"score": t("dispatch.score"), "change": t("dispatch.change")}
    kinds = {"rank": "number", "score": "decimal"}
    for item in scheme.items:
        label = standing.item_label(item.key)
        titles |= {
            f"{item.key}:value": t("dispatch.file_value", item=label),
            f"{item.key}:count": t("dispatch.file_count", item=label),
            f"{item.key}:base": t("dispatch.file_base", item=label),
            f"{item.key}:points": t("dispatch.file_points", item=label, weight=item.weight),
        }
        kinds |= {f"{item.key}:{part}": "number" if part in ("count", "base") else "decimal" for part in _PARTS}
    return download.of_rows(
        shown,
        name=(view.name(view.county), title, view.on.isoformat()),
        columns=tuple(FileColumn(key=name, title=titles[name], kind=kinds.get(name, "text")) for name in shown.columns),
        about=list_file.about_file(
            view,
            scope=view_state.scope(),
            title=title,
            definition=f"{t('dispatch.method')} {standing.scheme_words(view)}",
            restricted="",
        ),
    )
