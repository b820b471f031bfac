"""How a draw was made, in one sentence, beside every rate that comes from it."""

from collections.abc import Mapping
from typing import Any

from data_access.inspection.draw_settings import STATUSES
from pages.shell.texts import t


def sentence(settings: Mapping[str, Any]) -> str:
    """Of a draw with these settings, as it records them."""
    size = settings["size"]
    if not isinstance(size, Mapping):
        return t("draw.how_records", households=size)
    numbers = {f"{kind}s": size[kind] for kind in ("village", "household", "project")}
    shares = dict(settings.get("shares", ()))
    if not shares or size["household"] < len(STATUSES):
        return t("draw.how_plain", **numbers)
    parts = (t("draw.how_share", status=status_word(status), count=count) for status, count in shares.items())
    return t("draw.how_by_status", shares=t("list.separator").join(parts), **numbers)


def status_word(status: str | None) -> str:
    """What a household was when it was drawn; nothing for a unit of which that was not looked at."""
    words = {
        "open": t("draw.status_open"),
        "eliminated": t("draw.status_eliminated"),
        "red_never": t("draw.status_red_never"),
        "lifted_out": t("draw.status_lifted_out"),
        "general": t("draw.status_general"),
    }
    return words.get(status or "", "")
