"""Doubtful data (疑点数据): what the validation rules find, one finding per rule and thing that it is
about: a household, a person, a case, any row of the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial, reduce

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Label,
    Select,
    String,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from data_access.database.engine import Snapshot
from data_access.database.frames import read_frame
from data_access.database.listing import Listing
from data_access.quality import (
    case_conditions,
    case_file_conditions,
    household_conditions,
    job_conditions,
    member_conditions,
    record_conditions,
    row_conditions,
)
from data_access.quality.expressions import Check, Condition, Day
from data_access.quality.row_rules import load_row_rules
from data_access.quality.rows import rows_of
from data_access.quality.validation_rules import ValidationRule, load_validation_rules, row_rule
from data_access.scope import Scope
from data_access.sql import flag

Source = Callable[..., FromClause]
"""Makes the rows that are checked, with household_id (if they have a household) and village_code."""


@dataclass(frozen=True)
class Subject:
    """What the findings of some rules are about."""

    source: Source
    keys: tuple[str, ...]
    """The columns that identify it within the household; none if it is the household itself."""
    conditions: Mapping[str, Condition]
    registered: bool = True
    """Whether all rows are of households on the register."""


_SPECIAL: Mapping[str, tuple[Source | None, Mapping[str, Condition]]] = {
    "register": (None, row_conditions.REGISTER),
    "person": (None, row_conditions.PERSON),
    "interval": (row_conditions.intervals, row_conditions.INTERVAL),
    "record": (record_conditions.records, record_conditions.RECORD),
    "monitoring": (case_file_conditions.case_files, case_file_conditions.CASE_FILE),
    "measure": (case_file_conditions.measures, case_file_conditions.MEASURE),
    "clue": (case_file_conditions.clues, case_file_conditions.CLUE),
    "work": (job_conditions.all_jobs, job_conditions.WORK),
    "project": (row_conditions.projects, row_conditions.PROJECT),
    "asset": (row_conditions.assets, row_conditions.ASSET),
    "region": (None, row_conditions.REGION),
}
"""Rows of a table -> where they need more than its columns, and their rules beyond those of every row."""


@cache
def subjects() -> Mapping[str, tuple[Subject, ...]]:
    """Everything that a finding can be about, by its code in `finding_about`. The checks of every row stand by
    themselves: a database skips most blocks of a table for each of them, and none for all of them at once."""
    return {
        "member": (Subject(member_conditions.members_on, ("member_id",), member_conditions.CONDITIONS),),
        "household": (Subject(household_conditions.checked_households, (), household_conditions.CONDITIONS),),
        "case": (Subject(case_conditions.checked_cases, ("case_id",), case_conditions.CONDITIONS),),
        "job": (Subject(job_conditions.jobs_in_force, ("member_id",), job_conditions.CONDITIONS),),
        "high_record": (
            Subject(record_conditions.high_records, ("period_start",), record_conditions.HIGH_RECORD, registered=False),
        ),
        **{name: tuple(_row_subjects(name)) for name in load_row_rules().rows},
    }


def _row_subjects(name: str) -> Iterator[Subject]:
    rows = load_row_rules().rows[name]
    keys = tuple(part.name for part in rows.table.primary_key.columns if part.name != "household_id")
    plain = partial(_plain_rows, name)
    for check, condition in rows.checks():
        yield Subject(plain, keys, {row_rule(name, check): condition}, registered=False)
    if name in _SPECIAL:
        source, conditions = _SPECIAL[name]
        yield Subject(source or plain, keys, conditions, registered=False)


def _plain_rows(name: str, day: Day, *, scope: Scope) -> FromClause:
    return rows_of(name, day, scope=scope).subquery(name)


def rules_run(*, on: date, is_sample: bool) -> tuple[ValidationRule, ...]:
    """The rules to run on a day, in the order of the file."""
    return tuple(
        rule
        for rule in load_validation_rules().values()
        if rule.values(on=on) is not None and (rule.on_sample or not is_sample)
    )


def findings(
    snapshot: Snapshot, *, scope: Scope, on: date, rules: tuple[ValidationRule, ...] | None = None
) -> CompoundSelect | Select:
    """What the rules in force on a day find, or those of them in `rules`; one row per rule and thing that it is about.

    Columns: village_code, household_id (NULL for what belongs to a village alone), about, subject (what identifies it
    within the household; NULL for the household itself), audit_rule, severity, corrector, checked_column (the column in
    doubt, of a rule about several), found and against (the numbers that disagree, if the rule compares any),
    on_register (1 if the household is on the register).
    """
    run = rules_run(on=on, is_sample=snapshot.version.is_sample) if rules is None else rules
    return findings_of(run, day=Day(on=on, known=snapshot.cut_off, missing=snapshot.version.not_kept), scope=scope)


def findings_of(rules: Iterable[ValidationRule], *, day: Day, scope: Scope) -> CompoundSelect | Select:
    """What some rules find; columns as in `findings`."""
    about: dict[str, list[ValidationRule]] = {}
    for rule in rules:
        about.setdefault(rule.about, []).append(rule)
    parts = [
        part
        for name, its in about.items()
        for subject in subjects()[name]
        for part in _of_subject(subject, its, scope=scope, day=day)
    ]
    return union_all(*parts) if parts else _nothing()


def _of_subject(subject: Subject, rules: list[ValidationRule], *, scope: Scope, day: Day) -> list[Select]:
    """The findings of the rules about one subject, one select per rule; the rows are read once for all of them."""
    rules = [rule for rule in rules if rule.id in subject.conditions]
    if not rules:
        return []
    source = subject.source(day, scope=scope)
    row = dict(source.c)
    checks = {rule.id: subject.conditions[rule.id](row, rule.values(on=day.on) or {}, day) for rule in rules}
    where = (
        source.c.village_code,
        source.c.household_id if "household_id" in source.c else cast(null(), String).label("household_id"),
        _key(source, subject.keys).label("subject"),
        (literal(1, Integer) if subject.registered else source.c.on_register).label("on_register"),
    )
    if len(rules) == 1:
        [rule], [check] = rules, checks.values()
        return [_finding(rule, select(*where, *_values(check)).where(check.holds).subquery())]
    # Materialised: few rows are in doubt, and every rule selects its own from them.
    doubtful = (
        select(
            *where,
            *(flag(check.holds).label(f"holds_{name}") for name, check in checks.items()),
            *(value.label(f"{value.name}_{name}") for name, check in checks.items() for value in _values(check)),
        )
        .where(or_(false(), *(check.holds for check in checks.values())))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    return [
        _finding(rule, doubtful, values_of=f"_{rule.id}").where(doubtful.c[f"holds_{rule.id}"] == 1) for rule in rules
    ]


def _values(check: Check) -> tuple[Label, ...]:
    """What a check says about a row: found, against, checked_column."""
    return (
        _value(check.found, BigInteger()).label("found"),
        _value(check.against, BigInteger()).label("against"),
        _value(check.column, String()).label("checked_column"),
    )


def _value(value: ColumnElement | None, kind: BigInteger | String) -> ColumnElement:
    return cast(null() if value is None else value, kind)


def _finding(rule: ValidationRule, rows: FromClause, *, values_of: str = "") -> Select:
    """The findings of a rule, from rows whose columns of values end in `values_of`."""
    return select(
        *rows.c["village_code", "household_id"],
        literal(rule.about, String).label("about"),
        rows.c.subject,
        literal(rule.id, String).label("audit_rule"),
        literal(rule.severity, String).label("severity"),
        literal(rule.corrector, String).label("corrector"),
        *(rows.c[f"{name}{values_of}"].label(name) for name in ("checked_column", "found", "against")),
        rows.c.on_register,
    )


def _key(source: FromClause, names: tuple[str, ...]) -> ColumnElement[str]:
    """What identifies a row, its parts set off by a space."""
    parts = [func.coalesce(cast(source.c[name], String), "") for name in names]
    if not parts:
        return cast(null(), String)
    return reduce(lambda key, part: key.concat(" ").concat(part), parts)


def _nothing() -> Select:
    texts = (
        "village_code",
        "household_id",
        "about",
        "subject",
        "audit_rule",
        "severity",
        "corrector",
        "checked_column",
    )
    return select(
        *(cast(null(), String).label(name) for name in texts),
        *(cast(null(), BigInteger).label(name) for name in ("found", "against")),
        cast(null(), Integer).label("on_register"),
    ).where(false())


def read_findings(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Findings and the households on the register they are about; one row per village and rule with any, and one per
    village for all rules together (audit_rule missing), in which each household counts once. The village is missing
    where a row has none.

    Columns: village_code, audit_rule, findings (条), errors (条), households (户). On an earlier day members, cases,
    jobs and indicators are those of the day; columns without history (identity, school, health, labour) are those of
    the cut-off.
    """
    found = select(findings(snapshot, scope=scope, on=on).subquery("found")).cte("findings").prefix_with("MATERIALIZED")
    village, rule = found.c.village_code, found.c.audit_rule
    counts = (
        func.count().label("findings"),
        cast(func.sum(flag(found.c.severity == "error")), Integer).label("errors"),
        func.count(case((found.c.on_register == 1, found.c.household_id)).distinct()).label("households"),
    )
    together = union_all(
        select(village, rule, *counts).group_by(village, rule),
        select(village, cast(null(), String).label("audit_rule"), *counts).group_by(village),
    ).subquery("together")
    query = select(together).order_by(together.c.village_code, together.c.audit_rule)
    return read_frame(snapshot.connection, query).astype({"audit_rule": "str"})


def _finding_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per finding; value findings (1)."""
    found = findings(snapshot, scope=scope, on=on).subquery("findings")
    return select(found, literal(1, Integer).label("findings"))


def _household_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register with any finding; values households (1), findings, errors."""
    found = findings(snapshot, scope=scope, on=on).subquery("findings")
    errors = func.sum(flag(found.c.severity == "error"))
    return (
        select(
            *found.c["village_code", "household_id"],
            literal(1, Integer).label("households"),
            cast(func.count(), Integer).label("findings"),
            cast(errors, Integer).label("errors"),
        )
        .where(found.c.on_register == 1)
        .group_by(found.c.village_code, found.c.household_id)
    )


LISTINGS = {
    "audit_findings": Listing(
        entries=_finding_entries,
        details={
            "audit_rule": "audit_rule",
            "severity": "audit_severity",
            "corrector": "corrector",
            "about": "finding_about",
            "subject": "text",
            "checked_column": "checked_column",
            "found": "number",
            "against": "number",
        },
        facets={
            "audit_rule": "audit_rule",
            "severity": "audit_severity",
            "corrector": "corrector",
            "about": "finding_about",
        },
    ),
    "audit_households": Listing(
        entries=_household_entries, details={"findings": "number", "errors": "number"}, order="-findings"
    ),
}
