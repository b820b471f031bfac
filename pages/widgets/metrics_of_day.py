"""Metrics counted on demand, each looked up only once per page run, however many places need it."""

from dataclasses import dataclass, field
from datetime import date

from data_access import door
from data_access.facts.metrics import Amounts
from data_access.lists.figures import count_all_amounts
from pages.shell import view_state


@dataclass(frozen=True)
class MetricsOfDay:
    """The metrics of one day, by key."""

    on: date
    together: tuple[str, ...] = ()
    """Those that a page shows in any case: asked at once, as soon as one of them is."""
    _held: dict[str, Amounts] = field(default_factory=dict)

    def of(self, key: str) -> Amounts:
        """A metric at every place in the reader's scope. Raises AppError when it cannot be read."""
        if key not in self._held:
            asked = self.together if key in self.together else (key,)
            scope = view_state.scope().figures
            self._held.update(door.read(count_all_amounts, scope=scope, metrics=asked, on=self.on))
        return self._held[key]
