"""What the planner of a PostgreSQL server is told of our tables, so that it expects about as many rows as there are.

A person is known by the number of the household and an own number together. PostgreSQL takes the two for independent
and multiplies them: of 290,000 jobs joined to their persons it expects one, and repeats whole queries for every row
that comes. So a number that tells rows of one household apart is declared to have one value: beside that of the
household it narrows nothing, and too many rows are expected rather than next to none. How many values the parts of a
key have together is counted by extended statistics.

Declared where tables are made or brought up, by their owner; counted by ANALYZE at the end of every load.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import ARRAY, Column, Connection, String, Table, column, func, select, table
from sqlalchemy.schema import DDL

from data_access.schema.tables import metadata

_KEY = "household_id"
_ONE_VALUE = "n_distinct=1"

_namespace = table("pg_namespace", column("oid"), column("nspname", String))
_class = table("pg_class", column("oid"), column("relname", String), column("relnamespace"), column("relkind", String))
_attribute = table("pg_attribute", column("attrelid"), column("attname", String), column("attoptions", ARRAY(String)))
_extended = table("pg_statistic_ext", column("stxrelid"), column("stxname", String))
_written = table(
    "pg_stat_xact_user_tables",
    column("schemaname", String),
    column("relname", String),
    column("n_tup_ins"),
    column("n_tup_upd"),
    column("n_tup_del"),
)


def lacking_statistics(connection: Connection) -> list[str]:
    """What the planner has not been told yet, as `member.member_id` and `member.key`; empty on an embedded database,
    and for views."""
    return [name for name, _, _ in _lacking(connection)]


def declare_statistics(connection: Connection) -> None:
    """Tell the planner what it lacks; the connection is that of the tables' owner."""
    lacking = list(_lacking(connection))
    for _, _, statement in lacking:
        connection.execute(DDL(statement))  # type: ignore[no-untyped-call]
    _analyze(connection, dict.fromkeys(of.name for _, of, _ in lacking))


def analyze_written(connection: Connection) -> None:
    """Count anew what a transaction has written to, within it. Whoever does not own a table cannot: then the server
    does it by itself, some minutes later."""
    if connection.dialect.name == "postgresql":
        _analyze(connection, tables_written(connection))


def tables_written(connection: Connection) -> list[str]:
    """The tables that a transaction on a server has written to so far."""
    written = select(_written.c.relname).where(
        _written.c.schemaname == func.current_schema(),
        _written.c.n_tup_ins + _written.c.n_tup_upd + _written.c.n_tup_del > 0,
    )
    return list(connection.execute(written).scalars())


def analyze_all(connection: Connection) -> None:
    """Count all tables of the contract anew, after they came from a backup."""
    if connection.dialect.name == "postgresql":
        _analyze(connection, metadata.tables)


def _lacking(connection: Connection) -> Iterator[tuple[str, Table, str]]:
    """The name of what is lacking, its table, and the statement that declares it."""
    if connection.dialect.name != "postgresql":
        return
    ours = (
        select(_class.c.oid, _class.c.relname)
        .join_from(_class, _namespace, _namespace.c.oid == _class.c.relnamespace)
        .where(_namespace.c.nspname == func.current_schema(), _class.c.relkind.in_(("r", "p")))
        .subquery("ours")
    )
    options = select(ours.c.relname, _attribute.c.attname, _attribute.c.attoptions).join_from(
        ours, _attribute, _attribute.c.attrelid == ours.c.oid
    )
    told = {(of, name): values or [] for of, name, values in connection.execute(options)}
    counted = select(_extended.c.stxname).join_from(ours, _extended, _extended.c.stxrelid == ours.c.oid)
    names = set(connection.execute(counted).scalars())
    quote = connection.dialect.identifier_preparer.quote
    for part in _numbers_within_households():
        if _ONE_VALUE not in told.get((part.table.name, part.name), [_ONE_VALUE]):
            statement = f"ALTER TABLE {quote(part.table.name)} ALTER {quote(part.name)} SET ({_ONE_VALUE})"
            yield f"{part.table.name}.{part.name}", part.table, statement
    for of in _household_tables():
        key, name = list(of.primary_key.columns), f"{of.name}_key"
        if len(key) > 1 and name not in names and (of.name, _KEY) in told:
            parts = ", ".join(quote(part.name) for part in key)
            yield f"{of.name}.key", of, f"CREATE STATISTICS {quote(name)} (ndistinct) ON {parts} FROM {quote(of.name)}"


def _household_tables() -> list[Table]:
    return [one for one in metadata.tables.values() if _KEY in one.primary_key.columns]


def _numbers_within_households() -> list[Column]:
    """Columns whose values are unique, or mean anything, only beside the number of a household."""
    numbers = {part.name for of in _household_tables() for part in list(of.primary_key.columns)[1:]}
    return [part for of in _household_tables() for part in of.c if part.name in numbers and part.name.endswith("_id")]


def _analyze(connection: Connection, names: Iterable[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for name in names:
        connection.execute(DDL(f"ANALYZE {quote(name)}"))  # type: ignore[no-untyped-call]
