"""The steps of a case as they are kept here, and where their names come from."""

import streamlit as st

from data_access.cases.procedure import Step, load_steps
from pages.shell.texts import language, t
from pages.shell.view_state import View


def kept(view: View) -> tuple[Step, ...]:
    """The steps in force at the day of the view whose days are kept here."""
    return tuple(step for step in load_steps(on=view.on).steps if view.keeps("steps", f"step={step.key}"))


def source(view: View) -> None:
    """A line on where the names and the order of the steps come from."""
    steps = load_steps(on=view.on)
    badge = f":orange-badge[{t('badge.placeholder')}] " if steps.placeholder else ""
    st.caption(f"{badge}{t('trends.steps_note')} {steps.reference[language()]}")
