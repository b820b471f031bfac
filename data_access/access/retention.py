"""How long words about people stay in the ledger (`retention.yaml`), and taking them out afterwards."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field
from sqlalchemy import URL

from data_access.access.audit_log import EVENTS
from data_access.declarations import Declared, Many, each_of, read_declared
from data_access.ledger.audit_chain import OF_THE_RECORD
from data_access.ledger.erasing import Expired, erase

_FILE = Path(__file__).with_name("retention.yaml")

_ERASABLE = tuple(event for event in EVENTS if event not in OF_THE_RECORD)


class Kept(Declared):
    """How long the words of a column stay."""

    months: Annotated[int, Field(ge=1)]
    events: Annotated[Many[str], AfterValidator(lambda names: each_of(names, _ERASABLE))] = ()
    """For details of the audit record: of which events."""


@cache
def load_retention(file: Path = _FILE) -> Mapping[str, Kept]:
    """The terms by table and column (`table.column`). Raises DeclarationError."""
    return read_declared(file, dict[str, Kept])


def erase_expired(url: URL, *, now: datetime, recorded_by: str) -> Mapping[str, int]:
    """Take out of a ledger every word whose time is over; returns how many, by table and column. On a server the user
    of the address must own the tables. Raises LedgerError."""
    expired = []
    for name, term in load_retention().items():
        table, column = name.split(".")
        before = (pd.Timestamp(now) - pd.DateOffset(months=term.months)).to_pydatetime()
        expired.append(Expired(table=table, column=column, before=before, events=term.events))
    return erase(url, expired, recorded_by=recorded_by)
