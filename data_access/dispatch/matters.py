"""本期需调度: what waits for the monthly meeting, declared once for everything that counts it."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator

from data_access.declarations import Declared, Keyed, Words, one_of, read_declared
from data_access.facts.metrics import Metric, load_metrics
from data_access.lists.lists import Without, listing_of
from data_access.reports.kinds import load_report_kinds
from data_access.schema.limits import load_limits

_FILE = Path(__file__).with_name("matters.yaml")


def _metric(key: str) -> str:
    return one_of(key, load_metrics())


def _limit(key: str) -> str:
    return one_of(key, load_limits())


class Due(Declared):
    """By when a matter was to be done."""

    limit: Annotated[str, AfterValidator(_limit)]
    words: Words
    """How a paper says it; `{limit}` stands for its number."""


class DispatchMatter(Declared):
    """One matter; its key is that of its metric, whose list it opens."""

    key: Annotated[str, AfterValidator(_metric)]
    acts: Literal["township", "department"]
    left_out: Literal["conclusions"] | None = None
    """What takes a household off its list, besides what the data say."""
    due: Due | None = None

    @property
    def metric(self) -> Metric:
        """What it counts."""
        return load_metrics()[self.key]


@cache
def load_dispatch_matters(file: Path = _FILE) -> dict[str, DispatchMatter]:
    """The matters by the key of their metric, in order. Raises DeclarationError."""
    return read_declared(file, Keyed[DispatchMatter])


def left_out(metric: str, *, concluded: pd.DataFrame, reported: pd.DataFrame | None = None) -> Without:
    """What is taken off the list of a metric besides what the data say: households by conclusions, and by reports that
    are not in the data yet; of a list of things the things that were reported, of one of steps the step that was taken.

    Args:
        concluded: the conclusions that hold on the day, one row per household.
        reported: the reports that wait, as `posting.waiting.not_in_data` returns them, as far as they count on the day.
    """
    matter = load_dispatch_matters().get(metric)
    homes = set[str]() if matter is None or matter.left_out != "conclusions" else set(concluded["household_id"])
    if reported is None or reported.empty:
        return tuple(sorted(homes))
    kinds, is_of_things = load_report_kinds(), bool(listing_of(metric).thing)
    off = set[tuple[str, ...]]()
    for one in reported.to_dict("records"):
        part = kinds[one["kind"]].takes(metric, said=one["content"])
        if part:
            column, _, code = part.partition("=")
            off.add((one["household_id"], column, code))
        elif part is not None and is_of_things:
            off.add((one["household_id"], one["thing"]))
        elif part is not None:
            homes.add(one["household_id"])
    return (*sorted(homes), *sorted(off))


@cache
def taken_off() -> tuple[str, ...]:
    """The metrics that reports take something off while they wait, besides the matters of the meeting."""
    named = dict.fromkeys(one.partition(".")[0] for kind in load_report_kinds().values() for one in kind.takes_off)
    return tuple(key for key in named if key not in load_dispatch_matters())
