"""The district's standing items of work (十五件), as far as their names are known, and the metrics of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_access.facts.metrics import Metric, load_metrics
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("standing_items.yaml")


@dataclass(frozen=True)
class Item:
    """One standing item of work."""

    key: str
    label: Mapping[str, str]
    metrics: tuple[Metric, ...]
    """Empty where this system holds no data of the item."""


@dataclass(frozen=True)
class Items:
    """The items whose names are known, in the order of `items.yaml`."""

    known: tuple[Item, ...]
    count: int
    """How many items there are, those whose names are not known included."""
    source: Mapping[str, str]
    """Where the names and their number are from: language -> text."""


@cache
def load_items() -> Items:
    """The items with their metrics, these in the order of `metrics.yaml`.

    Raises ValueError where a metric names an item that is not declared.
    """
    entries = read_yaml(_FILE)
    metrics = load_metrics().values()
    unknown = {metric.key: metric.item for metric in metrics if metric.item not in (None, *entries["items"])}
    if unknown:
        raise ValueError(f"metrics.yaml: these metrics name items that items.yaml does not declare: {unknown}")
    known = tuple(
        Item(key=key, label=label, metrics=tuple(metric for metric in metrics if metric.item == key))
        for key, label in entries["items"].items()
    )
    return Items(known=known, count=entries["count"], source=entries["source"])
