"""The faint watermark over whatever shows names in full: who is looking, and in which minute. It holds nobody back from
taking a picture of the screen, but the picture says whose it is."""

import html

import streamlit as st

from data_access import clock
from data_access.access.users import Unmasked
from pages.shell import identity

_TILES = 200
"""As many as fit on a very large screen; what is over is cut off."""

_OVER = (
    "position:fixed;inset:0;z-index:999990;pointer-events:none;overflow:hidden;display:flex;flex-wrap:wrap;"
    "gap:5rem 3rem;align-content:flex-start;opacity:0.09;user-select:none"
)
_TILE = "transform:rotate(-18deg);white-space:nowrap;font-size:1rem"


def words() -> str:
    """Who takes a file, and the minute."""
    return f"{identity.signature()} {clock.local_now():%Y-%m-%d %H:%M}"


def words_while_open() -> str | None:
    """The same while the reader has names open; None for everybody else."""
    known = identity.user()
    return None if known is None or known.unmasked == Unmasked() else words()


def show() -> None:
    """The watermark over the page, on every page, for as long as names are open to the reader."""
    said = words_while_open()
    if said is not None:
        tile = f'<span style="{_TILE}">{html.escape(said)}</span>'
        st.html(f'<div aria-hidden="true" data-watermark style="{_OVER}">{tile * _TILES}</div>')
