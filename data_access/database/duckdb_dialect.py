"""SQLAlchemy's dialect of DuckDB, with statements compiled only once.

The original dialect has every statement compiled again each time it is sent, which takes longer than running it: a rule
book is 80 KB of SQL. Caching them is safe: its compiler is that of PostgreSQL, unchanged.
"""

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry


class CachingDialect(Dialect):
    """The dialect of DuckDB, with compiled statements cached by SQLAlchemy."""

    supports_statement_cache = True


registry.register("duckdb", __name__, CachingDialect.__name__)
