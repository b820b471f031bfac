"""Runs every query of the app once over a tiny database, and keeps every statement that was sent. Lists are many and
long: their statements are put together here, and run in `test_differential.py`.

The queries are found in the package, not listed here: any function that takes a Snapshot. What it is called with goes
by the names of its arguments; a name that stands nowhere below is an error, so that a new query cannot be forgotten.
"""

import cProfile
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import CodeType
from typing import Any, get_args, get_type_hints
from unittest.mock import patch

import pandas as pd
from sqlalchemy import Connection, Engine, FromClause, Select, event, select
from sqlalchemy.sql.selectable import SelectBase

import data_access
from data_access.clock import Months, month_number
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.shared_tables import KeptTables
from data_access.dispatch import editions
from data_access.employment import workplaces
from data_access.facts import monthly
from data_access.facts.metrics import load_metrics
from data_access.income.incomes import BASES
from data_access.lists import figures, lists, village_parts
from data_access.lists.selection import Condition, Selection, load_fields
from data_access.quality.compliance import check_database
from data_access.quality.validation import findings
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_codes
from data_access.scope import Scope
from data_access.warnings.lists import lamps_on
from tests.support.editions import of_metrics
from tests.support.households import (
    CUT_OFF,
    TOWNSHIP,
    Rows,
    asset,
    factory,
    household,
    merged,
    project,
    village,
)
from tests.support.lists import arguments_of, names_asked
from tests.support.rulebooks import FEW as FEW_RULES
from tests.support.rulebooks import FEW_VALIDATIONS, of_rules, of_validations

Arguments = dict[str, Any]

ROWS: Rows = merged(
    village(),
    factory(),
    project(budget=100_000, spent=40_000, progress=40),
    asset(value=50_000, annual_income=3_000, distributed=1_000),
    household(
        "H1",
        indicators={"water_problem": True, "major_illness_n": 1},
        cases=[{"identified_on": date(2022, 3, 1)}],
        measures=[{"started_on": date(2022, 3, 20), "due_on": date(2022, 6, 1)}],
        clues=[{"due_on": date(2022, 9, 20)}],
        jobs=[{"channel": "community_factory", "workplace_id": "F1"}],
    ),
    household("H2", household_type="lifted_out", screenings=[{"round": "2022-1", "screened_on": date(2022, 3, 1)}]),
)
"""So that queries that stop early where there is nothing go on."""

_FIELDS = {key: declared for key, declared in load_fields().items() if declared.kind != "rule"}

SELECTION = Selection(
    conditions=(
        *(Condition(key, "present") for key in list(_FIELDS)[:10]),
        Condition("rule", "is", ("water_unsafe",)),
        Condition("household_type", "is_not", ("general",)),
    ),
    columns=tuple(_FIELDS),
)
"""Of everything that can be asked for."""

FEW = ("households", "off_farm_workers", "open_households")
"""Metrics of lists of households and of persons; the first are known from the facts, the last alone is needed."""

VALUES: Mapping[str, tuple[Any, ...]] = {
    "scope": (Scope.district(),),
    "on": (CUT_OFF,),
    "_on": (CUT_OFF,),
    "today": (CUT_OFF + timedelta(days=30),),
    "until": (CUT_OFF,),
    "months": (Months(first=month_number(date(2021, 5, 1)), cut_off=CUT_OFF),),
    "language": ("zh",),
    "household_id": ("H1",),
    "household_ids": (("H1", "H2"),),
    "things_of": ("clue_result", "need_met"),
    "codes": ((f"{TOWNSHIP}201",),),
    "item": ((), ("house_grade", "house_damaged")),
    "project_ids": (("XM1",),),
    "township": (TOWNSHIP,),
    "year": (CUT_OFF.year,),
    "weeks": (10,),
    "basis": tuple(BASES),
    "level": ("township",),
    "limits": ((5_000, 10_000),),
    "offset": (0,),
    "limit": (50,),
    "rows": (2048,),
    "text": ("张三", "6109021999", "61090219991"),
    "selection": (SELECTION,),
    "concluded": ((), (("H1", "watch"),)),
    "without": (("H1",),),
    "by": ("grid_code", "helper_id"),
    "rules_of": (CUT_OFF,),
    "asked": (
        (
            ("R1", "measure_begun", "H1", "H1-M1", "2022-03-20", "{}"),
            ("R2", "indicator_correction", "H1", "water_problem", "2022-03-20", '{"new": false, "old": true}'),
        ),
    ),
}
"""Name of an argument -> what it is tried with."""


@dataclass
class Walk:
    """What was sent by which query, and which functions were entered."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    entered: set[CodeType] = field(default_factory=set)


def query_functions() -> dict[str, Callable[..., Any]]:
    """Every function of the package that takes a Snapshot, by module and name."""
    return functions_taking(Snapshot)


def functions_taking(kind: type) -> dict[str, Callable[..., Any]]:
    """Every function of the package that takes an argument of a type, by module and name."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(data_access.__path__, f"{data_access.__name__}.")
    ]
    return {
        f"{module.__name__}.{name}": function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and _takes(function, kind)
    }


def gives_a_statement(function: Callable[..., Any]) -> bool:
    """Whether a query gives a statement for others to read from, rather than an answer."""
    given = get_type_hints(function)["return"]
    kinds = get_args(given) or (given,)
    return any(isinstance(kind, type) and issubclass(kind, FromClause | SelectBase) for kind in kinds)


def walk(database: HouseholdDatabase, *, scope: Scope | None = None, kept: KeptTables | None = None) -> Walk:
    """Runs every query over a database made of ROWS, for the whole district or a scope that covers it. Raises
    LookupError for an argument that has no value here."""
    walked = Walk()
    public = {name: function for name, function in query_functions().items() if name.rpartition(".")[2][0] != "_"}
    with (
        of_metrics(*FEW),  # as lists do
        of_validations(*FEW_VALIDATIONS),
        database.connect() as (connection, version),
        _recording(connection.engine, walked) as recorded_as,
    ):
        if version.coverage is not None:  # every query shall be sent, whatever the tiny database keeps
            version = replace(version, coverage=replace(version.coverage, never_filled=()))
        snapshot = Snapshot(connection=connection, version=version, rulebook=of_rules(*FEW_RULES), kept=kept)
        walked.sent += _by_every_rule(snapshot, scope or Scope.district())
        recorded_as("data_access.quality.compliance.check_database")
        check_database(connection)
        for name, function in public.items():
            recorded_as(name)
            run = _put_together(name, walked) if function is lists.read_list else nullcontext()
            for arguments in turns(function, snapshot):
                if scope is not None and "scope" in arguments:
                    arguments["scope"] = scope
                with run:
                    made = function(snapshot, **arguments)
                if isinstance(made, FromClause):
                    walked.sent.append((name, select(made)))
                elif isinstance(made, SelectBase):
                    walked.sent.append((name, made))
                elif isinstance(made, Iterator):
                    list(made)
    return walked


def _by_every_rule(snapshot: Snapshot, scope: Scope) -> Iterator[tuple[str, Any]]:
    """Lamps and doubtful data judged by every rule, once: all else is by few."""
    judged = replace(snapshot, rulebook=load_rulebook())
    yield "every rule", select(lamps_on(judged, scope=scope, on=CUT_OFF))
    with of_validations(*load_validation_rules()):
        yield "every validation rule", findings(snapshot, scope=scope, on=CUT_OFF)


def _takes(function: Callable[..., Any], kind: type) -> bool:
    return any(parameter.annotation is kind for parameter in inspect.signature(function).parameters.values())


def turns(function: Callable[..., Any], snapshot: Snapshot) -> Iterator[Arguments]:
    """What a query is called with, one turn after the other."""
    if function.__module__ in {lists.__name__, figures.__name__}:
        yield from _list_turns(function, snapshot)
    elif function in (monthly.read_monthly_facts, editions.read_content):
        return  # `editions.read_all` calls them
    elif function is monthly.recount_monthly_facts:
        yield {"held": monthly.read_monthly_facts(snapshot), "changed": ("clue",)}
    elif function is village_parts.read_groups:
        yield from ({"scope": Scope.district(), "on": CUT_OFF, "by": by, "metrics": FEW} for by in village_parts.PARTS)
    elif function is workplaces.read_targets:
        yield {"scope": Scope.district(), "metric": "off_farm_workers", "year": CUT_OFF.year}
    else:
        yield from turns_by_name(function)


def turns_by_name(function: Callable[..., Any]) -> Iterator[Arguments]:
    names = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.annotation is not Snapshot and (parameter.default is parameter.empty or name in VALUES)
    ]
    unknown = [name for name in names if name not in VALUES]
    if unknown:
        raise LookupError(f"{function.__module__}.{function.__name__}: no value to try for {', '.join(unknown)}")
    most = max((len(VALUES[name]) for name in names), default=1)
    for turn in range(most):
        yield {name: VALUES[name][turn % len(VALUES[name])] for name in names}


def _list_turns(function: Callable[..., Any], snapshot: Snapshot) -> Iterator[Arguments]:
    """Every list once, through every filter at once; what does not look into the lists, with few of them."""
    for metric in metric_of_frame().values() if function is lists.read_list else FEW:
        listing = lists.listing_of(metric)
        columns = listing.entries(snapshot, Scope.district(), CUT_OFF).selected_columns
        filters = [(column, next(iter(load_codes()[codes]))) for column, codes in listing.facets.items()]
        filters += [("group_no", "1"), ("grid_code", "1")] if "household_id" in columns else []
        filters += [("rule", "water_unsafe")] if "reasons" in listing.details else []
        values: Arguments = {
            "metric": metric,
            "metrics": (metric,),
            "filters": tuple(filters),
            "without": ("H1",) if "household_id" in columns else (),
            "sort": next(iter(listing.details), None),
            "by": ("village_code",),
        }
        chosen = {
            name: values[name] if name in values else VALUES[name][0]
            for name in names_asked(function)
            if name in values or name in VALUES
        }
        yield arguments_of(function, chosen)


def metric_of_frame() -> dict[str, str]:
    """Frame with a list -> one of the metrics that sum it."""
    return {
        metric.numerator.fact: key for key, metric in load_metrics().items() if metric.numerator.fact in lists.LISTINGS
    }


def _put_together(name: str, walked: Walk) -> AbstractContextManager[Any]:
    """Keeps the statements of lists without sending them."""

    def keep(_connection: Connection, query: Select) -> pd.DataFrame:
        walked.sent.append((name, query))
        return pd.DataFrame(columns=query.selected_columns.keys())

    return patch.object(lists, "read_frame", keep)


@contextmanager
def _recording(engine: Engine, walked: Walk) -> Iterator[Callable[[str], None]]:
    """Keeps what is sent and what is entered; is told whose the next statements are."""
    current = ["data_access.database.engine"]

    def record(_connection: Any, statement: Any, *_: Any) -> None:
        walked.sent.append((current[0], statement))

    def recorded_as(name: str) -> None:
        current[0] = name

    event.listen(engine, "before_execute", record)
    # It knows what was entered, and is much faster than a function of ours.
    profile = cProfile.Profile(subcalls=False, builtins=False)
    profile.enable()
    try:
        yield recorded_as
    finally:
        profile.disable()
        walked.entered |= {entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)}
        event.remove(engine, "before_execute", record)
