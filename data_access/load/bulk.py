"""Many rows into a table at once, in the fastest way each database offers."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
from sqlalchemy import Connection, Table

_INCOMING = "incoming_rows"


def append_rows(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append rows to a table, whose columns they have; a column that they do not have is empty in them."""
    quote = connection.dialect.identifier_preparer
    quoted = f"{quote.format_table(table)} ({', '.join(map(quote.quote, rows.column_names))})"
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "duckdb":
        driver.register(_INCOMING, rows)
        driver.execute(f"INSERT INTO {quoted} SELECT * FROM {_INCOMING}")  # noqa: S608 (quoted by the dialect)
        driver.unregister(_INCOMING)
        return
    text = io.BytesIO()
    arrow_csv.write_csv(rows, text, arrow_csv.WriteOptions(include_header=False))
    with driver.cursor() as cursor, cursor.copy(f"COPY {quoted} FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getbuffer())
