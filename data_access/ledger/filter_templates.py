"""Filters that users saved under a name. Removing a template is a record too: the newest one of a name counts."""

import pandas as pd
from sqlalchemy import Boolean, Column, String, Text, func, select

from data_access.errors import LedgerError
from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

filter_template = record_table(
    "filter_template",
    "一个保存的筛选模板",
    "one saved filter",
    Column("name", String(LONGEST_TEXT), nullable=False, index=True, comment="名称 / name"),
    Column("link", Text, nullable=False, comment="筛选条件 / filter, as its link says it"),
    Column("removed", Boolean, nullable=False, comment="是否已删除 / removed"),
    action="keep_filters",
)


def save_template(ledger: Ledger, *, name: str, link: str, recorded_by: str, scope: Scope) -> None:
    """Save a filter under a name; it supersedes an earlier one of that name.

    Raises LedgerError without a name, and as `Ledger.append` does.
    """
    _append(ledger, name=name, link=link, removed=False, recorded_by=recorded_by, scope=scope)


def remove_template(ledger: Ledger, *, name: str, recorded_by: str, scope: Scope) -> None:
    """Record that a template is no longer wanted. Raises LedgerError as `save_template` does."""
    _append(ledger, name=name, link="", removed=True, recorded_by=recorded_by, scope=scope)


def read_templates(ledger: Ledger) -> pd.DataFrame:
    """The templates that have not been removed, by name; one row each, all columns of the table."""
    newest = select(func.max(filter_template.c.record_id)).group_by(filter_template.c.name)
    query = select(filter_template).where(filter_template.c.record_id.in_(newest), ~filter_template.c.removed)
    return ledger.read(query.order_by(filter_template.c.name))


def _append(ledger: Ledger, *, name: str, link: str, removed: bool, recorded_by: str, scope: Scope) -> None:
    if not name.strip():
        raise LedgerError("template_name_missing")
    row = {"name": name.strip(), "link": link, "removed": removed}
    ledger.append((filter_template, [row]), recorded_by=recorded_by, scope=scope)
