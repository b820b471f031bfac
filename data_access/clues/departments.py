"""The participating departments."""

from datetime import date

import pandas as pd
from sqlalchemy import select

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.regions import office_name
from data_access.schema.tables import department
from data_access.scope import Scope


def read_departments(snapshot: Snapshot, *, scope: Scope, on: date, language: str) -> pd.DataFrame:
    """Every department, whatever the scope, since they belong to no place; one row each, by code. Columns: code,
    name (its title on a day)."""
    name = office_name(language=language, on=on)
    return read_frame(snapshot.connection, select(department.c.code, name.label("name")).order_by(department.c.code))
