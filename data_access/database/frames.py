"""Fetches the rows of a query as a pandas frame, in the fastest way that each database offers."""

from collections.abc import Iterator

import pandas as pd
from sqlalchemy import Connection, Select
from sqlalchemy.sql import CompoundSelect

_VECTOR_ROWS = 2048
"""Rows that DuckDB handles at a time."""


def read_frame(connection: Connection, query: Select | CompoundSelect) -> pd.DataFrame:
    """The rows of a query, one frame row per row, columns named as selected."""
    result = connection.execute(query)
    if connection.dialect.name == "duckdb":
        # DuckDB returns whole columns; fetching row by row would take several times as long.
        frame = result.cursor.df()
        frame.columns = pd.Index(result.keys())
        return frame
    return pd.DataFrame(result.fetchall(), columns=pd.Index(result.keys()))


def stream_frames(connection: Connection, query: Select | CompoundSelect, *, rows: int) -> Iterator[pd.DataFrame]:
    """The rows of a query in frames of at most `rows` rows, so that a long list is never in memory as a whole."""
    if connection.dialect.name == "duckdb":
        result = connection.execute(query)
        names = pd.Index(result.keys())
        vectors = max(rows // _VECTOR_ROWS, 1)
        while len(frame := result.cursor.fetch_df_chunk(vectors)):
            frame.columns = names
            yield frame
        return
    result = connection.execution_options(stream_results=True, yield_per=rows).execute(query)
    for part in result.partitions():
        yield pd.DataFrame(part, columns=pd.Index(result.keys()))
