"""Results that many queries begin with, kept as tables in the memory of an embedded database: worked out once, for
everybody who reads the same version.

A server keeps nothing: who asks it may only read.
"""

import hashlib
import threading
from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CreateTableAs, Engine, Select, Table, func, select
from sqlalchemy.schema import DDL

MOST_TABLES = 12
"""Tables kept of one version; what is asked for beyond them is worked out each time. Each of 148,000 households takes
30 to 40 MB."""

_MEMORY = "kept"
"""What the database in memory is called beside the one that is read."""


class KeptTables:
    """The tables kept of each version, as long as it is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: WeakKeyDictionary[Engine, dict[str, Table]] = WeakKeyDictionary()

    def find(self, connection: Connection, *, key: Hashable, make: Callable[[], Select]) -> Table | None:
        """The table of what `make` selects, made now where it is not there; None where it cannot be kept.

        Args:
            connection: reads the version that the table is of.
            key: all that the rows depend on beside the version. Not a scope: a table holds everybody's rows.
        """
        if connection.dialect.name != "duckdb":
            return None
        name = f"table_{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}"
        made = self._made.setdefault(connection.engine, {})
        if name not in made:
            with self._lock:  # who wants what is being made waits for it
                if name not in made:
                    if len(made) >= MOST_TABLES:
                        return None
                    made[name] = _make(connection.engine, name, make())
        return made[name] if _sees(connection, name) else None


def _make(engine: Engine, name: str, query: Select) -> Table:
    created = CreateTableAs(query, name, schema=_MEMORY, if_not_exists=True)
    with engine.begin() as connection:
        connection.execute(DDL(f"ATTACH IF NOT EXISTS ':memory:' AS {_MEMORY} (READ_WRITE)"))  # type: ignore[no-untyped-call]
        connection.execute(created)
    return created.table


def _sees(connection: Connection, name: str) -> bool:
    """Whether a reader sees a table: not one that was made after it began to read."""
    tables = func.duckdb_tables().table_valued("database_name", "table_name")
    query = (
        select(func.count()).select_from(tables).where(tables.c.database_name == _MEMORY, tables.c.table_name == name)
    )
    return bool(connection.execute(query).scalar())
