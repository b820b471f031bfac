"""How far a load is, for whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass

STEPS = ("opening", "reading", "checking", "merging", "counting", "writing")
"""The steps of a load, in order; `imports.step_<key>` in the catalogues."""

READING, CHECKED, MERGED, COUNTED = 0.6, 0.8, 0.93, 0.97
"""The shares of a load at which it has read, checked, merged and counted its rows."""


@dataclass(frozen=True)
class LoadStep:
    """What a load is doing."""

    key: str
    """One of STEPS."""
    share: float = 0.0
    """How much of the load is done (0 to 1)."""
    rows: int = 0
    """How many rows were read."""
    of: int = 0
    """How many there are, or about how many while a text is read."""


Progress = Callable[[LoadStep], None]
"""Called again and again while a load can still be cancelled: what it raises ends the load, and nothing is changed."""


class Telling:
    """Tells a progress, and again what it told last where nothing new is known."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._last = progress, LoadStep("opening")

    def __call__(self, step: LoadStep) -> None:
        """Tell what comes next."""
        self._last = step
        self._progress(step)

    def again(self) -> None:
        """Tell the same again: whoever is told may cancel."""
        self._progress(self._last)
