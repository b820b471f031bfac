"""Results that many queries start from, kept as in-memory tables of an embedded database: computed once, for everybody
who reads the same version.

On a server they are tables that the newest load has made (`server_tables.py`): its users may only read.
"""

import hashlib
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, CreateTableAs, Engine, Select, Table, exc, func, select
from sqlalchemy.schema import DDL, DropTable
from sqlalchemy.sql import CompoundSelect

from data_access.database.reads import noted_reads
from data_access.database.server_tables import ServerTables

MOST_TABLES = 36
"""Tables kept for one version; anything beyond them is computed each time. Each of 148,000 households takes some 3 MB,
once it is compressed."""

_MEMORY = "kept"
"""The name of the in-memory database, attached beside the one that is read."""


@dataclass(frozen=True)
class _Kept:
    table: Table
    rules: str
    """Hash of the rule book that was applied to its rows."""
    reads: frozenset[str] | None
    """The tables that its rows were taken from."""


class KeptTables:
    """The tables kept for each version, as long as it is open. Tables of another rule book are dropped when there are
    too many."""

    def __init__(self, *, on_server: ServerTables | None = None) -> None:
        self._on_server = on_server or ServerTables()
        self._lock = threading.Lock()
        self._made: WeakKeyDictionary[Engine, dict[str, _Kept]] = WeakKeyDictionary()
        self._loose: WeakSet[Engine] = WeakSet()
        """Where tables were made that are not compressed yet."""

    def find_result(self, connection: Connection, query: Select | CompoundSelect, *, load_id: int) -> Table | None:
        """The table on a server with the rows of a query; None if there is none."""
        if connection.dialect.name == "duckdb":
            return None
        return self._on_server.find(connection, lambda: query, load_id=load_id)

    def find(
        self, connection: Connection, *, key: Hashable, rules: str, make: Callable[[], Select], load_id: int = 0
    ) -> Table | None:
        """The table of what `make` selects, made now if it is not there; None if it cannot be kept, or if none is on a
        server.

        Args:
            connection: reads the version that the table belongs to; none of its results is still being fetched.
            key: everything the rows depend on besides the version and the rules. Not a scope: a table holds everybody's
            rows.
            rules: hash of the rule book that is applied to the rows.
            load_id: the newest load of the version.
        """
        if connection.dialect.name != "duckdb":
            return self._on_server.find(connection, make, load_id=load_id, key=(rules, repr(key)))
        name = f"table_{hashlib.sha256(repr((rules, key)).encode()).hexdigest()[:16]}"
        made = self._made.setdefault(connection.engine, {})
        kept = made.get(name)
        if kept is None:
            with self._lock:  # anyone who needs a table that is being made waits for it
                if name not in made:
                    if len(made) >= MOST_TABLES:
                        _drop_others(connection.engine, made, rules=rules)
                    if len(made) >= MOST_TABLES:
                        return None
                    made[name] = _make(connection.engine, name, make(), rules=rules)
                    self._loose.add(connection.engine)
                kept = made[name]
        if _sees(connection, name):
            return kept.table
        # Made after the reader's transaction began. A version never changes, so a new transaction reads the same rows.
        connection.rollback()
        return kept.table if _sees(connection, name) else None

    def reads_of(self, connection: Connection, name: str) -> frozenset[str] | None:
        """The tables of which a kept table was made; None if there is none of that name, or nobody knows."""
        kept = self._made.get(connection.engine, {}).get(name)
        return None if kept is None else kept.reads

    def compress(self) -> None:
        """Compress what was made since the last time, to a tenth or less: DuckDB does so in memory, too, where it is
        told to. It takes as long as making the table; nobody waits for it."""
        for engine in tuple(self._loose):
            with suppress(exc.OperationalError), engine.connect() as connection:  # or next time, when nobody writes
                connection.execute(DDL(f"CHECKPOINT {_MEMORY}"))  # type: ignore[no-untyped-call]
                self._loose.discard(engine)


def _drop_others(engine: Engine, made: dict[str, _Kept], *, rules: str) -> None:
    """Drop the tables of other rule books: changed rules are not needed again. Readers of a dropped table can
    finish."""
    for name in [name for name, kept in made.items() if kept.rules != rules]:
        with engine.begin() as connection:
            connection.execute(DropTable(made.pop(name).table, if_exists=True))


def _make(engine: Engine, name: str, query: Select, *, rules: str) -> _Kept:
    created = CreateTableAs(query, name, schema=_MEMORY, if_not_exists=True)
    with engine.begin() as connection:
        connection.execute(DDL(f"ATTACH IF NOT EXISTS ':memory:' AS {_MEMORY} (READ_WRITE, COMPRESS)"))  # type: ignore[no-untyped-call]
        with noted_reads(connection, kept=lambda other: frozenset() if other == name else None) as reads:
            connection.execute(created)
    return _Kept(created.table, rules, reads.found)


def _sees(connection: Connection, name: str) -> bool:
    """Whether a reader sees a table: not one made after its transaction began, or dropped before it."""
    tables = func.duckdb_tables().table_valued("database_name", "table_name")
    query = (
        select(func.count()).select_from(tables).where(tables.c.database_name == _MEMORY, tables.c.table_name == name)
    )
    return bool(connection.execute(query).scalar())
