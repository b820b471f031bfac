"""数据质量: what is missing, how far the collection has progressed, what cannot be right, what stands out; and what
that means for the lamps."""

from pages.data.quality import collection, completeness, effect, near, outliers, trend, validation
from pages.shell import view_state
from pages.shell.texts import t
from pages.widgets import link_choice

PARTS = {
    "completeness": completeness.show,
    "collection": collection.show,
    "audit": validation.show,
    "trend": trend.show,
    "outliers": outliers.show,
    "near": near.show,
    "effect": effect.show,
}

part = link_choice.choose("part", {name: t(f"quality.part_{name}") for name in PARTS}, label=t("quality.part"))
PARTS[part](view_state.current())
