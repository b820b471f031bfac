"""The things behind a number, one by one: every metric opens its list, which is counted, filtered, sorted and paged in
the database.

A list shows the entries of the fact that its metric sums, if their amount is not zero; so the number is the sum over
the list. The entries of a fact are declared in its subject.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Select, String, and_, case, cast, func, null, or_, select, tuple_
from sqlalchemy.sql import Subquery

from data_access import disclosure, projects
from data_access.cases import deadlines as case_deadlines
from data_access.cases import (
    durations,
    eliminations,
    endings,
    entry,
    help_fit,
    needs_and_measures,
    opening,
    steps,
    visits,
)
from data_access.cases import lists as cases_lists
from data_access.clues import comparison
from data_access.clues import deadlines as clue_deadlines
from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame, stream_frames
from data_access.database.listing import Listing
from data_access.database.regions import PlaceNames, office_name
from data_access.employment import able_members, workers, workplaces
from data_access.employment import lists as employment_lists
from data_access.errors import ScopeError
from data_access.facts.metrics import Term, load_metrics
from data_access.households import living_environment, population
from data_access.income import incomes
from data_access.inspection import phone_checks
from data_access.lists.reasons import GATHERED as GATHERED
from data_access.lists.reasons import Gathered, columns_of, with_gathered
from data_access.quality import collection, completeness, effect, near_threshold, outliers, validation
from data_access.schema.indicators import load_codes
from data_access.schema.tables import department, household, member
from data_access.scope import Scope
from data_access.warnings import conditions_met, doubtful_eliminations
from data_access.warnings import lists as warnings_lists

SUBJECTS = (
    population,
    living_environment,
    warnings_lists,
    cases_lists,
    clue_deadlines,
    case_deadlines,
    employment_lists,
    incomes,
    projects,
    workers,
    able_members,
    workplaces,
    opening,
    steps,
    entry,
    eliminations,
    endings,
    durations,
    doubtful_eliminations,
    conditions_met,
    phone_checks,
    comparison,
    needs_and_measures,
    help_fit,
    visits,
    completeness,
    collection,
    validation,
    outliers,
    near_threshold,
    effect,
)
"""The modules whose facts have lists."""

LISTINGS: dict[str, Listing] = {name: listing for subject in SUBJECTS for name, listing in subject.LISTINGS.items()}
"""The lists, by the fact they itemise."""

Filters = tuple[tuple[str, str], ...]
"""Pairs of column and code that restrict a list; hashable, as every argument of a query is."""

Without = tuple[str | tuple[str, ...], ...]
"""What is left out of a list: households, single things of them (household, number of the thing), or households where
a column of the list says something (household, column, code)."""

TEXT_FILTERS = ("group_no", "grid_code", "helper_id")
"""Columns of `household` without a code list, by which every list of households or persons can be restricted; compared
as text."""

MONTH = "received_month"
"""The month in which a thing was received, such as 2022-09, if the entries of a list have one; compared as text."""

RULE, RULE_ALONE = "rule", "rule_alone"
"""A rule that gives points, with others or as the only rule of risk, if the list gives reasons."""

DEPARTMENT = "department"
NOT_RECORDED = "-"
"""Stands for a code or a department that was not recorded, when a list is restricted to it."""


@dataclass(frozen=True)
class ListSize:
    """The length of a list, and the sum of its rows: the number that opens it."""

    rows: int
    amount: int


def has_list(metric: str) -> bool:
    """Whether a metric opens a list."""
    return load_metrics()[metric].numerator.fact in LISTINGS


def listing_of(metric: str) -> Listing:
    """The list behind a metric."""
    return LISTINGS[load_metrics()[metric].numerator.fact]


@dataclass(frozen=True)
class ListRequest:
    """A request for a list: which one, on which day, with which filters, in which order, and which of its rows;
    hashable, as every argument of a query is."""

    metric: str
    on: date
    filters: Filters = ()
    """Only entries with these codes are listed."""
    without: "Without" = ()
    """What is left out; things that belong to a village alone always stay."""
    sort: str | None = None
    """A detail to sort by; by default that of the listing. Equal rows keep the same order on every page."""
    descending: bool = False
    offset: int = 0
    limit: int | None = None
    """The number of rows from `offset` on; None for all."""


def count_list(snapshot: Snapshot, *, scope: Scope, request: ListRequest) -> ListSize:
    """The number of rows of a list, on all its pages, and their sum.

    Raises ScopeError for a filter that the list does not have, NotCollectedError where the metric, or what it is
    filtered by, is not collected.
    """
    entries = _entries(snapshot, request, scope=scope)
    query = select(func.count(), func.coalesce(func.sum(entries.c.amount), 0)).select_from(entries)
    rows, amount = snapshot.connection.execute(query).one()
    return ListSize(rows=rows, amount=int(amount))


def read_list(snapshot: Snapshot, *, scope: Scope, request: ListRequest, language: str) -> pd.DataFrame:
    """The requested rows of a list; one row per household, person or thing.

    Columns: household_id, head_name, phone (as the scope may see them; also member_id, member_name for a list of
    persons; head_id_no, member_id_no only if the scope opens them; none of these for things that belong to a village
    alone), township, village, village_code, the details of the listing, amount. A gathered detail holds the reasons for
    the row, most points first: for `reasons` ((rule id, points), …), for `conditions` ((condition that fails, 1), …),
    for `doubts` ((validation rule that found something, 1), …).

    Raises ScopeError as `count_list` does.
    """
    query, gathered = _list_query(snapshot, request, scope=scope, language=language)
    return with_gathered(read_frame(snapshot.connection, query), gathered)


def stream_list(
    snapshot: Snapshot, *, scope: Scope, request: ListRequest, language: str, rows: int
) -> Iterator[pd.DataFrame]:
    """The rows of `read_list`, for a file: in frames of at most `rows` rows."""
    query, gathered = _list_query(snapshot, request, scope=scope, language=language)
    for frame in stream_frames(snapshot.connection, query, rows=rows):
        yield with_gathered(frame, gathered)


def _list_query(snapshot: Snapshot, request: ListRequest, *, scope: Scope, language: str) -> tuple[Select, Gathered]:
    """The rows of a list in order, and the details that are still to be gathered."""
    sort, descending = request.sort, request.descending
    listing = listing_of(request.metric)
    details = listing.details
    if details.get(sort or "", "reasons") in GATHERED:
        sort, descending = listing.order.removeprefix("-"), listing.order.startswith("-")
    entries = _entries(snapshot, request, scope=scope)
    metric, coverage = load_metrics()[request.metric], snapshot.version.coverage
    plain = [
        null().label(name)
        if not metric.divides(name, coverage=coverage)
        else _department(entries, on=request.on, language=language)
        if kind == "department"
        else entries.c[name]
        for name, kind in details.items()
        if kind not in GATHERED
    ]
    gathered = {
        name: columns_of(kind, entries=entries, rulebook=snapshot.rulebook)
        for name, kind in details.items()
        if kind in GATHERED
    }
    query = _placed(entries, posted=listing.posted, scope=scope, language=language)
    query = query.add_columns(*plain, entries.c.amount)
    query = query.add_columns(*(column for columns in gathered.values() for column in columns.values()))
    order: list[ColumnElement] = [
        entries.c[name] for name in ("household_id", "member_id", "village_code") if name in entries.c
    ]
    if sort:
        chosen = entries.c[sort]
        order.insert(0, chosen.desc().nulls_last() if descending else chosen.asc().nulls_last())
    if request.sort is None:
        order[:0] = _first(entries, rules=snapshot.rulebook.hard_triggers)
    # No offset instead of 0: not every database accepts one without a limit.
    return query.order_by(*order, *plain).offset(request.offset or None).limit(request.limit), gathered


def _first(entries: FromClause, *, rules: Iterable[str]) -> list[ColumnElement]:
    """In a list of lamps, what is red by one rule alone, whatever its score, comes before the high scores."""
    names = [name for rule in rules if (name := f"points_{rule}") in entries.c]
    return [case((or_(*(entries.c[name] > 0 for name in names)), 0), else_=1)] if names else []


def read_breakdown(
    snapshot: Snapshot,
    *,
    scope: Scope,
    metric: str,
    by: tuple[str, ...],
    on: date,
    filters: Filters = (),
    without: Without = (),
) -> pd.DataFrame:
    """A metric counted from its list on a day by some of its columns; one row per combination.

    Columns: those of `by`, amount.

    Raises NotCollectedError where the metric or one of the columns is not collected.
    """
    load_metrics()[metric].require(*by, coverage=snapshot.version.coverage)
    entries = _entries(snapshot, ListRequest(metric, on, filters=filters, without=without), scope=scope)
    key = [entries.c[name] for name in by]
    query = select(*key, func.sum(entries.c.amount).label("amount")).group_by(*key).order_by(*key)
    return read_frame(snapshot.connection, query).astype({"amount": "int64"})


def _entries(snapshot: Snapshot, request: ListRequest, *, scope: Scope) -> Subquery:
    columns = (column for column, _ in request.filters)
    load_metrics()[request.metric].require(*columns, coverage=snapshot.version.coverage)
    listing = listing_of(request.metric)
    entries = _entries_of(snapshot, load_metrics()[request.metric].numerator, scope=scope, on=request.on)
    risks = [rule.id for rule in snapshot.rulebook.rules if rule.family == "risk"]
    conditions = [
        _filter(entries, column, value, listing=listing, metric=request.metric, risks=risks)
        for column, value in request.filters
    ]
    conditions += without_conditions(entries, request.without, thing=listing.thing)
    return select(entries).where(*conditions).subquery("filtered") if conditions else entries


def _entries_of(snapshot: Snapshot, term: Term, *, scope: Scope, on: date) -> Subquery:
    """The rows that a term sums, with `amount`, if that is not zero."""
    entries = LISTINGS[term.fact].entries(snapshot, scope, on).subquery("entries")
    amount = term.amounts(entries.c)
    kept = term.conditions(entries.c, is_in=ColumnElement.in_)
    return select(entries, amount.label("amount")).where(amount != 0, *kept).subquery("counted")


def without_conditions(entries: Subquery, without: Without, *, thing: str) -> list[ColumnElement[bool]]:
    """SQL: the conditions that leave households, or things of them, out; things that belong to a village alone stay."""
    if "household_id" not in entries.c:
        return []
    homes = [one for one in without if isinstance(one, str)]
    things = [one for one in without if len(one) == 2 and not isinstance(one, str)] if thing else []
    conditions: list[ColumnElement[bool]] = [entries.c.household_id.not_in(homes)] if homes else []
    if things:
        conditions.append(tuple_(entries.c.household_id, entries.c[thing]).not_in(things))
    parts = defaultdict[tuple[str, str], list[str]](list)
    for one in without:
        if len(one) == 3 and not isinstance(one, str):
            parts[one[1], one[2]].append(one[0])
    for (column, code), own in parts.items():
        conditions.append(or_(entries.c.household_id.not_in(own), entries.c[column].is_distinct_from(code)))
    return conditions


def _filter(
    entries: Subquery, column: str, value: str, *, listing: Listing, metric: str, risks: Collection[str]
) -> ColumnElement[bool]:
    if column in (RULE, RULE_ALONE) and "reasons" in listing.details and f"points_{value}" in entries.c:
        others = [name for rule in risks if rule != value and (name := f"points_{rule}") in entries.c]
        alone = [func.coalesce(entries.c[name], 0) <= 0 for name in others if column == RULE_ALONE]
        return and_(entries.c[f"points_{value}"] > 0, *alone)
    codes = listing.facets.get(column)
    if codes is not None and value in (*load_codes()[codes], NOT_RECORDED):
        return entries.c[column].is_(None) if value == NOT_RECORDED else entries.c[column] == value
    if column == DEPARTMENT and listing.details.get(column) == DEPARTMENT:
        return entries.c[column].is_(None) if value == NOT_RECORDED else entries.c[column] == value
    if column == MONTH and column in entries.c:
        return entries.c[column] == value
    if codes is None and column in TEXT_FILTERS and "household_id" in entries.c:
        part = select(household.c.household_id).where(cast(household.c[column], String) == value)
        return entries.c.household_id.in_(part)
    raise ScopeError("unknown_filter", metric=metric, column=column, value=value[:40])


def _department(entries: Subquery, *, on: date, language: str) -> ColumnElement[str]:
    names = office_name(language=language, on=on)
    name = select(names).where(department.c.code == entries.c.department).scalar_subquery()
    return func.coalesce(name, entries.c.department).label("department")


def _placed(entries: Subquery, *, posted: bool, scope: Scope, language: str) -> Select:
    """Who and where each entry is, as the scope may see it; of a list that is hung up, names alone."""
    names = PlaceNames(language=language)
    who: list[ColumnElement] = []
    source: FromClause = entries
    if "household_id" in entries.c:
        # A finding may be about a thing of a village alone, or name a household that does not exist.
        source = source.outerjoin(household, household.c.household_id == entries.c.household_id)
        head = disclosure.name(household.c.head_name, scope=scope).label("head_name")
        who += [entries.c.household_id, head]
        if not posted:
            who.append(disclosure.phone(household.c.phone, scope=scope).label("phone"))
        if "head_id_no" in scope.opened and not posted:
            who.append(disclosure.id_number(household.c.head_id_no, scope=scope).label("head_id_no"))
    if "member_id" in entries.c:
        same = (member.c.household_id == entries.c.household_id) & (member.c.member_id == entries.c.member_id)
        source = source.join(member, same)
        who += [entries.c.member_id, disclosure.name(member.c.name, scope=scope).label("member_name")]
        if "member_id_no" in scope.opened:
            who.append(disclosure.id_number(member.c.id_no, scope=scope).label("member_id_no"))
    return select(*who, *names.columns, entries.c.village_code).select_from(
        names.joined(source, entries.c.village_code)
    )
