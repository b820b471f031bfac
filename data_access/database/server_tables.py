"""Results that many queries start from, kept as tables on a server.

Who looks may only read, so they are made by whoever writes, in the same transaction. A table is known by the statement
that made it: after a change of rules or of the program nobody finds it, and the rows are worked out as before.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import (
    Column,
    Connection,
    CreateTableAs,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import DDL, CreateTable, DropTable
from sqlalchemy.sql import CompoundSelect, visitors

from data_access.database.server import load_server
from data_access.schema.tables import household, metadata

kept_result = Table(
    "kept_result",
    MetaData(),
    Column("table_name", String, primary_key=True),
    Column("statement", String, nullable=False),
    Column("read_from", String, nullable=False),
    Column("first_load", Integer, nullable=False),
    Column("last_load", Integer, nullable=False),
)
"""One row per table that is kept: the hash of its statement, the tables that it read, and the loads for which it holds,
first and last. It lies beside the contract."""

_BETWEEN = " "
"""Between the names in `read_from`."""

_LOOK_AGAIN_SECONDS = 20
"""After how long who finds nothing looks again: older months are kept after a load."""

_LOCK_SECONDS = 2
"""How long a table that nobody needs any more waits for its last readers; the next load tries again."""

_class = table("pg_class", column("oid"), column("relname", String), column("relnamespace"), column("relacl"))
_namespace = table("pg_namespace", column("oid"), column("nspname", String))
_extensions = table("pg_extension", column("extname", String))

Query = Select | CompoundSelect


@dataclass(frozen=True)
class _OfLoad:
    """What is kept for one load: hash of a statement -> table; and what was found under the keys of those who asked."""

    load_id: int
    names: Mapping[str, str]
    found: dict[Hashable, Table | None] = field(default_factory=dict)
    looked_at: float = field(default_factory=time.monotonic)


class ServerTables:
    """Finds what is kept on a server for the load that is read."""

    def __init__(self) -> None:
        self._held: _OfLoad | None = None

    def find(
        self, connection: Connection, make: Callable[[], Query], *, load_id: int, key: Hashable = None
    ) -> Table | None:
        """The table that holds the rows of a query for a load; None if there is none.

        Args:
            make: builds the query.
            key: everything it depends on besides the load, so that it is built once; None: it is built each time.
        """
        held = self._held
        if held is None or held.load_id != load_id:
            self._held = held = _OfLoad(load_id, dict(_readable(connection, load_id=load_id)))
        found = _in(held, connection, make, key=key)
        if found is None and time.monotonic() - held.looked_at > _LOOK_AGAIN_SECONDS:
            names = dict(_readable(connection, load_id=load_id))  # older months come after the load
            still = held.found if names == held.names else {}
            self._held = held = _OfLoad(load_id, names, still)
            found = _in(held, connection, make, key=key)
        return found


def _in(held: _OfLoad, connection: Connection, make: Callable[[], Query], *, key: Hashable) -> Table | None:
    if not held.names:
        return None
    if key is None:
        return _table_of(connection, make(), held.names)
    if key not in held.found:
        held.found[key] = _table_of(connection, make(), held.names)
    return held.found[key]


class ServerTablesMade(ServerTables):
    """For whoever writes: makes the table of a query that has none."""

    def find(
        self, connection: Connection, make: Callable[[], Query], *, load_id: int, key: Hashable = None
    ) -> Table | None:
        """The table that holds the rows of a query for a load, made now if it is not there."""
        found, query = _readable(connection, load_id=load_id), make()
        statement = digest_of(connection, query)
        name = dict(found).get(statement)
        if name is None:
            name = f"kept_{load_id}_{statement[:16]}"
            connection.execute(CreateTableAs(query, name))
            connection.execute(DDL(f"ANALYZE {name}"))  # type: ignore[no-untyped-call]
            _let_read(connection, name)
            row = {"table_name": name, "statement": statement, "read_from": _BETWEEN.join(sorted(_tables_of(query)))}
            connection.execute(insert(kept_result).values(**row, first_load=load_id, last_load=load_id))
        return _as_table(name, query)


def may_keep(connection: Connection) -> bool:
    """Whether results are worth keeping and may be kept: in a schema where the writer may make tables, on one machine,
    of so many households that working them out takes long."""
    if connection.dialect.name != "postgresql":
        return False
    spread = select(func.count()).select_from(_extensions).where(_extensions.c.extname == "citus")
    if (
        connection.execute(spread).scalar()
        or not connection.execute(select(func.has_schema_privilege(func.current_schema(), "CREATE"))).scalar()
    ):
        return False
    homes = connection.execute(select(func.count()).select_from(household)).scalar_one()
    return bool(homes >= load_server().kept_from_households)


def carry_over(connection: Connection, *, before: int, now: int, written: Collection[str]) -> None:
    """What held for the load before holds for the newest one, too, where nothing was written to what it was read
    from."""
    if not _is_there(connection, right="UPDATE"):
        return
    own = kept_result.c
    for name, read_from in connection.execute(select(own.table_name, own.read_from).where(own.last_load == before)):
        if set(read_from.split(_BETWEEN)).isdisjoint(written):
            connection.execute(update(kept_result).where(own.table_name == name).values(last_load=now))


def make_register(connection: Connection) -> None:
    """Make the table that says what is kept, where it is not there yet."""
    if not _is_there(connection):
        connection.execute(CreateTable(kept_result, if_not_exists=True))
        _let_read(connection, kept_result.name)


def drop_outdated(engine: Engine, *, before: int) -> None:
    """Drop what held for no load from one on: those who read the load before the newest can finish. What is still being
    read is dropped after the next load."""
    with engine.begin() as connection:
        old = select(kept_result.c.table_name).where(kept_result.c.last_load < before)
        names = connection.execute(old).scalars().all() if _is_there(connection) else []
    for name in names:
        try:
            with engine.begin() as connection:
                connection.execute(select(func.set_config("lock_timeout", f"{_LOCK_SECONDS}s", literal(True))))
                connection.execute(DropTable(Table(name, MetaData()), if_exists=True))
                connection.execute(delete(kept_result).where(kept_result.c.table_name == name))
        except (OperationalError, ProgrammingError):  # somebody reads it, or it is another owner's
            continue


def digest_of(connection: Connection, query: Query) -> str:
    """What tells a statement, with its values, from any other."""
    compiled = query.compile(dialect=connection.dialect)
    return hashlib.sha256(f"{compiled}{sorted(compiled.params.items())}".encode()).hexdigest()


def _table_of(connection: Connection, query: Query, names: Mapping[str, str]) -> Table | None:
    name = names.get(digest_of(connection, query))
    return None if name is None else _as_table(name, query)


def _as_table(name: str, query: Query) -> Table:
    return Table(name, MetaData(), *(Column(part.name, part.type) for part in query.selected_columns))


def _tables_of(query: Query) -> set[str]:
    found = (part.name for part in visitors.iterate(query) if isinstance(part, Table))
    return set(found) & metadata.tables.keys()


def _is_there(connection: Connection, *, right: str = "SELECT") -> bool:
    """Whether there is a table of what is kept, with a right to it."""
    there = (
        select(func.count())
        .join_from(_class, _namespace, _namespace.c.oid == _class.c.relnamespace)
        .where(
            _namespace.c.nspname == func.current_schema(),
            _class.c.relname == kept_result.name,
            func.has_table_privilege(_class.c.oid, right),
        )
    )
    return bool(connection.execute(there).scalar())


def _readable(connection: Connection, *, load_id: int) -> Iterator[tuple[str, str]]:
    """Hash and table of what holds for a load and may be read."""
    if not _is_there(connection):
        return
    own = kept_result.c
    held = (
        select(own.statement, own.table_name)
        .join_from(kept_result, _class, _class.c.relname == own.table_name)
        .join(_namespace, _namespace.c.oid == _class.c.relnamespace)
        .where(
            own.first_load <= load_id,
            own.last_load >= load_id,
            _namespace.c.nspname == func.current_schema(),
            func.has_table_privilege(_class.c.oid, "SELECT"),
        )
    )
    yield from ((statement, name) for statement, name in connection.execute(held))


def _let_read(connection: Connection, name: str) -> None:
    """Whoever may read households may read what was made of them: what a reader is shown is bound by its scope in
    either."""
    quote = connection.dialect.identifier_preparer.quote
    right = func.aclexplode(_class.c.relacl).table_valued("grantee", "privilege_type").lateral()
    readers = (
        select(func.pg_get_userbyid(right.c.grantee))
        .select_from(_class)
        .join(_namespace, _namespace.c.oid == _class.c.relnamespace)
        .join(right, literal(True))
        .where(
            _namespace.c.nspname == func.current_schema(),
            _class.c.relname == household.name,
            right.c.privilege_type == "SELECT",
            right.c.grantee != 0,
        )
    )
    for reader in connection.execute(readers).scalars().all():
        connection.execute(DDL(f"GRANT SELECT ON {quote(name)} TO {quote(reader)}"))  # type: ignore[no-untyped-call]
