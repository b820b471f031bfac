"""How the app's own records are declared, and how the database itself refuses to change or delete them.

Records are evidence: they are added, never changed. What changes over time (a problem, a saved filter) is a series of
records, of which the newest holds the state. Every subject declares its tables beside its functions; a change to them
is a revision in `migrations/versions`.
"""

from datetime import UTC, datetime

from sqlalchemy import DDL, Column, Connection, DateTime, Integer, MetaData, String, Table, func, inspect, select, text
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

LONGEST_TEXT = 200
"""How many characters a name or a short note may have."""

PLACE_COLUMNS = ("village_code", "township_code")
"""Columns that say where a record belongs: nobody can write one outside their own scope."""

metadata = MetaData()


def record_table(name: str, zh: str, en: str, *columns: Column, action: str | None) -> Table:
    """A table of records; `zh` and `en` say what one row is.

    Its own columns are preceded by `record_id`, the order in which records were written, and followed by `recorded_by`
    and `recorded_at` (UTC). A String with a length refuses longer text.

    Args:
        action: what a user must be allowed to do to write one (`access/roles.yaml`); None: only the program writes
        them, and the audit record has separate entries for them.
    """
    return Table(
        name,
        metadata,
        Column("record_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
        *columns,
        Column("recorded_by", String(LONGEST_TEXT), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment=f"{zh} / {en}",
        info={"zh": zh, "en": en, "action": action},
    )


def in_utc(at: datetime) -> datetime:
    """The time of a record in UTC: SQLite stores no time zone, and what was written was UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


_COLUMNS_OF_RECORDS = {"record_id", "recorded_by", "recorded_at"}
"""The columns that every table of records has, and no other table."""

_pg_trigger = sql_table("pg_trigger", sql_column("tgname"), sql_column("tgrelid"))

_pg_class = sql_table("pg_class", sql_column("oid"), sql_column("relowner"))

_REFUSAL = "records are added, never changed"

_SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{change} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
_SQLITE_REPLACEMENT = """
CREATE TRIGGER {table}_no_REPLACE BEFORE INSERT ON {table} WHEN {taken}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
_UNIQUE = text("""
SELECT list.name, info.name FROM pragma_index_list(:table) AS list JOIN pragma_index_info(list.name) AS info
WHERE list."unique"
""")
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '{refusal}'; END$$
"""
_POSTGRES_TRIGGER = """
CREATE OR REPLACE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def record_tables(connection: Connection) -> list[str]:
    """Names of all tables of records in a database, including those that this program does not know."""
    columns = inspect(connection).get_multi_columns()
    return sorted(
        name for (_, name), found in columns.items() if {part["name"] for part in found} >= _COLUMNS_OF_RECORDS
    )


def keep_for_ever(connection: Connection, table: str) -> None:
    """Make the database refuse to change, replace or delete rows of a table. Existing triggers are left alone:
    recreating them would have to wait for everyone writing at that moment."""
    # SQLAlchemy cannot express triggers; nothing in this text comes from outside the program.
    sqlite = connection.dialect.name == "sqlite"
    changes = ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE")
    held = set() if sqlite else _triggers(connection, table)
    wanted = [change for change in changes if f"{table}_no_{change}".lower() not in held]
    statements = [_POSTGRES_FUNCTION.format(refusal=_REFUSAL)] if wanted and not sqlite else []
    trigger = _SQLITE_TRIGGER if sqlite else _POSTGRES_TRIGGER
    statements += [trigger.format(table=table, change=change, refusal=_REFUSAL) for change in wanted]
    if sqlite:
        statements.append(f"DROP TRIGGER IF EXISTS {table}_no_REPLACE")  # there may be another unique key now
        statements.append(_SQLITE_REPLACEMENT.format(table=table, taken=_taken(connection, table), refusal=_REFUSAL))
    for statement in statements:
        connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


def let_change(connection: Connection, table: str) -> None:
    """Let rows of a table be changed until `keep_for_ever` within the same transaction."""
    on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    connection.execute(DDL(f"DROP TRIGGER {table}_no_UPDATE{on}"))  # type: ignore[no-untyped-call]


def _taken(connection: Connection, table: str) -> str:
    """The condition that a row of SQLite would take the place of another: `INSERT OR REPLACE` deletes that one, and no
    trigger for deletions hears of it."""
    keys: dict[str, list[str]] = {"": ["record_id"]}
    for index, column in connection.execute(_UNIQUE, {"table": table}):
        keys.setdefault(index, []).append(column)
    same = (" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys.values())
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {one})" for one in same)  # noqa: S608 (as above)


def owns_tables(connection: Connection) -> bool:
    """Whether the user of a server owns the tables, and so could lift what guards them; SQLite has no users."""
    if connection.dialect.name == "sqlite":
        return False
    owner = func.pg_get_userbyid(_pg_class.c.relowner) == func.current_user()
    query = select(owner).where(_pg_class.c.oid == func.to_regclass("audit_entry"))
    return bool(connection.execute(query).scalar())


def _triggers(connection: Connection, table: str) -> set[str]:
    """Names of the triggers of a table on a server."""
    this = func.to_regclass(table)
    return set(connection.execute(select(_pg_trigger.c.tgname).where(_pg_trigger.c.tgrelid == this)).scalars())
