"""Editions of a few metrics: all of them take ten seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from data_access.dispatch import editions
from data_access.facts.metrics import load_metrics


@contextmanager
def of_metrics(*keys: str) -> Iterator[None]:
    """Meanwhile an edition counts these metrics alone."""
    few = {key: load_metrics()[key] for key in keys}
    with patch.object(editions, "load_metrics", lambda: few):
        yield
