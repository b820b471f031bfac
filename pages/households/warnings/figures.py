"""The numbers of lamps, where they disagree with the official status, and what they cannot tell."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access import door
from data_access.declarations import Words
from data_access.facts.metrics import Metric, MetricTable, load_metrics
from data_access.lists import lists
from data_access.schema.indicators import code_label
from pages.shell import kept, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import change_since, list_link, numbers, sheet, tile
from pages.widgets.part import part

LAMPS = ("red_households", "yellow_households", "undetermined_households")
STANDING = ("red_not_included", "red_unchecked", "doubtful_eliminations")
"""The standing lists: where score and official status disagree."""


def list_names(metrics: tuple[str, ...]) -> dict[str, str]:
    """The names of the lists behind some metrics."""
    return {metric: load_metrics()[metric].label[language()] for metric in metrics}


@kept.part
def tiles(table: MetricTable, view: View) -> None:
    """Lamps, and the standing lists where score and official status disagree."""
    with tile.row("warnings"):
        for key in LAMPS:
            _tile(key, table=table, view=view)
        for key, value in standing(table, view).items():
            metric = load_metrics()[key]
            tile.show(metric, value=value, second=t(f"warnings.{key}"), view=view)


def standing(table: MetricTable, view: View) -> dict[str, float | None]:
    """Households in each of the standing lists, by its metric; None if not collected."""
    return {
        "red_not_included": table.value("red_not_included", place=view.place, month=view.month),
        "red_unchecked": table.value("red_unchecked", place=view.place, month=view.month),
        "doubtful_eliminations": _amount("doubtful_eliminations", view),
    }


@kept.part
@part
def undetermined(table: MetricTable, view: View) -> None:
    """How many cannot be judged because data is missing or old, and the range this leaves for the red count."""
    red = table.count("red_households", place=view.place, month=view.month)
    values = {
        "undetermined": table.count("undetermined_households", place=view.place, month=view.month),
        "low": red,
        "high": _amount("may_be_red", view),
        "old": _amount("old_indicators", view),
    }
    badge = f":orange-badge[{t('badge.placeholder')}]"
    texts = {name: numbers.count(value) for name, value in values.items()}
    st.markdown(f"{t('warnings.range', **texts)} {badge}")


@part
def changes(rows: pd.DataFrame, view: View) -> None:
    """Which lamps changed since the previous month, and why; `rows`: before, lamp, why, amount."""
    if not view_state.metric_table().compares(
        LAMPS[0], earlier=view.on.replace(day=1) - timedelta(days=1), later=view.on
    ):
        st.markdown(t("since.no_history"))
        return
    total = int(rows["amount"].sum())
    if total == 0:
        st.markdown(t("warnings.no_changes"))
        return
    by_why = rows.groupby("why")["amount"].sum()
    worse = rows[(rows["lamp"] == "red") & (rows["why"] != "arrived")]["amount"].sum()
    better = rows[(rows["before"] == "red") & (rows["lamp"] != "red")]["amount"].sum()
    said = {why: numbers.count(by_why.get(why, 0)) for why in ("data", "rule", "both", "arrived")}
    st.markdown(
        t(
            "warnings.changes_reading",
            total=numbers.count(total),
            worse=numbers.count(worse),
            better=numbers.count(better),
            **said,
        )
    )
    table = pd.DataFrame(
        {
            "before": [_lamp(code) for code in rows["before"]],
            "lamp": [_lamp(code) for code in rows["lamp"]],
            "why": [code_label(codes="lamp_change", code=code, language=language()) for code in rows["why"]],
            "amount": rows["amount"],
        }
    ).sort_values("amount", ascending=False, kind="stable")
    columns = {name: t(f"list.{name}") for name in ("before", "lamp", "why")} | {"amount": t("warnings.households")}
    sheet.show(table, hide_index=True, column_config=columns, height="content", width=900)
    list_link.show("lamp_changes", view=view, text=t("warnings.open_changes", rows=numbers.count(total)))


def _tile(key: str, *, table: MetricTable, view: View) -> None:
    metric = load_metrics()[key]
    value = table.value(key, place=view.place, month=view.month)
    base = table.count("households", place=view.place, month=view.month)
    second = t(
        "warnings.tile",
        share=numbers.share(100 * value / base if value is not None and base else None),
        change=change_since.text(table, key, view),
    )
    tile.show(_with_shape(metric, key), value=value, second=second, view=view)


def _with_shape(metric: Metric, key: str) -> Metric:
    """The metric labelled with its lamp's shape and word."""
    shape = LAMP_SHAPES[key.removesuffix("_households")]
    label = Words(zh=f"{shape} {metric.label.zh}", en=f"{shape} {metric.label.en}")
    return metric.model_copy(update={"label": label})


def _lamp(code: object) -> str:
    if not isinstance(code, str):
        return t("value.none")
    return f"{LAMP_SHAPES[code]} {code_label(codes='lamp', code=code, language=language())}"


def _amount(metric: str, view: View) -> int | None:
    if not view_state.collects(load_metrics()[metric]):
        return None
    return door.read(
        lists.count_list,
        scope=view_state.scope().narrowed(view.place),
        request=lists.ListRequest(metric, view.on),
    ).amount
