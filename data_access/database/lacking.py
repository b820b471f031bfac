"""Statements for a database that lacks tables or columns of the contract: what is not there reads as empty.

A table without some columns is compiled as a SELECT that has them all, and one that is not there as a SELECT without
rows; so no query needs to know what a database keeps. That a figure counted from them is not collected is said by
`schema/collected.yaml`.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Engine, Table
from sqlalchemy.sql.compiler import SQLCompiler

from data_access.schema.contract import name_of


class _LackingCompiler(SQLCompiler):
    """Compiles the tables of the contract as they would be if the database had all of it."""

    lacking: ClassVar[frozenset[str]]

    def visit_table(self, table: Table, asfrom: bool = False, iscrud: bool = False, *rest: Any, **options: Any) -> str:
        """The table itself, or in its place a SELECT with all its columns."""
        own: str = super().visit_table(table, asfrom, iscrud, *rest, **options)  # type: ignore[no-untyped-call]
        if not asfrom or iscrud or not any(name_of(part) in self.lacking for part in table.c):
            return own
        whole = f"(SELECT {', '.join(map(self._column, table.c))}{self._source(table, own)})"
        alias = options.get("enclosing_alias")
        if alias is not None and alias.element is table:
            return whole
        return f"{whole} AS {self.preparer.quote(table.name)}"

    def _column(self, part: Any) -> str:
        name = self.preparer.quote(part.name)
        if name_of(part) not in self.lacking:
            return name
        return f"CAST(NULL AS {self.dialect.type_compiler_instance.process(part.type)}) AS {name}"

    def _source(self, table: Table, own: str) -> str:
        is_there = any(name_of(part) not in self.lacking for part in table.c)
        return f" FROM {own}" if is_there else " WHERE false"


@cache
def _compiler(base: Any, lacking: frozenset[str]) -> type[SQLCompiler]:
    return type(base.__name__, (_LackingCompiler, base), {"lacking": lacking})


def read_as_empty(engine: Engine, lacking: Collection[str]) -> Engine:
    """Has a new engine compile every statement as if the database had some columns of the contract, by name, that it
    lacks. A table is not there if it lacks all of them."""
    if lacking:
        base: Any = engine.dialect.statement_compiler
        engine.dialect.statement_compiler = _compiler(base, frozenset(lacking))
    return engine
