"""A clock that a test sets."""

from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import pytest


def set_clock(monkeypatch: pytest.MonkeyPatch, now_is: Callable[[], datetime], *modules: ModuleType) -> None:
    """Have modules that imported `datetime` take the time from a function."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return now_is()

    for module in modules:
        monkeypatch.setattr(module, "datetime", Clock)
