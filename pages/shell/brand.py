"""The name of the product beside the menu."""

from xml.sax.saxutils import escape

import streamlit as st

from charts.layout import FONT
from charts.palette import BRAND
from pages.shell.texts import t

_HEIGHT, _LETTER = 28, 22


def show() -> None:
    """Put the product's name to the left of the menu; clicking it leads to the first page."""
    name = t("app.title")
    width = sum(_LETTER if ord(letter) > 255 else _LETTER * 0.58 for letter in name)
    text = f'<text x="0" y="22" font-size="{_LETTER}" font-weight="600" font-family="{escape(FONT)}" '
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{_HEIGHT}"'
    st.logo(f'<svg {frame}>{text}fill="{BRAND}">{escape(name)}</text></svg>', size="large")
