"""DuckDB as SQLAlchemy knows it, with statements compiled once.

The dialect as it comes has every statement compiled again each time it is sent, which takes longer than running it: a
rule book is 80 KB of SQL. Nothing in it speaks against keeping them: its compiler is that of PostgreSQL unchanged.
"""

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry


class CachingDialect(Dialect):
    """The dialect of DuckDB whose compiled statements SQLAlchemy keeps."""

    supports_statement_cache = True


registry.register("duckdb", __name__, CachingDialect.__name__)
