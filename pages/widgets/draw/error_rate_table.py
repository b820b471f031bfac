"""How often the system was wrong, in words: with its interval, by kind of unit, status, class and township."""

from collections.abc import Iterator

import pandas as pd

from data_access.inspection import findings
from data_access.inspection.draw_settings import STATUSES
from data_access.inspection.estimates import ErrorRate, error_rate
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import numbers
from pages.widgets.draw import how_drawn


def rate_text(rate: ErrorRate) -> str:
    """The weighted share with its interval, and how many were wrong of how many."""
    if rate.estimate is None:
        return t("value.none")
    found = rate.estimate
    share, low, high = (numbers.share(100 * value) for value in (found.share, found.low, found.high))
    return t("value.rate", share=share, low=low, high=high, wrong=rate.wrong, compared=rate.compared)


def homes(found: pd.DataFrame) -> pd.DataFrame:
    """The findings about households in which something was compared with the system."""
    return findings.compared(found[found["kind"] == "household"])


def by_status(compared: pd.DataFrame, *, units: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """What households were when they were drawn, and the rate of these; nothing of draws that did not look at it."""
    status = compared["code"].map(dict(zip(units["code"], units["status"], strict=True)))
    for name in STATUSES:
        own = compared[status == name]
        if not own.empty:
            yield how_drawn.status_word(name), rate_text(error_rate(own, units=units))


def table(found: pd.DataFrame, *, units: pd.DataFrame, view: View) -> pd.DataFrame:
    """One row per kind of unit, status, class and place: townships of the district, villages of a township. Places are
    listed, not ranked.

    Args:
        found: as returned by `findings.read_findings`.
        units: as returned by `draws.read_units`.
    """
    own_homes, below = homes(found), "township_code" if view.place == view.county else "village_code"
    parts = [(t(f"draw.kind_{kind}"), own) for kind, own in findings.compared(found).groupby("kind")]
    rows = [(part, rate_text(error_rate(own, units=units))) for part, own in parts]
    rows += by_status(own_homes, units=units)
    parts = [
        (
            code_label(codes="problem_class", code=code, language=language()),
            own_homes[own_homes["problem_class"] == code],
        )
        for code in load_codes()["problem_class"]
    ]
    parts += [(view.names.get(str(code), str(code)), own) for code, own in own_homes.groupby(below)]
    rows += [(part, rate_text(error_rate(own, units=units))) for part, own in parts]
    return pd.DataFrame(rows, columns=[t("villages.part"), t("villages.error_rate")])
