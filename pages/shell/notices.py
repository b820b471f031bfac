"""Notices to the reader: errors with their remedy, facts that are not the newest, empty results."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st
from babel.dates import format_datetime

from data_access import clock
from data_access.connect.runs import REFRESH, Run, error_of
from data_access.declarations import DeclarationError
from data_access.errors import AppError, NotCollectedError
from data_access.facts.store import CurrentFacts
from data_access.schema.limits import limit
from pages.shell.texts import error_sentence, language, locale, t

_CHANGED, _BEGAN_ANEW = "contract_changed", "notices.began_anew"


@contextmanager
def errors_shown() -> Iterator[None]:
    """Any error raised inside is shown on screen as a sentence: what, where, what to do.

    When the database turns out to have changed, the page begins anew: the figures read last, under the banner.
    """
    try:
        yield
    except NotCollectedError as error:
        not_collected(error)
    except AppError as error:
        if error.key == _CHANGED and st.session_state.get(_BEGAN_ANEW) != str(error):
            st.session_state[_BEGAN_ANEW] = str(error)
            st.rerun()
        st.error(error_text(error), icon=":material/error:")


def error_text(problem: AppError) -> str:
    """The sentence of an error in the reader's language."""
    return error_sentence(problem, language=language())


def not_collected(error: NotCollectedError) -> None:
    """Says in the place of a figure that it is not collected here."""
    st.markdown(f":gray[{error_text(error)}]")


def connection_banner(runs: Mapping[str, Run]) -> None:
    """Says that the last refresh from a connected source was not done, or that none was for too long."""
    run = runs.get(REFRESH)
    if run is None:
        return
    at = format_datetime(clock.in_place(run.at), "yyyy-MM-dd HH:mm", locale=locale())
    hours = int((clock.local_now() - run.at).total_seconds()) // 3600
    if not run.done:
        st.warning(t("connection.last_failed", at=at, problem=error_text(error_of(run))), icon=":material/cable:")
    elif hours >= limit("connection_late_after_hours", on=run.at.date()):
        st.warning(t("connection.late", hours=hours, at=at), icon=":material/cable:")


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
