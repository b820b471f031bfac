"""The district's standing items of work (十五件), as far as their names are known, and the metrics of each."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from data_access.declarations import DeclarationError, Declared, Words, read_declared, refuse
from data_access.facts.metrics import LedgerMetric, Metric, load_ledger_metrics, load_metrics

_FILE = Path(__file__).with_name("standing_items.yaml")


@dataclass(frozen=True)
class Item:
    """One standing item of work."""

    key: str
    label: Words
    metrics: tuple[Metric, ...]
    records: tuple[LedgerMetric, ...]
    """What the app's own records say of it; both are empty if this system holds no data on the item."""


@dataclass(frozen=True)
class Items:
    """The items whose names are known, in the order of `standing_items.yaml`."""

    known: tuple[Item, ...]
    count: int
    """The number of items, including those whose names are not known."""
    source: Words
    """The source of the names and of their number."""


class _Declaration(Declared):
    """What `standing_items.yaml` declares."""

    count: Annotated[int, Field(ge=1)]
    source: Words
    items: dict[str, Words]

    @model_validator(mode="after")
    def _are_no_more(self) -> Self:
        if len(self.items) > self.count:
            raise refuse("too_long", at=("items",), max_length=self.count)
        return self


@cache
def load_items(file: Path = _FILE) -> Items:
    """The items with their metrics, in the order of `metrics.yaml` and `ledger_metrics.yaml`.

    Raises DeclarationError, also when a metric names an item that is not declared.
    """
    declared = read_declared(file, _Declaration)
    metrics, records = load_metrics().values(), load_ledger_metrics().values()
    for name, told in (("metrics.yaml", metrics), ("ledger_metrics.yaml", records)):
        for metric in told:
            if metric.item is not None and metric.item not in declared.items:
                words = {"name": metric.item, "known": tuple(declared.items)}
                raise DeclarationError(file=name, place=f"{metric.key}.item", kind="unknown_reference", words=words)
    known = tuple(
        Item(
            key=key,
            label=label,
            metrics=tuple(metric for metric in metrics if metric.item == key),
            records=tuple(metric for metric in records if metric.item == key),
        )
        for key, label in declared.items.items()
    )
    return Items(known=known, count=declared.count, source=declared.source)
