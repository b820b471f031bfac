"""The charts of the projects page, each with one computed sentence."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.palette import ASSET_OWNERS, MUTED, STATES
from charts.series import Series
from data_access.facts.metrics import load_metrics
from data_access.schema.indicators import load_codes
from pages.board.projects.figures import UNKNOWN, Figures, in_wan, word
from pages.shell.texts import language, t
from pages.widgets import chart, list_link, numbers
from pages.widgets.part import part

_FRAME, _BAR, _LEGEND = 70, 38, 40
"""Pixels around the bars of a chart, per bar, and of a legend that may take two lines."""

_CODES = {"fund": "fund", "kind": "project_kind"}


@part
def money(figures: Figures, *, by: str) -> None:
    """Budgets by fund or by kind, split into spent and unspent; in 10,000 yuan.

    Only projects that report both are counted: an unknown amount is neither spent nor unspent.
    """
    budget, spent = figures.by("project_budget_reported", by), figures.by("project_spent_reported", by)
    if budget.empty:
        return
    rows = pd.DataFrame({"budget": budget, "spent": spent}).fillna(0).sort_values("budget", ascending=False)
    drawn = pd.DataFrame({"spent": in_wan(rows["spent"]), "rest": in_wan(rows["budget"] - rows["spent"])})
    drawn["label"] = [word(code, codes=_CODES[by]) for code in rows.index]
    series = [
        Series("spent", t("projects.spent"), STATES["open"]),
        Series("rest", t("projects.unspent"), MUTED, pattern="/"),
    ]
    figure = bars(drawn, series=series, height=_FRAME + _BAR * len(drawn), unit=t("projects.wan_yuan"))
    share = 100 * rows["spent"] / rows["budget"].where(rows["budget"] > 0)
    reading = t(
        f"projects.reading_{by}",
        first=drawn["label"].iloc[0],
        budget=numbers.yuan(rows["budget"].iloc[0]),
        part=numbers.share(100 * rows["budget"].iloc[0] / rows["budget"].sum()),
        low=numbers.share(_known(share.min())),
        high=numbers.share(_known(share.max())),
    )
    both = ("project_spent_reported", "project_budget_reported")
    lists = list_link.of_bars(*both, view=figures.view, column=by, codes=_recorded(rows.index, codes=_CODES[by]))
    chart.show(figure, reading=reading, key=f"projects_by_{by}", lists=lists, longest_first=True)


@part
def progress(figures: Figures) -> None:
    """Projects by how far along they are, and those overdue."""
    counted = figures.by("projects_total", "progress_band")
    if counted.empty:
        st.markdown(t("projects.none"))
        return
    codes = _in_order(counted.index, codes="progress_band")
    rows = pd.DataFrame({"projects": counted.reindex(codes)})
    rows["label"] = [word(code, codes="progress_band") for code in codes]
    series = [Series("projects", load_metrics()["projects_total"].label[language()], STATES["open"])]
    figure = bars(rows, series=series, height=_FRAME + _BAR * len(rows))
    total, finished, overdue = counted.sum(), figures.value("projects_finished"), figures.value("projects_overdue")
    reading = t(
        "projects.reading_progress",
        running=numbers.count(None if finished is None else total - finished),
        finished=numbers.count(finished),
        overdue=numbers.count(overdue),
    )
    own = _recorded(codes, codes="progress_band")
    lists = list_link.of_bars("projects_total", view=figures.view, column="progress_band", codes=own)
    chart.show(figure, reading=reading, key="projects_by_progress", lists=lists)
    _links(figures, "projects_total", counted, column="progress_band", codes="progress_band")


@part
def assets(figures: Figures) -> None:
    """The value of assets by class, split by owner; in 10,000 yuan."""
    value = figures.by("asset_value", "asset_class", "owner")
    if value.empty:
        st.markdown(t("projects.no_assets"))
        return
    classes = _in_order(value.index.unique("asset_class"), codes="asset_class")
    owners = _in_order(value.index.unique("owner"), codes="asset_owner")
    rows = in_wan(value).unstack("owner").reindex(index=classes, columns=owners)
    rows["label"] = [word(code, codes="asset_class") for code in classes]
    figure = bars(
        rows,
        series=[_of_owner(owner) for owner in owners],
        height=_FRAME + _LEGEND + _BAR * len(rows),
        unit=t("projects.wan_yuan"),
    )
    known = [owner for owner in owners if owner in load_codes()["asset_owner"]]  # one not recorded comes last
    by_owner = [("asset_value", {"owner": owner}) for owner in known]
    own = _recorded(classes, codes="asset_class")
    lists = list_link.of_bars(*by_owner, view=figures.view, column="asset_class", codes=own)
    chart.show(figure, reading=_asset_reading(figures, value), key="assets_by_class", lists=lists)
    cards = figures.by("asset_cards", "asset_class")
    _links(figures, "asset_cards", cards, column="asset_class", codes="asset_class")


def _of_owner(owner: str) -> Series:
    colour, pattern = ASSET_OWNERS.get(owner, (MUTED, "."))
    return Series(owner, t("projects.owned_by", owner=word(owner, codes="asset_owner")), colour, pattern=pattern)


def _asset_reading(figures: Figures, value: pd.Series) -> str:
    total = value.sum()
    operating = value[value.index.get_level_values("asset_class") == "operating"].sum()
    return t(
        "projects.reading_assets",
        value=numbers.yuan(total),
        operating=numbers.share(100 * operating / total if total else None),
        income=figures.text("asset_income"),
        distributed=figures.text("asset_distributed_share"),
    )


def _links(figures: Figures, key: str, counted: pd.Series, *, column: str, codes: str) -> None:
    """A link to the list for each recorded code."""
    with st.container(horizontal=True, gap="medium"):
        for code in _in_order(counted.index, codes=codes):
            text = t("projects.link", name=word(code, codes=codes), number=numbers.count(counted[code]))
            if code in load_codes()[codes]:
                list_link.show(key, view=figures.view, text=text, only={column: code})
            else:
                st.markdown(text, width="content")


def _in_order(found: Iterable[str], *, codes: str) -> list[str]:
    """The codes that occur, in the order of their code list; what is not recorded comes last."""
    return [code for code in dict.fromkeys([*load_codes()[codes], UNKNOWN]) if code in set(found)]


def _recorded(found: Iterable[str], *, codes: str) -> list[str | None]:
    """None for what is not recorded: there is no list of it."""
    return [code if code in load_codes()[codes] else None for code in found]


def _known(share: float) -> float | None:
    """None for a share of nothing, which pandas represents as NaN."""
    return share if share == share else None
