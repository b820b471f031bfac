"""Reading the audit record, and what looks unusual in it."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import select

from data_access import clock
from data_access.access.settings import setting
from data_access.ledger.audit_chain import OF_THE_RECORD, PROGRAM, Event, Verdict, audit_entry
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

EVENTS = (
    "signed_in",
    "signed_out",
    "sign_in_refused",
    "sign_in_locked",
    "lock_lifted",
    "page_refused",
    "refused",
    "searched",
    "household_opened",
    "unmasked",
    "exported",
    "load_checked",
    "load_started",
    "load_cancelled",
    "loaded",
    "undo_started",
    "load_undone",
    "posted",
    "recorded",
    "rules_changed",
    "account_made",
    "account_changed",
    "password_set",
    "factor_set_up",
    "factor_reset",
    "purpose_approved",
    "purpose_withdrawn",
    *OF_THE_RECORD,
)
"""Every kind of event; `audit.event_<kind>` in the catalogues."""

ALERTS = ("many_exports", "many_households", "many_searches", "search_chain", "off_hours")
"""What looks unusual; `audit.alert_<kind>` in the catalogues."""

_WATCHED = ("searched", "household_opened", "unmasked", "exported")
"""Events that are counted, and are unusual outside working hours."""

MOST_SHOWN = 5_000


def read_entries(
    ledger: Ledger,
    *,
    scope: Scope,
    since: date,
    until: date,
    kinds: Sequence[str] = (),
    who: str | None = None,
    most: int | None = MOST_SHOWN,
) -> pd.DataFrame:
    """Entries of a range of days (in the time of the place), newest first; one row per entry.

    Columns: record_id, recorded_at (with zone), recorded_by, event, place, household_id, detail (JSON text), hash.

    Args:
        kinds: of events; empty: all but the program's own records.
        who: part of the name or account whose entries are wanted; None: everybody's.
        most: the largest number of entries; None: all.

    Raises ScopeError for a user who may not read the record, LedgerError if it cannot be read.
    """
    scope.require("read_audit")
    columns = audit_entry.c[
        "record_id", "recorded_at", "recorded_by", "event", "place", "household_id", "detail", "hash"
    ]
    query = select(*columns).where(audit_entry.c.recorded_at >= clock.start_of(since))
    query = query.where(audit_entry.c.recorded_at < clock.start_of(until + timedelta(days=1)))
    query = query.where(audit_entry.c.event.in_(list(kinds)) if kinds else audit_entry.c.event != PROGRAM)
    if who is not None:
        query = query.where(audit_entry.c.recorded_by.contains(who, autoescape=True))
    rows = ledger.read(query.order_by(audit_entry.c.record_id.desc()).limit(most))
    return rows.assign(recorded_at=pd.to_datetime(rows["recorded_at"], utc=True, errors="coerce"))


def read_alerts(ledger: Ledger, *, scope: Scope, since: date, until: date) -> pd.DataFrame:
    """What looks unusual in a range of days, however many entries it has; as `find_alerts`. Raises as `read_entries`
    does."""
    return find_alerts(read_entries(ledger, scope=scope, since=since, until=until, kinds=_WATCHED, most=None))


def find_alerts(entries: pd.DataFrame) -> pd.DataFrame:
    """What looks unusual among entries returned by `read_entries`; one row per person, day and kind of alert.

    Columns: day, recorded_by, alert (of `ALERTS`), count. The limits are those of `settings.yaml`; days and hours are
    those of the place.
    """
    local = entries.assign(at=clock.column_in_place(entries["recorded_at"]))
    local = local.assign(day=local["at"].dt.date)
    worked = ~local["at"].dt.hour.between(setting("audit", "day_starts"), setting("audit", "day_ends") - 1)
    exports = _many(local[local["event"] == "exported"], "many_exports")
    opened = local[local["event"] == "household_opened"].drop_duplicates(["day", "recorded_by", "household_id"])
    searches = local[local["event"] == "searched"]
    late = local[worked & local["event"].isin(_WATCHED)]
    off_hours = late.groupby(["day", "recorded_by"]).size().rename("count").reset_index().assign(alert="off_hours")
    many = [exports, _many(opened, "many_households"), _many(searches, "many_searches")]
    found = pd.concat([*many, _chains(searches), off_hours], ignore_index=True)
    return found[["day", "recorded_by", "alert", "count"]].sort_values(["day", "recorded_by"], ascending=[False, True])


def check_chain(ledger: Ledger, *, scope: Scope) -> Verdict:
    """Verify the chain and the records in it. Raises ScopeError for a user who may not read the record, LedgerError if
    it cannot be read."""
    scope.require("read_audit")
    return ledger.verify()


def note_rules(ledger: Ledger, *, rules_hash: str, version: str, recorded_by: str) -> bool:
    """Enter a change of the rules if they differ from those entered last; returns whether they do."""
    newest = (
        select(audit_entry.c.detail)
        .where(audit_entry.c.event == "rules_changed")
        .order_by(audit_entry.c.record_id.desc())
        .limit(1)
    )
    known = ledger.read(newest)["detail"].tolist()
    before = json.loads(known[0])["hash"] if known else None
    if before == rules_hash:
        return False
    detail = {"hash": rules_hash, "version": version, "before": before}
    ledger.note(Event(kind="rules_changed", detail=detail), recorded_by=recorded_by)
    return True


def _many(entries: pd.DataFrame, alert: str) -> pd.DataFrame:
    counts = entries.groupby(["day", "recorded_by"]).size().rename("count").reset_index()
    return counts[counts["count"] >= setting("audit", alert)].assign(alert=alert)


def _chains(searches: pd.DataFrame) -> pd.DataFrame:
    """The longest chain of searches of a person on a day: different texts, each soon after the one before, as somebody
    types who tries numbers or names one after the other."""
    ordered = searches.sort_values(["recorded_by", "record_id"])
    ordered = ordered.assign(term=[json.loads(detail).get("term") for detail in ordered["detail"]])
    pause = ordered.groupby("recorded_by")["at"].diff() > timedelta(minutes=setting("audit", "chain_minutes"))
    chained = ordered.assign(chain=pause.cumsum()).groupby(["day", "recorded_by", "chain"])["term"].nunique()
    longest = chained.groupby(["day", "recorded_by"]).max().rename("count").reset_index()
    return longest[longest["count"] >= setting("audit", "search_chain")].assign(alert="search_chain")
