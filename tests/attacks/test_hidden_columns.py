"""What is masked cannot be read out of an order, a filter or a choice either: no list can be sorted, filtered or
selected by it, and what a masked reader is given is the same whatever stands behind the mask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.expression import ClauseElement, ColumnClause

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.disclosure import PERSONAL
from data_access.errors import ScopeError
from data_access.households.file import read_household, read_members
from data_access.id_numbers import check_character
from data_access.lists import lists, selection
from data_access.lists.lists import LISTINGS, TEXT_FILTERS, ListRequest
from data_access.lists.selection import OPERATORS, Condition, Selection, load_fields
from data_access.schema.tables import household, member
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import CUT_OFF, Rows, merged
from tests.support.households import household as home
from tests.support.query_walk import ROWS, metric_of_frame
from tests.support.rulebooks import FEW, of_rules

HIDDEN = {*PERSONAL.values(), member.c.birth_date}
MASKED = Scope.district()
RULES = of_rules(*FEW)
LISTS = metric_of_frame()
HIDDEN_NAMES = ("head_name", "head_id_no", "phone", "name", "id_no", "member_name", "member_id_no", "birth_date", "age")


def sources(element: ClauseElement, *, seen: set[int] | None = None) -> set[Column]:
    """The columns of tables that an expression is made of, through every subquery."""
    seen = set() if seen is None else seen
    found: set[Column] = set()
    for part in visitors.iterate(element):
        if id(part) in seen or not isinstance(part, ColumnElement):
            continue
        seen.add(id(part))
        if isinstance(part, Column) and isinstance(part.table, Table):
            found.add(part)
        elif isinstance(part, ColumnClause):
            for base in part.base_columns - {part}:
                found |= sources(base, seen=seen)
    return found


@pytest.fixture(scope="module")
def snapshot(shared_database: MakeDatabase) -> Iterator[Snapshot]:
    yield from looked_at(shared_database(ROWS))


@pytest.fixture(scope="module")
def entries(snapshot: Snapshot) -> dict[str, Select]:
    """Frame -> its entries, as a masked reader's lists ask for them."""
    return {frame: listing.entries(snapshot, MASKED, CUT_OFF) for frame, listing in LISTINGS.items()}


def looked_at(database: HouseholdDatabase) -> Iterator[Snapshot]:
    with database.connect() as (connection, version):
        yield Snapshot(connection=connection, version=version, rulebook=RULES)


SHOWN_AS_NUMBERS = {
    ("collected_persons", "missing"),
    ("collected_persons", "incomplete"),
    ("audit_findings", "found"),
    ("audit_findings", "checked_column"),
}
"""Counts of what is missing or in doubt, and which column it is: they stand in their lists, for everybody to read."""


def test_nothing_that_a_list_is_sorted_or_filtered_by_comes_from_what_is_masked(entries: dict[str, Select]) -> None:
    """A list can be sorted and filtered by columns of its entries, and by those of the household that are named; a new
    one is found here by itself."""
    from_hidden = {
        (frame, column.name)
        for frame, query in entries.items()
        for column in query.subquery("entries").c
        if sources(column) & HIDDEN
    }
    assert from_hidden == SHOWN_AS_NUMBERS
    assert not {household.c[name] for name in TEXT_FILTERS} & HIDDEN


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Select]:
    """The statements of files, which are not run."""
    statements: list[Select] = []

    def keep(_connection: Any, query: Select, *, rows: int) -> Iterator[Any]:
        statements.append(query)
        return iter(())

    for module in (lists, selection):
        monkeypatch.setattr(module, "stream_frames", keep)
    return statements


@pytest.mark.parametrize("metric", ["households", "off_farm_workers"])
def test_who_asks_for_a_hidden_column_in_a_link_gets_the_usual_order_or_a_refusal(
    snapshot: Snapshot, sent: list[Select], metric: str
) -> None:
    for name in (None, *HIDDEN_NAMES):
        request = ListRequest(metric, CUT_OFF, sort=name)
        list(lists.stream_list(snapshot, scope=MASKED, request=request, language="zh", rows=9))
        with pytest.raises(ScopeError, match="unknown_filter"):
            lists.count_list(snapshot, scope=MASKED, request=replace(request, filters=((str(name), "1"),)))
    assert {str(query) for query in sent} == {str(sent[0])}


def test_a_selection_has_no_condition_and_no_column_that_is_masked(snapshot: Snapshot, sent: list[Select]) -> None:
    fields = [key for key, field in load_fields().items() if field.kind != "rule"]
    asked: dict[str, Any] = {"scope": MASKED, "on": CUT_OFF, "language": "zh", "rows": 9}
    list(selection.stream_selection(snapshot, selection=Selection(columns=tuple(fields)), **asked))
    assert [key for key in fields if sources(sent[0].selected_columns[key]) & HIDDEN] == []
    every = {operator for operators in OPERATORS.values() for operator in operators}
    for name in HIDDEN_NAMES:
        for operator in every:
            with pytest.raises(ScopeError):
                selection.checked(Selection(conditions=(Condition(name, operator, ("1",)),)))
        with pytest.raises(ScopeError):
            selection.checked(Selection(columns=(name,)))


def other_number(number: str, born: date) -> str:
    """Another number of somebody else: the same ends, another day of birth in between, and as valid as the first."""
    for order in range(1, 1000):
        made = f"{number[:6]}{born:%Y%m%d}{order:03}"
        made += check_character(made)
        if made[-2:] == number[-2:] and made != number:
            return made
    raise AssertionError(number)


def people(birth_date: date, number: str, name: str, phone: str) -> Rows:
    persons = [{"name": name, "id_no": number, "birth_date": birth_date}, {"relation": "spouse"}]
    known: dict[str, Any] = {"head_name": name, "head_id_no": number, "phone": phone, "members": persons}
    return merged(ROWS, home("P1", **known), home("P2", indicators={"water_problem": True}, **known))


def test_a_masked_reader_is_given_the_same_whatever_is_behind_the_mask(
    make_database: MakeDatabase, entries: dict[str, Select]
) -> None:
    """Two districts that differ in what is masked alone: another name of the same surname, another number, another
    year of birth of the same five. Asked are a list of households, one of persons, and all whose entries look at what
    is masked."""
    number = "610902198203054715"
    databases = [
        make_database(people(date(1982, 3, 5), number, "张小明", "13812345678")),
        make_database(people(date(1980, 11, 20), other_number(number, date(1980, 11, 20)), "张大伟", "13899995678")),
    ]
    looking = [LISTS[frame] for frame, query in entries.items() if looks_at_what_is_masked(query)]
    assert len(looking) >= 5
    asked = ["households", "off_farm_workers", *looking]
    first, second = (answers(database, scope=MASKED, metrics=asked) for database in databases)
    assert [key for key in first if first[key] != second[key]] == []
    full, other = (answers(database, scope=Scope.everything(), metrics=["households"]) for database in databases)
    assert [key for key in full if full[key] == other[key]] == [], "whoever may see it sees the difference"


def looks_at_what_is_masked(query: Select) -> bool:
    """Whether entries are chosen by, or made of, columns that are masked."""
    seen: set[int] = set()
    parts: list[ClauseElement] = [query]
    while parts:
        part = parts.pop()
        if id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, Column) and part in HIDDEN:
                return True
            parts += part.get_children()
    return False


def answers(database: HouseholdDatabase, *, scope: Scope, metrics: list[str]) -> dict[str, Any]:
    """What lists, the page of a household and, where names are masked, a selection of everything say."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=RULES)
        common: dict[str, Any] = {"scope": scope, "on": CUT_OFF, "household_id": "P1"}
        said: dict[str, Any] = {
            metric: lists.read_list(snapshot, scope=scope, request=ListRequest(metric, CUT_OFF), language="zh")
            for metric in metrics
        }
        if scope == MASKED:
            fields = tuple(key for key, field in load_fields().items() if field.kind != "rule")
            asked: dict[str, Any] = {"selection": Selection(columns=fields), "offset": 0, "limit": 99}
            said["selection"] = selection.read_selection(snapshot, scope=scope, on=CUT_OFF, language="zh", **asked)
        said["members"] = read_members(snapshot, **common)
        said["household"] = read_household(snapshot, scope=scope, household_id="P1", on=CUT_OFF, language="zh")
    return {key: value if isinstance(value, dict) else value.to_json() for key, value in said.items()}
