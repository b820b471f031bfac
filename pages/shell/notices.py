"""What a reader is told: problems with their remedy, facts that are not the newest, empty results."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from babel.dates import format_datetime

from data_access.error_texts import TextProblemError
from data_access.errors import ProblemError
from data_access.facts.store import CurrentFacts
from pages.shell.texts import language, locale, t


@contextmanager
def problems_shown() -> Iterator[None]:
    """Whatever problem comes up inside is put on screen as a sentence: what, where, what to do."""
    try:
        yield
    except ProblemError as problem:
        st.error(problem_text(problem), icon=":material/error:")


def problem_text(problem: ProblemError) -> str:
    """The sentence of a problem in the reader's language."""
    if isinstance(problem, TextProblemError):
        return problem.text(language())
    return t(f"problem.{problem.key}", **problem.details)


def stale_banner(current: CurrentFacts) -> None:
    """Says that the newest data or rules cannot be read, since when, and of when the figures on screen are."""
    if current.problem is None or current.problem_since is None:
        return
    read_at = format_datetime(current.facts.read_at.astimezone(), "yyyy-MM-dd HH:mm", locale=locale())
    since = format_datetime(current.problem_since.astimezone(), "HH:mm", locale=locale())
    st.warning(
        t("notice.stale", since=since, read_at=read_at, problem=problem_text(current.problem)),
        icon=":material/history:",
    )
