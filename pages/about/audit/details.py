"""What an entry of the audit record says besides who, when and where, in words."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from data_access.facts.metrics import load_metrics
from data_access.ledger import declaration
from data_access.lists.selection import Condition, load_fields
from data_access.load.kinds import load_kinds
from data_access.schema.indicators import code_label
from pages.shell.texts import language, t
from pages.widgets import conditions

KEYS = (
    *("account", "label", "role", "places", "what", "must_change", "why", "page"),
    *("file", "rows", "sha256", "columns", "about", "purpose"),
    *("purpose_id", "name", "subject", "conditions", "withdrawn", "reason", "until"),
    *("place", "day", "each_month", "approved_rows"),
    *("by", "term", "hits"),
    *("region", "edition", "draw", "group", "handout", "callers"),
    *("kind", "as_of", "loaded", "rejected", "source", "hash", "before", "version"),
)
"""What entries record, apart from tables that were written to and claims from a sign-in provider; `audit.detail_<key>`
in the catalogues."""

_VALUES: dict[str, Callable[[Any], str]] = {
    "role": lambda role: _word("role.", role),
    "page": lambda page: _word("page.", page),
    "what": lambda what: _word("audit.what_", what),
    "by": lambda by: _word("audit.searched_by_", by),
    "columns": lambda columns: _list(columns, _column),
    "conditions": lambda conditions: _list(conditions, _condition),
    "kind": lambda kind: load_kinds()[kind].label[language()] if kind in load_kinds() else kind,
    "subject": lambda subject: conditions.list_name(subject),
}


def in_words(detail: str) -> str:
    """The detail of an entry, which is stored as JSON, in words. Anything without a word is shown as recorded."""
    told: dict[str, Any] = json.loads(detail)
    said = [
        t("audit.detail", name=_name(key), value=_value(key, value, told=told))
        for key, value in told.items()
        if value not in (None, "", [])
    ]
    return t("audit.detail_separator").join(said)


def _name(key: str) -> str:
    table = declaration.metadata.tables.get(key)
    return _word("audit.detail_", key) if table is None else table.info[language()]


def _value(key: str, value: Any, *, told: Mapping[str, Any]) -> str:
    if key == "why":
        return t(f"error.{value}", **told)
    if isinstance(value, bool):
        return code_label(codes="boolean", code=str(value), language=language())
    if key in _VALUES:
        return _VALUES[key](value)
    return _list(value, str) if isinstance(value, list) else str(value)


def _list(values: list[Any], in_words: Callable[[Any], str]) -> str:
    return t("list.separator").join(in_words(value) for value in values)


def _condition(told: Mapping[str, Any]) -> str:
    return conditions.in_words(Condition(told["field"], told["operator"], tuple(told["wanted"])))


def _column(name: str) -> str:
    known = load_metrics().get(name) or load_fields().get(name)
    return _word("list.", name) if known is None else known.label[language()]


def _word(prefix: str, code: str) -> str:
    found = t(f"{prefix}{code}")
    return code if found == f"{prefix}{code}" else found
