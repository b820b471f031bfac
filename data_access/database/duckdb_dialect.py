"""SQLAlchemy's dialect of DuckDB, with statements compiled and parsed only once in a process.

The original dialect has every statement compiled again each time it is sent, which takes longer than running it: a rule
book is 80 KB of SQL. Caching them is safe: its compiler is that of PostgreSQL, unchanged. All databases share what was
compiled, so a new version of the household database does not begin from nothing. DuckDB, too, is given what it parsed
before: reading the letters of a question about few households takes it as long as answering it.
"""

from functools import lru_cache
from typing import Any

from duckdb import Statement, extract_statements
from duckdb_engine import Dialect
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache = LRUCache(1_000)
_QUESTIONS = ("SELECT", "WITH")
"""What begins so is asked again with other values; a statement of another kind seldom is."""


class CachingDialect(Dialect):
    """The dialect of DuckDB, with compiled statements cached by SQLAlchemy for all engines together."""

    supports_statement_cache = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Called by SQLAlchemy for each new engine."""
        super().engine_created(engine)
        engine.update_execution_options(compiled_cache=_COMPILED)

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Called by SQLAlchemy for each statement that it sends."""
        if statement.startswith(_QUESTIONS):
            cursor.connection.execute(_parsed(statement), parameters)
        else:
            cursor.execute(statement, parameters)

    def __eq__(self, other: object) -> bool:
        """Part of the key of what is compiled: all have the same options, so what one compiled serves the others that
        lack the same (`lacking.py`)."""
        return type(other) is type(self) and other.statement_compiler is self.statement_compiler

    def __hash__(self) -> int:
        return hash((type(self), self.statement_compiler))


@lru_cache(maxsize=200)  # each takes 35 bytes a letter
def _parsed(statement: str) -> Statement:
    return extract_statements(statement)[0]


registry.register("duckdb", __name__, CachingDialect.__name__)
