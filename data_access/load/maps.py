"""Headings mapped by hand, kept for the next file of the same kind. The newest record of a heading counts."""

from collections.abc import Mapping

from sqlalchemy import Column, String, func, select

from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

heading_map = record_table(
    "heading_map",
    "一个人工对应的表头",
    "one heading mapped by hand",
    Column("kind", String(LONGEST_TEXT), nullable=False, index=True, comment="文件类型 / kind of file"),
    Column("heading", String(LONGEST_TEXT), nullable=False, comment="表头 / heading"),
    Column("field", String(LONGEST_TEXT), nullable=False, comment="对应的列，空为忽略 / column; empty: ignored"),
    action="load",
)


def keep_map(ledger: Ledger, mapped: Mapping[str, str], *, kind: str, recorded_by: str, scope: Scope) -> int:
    """Keep headings mapped by hand, unless they are kept already; returns how many are new. Raises LedgerError."""
    known = read_map(ledger, kind=kind)
    rows = [
        {"kind": kind, "heading": heading, "field": field}
        for heading, field in mapped.items()
        if known.get(heading) != field
    ]
    return ledger.append((heading_map, rows), recorded_by=recorded_by, scope=scope) if rows else 0


def read_map(ledger: Ledger, *, kind: str) -> dict[str, str]:
    """The headings kept for a kind: heading -> `table.column`, or empty if it is to be ignored."""
    newest = select(func.max(heading_map.c.record_id)).where(heading_map.c.kind == kind).group_by(heading_map.c.heading)
    rows = ledger.read(select(heading_map).where(heading_map.c.record_id.in_(newest)))
    return dict(zip(rows["heading"], rows["field"], strict=True))
