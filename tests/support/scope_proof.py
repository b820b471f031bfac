"""Looks through a statement for rows that the reader's scope does not bind.

    assert unbound(select(member.c.name)) == ["member: SELECT member.name FROM member"]

Every table whose rows belong to a place or a household must be bound: by a condition that `Scope.rows` made on its
place, or by being joined on `household_id` to one that is; in every branch of a set, every subquery, CTE and EXISTS. A
row may also stand in the same place as one that is bound, or, where it is no household's (a helper, a workplace, the
name of a village), be looked up from one by its own key. A condition counts where the rows that show must meet it: not
beside OR, and in an outer join for the optional side alone. What a subquery leaves open, the query around it may bind
by the household number or the place that it selects.

The conditions are known by the scope that made them: ask with `MARKED`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Column, FromClause, Select, Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BooleanClauseList,
    ClauseElement,
    Grouping,
    Label,
    Over,
    TextClause,
    Tuple,
)
from sqlalchemy.sql.selectable import (
    CTE,
    AliasedReturnsRows,
    CompoundSelect,
    Join,
    Lateral,
    ScalarSelect,
    SelectBase,
    SelectStatementGrouping,
    TableValuedAlias,
)

from data_access.database.distribution import KEY
from data_access.scope import Scope
from tests.support.statements import is_source, leaves_of, listed, parts_of, shown, sources_of, without_nulls

MARK = "61090"
"""The region of the marked scope: half a code, which nothing else compares a place with; it covers the test worlds."""

MARKED = Scope(regions=(MARK,), actions=None)

_PLACES = ("village_code", "township_code", "region_code", "county")
"""Names of columns that say where a row belongs."""

_REGION = ("region", "code")
"""The table whose key is a place."""


def unbound(statement: Any) -> list[str]:
    """What a statement reads outside the scope: the tables and the query that leaves them unbound; empty where all is
    bound.

    Raises TypeError for a statement that cannot be looked into, such as text.
    """
    proof = _Proof()
    proof.need_bound(statement, outer=())
    return proof.broken


@dataclass(frozen=True)
class _Rows:
    """What a query leaves open: its tables that are not bound yet, and the columns (by position) that would bind them
    all: household numbers and places. All empty where everything is bound."""

    tables: frozenset[str] = frozenset()
    keys: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()


_BOUND = _Rows()

Flow = tuple[frozenset[FromClause], FromClause]
"""Where the first are all bound, the second is bound too."""


@dataclass
class _Proof:
    broken: list[str] = field(default_factory=list)
    _known: dict[int, tuple[Any, _Rows]] = field(default_factory=dict)

    def need_bound(self, query: Any, *, outer: tuple[FromClause, ...]) -> None:
        """Looks at a query that nobody can bind from outside."""
        rows = self.at_query(query, outer=outer)
        if rows.tables:
            self._note(rows, query)

    def _note(self, rows: _Rows, query: Any) -> None:
        self.broken.append(f"{', '.join(sorted(rows.tables))}: {shown(query)}")

    def at_query(self, query: Any, *, outer: tuple[FromClause, ...]) -> _Rows:
        """Looks at a query and all below it; `outer` are the sources of the queries it stands in."""
        query = _bare(query)
        if id(query) not in self._known:
            if isinstance(query, CompoundSelect):
                found = self._at_set(query, outer=outer)
            elif isinstance(query, Select):
                found = self._at_select(query, outer=outer)
            else:
                raise TypeError(f"cannot look into {type(query).__name__}: {str(query)[:80]}")
            self._known[id(query)] = (query, found)  # kept, so that no other query gets its id
        return self._known[id(query)][1]

    def _at_set(self, query: CompoundSelect, *, outer: tuple[FromClause, ...]) -> _Rows:
        still_open = [rows for part in query.selects if (rows := self.at_query(part, outer=outer)).tables]
        if not still_open:
            return _BOUND
        return _Rows(
            tables=frozenset().union(*(rows.tables for rows in still_open)),
            keys=frozenset.intersection(*(rows.keys for rows in still_open)),
            places=frozenset.intersection(*(rows.places for rows in still_open)),
        )

    def _at_select(self, query: Select, *, outer: tuple[FromClause, ...]) -> _Rows:
        froms = sources_of(query)
        # As SQLAlchemy does it: what a surrounding query reads is that query's, unless nothing else would be left.
        own = [source for source in froms if not any(source is one for one in outer)] or list(froms)
        leaves = [leaf for source in own for leaf in leaves_of(source)]
        needy = {leaf: rows for leaf in leaves if (rows := self._rows_of(leaf)).tables}
        flows = list(self._flows(query, own, needy, outer=(*outer, *leaves)))
        given = [*outer, *(leaf for leaf in leaves if leaf not in needy)]
        open_leaves = needy.keys() - _reached(given, flows)
        if not open_leaves:
            return _BOUND
        selected = [_plain(column) for column in query.selected_columns]
        binding = {leaf for leaf in open_leaves if open_leaves <= _reached([*given, leaf], flows)}
        passed = {n: needy[one.table] for n, one in enumerate(selected) if _table(one) in binding}
        left = _Rows(
            tables=frozenset().union(*(needy[leaf].tables for leaf in open_leaves)),
            keys=frozenset(n for n, rows in passed.items() if _position(selected[n]) in rows.keys),
            places=frozenset(n for n, rows in passed.items() if _position(selected[n]) in rows.places),
        )
        if (left.keys or left.places) and query._limit_clause is None and not _ranks_everybody(query):
            return left
        self._note(left, query)
        return _BOUND  # said once

    def _rows_of(self, leaf: FromClause) -> _Rows:
        """What a source leaves open."""
        element: Any = leaf
        while isinstance(element, AliasedReturnsRows) and not isinstance(element, TableValuedAlias):
            if isinstance(element, Lateral) or (isinstance(element, CTE) and element.recursive):
                raise TypeError(f"cannot look into {type(element).__name__}: {shown(element)}")
            element = element.element
        if isinstance(element, SelectBase | SelectStatementGrouping):
            return self.at_query(element, outer=())
        if not isinstance(element, Table):
            return _BOUND
        names = [column.name for column in element.columns]
        keys = frozenset(n for n, name in enumerate(names) if name == KEY)
        places = frozenset(n for n, name in enumerate(names) if name in _PLACES or (element.name, name) == _REGION)
        return _Rows(frozenset({element.name}), keys, places) if keys or places else _BOUND

    def _flows(
        self, query: Select, own: list[FromClause], needy: Mapping[FromClause, _Rows], *, outer: tuple[FromClause, ...]
    ) -> Iterator[Flow]:
        """What the conditions of a query bind; looks at all queries in its columns and conditions."""
        where = list(_all_of(query.whereclause))
        required = {leaf for part in where for leaf in _sides(part)}
        conditions: list[tuple[Any, set[FromClause] | None]] = [(part, None) for part in where]
        for source in own:
            conditions += _conditions(source, required=required)
        for part, optional in conditions:
            for start, end in self._flows_of(part, needy, outer=outer):
                if optional is None or end in optional:
                    yield start, end
        ons = [join.onclause for source in own for join in _joins(source) if join.onclause is not None]
        for expression in (*ons, *(part for part in query.get_children() if not is_source(part))):
            self._at_expression(expression, outer=outer)

    def _flows_of(
        self, part: Any, needy: Mapping[FromClause, _Rows], *, outer: tuple[FromClause, ...]
    ) -> Iterator[Flow]:
        """What one condition binds where it must hold."""
        if _is_marked(part):
            place = _plain(part.left)
            if place.table in needy and _position(place) in needy[place.table].places:
                yield frozenset(), place.table
        elif _is_equation(part):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                start, end = _plain(one), _plain(other)
                if _is_key(start) and end.table in needy and _position(end) in needy[end.table].keys:
                    yield frozenset({start.table}), end.table
        elif isinstance(part, BinaryExpression) and part.operator is operators.eq:
            for one, other in ((part.left, part.right), (part.right, part.left)):
                yield from _looked_up(one, by=other)
                start, end = _plain(one), _plain(other)
                if _is_place(start) and _table(end) in needy and _position(end) in needy[end.table].places:
                    yield frozenset({start.table}), end.table
        elif _is_membership(part) and part.operator is operators.in_op:
            for column, inner, position in _members(part):
                rows = self.at_query(inner, outer=outer)
                holds_key = _is_key(list(inner.selected_columns)[position])
                if (
                    holds_key
                    and not rows.tables
                    and column.table in needy
                    and _position(column) in needy[column.table].keys
                ):
                    yield frozenset(), column.table

    def _at_expression(self, expression: ClauseElement, *, outer: tuple[FromClause, ...]) -> None:
        """Looks at the queries in a column or a condition. Each stands alone and must be bound, but for one that only
        says which of the surrounding households are meant: `household_id IN (SELECT …)`."""
        meant = set()
        for part in parts_of(expression):
            if isinstance(part, TextClause) or (getattr(part, "is_literal", False) and str(part) != "*"):
                raise TypeError(f"cannot look into text: {shown(part)}")
            if _is_membership(part):
                meant |= {
                    id(inner)
                    for column, inner, position in _members(part)
                    if _is_key(column) and position in self.at_query(inner, outer=outer).keys
                }
            elif isinstance(part, SelectBase) and id(_bare(part)) not in meant:
                self.need_bound(part, outer=outer)


def _bare(query: Any) -> Any:
    while isinstance(query, Grouping | ScalarSelect | SelectStatementGrouping):
        query = query.element
    return query


def _plain(column: Any) -> Any:
    while isinstance(column, Label | Grouping):
        column = column.element
    return column


def _reached(start: Iterable[FromClause], flows: list[Flow]) -> set[FromClause]:
    """All that is bound where the start is."""
    reached = set(start)
    while new := {end for begin, end in flows if begin <= reached} - reached:
        reached |= new
    return reached


def _joins(source: FromClause) -> Iterator[Join]:
    if isinstance(source, Join):
        yield source
        yield from _joins(source.left)
        yield from _joins(source.right)


def _conditions(source: FromClause, *, required: set[FromClause]) -> Iterator[tuple[Any, set[FromClause] | None]]:
    """The conditions of joins, and for which sources they hold: None, all; those of an outer join for its optional side
    alone, unless another condition requires that side.

    Args:
        required: sources that conditions around it require to be there.
    """
    if not isinstance(source, Join):
        return
    optional = set(leaves_of(source.right))
    on = [] if source.full else list(_all_of(source.onclause))
    sides = {leaf for part in on for leaf in _sides(part)}
    inner = not source.full and (not source.isouter or bool(required & optional))
    yield from ((part, None if inner else optional) for part in on)
    yield from _conditions(source.left, required=required | sides if inner else required)
    yield from _conditions(source.right, required=required | sides)


def _all_of(condition: Any) -> Iterator[Any]:
    """The conditions that must all hold."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _all_of(part)
    elif isinstance(condition, Grouping):
        yield from _all_of(condition.element)
    elif condition is not None:
        yield condition


def _sides(part: Any) -> Iterator[FromClause]:
    """The sources that a condition of the scope or of equal households requires to be there."""
    if _is_marked(part):
        yield _plain(part.left).table
    elif _is_equation(part):
        yield _plain(part.left).table
        yield _plain(part.right).table


def _is_marked(part: Any) -> bool:
    """Whether `Scope.rows` of the marked scope made a condition."""
    return (
        isinstance(part, BinaryExpression)
        and part.operator is operators.startswith_op
        and _table(_plain(part.left)) is not None
        and isinstance(part.right, BindParameter)
        and part.right.value == MARK
    )


def _is_equation(part: Any) -> bool:
    return (
        isinstance(part, BinaryExpression)
        and part.operator is operators.eq
        and _is_key(_plain(part.left))
        and _is_key(_plain(part.right))
    )


def _looked_up(key: Any, *, by: Any) -> Iterator[Flow]:
    """A table whose key equals something of other sources."""
    column = _plain(key)
    bases = column.base_columns if isinstance(_aliased(_table(column)), Table) else ()
    if any(base.name != KEY and list(base.table.primary_key) == [base] for base in bases):
        tables = frozenset(table for part in parts_of(by) if (table := _table(part)) is not None)
        if tables:
            yield tables, column.table


def _aliased(source: Any) -> Any:
    while isinstance(source, AliasedReturnsRows) and not isinstance(source, TableValuedAlias):
        source = source.element
    return source


def _is_membership(part: Any) -> bool:
    return isinstance(part, BinaryExpression) and part.operator in (operators.in_op, operators.not_in_op)


def _members(part: Any) -> Iterator[tuple[Any, Any, int]]:
    """Of `x IN (SELECT y …)`: x, the query, the position of y."""
    inner = _bare(part.right)
    if isinstance(inner, SelectBase):
        wanted = list(part.left.clauses) if isinstance(part.left, Tuple) else [part.left]
        yield from ((_plain(column), inner, position) for position, column in enumerate(wanted))


def _is_key(column: Any) -> bool:
    """Whether a column is a household number, unchanged, however far down its table is."""
    return _table(column) is not None and all(
        isinstance(base, Column) and base.name == KEY for base in without_nulls(column.base_columns)
    )


def _is_place(column: Any) -> bool:
    """Whether a column is a place, unchanged, however far down its table is."""
    return _table(column) is not None and all(
        isinstance(base, Column) and (base.name in _PLACES or (base.table.name, base.name) == _REGION)
        for base in column.base_columns
    )


def _table(column: Any) -> Any:
    return getattr(column, "table", None)


def _position(column: Any) -> int:
    return next(n for n, one in enumerate(column.table.c) if one is column)


def _ranks_everybody(query: Select) -> bool:
    """Whether a row of a query depends on those of other households: by a window that is not one household's."""
    windows = [part for column in query.selected_columns for part in parts_of(column) if isinstance(part, Over)]
    return not all(any(_is_key(_plain(column)) for column in listed(over.partition_by)) for over in windows)
