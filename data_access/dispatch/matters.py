"""本期需调度: what waits for the monthly meeting, declared once for everything that counts it."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator

from data_access.declarations import Declared, Keyed, one_of, read_declared
from data_access.facts.metrics import Metric, load_metrics
from data_access.schema.limits import load_limits

_FILE = Path(__file__).with_name("matters.yaml")


def _metric(key: str) -> str:
    return one_of(key, load_metrics())


def _limit(key: str | None) -> str | None:
    return key if key is None else one_of(key, load_limits())


class DispatchMatter(Declared):
    """One matter; its key is that of its metric, whose list it opens."""

    key: Annotated[str, AfterValidator(_metric)]
    acts: Literal["township", "department"]
    left_out: Literal["conclusions"] | None = None
    """What takes a household off its list, besides what the data say."""
    due: Annotated[str | None, AfterValidator(_limit)] = None
    """The limit by which it was to be done."""

    @property
    def metric(self) -> Metric:
        """What it counts."""
        return load_metrics()[self.key]


@cache
def load_dispatch_matters(file: Path = _FILE) -> dict[str, DispatchMatter]:
    """The matters by the key of their metric, in order. Raises DeclarationError."""
    return read_declared(file, Keyed[DispatchMatter])


def left_out(metric: str, *, concluded: pd.DataFrame) -> tuple[str, ...]:
    """The households that are taken off the list of a metric.

    Args:
        concluded: the conclusions that hold on the day, one row per household.
    """
    matter = load_dispatch_matters().get(metric)
    if matter is None or matter.left_out != "conclusions":
        return ()
    return tuple(sorted(concluded["household_id"]))
