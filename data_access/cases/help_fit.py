"""Needs and measures that do not fit the causes of an open case, by `help_fit.yaml`: doubtful items to look at."""

from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql import Subquery

from data_access.cases.lists import is_open
from data_access.cases.needs_and_measures import needs_on, tasks_on
from data_access.database.engine import Snapshot
from data_access.database.listing import Listing
from data_access.declarations import Declared, Many, Status, Words, each_of, one_of, only_of, read_declared
from data_access.households.population import households_on
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from data_access.schema.tables import household_indicator, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later

_FILE = Path(__file__).with_name("help_fit.yaml")
_CAUSES = tuple(f"cause_{n}" for n in range(1, 6))


class _Labour(Declared):
    """The indicator and the value from which a household has labour."""

    indicator: str
    at_least: Annotated[int, Field(ge=0)]

    @field_validator("indicator")
    @classmethod
    def _is_a_column(cls, name: str) -> str:
        return one_of(name, household_indicator.c.keys())


class HelpFit(Declared):
    """Which measures answer which causes and needs, and the source for it."""

    status: Status
    reference: Words
    required: dict[str, Annotated[Many[str], Field(min_length=1)]]
    """Cause -> kinds of measure; there must be at least one of them."""
    reserved: dict[str, Annotated[Many[str], Field(min_length=1)]]
    """Kind of need or measure -> causes; the case must have at least one of them."""
    development: Many[str]
    security: Many[str]
    labour: _Labour

    @field_validator("required", "reserved")
    @classmethod
    def _are_causes_and_kinds(cls, entries: dict[str, tuple[str, ...]], field: ValidationInfo) -> dict[str, Any]:
        causes, kinds = load_codes()["cause"], load_codes()["measure_kind"]
        keys, values = (causes, kinds) if field.field_name == "required" else (kinds, causes)
        for key, names in only_of(entries, keys).items():
            each_of(names, values, at=(key,))
        return entries

    @field_validator("development", "security")
    @classmethod
    def _are_kinds(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(kinds, load_codes()["measure_kind"])

    @property
    def placeholder(self) -> bool:
        """Whether it still waits for a published source."""
        return self.status == "placeholder"


@cache
def load_help_fit(file: Path = _FILE) -> HelpFit:
    """The declaration in `help_fit.yaml`. Raises DeclarationError."""
    return read_declared(file, HelpFit)


def _misfit_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per finding: a cause of an open case without a measure that fits, a need or measure without its cause, a
    case with labour but without a development measure; values findings (1).

    Measures count from when they are planned, not from when they begin: a planned measure that is late appears in the
    list of tasks. A cause is unanswered only once the first measure is due; nothing is said about labour if it was not
    collected.
    """
    cases = _open_cases(snapshot, on, scope=scope)
    found = union_all(
        *(_unanswered(cause, cases=cases, on=on) for cause in load_help_fit().required),
        _without_labour_help(cases, on=on),
        _security_only(cases),
        *(
            _without_cause(rows, item=item, cases=cases)
            for item, rows in (
                ("need", needs_on(snapshot, on, scope=scope)),
                ("measure", tasks_on(snapshot, on, scope=scope)),
            )
        ),
    ).subquery("found")
    return select(found, literal(1).label("findings"))


def _open_cases(snapshot: Snapshot, on: date, *, scope: Scope) -> CTE:
    """Cases open on a day with the help they were given; one row per case.

    Columns: village_code, household_id, case_id, identified_on, cause_1 … cause_5, labour (NULL: not collected),
    measures, and measures of some kinds: given_<cause>, development, security.
    """
    fit = load_help_fit()
    tasks = tasks_on(snapshot, on, scope=scope)

    def of(kinds: Collection[str]) -> ColumnElement[int]:
        return func.sum(flag(tasks.c.kind.in_(kinds)))

    counts = {
        "measures": func.count(),
        "development": of(fit.development),
        "security": of(fit.security),
        **{f"given_{cause}": of(kinds) for cause, kinds in fit.required.items()},
    }
    given = (
        select(*tasks.c["household_id", "case_id"], *(count.label(name) for name, count in counts.items()))
        .group_by(*tasks.c["household_id", "case_id"])
        .subquery("given")
    )
    homes = households_on(on, scope=scope)
    return (
        select(
            homes.c.village_code,
            *monitoring_case.c["household_id", "case_id", "identified_on", *_CAUSES],
            homes.c[fit.labour.indicator].label("labour"),
            *(func.coalesce(given.c[name], 0).label(name) for name in counts),
        )
        .join_from(monitoring_case, homes, homes.c.household_id == monitoring_case.c.household_id)
        .outerjoin(
            given,
            and_(
                given.c.household_id == monitoring_case.c.household_id,
                given.c.case_id == monitoring_case.c.case_id,
            ),
        )
        .where(is_open(on))
        .cte("open_cases")
        # Materialised: otherwise databases compute them again for every kind of finding.
        .prefix_with("MATERIALIZED")
    )


def _has_cause(cases: FromClause, causes: Collection[str]) -> ColumnElement[bool]:
    return or_(*(func.coalesce(cases.c[name], "").in_(causes) for name in _CAUSES))


def _finding(cases: FromClause, *, misfit: str, cause: ColumnElement[str]) -> Select:
    """The columns of a finding about a whole case."""
    return select(
        *cases.c["village_code", "household_id", "case_id", "identified_on"],
        literal(misfit).label("misfit"),
        literal("case").label("help_item"),
        cause.label("cause"),
        cast(null(), String).label("kind"),
        cast(null(), String).label("department"),
    )


def _unanswered(cause: str, *, cases: CTE, on: date) -> Select:
    """A cause that none of the case's measures answers, from the day the first measure is due."""
    is_due = months_later(cases.c.identified_on, limit("measure_within_months", on=on)) <= on
    return _finding(cases, misfit="cause_unanswered", cause=literal(cause)).where(
        _has_cause(cases, [cause]), is_due, cases.c[f"given_{cause}"] == 0
    )


def _security_only(cases: CTE) -> Select:
    """A household with labour whose measures are all social security."""
    return _finding(cases, misfit="security_only", cause=cases.c.cause_1).where(
        cases.c.labour >= load_help_fit().labour.at_least, cases.c.measures > 0, cases.c.security == cases.c.measures
    )


def _without_labour_help(cases: CTE, *, on: date) -> Select:
    """A household with labour without a development measure, from the day one is due."""
    is_due = months_later(cases.c.identified_on, limit("development_within_months", on=on)) <= on
    return _finding(cases, misfit="no_development", cause=cases.c.cause_1).where(
        cases.c.labour >= load_help_fit().labour.at_least, is_due, cases.c.development == 0
    )


def _without_cause(rows: Subquery, *, item: str, cases: CTE) -> Select:
    """A need or measure of a kind that belongs only to causes that the case does not have."""
    allowed = or_(
        rows.c.kind.not_in(list(load_help_fit().reserved)),
        *(and_(rows.c.kind == kind, _has_cause(cases, causes)) for kind, causes in load_help_fit().reserved.items()),
    )
    return (
        select(
            *rows.c["village_code", "household_id", "case_id"],
            cases.c.identified_on,
            literal("kind_without_cause").label("misfit"),
            literal(item).label("help_item"),
            *rows.c["cause", "kind", "department"],
        )
        .join_from(rows, cases, and_(cases.c.household_id == rows.c.household_id, cases.c.case_id == rows.c.case_id))
        .where(rows.c.kind.is_not(None), ~allowed)
    )


LISTINGS = {
    "help_misfits": Listing(
        entries=_misfit_entries,
        order="identified_on",
        details={
            "misfit": "help_misfit",
            "cause": "cause",
            "help_item": "help_item",
            "kind": "measure_kind",
            "department": "department",
            "identified_on": "date",
        },
        facets={"misfit": "help_misfit", "cause": "cause", "kind": "measure_kind"},
    )
}
