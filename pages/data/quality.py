"""数据质量: what is missing, how far the collection has come, what cannot be right, what stands out; what that means
for the lamps."""

from pages.components import switch, view
from pages.components.quality import audit, collection, completeness, effect, outliers, trend
from pages.components.texts import t

PARTS = {
    "completeness": completeness.show,
    "collection": collection.show,
    "audit": audit.show,
    "trend": trend.show,
    "outliers": outliers.show,
    "effect": effect.show,
}

part = switch.choose("part", {name: t(f"quality.part_{name}") for name in PARTS}, label=t("quality.part"))
PARTS[part](view.current())
