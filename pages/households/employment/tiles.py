"""The tiles of the employment page: every figure with its denominator, and the link to its list."""

from data_access import door
from data_access.employment.workplaces import read_targets
from data_access.facts.metrics import MetricTable, load_metrics
from pages.households.employment import words
from pages.shell import view_state
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import numbers, tile

TARGET = "migrant_workers"
"""The name for workers off the farm in the table of targets."""


def show(table: MetricTable, view: View) -> None:
    """Six tiles for the chosen place and month."""
    second = {
        "off_farm_workers": _change("off_farm_workers", table, view),
        "share_of_last_year": _of_last_year(table, view),
        "in_work_share": _base(table, view),
        "zero_employment_households": _change("zero_employment_households", table, view),
        "public_post_workers": _change("public_post_workers", table, view),
        "factories": _change("factories", table, view),
    }
    with tile.row("employment"):
        for key, text in second.items():
            metric = load_metrics()[key]
            value = table.value(key, place=view.place, month=view.month)
            badge = f" :orange-badge[{t('metric.to_confirm')}]" if metric.to_confirm else ""
            tile.show(metric, value=value, second=text, view=view, badge=badge)


def targets(view: View) -> dict[str, int]:
    """The targets of the year: region code -> persons; places without one are left out."""
    rows = door.read(read_targets, scope=view_state.scope(), metric=TARGET, year=int(view.month[:4]))
    known = rows.dropna(subset="target")
    return dict(zip(known["region_code"], known["target"].astype(int), strict=True))


def _change(key: str, table: MetricTable, view: View) -> str:
    change = table.change(key, place=view.place, month=view.month)
    return t("employment.no_month_before") if change is None else t("employment.change", change=numbers.change(change))


def _of_last_year(table: MetricTable, view: View) -> str:
    key = "share_of_last_year"
    if not table.collects(key) or not table.reaches(key, month=view.month):
        return ""
    so_far = table.count(key, place=view.place, month=view.month)
    known = table.reaches_base(key, month=view.month)
    before = table.base(key, place=view.place, month=view.month) if known else None
    shares = t("employment.of_last_year", so_far=words.persons(so_far), before=words.persons(before))
    goal = targets(view).get(view.place)
    if not goal:
        return t("employment.without_target", shares=shares)
    return t("employment.with_target", shares=shares, share=words.share(so_far, goal), target=words.persons(goal))


def _base(table: MetricTable, view: View) -> str:
    if not table.collects("in_work_share"):
        return ""
    households = table.base("in_work_share", place=view.place, month=view.month)
    return t("employment.base", households=words.households(households))
