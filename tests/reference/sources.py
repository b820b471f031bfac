"""Which sources a database was ever delivered from, and whom their lists name: read from the loads, the indicators and
the clues, one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data_access.yaml_files import read_yaml
from tests.reference.frames import Frames, once, records, rows_by_household

LIMITS = Path(__file__).parents[2] / "data_access" / "schema" / "limits.yaml"


@dataclass(frozen=True)
class Delivered:
    """What was delivered by a day."""

    connected: frozenset[str]
    """Columns of sources that are connected."""
    named: tuple[tuple[frozenset[str], frozenset[str]], ...]
    """Columns of a source whose lists speak of the day, and the households that they named by then."""

    def are_connected(self, columns: Collection[str]) -> bool:
        """Whether all of some columns come from connected sources."""
        return set(columns) <= self.connected


def delivered(tables: Frames, sources: Mapping[str, Any], *, on: date) -> Delivered:
    """What was delivered by a day, by the sources as `sources.yaml` declares them."""
    files, begins = standing_files(tables), begins_of_columns(tables)
    connected: set[str] = set()
    named = []
    for source in sources.values():
        begun = [begins[name] for name in source["columns"] if name in begins]
        lists = [day for kind, day in files if kind == source.get("events", {}).get("file")]
        if min([*begun, *lists], default=date.max) <= on:
            connected |= set(source["columns"])
        if lists and min(lists) <= on <= last_day_spoken_of(max(lists), source):
            named.append((frozenset(source["columns"]), frozenset(named_by(tables, source["events"], on=on))))
    return Delivered(frozenset(connected), tuple(named))


@once
def begins_of_columns(tables: Frames) -> dict[str, date]:
    """Column of the indicators -> the first day on which any household has it."""
    held = tables["household_indicator"]
    begins = {str(name): held[held[name].notna()]["valid_from"].min() for name in held}
    return {name: day.date() for name, day in begins.items() if pd.notna(day)}


@once
def standing_files(tables: Frames) -> list[tuple[str, date]]:
    """Kind and day of every file that was loaded and not taken back."""
    standing: list[tuple[Any, ...]] = []
    previous: tuple[Any, ...] | None = None
    for row in records(tables["data_load"].sort_values("load_id")):
        file = (row["kind"], row["as_of"], row["sha256"], row["loaded_at"])
        if file == previous:
            continue
        previous = file
        if row["kind"] == "undo":
            standing = standing[:-1]
        else:
            standing.append(file)
    return [(kind, day) for kind, day, *_ in standing if kind is not None and day is not None]


def last_day_spoken_of(newest: date, source: Mapping[str, Any]) -> date:
    """The last day before the next file is late."""
    [days] = [entry["value"] for entry in read_yaml(LIMITS)["file_late_after_days"]["values"].values()]
    due = pd.Timestamp(newest) + pd.DateOffset(months=source["every_months"])
    return (due + pd.DateOffset(days=days)).date()


def named_by(tables: Frames, events: Mapping[str, Any], *, on: date) -> set[str]:
    """The households that a list of events has named by a day."""
    return {
        row["household_id"]
        for rows in rows_by_household(tables, "clue").values()
        for row in rows
        if row["department"] == events["department"] and row["kind"] in events["kinds"] and row["received_on"] <= on
    }
