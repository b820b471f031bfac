"""A figure with the one sentence that says what it shows, for readers and for screen readers."""

from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from charts.layout import CONFIG


def show(figure: go.Figure, *, reading: str, key: str) -> None:
    """The sentence, and below it the figure, which fills its place where it has no height of its own; `key` names it on
    its page."""
    st.markdown(reading)
    height: Literal["stretch", "content"] = "stretch" if figure.layout.height is None else "content"
    st.plotly_chart(figure, config=CONFIG, height=height, key=key, alt=reading.replace("*", ""))
