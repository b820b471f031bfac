"""The name of the product beside the menu."""

from xml.sax.saxutils import escape

import streamlit as st

from charts.layout import FONT
from charts.palette import BRAND
from pages.shell.texts import language, t
from pages.shell.view_state import View

_HEIGHT, _LETTER, _WIDEST = 28, 22, 230
"""In pixels; a long name is written smaller, so that a telephone has room for the menu beside it."""


def show(view: View | None) -> None:
    """Put the product's name, with that of the district once it is known, to the left of the menu; clicking it leads to
    the first page."""
    known = view is not None and view.county in view.names
    name = t("app.title_of", place=view.regions.whole(language())) if view is not None and known else t("app.title")
    ems = sum(1 if ord(letter) > 255 else 0.58 for letter in name)
    size = min(_LETTER, _WIDEST / ems)
    width = size * ems
    text = f'<text x="0" y="22" font-size="{size:.1f}" font-weight="600" font-family="{escape(FONT)}" '
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{_HEIGHT}"'
    st.logo(f'<svg {frame}>{text}fill="{BRAND}">{escape(name)}</text></svg>', size="large")
