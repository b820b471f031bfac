"""Notices to the reader: errors with their remedy, facts that are not the newest, empty results."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from babel.dates import format_datetime

from data_access import clock
from data_access.declarations import DeclarationError
from data_access.errors import AppError
from data_access.facts.store import CurrentFacts
from pages.shell.texts import error_sentence, language, locale, t


@contextmanager
def errors_shown() -> Iterator[None]:
    """Any error raised inside is shown on screen as a sentence: what, where, what to do."""
    try:
        yield
    except AppError as error:
        st.error(error_text(error), icon=":material/error:")


def error_text(problem: AppError) -> str:
    """The sentence of an error in the reader's language."""
    return error_sentence(problem, language=language())


def stale_banner(current: CurrentFacts) -> None:
    """Says that the newest data or rules cannot be read, since when, and of which day the figures on screen are or by
    which rules they were counted."""
    if current.error is None or current.error_since is None:
        return
    since = format_datetime(clock.in_place(current.error_since), "HH:mm", locale=locale())
    problem = error_text(current.error)
    if isinstance(current.error, DeclarationError):
        said = t("notice.stale_rules", since=since, rules=current.facts.rules_version, problem=problem)
    else:
        read_at = format_datetime(clock.in_place(current.facts.read_at), "yyyy-MM-dd HH:mm", locale=locale())
        said = t("notice.stale", since=since, read_at=read_at, problem=problem)
    st.warning(said, icon=":material/history:")
