"""Which entries of the audit record are shown: days, kinds of events, one person."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access import audit_log
from data_access.ledger.declaration import LONGEST_TEXT
from pages.shell import identity
from pages.shell.texts import t

_USUAL_DAYS = 7


@dataclass(frozen=True)
class Choice:
    """Days, kinds of events (none: all), and who (None: everyone)."""

    since: date
    until: date
    kinds: tuple[str, ...]
    who: str | None


def chosen() -> Choice:
    """Let the reader choose."""
    today = clock.today()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.date_input(
            t("audit.days"), value=(today - timedelta(days=_USUAL_DAYS - 1), today), key="audit_days", width=260
        )
        kinds = st.multiselect(
            t("audit.events"),
            audit_log.EVENTS,
            format_func=lambda kind: t(f"audit.event_{kind}"),
            key="audit_kinds",
            placeholder=t("audit.all_events"),
            width=420,
        )
        who = st.text_input(t("audit.who"), max_chars=LONGEST_TEXT, key="audit_who", width=220).strip()
    since, until = (min(days), max(days)) if days else (today, today)
    known = tuple(kind for kind in kinds if kind in audit_log.EVENTS)
    return Choice(since=since, until=until, kinds=known, who=who or None)


def read_alerts(choice: Choice) -> pd.DataFrame:
    """What looks unusual on the chosen days, as `audit_log.read_alerts`; no other filter can hide it."""
    return audit_log.read_alerts(door.ledger(), scope=identity.scope(), since=choice.since, until=choice.until)


def read(choice: Choice) -> pd.DataFrame:
    """The entries, as `audit_log.read_entries` returns them."""
    return audit_log.read_entries(
        door.ledger(),
        scope=identity.scope(),
        since=choice.since,
        until=choice.until,
        kinds=choice.kinds,
        who=choice.who,
    )
