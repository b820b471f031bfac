"""Indicators that are counts of persons (family_size, labor_n, chronic_n …), counted from the persons as imports count
them (`load/kinds/persons.yaml`): a count is made only where every person has a value."""

from datetime import date

import pandas as pd
from sqlalchemy import URL, create_engine, func, select

from data_access.connect.reading import as_table
from data_access.database.frames import read_frame
from data_access.load.bulk import append_rows
from data_access.load.families import count, in_family, needed_by
from data_access.load.kinds import load_kinds
from data_access.load.lookups import temporary_table
from data_access.schema.tables import member


def count_persons(indicators: pd.DataFrame, people: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """The intervals with the counts of the persons of today in the newest of each household; a household without any
    gets one that begins on the cut-off. Counts that the source itself says stay."""
    counts = _counted(people, as_of=as_of)
    rows = indicators
    lacking = counts.index.difference(pd.Index(rows["household_id"]))
    if len(lacking):
        fresh = pd.DataFrame({"household_id": lacking, "valid_from": pd.Timestamp(as_of), "valid_to": pd.NaT})
        rows = pd.concat([rows, fresh], ignore_index=True)
    newest = rows["valid_to"].isna()
    found = counts.reindex(rows["household_id"].where(newest)).set_axis(rows.index)
    known = {str(name): rows[name].fillna(own) if name in rows else own for name, own in found.items()}
    return rows.assign(**known)


def _counted(people: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """One row per household: the indicators that can be counted."""
    counted = {
        name: how
        for name, how in load_kinds()["persons"].counted.items()
        if all(own.split(".")[1] in people for own in needed_by(how))
    }
    rows = temporary_table("people", *((column.name, column.type) for column in member.c))
    persons = select(rows.c.household_id, *(column.label(f"member.{column.name}") for column in rows.c))
    here = persons.where(in_family(rows, as_of=as_of)).subquery("here")
    counts = [
        (func.count() if how.rows else count(here, how, as_of=as_of)).label(name.split(".")[1])
        for name, how in counted.items()
    ]
    engine = create_engine(URL.create("duckdb"))
    with engine.begin() as connection:
        rows.create(connection)
        append_rows(connection, rows, as_table(people, rows))
        found = read_frame(connection, select(here.c.household_id, *counts).group_by(here.c.household_id))
    engine.dispose()
    return found.set_index("household_id").astype("Int32")
