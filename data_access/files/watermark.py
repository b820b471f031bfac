"""The faint watermark behind a sheet, as a picture: who took it, and in which minute."""

from functools import lru_cache
from pathlib import Path

import typst

_TILE = Path(__file__).with_suffix(".typ")


@lru_cache(maxsize=16)
def picture(words: str) -> bytes:
    """A tile with some words as a transparent PNG, in whichever fonts of the machine have their characters."""
    return bytes(typst.compile(_TILE, format="png", ppi=96, sys_inputs={"words": words}))
