"""Looks through a statement for what a cluster that spreads households over machines cannot do.

    assert broken_rules(select(member.c.name).join(household, household.c.phone == member.c.id_no)) != []

A household table is one whose primary key begins with `household_id`: all rows of one household lie on one machine.
So two of them may only be joined on that column, however the join is written (JOIN, WHERE, EXISTS, IN, a set) and
however deep in subqueries and CTEs the column was taken from; a window must be one household's; nothing is recursive.
A subquery that speaks of nothing outside itself is a value, found once and told to all machines, and no join.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BooleanClauseList,
    Cast,
    ClauseElement,
    ClauseList,
    Grouping,
    Label,
    Null,
    Over,
    TextClause,
    Tuple,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import (
    CTE,
    AliasedReturnsRows,
    CompoundSelect,
    Join,
    Lateral,
    ScalarSelect,
    SelectBase,
    SelectState,
    SelectStatementGrouping,
)

from data_access.database.distribution import KEY
from data_access.schema.tables import metadata

HOUSEHOLD_TABLES = frozenset(
    name for name, table in metadata.tables.items() if next(iter(table.primary_key.columns)).name == KEY
)
"""The tables that are spread; all others are copied to every machine."""


def broken_rules(statement: Any) -> list[str]:
    """What a cluster would refuse in a statement, in words; empty where it would not.

    Raises TypeError for a statement that cannot be looked into, such as text.
    """
    looked = _Look()
    looked.at_query(statement, outer=())
    return looked.broken


@dataclass(frozen=True)
class _Query:
    """What is known of a select: whether it reads households, and which of its columns hold their number."""

    reads_households: bool
    keys: tuple[bool, ...]


@dataclass
class _Look:
    """One look through a statement. Queries that are used more than once (CTEs) are looked at once."""

    broken: list[str] = field(default_factory=list)
    _known: dict[int, tuple[SelectBase, _Query]] = field(default_factory=dict)

    def at_query(self, query: Any, *, outer: tuple[FromClause, ...]) -> _Query:
        """Looks at a query and all below it; `outer` are the sources of the queries it stands in."""
        while isinstance(query, SelectStatementGrouping):
            query = query.element
        if id(query) not in self._known:
            if isinstance(query, CompoundSelect):
                found = self._at_set(query, outer=outer)
            elif isinstance(query, Select):
                found = self._at_select(query, outer=outer)
            else:
                raise TypeError(f"cannot look into {type(query).__name__}: {str(query)[:80]}")
            self._known[id(query)] = (query, found)  # kept, so that no other query gets its id
        return self._known[id(query)][1]

    def _at_set(self, query: CompoundSelect, *, outer: tuple[FromClause, ...]) -> _Query:
        parts = [self.at_query(part, outer=outer) for part in query.selects]
        keys = tuple(all(part) for part in zip(*(part.keys for part in parts), strict=True))
        reading = [part for part in parts if part.reads_households]
        if "UNION" not in str(query.keyword.value) and len(reading) > 1 and not any(keys):
            self.broken.append(f"{query.keyword.value} without {KEY}: {shown(query)}")
        return _Query(reads_households=bool(reading), keys=keys)

    def _at_select(self, query: Select, *, outer: tuple[FromClause, ...]) -> _Query:
        froms = sources_of(query)
        # As SQLAlchemy does it: what a surrounding query reads is that query's, unless nothing else would be left.
        own = [source for source in froms if not _is_among(source, outer)] or list(froms)
        leaves = [leaf for source in own for leaf in leaves_of(source)]
        reading = {leaf for leaf in leaves if self._reads_households(leaf)}
        surrounding = (*outer, *leaves)
        for source in own:
            self._at_joins(source, reading=reading, outer=surrounding)
        groups = [group for source in own if (group := {leaf for leaf in leaves_of(source) if leaf in reading})]
        below = [
            self._at_expression(part, outer=surrounding, query=query)
            for part in query.get_children()
            if not is_source(part)
        ]
        used = _used(query, outer) if groups else set()
        groups += [{leaf} for leaf in outer if leaf in used and self._reads_households(leaf)]
        if len(_connected(groups, query.whereclause)) > 1:
            self.broken.append(f"households brought together without {KEY}: {shown(query)}")
        return _Query(
            reads_households=bool(reading) or any(below),
            keys=tuple(_is_key(column) for column in query.selected_columns),
        )

    def _reads_households(self, leaf: FromClause) -> bool:
        element: Any = leaf
        while isinstance(element, AliasedReturnsRows):
            if isinstance(element, CTE) and element.recursive:
                self.broken.append(f"recursive: {element.name}")
                return True
            if isinstance(element, Lateral):
                raise TypeError("cannot look into LATERAL")
            element = element.element
        if isinstance(element, Table):
            return element.name in HOUSEHOLD_TABLES
        return isinstance(element, SelectBase) and self.at_query(element, outer=()).reads_households

    def _at_joins(self, source: FromClause, *, reading: set[FromClause], outer: tuple[FromClause, ...]) -> None:
        if not isinstance(source, Join):
            return
        sides = [{leaf for leaf in leaves_of(side) if leaf in reading} for side in (source.left, source.right)]
        if all(sides) and len(_connected(sides, source.onclause)) > 1:
            self.broken.append(f"joined without {KEY}: ON {shown(source.onclause)}")
        if source.onclause is not None:
            self._at_expression(source.onclause, outer=outer, query=source)
        for side in (source.left, source.right):
            self._at_joins(side, reading=reading, outer=outer)

    def _at_expression(self, expression: ClauseElement, *, outer: tuple[FromClause, ...], query: ClauseElement) -> bool:
        """Looks at a condition or a column and the queries in it; returns whether those read households."""
        reads = False
        for part in parts_of(expression):
            if isinstance(part, TextClause) or (getattr(part, "is_literal", False) and str(part) != "*"):
                raise TypeError(f"cannot look into text: {shown(part)}")
            if isinstance(part, Over) and not any(_is_key(column) for column in listed(part.partition_by)):
                self.broken.append(f"window not by {KEY}: {shown(part)}")
            elif isinstance(part, SelectBase):
                found = self.at_query(part, outer=outer)
                reads = reads or found.reads_households
            elif isinstance(part, BinaryExpression) and part.operator in (operators.in_op, operators.not_in_op):
                self._at_membership(part, outer=outer)
        return reads

    def _at_membership(self, expression: BinaryExpression, *, outer: tuple[FromClause, ...]) -> None:
        """`x IN (SELECT y …)` is a join on x = y."""
        inner: Any = expression.right
        while isinstance(inner, Grouping | ScalarSelect | SelectStatementGrouping):
            inner = inner.element
        if not isinstance(inner, SelectBase):
            return
        found = self.at_query(inner, outer=outer)
        wanted = list(expression.left.clauses) if isinstance(expression.left, Tuple) else [expression.left]
        if (
            found.reads_households
            and any(self._reads_households(leaf) for leaf in outer)
            and not any(_is_key(column) and key for column, key in zip(wanted, found.keys, strict=True))
        ):
            self.broken.append(f"IN without {KEY}: {shown(expression)}")


def sources_of(query: Select) -> list[FromClause]:
    """What a query selects from: what its columns and conditions speak of, and its joins."""
    # `get_final_froms` is the public way, and puts the whole statement into words every time.
    return SelectState(query, None)._get_display_froms()  # type: ignore[arg-type]


def is_source(part: Any) -> bool:
    """Whether a part of a query is what it selects from. To SQLAlchemy a function is that too, wherever it stands."""
    return isinstance(part, FromClause) and not isinstance(part, FunctionElement)


def leaves_of(source: FromClause) -> Iterator[FromClause]:
    """The tables and subqueries that a source joins."""
    if isinstance(source, Join):
        yield from leaves_of(source.left)
        yield from leaves_of(source.right)
    else:
        yield source


def parts_of(expression: ClauseElement) -> Iterator[ClauseElement]:
    """Everything in an expression, down to the queries in it, which are given and not looked into."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, SelectBase) and not is_source(part):
            waiting.extend(part.get_children())


def _used(query: Select, outer: tuple[FromClause, ...]) -> set[FromClause]:
    """The sources of surrounding queries that the conditions and columns of a query speak of."""
    expressions = [part for part in query.get_children() if not is_source(part)]
    columns = [part for expression in expressions for part in parts_of(expression) if isinstance(part, ColumnElement)]
    tables = {table for column in columns if (table := getattr(column, "table", None)) is not None}
    return {leaf for leaf in outer if leaf in tables}


def _connected(groups: list[set[FromClause]], condition: ClauseElement | None) -> list[set[FromClause]]:
    """The groups, put together where the condition equates their households."""
    together = list(groups)
    for left, right in _equated(condition):
        touched = [group for group in together if left in group or right in group]
        if len(touched) > 1:
            together = [group for group in together if group not in touched] + [set().union(*touched)]
    return together


def _equated(condition: Any) -> Iterator[tuple[FromClause, FromClause]]:
    """The sources whose household numbers must be equal wherever the condition holds."""
    if isinstance(condition, Grouping):
        yield from _equated(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _equated(part)
    elif isinstance(condition, BinaryExpression) and condition.operator is operators.eq:
        left, right = condition.left, condition.right
        if _is_key(left) and _is_key(right):
            yield left.table, right.table


def _is_key(column: Any) -> bool:
    """Whether a column is the household number of a household table, unchanged, however far down that table is."""
    while isinstance(column, Label | Grouping):
        column = column.element
    if getattr(column, "table", None) is None:
        return False
    return all(
        isinstance(base, Column) and getattr(base.table, "name", None) in HOUSEHOLD_TABLES and base.name == KEY
        for base in without_nulls(column.base_columns)
    )


def without_nulls(columns: Iterable[Any]) -> list[Any]:
    """The columns that can hold anything: NULL, as a branch of a set selects it for what is no household's, equals
    nothing."""
    return [column for column in columns if not isinstance(_unwrapped(column), Null)]


def _unwrapped(column: Any) -> Any:
    while isinstance(column, Label | Grouping | Cast):
        column = column.element if not isinstance(column, Cast) else column.clause
    return column


def _is_among(source: FromClause, sources: tuple[FromClause, ...]) -> bool:
    return any(source is other for other in sources)


def listed(clauses: Any) -> list[Any]:
    if clauses is None:
        return []
    return list(clauses.clauses) if isinstance(clauses, ClauseList) else [clauses]


def shown(element: ClauseElement | None) -> str:
    return " ".join(str(element).split())[:400]
