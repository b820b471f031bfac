"""SQLAlchemy's dialect of DuckDB, with statements compiled only once in a process.

The original dialect has every statement compiled again each time it is sent, which takes longer than running it: a rule
book is 80 KB of SQL. Caching them is safe: its compiler is that of PostgreSQL, unchanged. All databases share what was
compiled, so a new version of the household database does not begin from nothing.
"""

from duckdb_engine import Dialect
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache = LRUCache(1_000)


class CachingDialect(Dialect):
    """The dialect of DuckDB, with compiled statements cached by SQLAlchemy for all engines together."""

    supports_statement_cache = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Called by SQLAlchemy for each new engine."""
        super().engine_created(engine)
        engine.update_execution_options(compiled_cache=_COMPILED)

    def __eq__(self, other: object) -> bool:
        """Part of the key of what is compiled: all have the same options, so what one compiled serves the others that
        lack the same (`lacking.py`)."""
        return type(other) is type(self) and other.statement_compiler is self.statement_compiler

    def __hash__(self) -> int:
        return hash((type(self), self.statement_compiler))


registry.register("duckdb", __name__, CachingDialect.__name__)
