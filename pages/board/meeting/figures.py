"""The figures of a slide, read from the far end of the room: to the left of the picture that explains them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class LargeFigure:
    """One figure in words."""

    label: str
    value: str
    second: str = ""


def show(figures: Sequence[LargeFigure], picture: Callable[[], None]) -> None:
    """Figures below each other, as large as their number allows (`pages/shell/board.css`), and the picture."""
    left, right = st.columns([2, 3], gap="medium")
    with left.container(gap=None, key=f"wall_figures_{len(figures)}"):
        for figure in figures:
            st.metric(figure.label, figure.value)
            if figure.second:
                st.markdown(f":gray[{figure.second}]")
    with right.container(gap=None, key="wall_picture"):
        picture()
