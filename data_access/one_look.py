"""What stays as it is while a page is drawn is looked at once: files of rules, the newest version of the data, the
address of the ledger. A page asks for each a dozen times."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Result = TypeVar("Result")

_SEEN: ContextVar[dict[Hashable, Any] | None] = ContextVar("_SEEN", default=None)
"""What was seen in this thread so far; None where every look counts."""


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, `once` looks once."""
    before = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(before)


def once(what: Hashable, look: Callable[[], Result]) -> Result:
    """What `look` finds, or what it found before in the same look. A look that fails is tried again."""
    seen = _SEEN.get()
    if seen is None:
        return look()
    if what not in seen:
        seen[what] = look()
    found: Result = seen[what]
    return found


def look_again() -> None:
    """Forget what was seen: something was written, or time has passed."""
    seen = _SEEN.get()
    if seen is not None:
        seen.clear()
