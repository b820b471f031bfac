"""Metrics counted on demand, each looked up only once per page run, however many places need it."""

from dataclasses import dataclass, field
from datetime import date

from data_access import door
from data_access.facts.metrics import Amounts
from pages.shell import view_state


@dataclass(frozen=True)
class MetricsOfDay:
    """The metrics of one day, by key."""

    on: date
    _held: dict[str, Amounts] = field(default_factory=dict)

    def of(self, key: str) -> Amounts:
        """A metric at every place in the reader's scope. Raises AppError when it cannot be read."""
        if key not in self._held:
            self._held[key] = door.amounts(metric=key, on=self.on, scope=view_state.scope())
        return self._held[key]
