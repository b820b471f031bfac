"""What was worked out, kept for whoever asks next."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Result = TypeVar("Result")

_NOTHING: Any = object()


class Memory:
    """Values by key; the one that nobody asked for the longest is dropped first.

    Args:
        most: so many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most, self._held, self._lock = most, OrderedDict[Hashable, Any](), Lock()
        self._under_way: dict[Hashable, Lock] = {}

    def find(self, key: Hashable, default: Any = None) -> Any:
        """What was kept under a key; `default` if nothing was."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key, default)

    def keep(self, key: Hashable, value: Any) -> None:
        """Keeps a value."""
        with self._lock:
            self._held[key] = value
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def get(self, key: Hashable, work_out: Callable[[], Result]) -> Result:
        """What was kept under a key, or else is worked out now. Who asks for the same meanwhile waits for it."""
        found: Result = self.find(key, _NOTHING)
        if found is not _NOTHING:
            return found
        with self._lock:
            turn = self._under_way.setdefault(key, Lock())
        try:
            with turn:
                found = self.find(key, _NOTHING)
                if found is _NOTHING:
                    found = work_out()
                    self.keep(key, found)
        finally:
            with self._lock:
                self._under_way.pop(key, None)
        return found

    def get_of(self, key: Hashable, *, moment: Hashable, work_out: Callable[[], Result]) -> Result:
        """What was kept under a key at a moment, or else is worked out now. It takes the place of what was kept of an
        earlier moment: nothing old is held."""
        found: tuple[Hashable, Result] | None = self.find(key)
        if found is None or found[0] != moment:
            found = moment, work_out()
            self.keep(key, found)
        return found[1]

    def newest_first(self) -> list[Any]:
        """The keys, that of what was asked for last first."""
        with self._lock:
            return [*reversed(self._held)]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
