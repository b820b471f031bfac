"""Streamlit's font of icons with those alone that a page can show: a seventh of what would be sent (`make icons`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FONT, _NAMES = (Path(__file__).with_name(f"icons.{suffix}") for suffix in ("woff2", "txt"))
_ADDRESS = "/static/media/{}"


@cache
def names() -> frozenset[str]:
    """The icons that are in it."""
    return frozenset(_lines()[1:])


@cache
def contents() -> Mapping[str, bytes]:
    """The address of Streamlit's font -> the one that is sent in its place. A font of another version of Streamlit has
    another address, and is sent whole."""
    return {_ADDRESS.format(_lines()[0]): _FONT.read_bytes()}


def _lines() -> list[str]:
    return _NAMES.read_text(encoding="utf-8").splitlines()
