"""What an entry of the audit record says besides who, when and where, in words."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from data_access.clock import in_place
from data_access.facts.metrics import load_metrics
from data_access.ledger import declaration
from data_access.lists.selection import Condition, load_fields
from data_access.load.kinds import load_kinds
from data_access.schema.indicators import code_label
from pages.shell.texts import language, load_catalogue, t
from pages.widgets import conditions

KEYS = (
    *("account", "label", "role", "places", "what", "must_change", "address", "why", "page"),
    *("file", "rows", "sha256", "columns", "about", "purpose", "one_person"),
    *("purpose_id", "name", "subject", "conditions", "withdrawn", "reason", "until"),
    *("place", "day", "each_month", "approved_rows"),
    *("by", "term", "hits"),
    *("region", "edition", "draw", "group", "handout", "callers", "reports", "tables"),
    *("cause", "entry", "at", "confirmed", "key", "made_at"),
    *("kind", "as_of", "loaded", "rejected", "source", "hash", "before", "version"),
)
"""What entries record, apart from tables that were written to and claims from a sign-in provider; `audit.detail_<key>`
in the catalogues."""

_VALUES: dict[str, Callable[[Any], str]] = {
    "role": lambda role: _word("role.", role),
    "page": lambda page: _word("page.", page),
    "cause": lambda cause: _word("audit.cause_", cause),
    "what": lambda what: _word("audit.what_", what),
    "by": lambda by: _word("audit.searched_by_", by),
    "columns": lambda columns: _list(columns, _column),
    "conditions": lambda conditions: _list(conditions, _condition),
    "kind": lambda kind: load_kinds()[kind].label[language()] if kind in load_kinds() else kind,
    "subject": lambda subject: conditions.list_name(subject),
    **dict.fromkeys(("at", "until", "made_at"), lambda at: _moment(at)),
}


_OTHERWISE = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What a value raises that was not recorded as this program records it: an entry may be of another version, or of
somebody who wrote it with other tools."""


def in_words(detail: str) -> str:
    """The detail of an entry, which is stored as JSON, in words. Anything without a word is shown as recorded."""
    try:
        told: dict[str, Any] = dict(json.loads(detail))
    except _OTHERWISE:
        return str(detail)
    said = [
        t("audit.detail", name=_name(key), value=_value(key, value, told=told))
        for key, value in told.items()
        if value not in (None, "", [])
    ]
    return t("audit.detail_separator").join(said)


def event(kind: str) -> str:
    """What an event is called."""
    return _word("audit.event_", kind)


def table(name: str) -> str:
    """What one row of a table is; a table that this program does not know is named as it is."""
    known = declaration.metadata.tables.get(name)
    return name if known is None else known.info[language()]


def _name(key: str) -> str:
    return table(key) if key in declaration.metadata.tables else _word("audit.detail_", key)


def _value(key: str, value: Any, *, told: Mapping[str, Any]) -> str:
    try:
        return _in_words(key, value, told=told)
    except _OTHERWISE:
        return str(value)


def _in_words(key: str, value: Any, *, told: Mapping[str, Any]) -> str:
    if key == "why":
        return t(f"error.{value}", **told)
    if isinstance(value, bool):
        return code_label(codes="boolean", code=str(value), language=language())
    if key in _VALUES:
        return _VALUES[key](value)
    return _list(value, str) if isinstance(value, list) else str(value)


def _moment(at: str) -> str:
    """A moment in the time of the place; a day is as it was recorded."""
    moment = datetime.fromisoformat(at)
    return at if moment.tzinfo is None else f"{in_place(moment):%Y-%m-%d %H:%M}"


def _list(values: list[Any], in_words: Callable[[Any], str]) -> str:
    return t("list.separator").join(in_words(value) for value in values)


def _condition(told: Mapping[str, Any]) -> str:
    return conditions.in_words(Condition(told["field"], told["operator"], tuple(told["wanted"])))


def _column(name: str) -> str:
    known = load_metrics().get(name) or load_fields().get(name)
    return _word("list.", name) if known is None else known.label[language()]


def _word(prefix: str, code: str) -> str:
    """The word of a code. A text of the catalogue with gaps to fill is a sentence of a page, and no word."""
    key = f"{prefix}{code}"
    found = load_catalogue(language()).gettext(key)
    return code if found == key or "{" in found else found
