"""What a source says, as tables of the contract, one after the other: each comes as soon as nothing in it changes any
more, so that it can be written while the next one is assembled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from data_access.connect import assembling
from data_access.connect.counting import count_persons
from data_access.connect.fetching import Fetched, Part, Progress
from data_access.connect.mapping import SourceMapping, SourceRows
from data_access.connect.meaning import tell_meaning
from data_access.connect.reading import Told, read_part
from data_access.connect.references import drop_unknown, in_order
from data_access.schema.tables import clue, household_indicator


@dataclass(frozen=True)
class Assembled:
    """What the source says, as tables of the contract, and what of it could not be taken."""

    cut_off: date
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    """In the order in which they refer to each other."""
    told: Told = field(default_factory=Told)
    read: dict[str, int] = field(default_factory=dict)
    """Table of ours -> rows of theirs that were read."""


def assemble_tables(
    source: Fetched, mapping: SourceMapping, *, into: Assembled, progress: Progress
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of one table after the other; all is told once the last one was taken. What was read is given up
    as it is used.

    Args:
        into: where the tables and what is told are kept.
    """
    told, frames = into.told, into.tables
    steps = len(mapping.tables) + len(mapping.indicators)

    def rows_of(part: SourceRows, fetched: Part, table: str) -> pd.DataFrame:
        progress(0.4 + 0.5 * len(into.read) / steps, table)
        rows = read_part(fetched, part, table=table, as_of=into.cut_off, told=told)
        into.read[table] = into.read.get(table, 0) + len(rows)
        return rows

    for table in in_order():
        if table == household_indicator.name:
            fetched = zip(source.indicators, mapping.indicators, strict=True)
            said = [(rows_of(part, columns, table), part) for columns, part in fetched]
            source.indicators.clear()
            found = assembling.intervals(said, as_of=into.cut_off, told=told)
            if mapping.count_persons and "member" in frames:
                found = count_persons(found, frames["member"], as_of=into.cut_off)
            if len(found):
                frames[table] = found
        elif table in mapping.tables:
            part = mapping.tables[table]
            rows = rows_of(part, source.tables.pop(table), table)
            frames[table] = _finished(rows, part, frames, table=table, told=told)
        if table in frames:
            drop_unknown(frames, table, told=told)
            yield table, frames[table]
    tell_meaning(frames, told=told)


def _finished(
    rows: pd.DataFrame, part: SourceRows, frames: assembling.Frames, *, table: str, told: Told
) -> pd.DataFrame:
    """The rows of a table of ours, one per key."""
    if table == "region":
        rows = assembling.region_by_level(rows, told=told)
    if table == "member":
        rows = assembling.by_certificate(rows)
    rows = assembling.household_of_persons(rows, part, frames, table=table, told=told)
    rows = assembling.case_of_household(rows, part, frames)
    if table == clue.name:
        rows = assembling.clues_due(rows).drop(columns="village_code", errors="ignore")  # of those of nobody alone
    if part.month_of_work is not None:
        rows = assembling.jobs_of_months(rows, told=told)
    return assembling.one_per_key(rows, part, table=table, told=told)
