"""A contract with one version more: a column of persons and a table more than the program declares today."""

import pytest
from sqlalchemy import Column, MetaData, String, Table

from data_access.load import merge
from data_access.quality import compliance
from data_access.schema import contract
from data_access.schema.declaration import column
from data_access.schema.tables import metadata

NOTE = "member.later_note"
VISIT = "later_visit"
LATER = contract.newest_version() + 1


def declare_later(monkeypatch: pytest.MonkeyPatch) -> Column:
    """Has the program know the later version until the test ends; gives the column."""
    later = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(later)
    member = later.tables["member"]
    note = column("later_note", String(), "备注", "a note", since=LATER)
    member.append_column(note)
    Table(
        VISIT,
        later,
        column("household_id", String(), "户编号", "household number", key=True),
        column("purpose", String(), "目的", "purpose"),
        comment="一次后来的走访 / one later visit",
        info={"zh": "一次后来的走访", "en": "one later visit", "since": LATER, "needed": False},
    )
    for module in (contract, compliance):
        monkeypatch.setattr(module, "metadata", later)
    return note


def declare_later_journal(monkeypatch: pytest.MonkeyPatch, note: Column) -> None:
    """Has the program know the column in what an undo keeps, too."""
    before = merge.BEFORE["member"]
    parts = (Column(part.name, part.type) for part in (*before.c, note))
    monkeypatch.setitem(merge.BEFORE, "member", Table(before.name, MetaData(), *parts))
