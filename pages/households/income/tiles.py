"""The tiles of the income page: income per head, who is below the line, whose income fell, wages, and whose income is
unknown."""

import pandas as pd

from pages.households.income.year import IncomeYear
from pages.shell.texts import t
from pages.widgets import numbers, tile
from pages.widgets.part import part


def show(shown: IncomeYear, here: pd.DataFrame) -> None:
    """Five tiles in a row; `here`: the row of the chosen place as returned by `read_incomes`."""
    with tile.row("income"):
        _per_head(shown, here)
        _below(shown)
        _fell(shown)
        _wages(shown)
        _known(shown)


def change_text(row: pd.Series) -> str:
    """How income per head changed from the year before, for the households known in both; with its sign."""
    change = change_of(row)
    if change is None:
        return t("value.none")
    return ("+" if change > 0 else "−" if change < 0 else "") + numbers.share(abs(change))


def change_of(row: pd.Series) -> float | None:
    """The same in per cent; None where there is nothing to compare."""
    if row["last_net"] <= 0 or row["now_persons"] == 0:
        return None
    return 100 * float(row["now_net"] * row["last_persons"] / (row["last_net"] * row["now_persons"]) - 1)


@part
def _per_head(shown: IncomeYear, here: pd.DataFrame) -> None:
    row = here.iloc[0]
    tile.show(
        shown.metric("net_income_per_head"),
        value=shown.value("net_income_per_head"),
        second=t("income.tile_per_head", median=numbers.yuan(row["median"]), change=change_text(row)),
        view=shown.view,
    )


@part
def _below(shown: IncomeYear) -> None:
    second, badge = t("income.tile_not_compared"), ""
    if shown.compares:
        share = numbers.share(shown.value("below_line_share"))
        lines = t("list.separator").join(numbers.yuan(line) for line in shown.lines.values())
        badge = f" :orange-badge[{t('badge.placeholder')}]" if shown.has_placeholder else ""
        second = t("income.tile_below", share=share, line=lines)
    tile.show(
        shown.metric("below_line_households"),
        value=shown.count("below_line_households") if shown.compares else None,
        persons=shown.count("below_line_persons") if shown.compares else None,
        second=second,
        badge=badge,
        view=shown.view,
    )


@part
def _fell(shown: IncomeYear) -> None:
    second = t("income.tile_fell", share=numbers.share(shown.value("income_fell_share")))
    value = shown.count("income_fell_households")
    tile.show(shown.metric("income_fell_households"), value=value, second=second, view=shown.view)


@part
def _wages(shown: IncomeYear) -> None:
    metric = shown.metric("wage_share")
    tile.show(metric, value=shown.value("wage_share"), second=t("income.tile_wages"), view=shown.view)


@part
def _known(shown: IncomeYear) -> None:
    unknown = shown.metric("income_unknown_households")
    known = numbers.in_unit(shown.count("income_known_households"), metric=unknown)
    second = t("income.tile_known", known=known)
    value = shown.count("income_unknown_households")
    tile.show(unknown, value=value, second=second, view=shown.view)
