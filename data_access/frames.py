"""Fetches the rows of a query as a pandas frame, in the fastest way each database offers."""

import pandas as pd
from sqlalchemy import Connection, Select
from sqlalchemy.sql import CompoundSelect


def read_frame(connection: Connection, query: Select | CompoundSelect) -> pd.DataFrame:
    """The rows of a query, one frame row per row, columns named as selected."""
    result = connection.execute(query)
    if connection.dialect.name == "duckdb":
        # DuckDB hands over whole columns; fetching row by row would take several times as long.
        frame = result.cursor.df()
        frame.columns = pd.Index(result.keys())
        return frame
    return pd.DataFrame(result.fetchall(), columns=pd.Index(result.keys()))
