"""The tiles of the projects page: one row about projects, one about assets."""

from data_access.facts.metrics import load_metrics
from data_access.schema.limits import is_placeholder, limit
from pages.board.projects.figures import Figures
from pages.shell.texts import t
from pages.widgets import tile

_LIMIT = "project_within_months"


def projects(figures: Figures) -> None:
    """How many projects, their budget, how much of it is spent, and how many are overdue."""
    with tile.row("projects"):
        _tile("projects_total", figures, second=t("projects.tile_finished", finished=figures.text("projects_finished")))
        _tile("project_budget", figures, second=t("projects.tile_budget"))
        share = figures.text("project_spending_share")
        _tile("project_spent", figures, second=t("projects.tile_spent", share=share))
        months = limit(_LIMIT, on=figures.cut_off)
        badge = f" :orange-badge[{t('badge.placeholder')}]" if is_placeholder(_LIMIT, on=figures.cut_off) else ""
        _tile("projects_overdue", figures, second=t("projects.tile_overdue", months=months), badge=badge)


def assets(figures: Figures) -> None:
    """How many assets, their value, what they earn, and how much of that was distributed."""
    with tile.row("assets"):
        _tile("asset_cards", figures, second=t("projects.tile_cards"))
        _tile("asset_value", figures, second=t("projects.tile_value"))
        _tile("asset_income", figures, second=t("projects.tile_income", share=figures.text("asset_yield")))
        share = figures.text("asset_distributed_share")
        _tile("asset_distributed", figures, second=t("projects.tile_distributed", share=share))


def _tile(key: str, figures: Figures, *, second: str, badge: str = "") -> None:
    value = figures.value(key)
    tile.show(load_metrics()[key], value=value, second=second, badge=badge, view=figures.view)
