"""Doubtful data (疑点数据): what the validation rules find, one finding per rule and thing that it is
about: a household, a person, a case, any row of the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial, reduce

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
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
from sqlalchemy.sql import Subquery
from sqlalchemy.types import TypeEngine

from data_access.database.coverage import POST
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
from data_access.quality.row_rules import in_doubt_column, load_row_rules
from data_access.quality.rows import rows_of
from data_access.quality.validation_rules import ValidationRule, load_validation_rules, row_rule
from data_access.schema.tables import data_load
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
    "region": (row_conditions.regions, row_conditions.REGION),
}
"""Rows of a table -> where they need more than its columns, and their rules beyond those of every row."""


@cache
def subjects() -> Mapping[str, tuple[Subject, ...]]:
    """Everything that a finding can be about, by its code in `finding_about`."""
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
    source, conditions = _SPECIAL.get(name, (None, {}))
    of_every_row = {row_rule(name, check): rows.condition(check) for check in rows.checks}
    if source is None:
        of_every_row |= conditions
    else:
        yield Subject(source, keys, conditions, registered=False)
    yield Subject(partial(_checked_rows, name), keys, of_every_row, registered=False)


def _checked_rows(name: str, day: Day, *, scope: Scope) -> FromClause:
    """The rows of a table, with what each of their checks finds in doubt."""
    declared = load_row_rules().rows[name]
    rows = rows_of(name, day, scope=scope)
    row = dict(rows.selected_columns.items())
    doubts = (declared.in_doubt(check, row, day).label(in_doubt_column(check)) for check in declared.checks)
    return rows.add_columns(*doubts).subquery(name)


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
    day = Day(on=on, known=_known(snapshot), missing=snapshot.version.not_kept)
    return _findings_of_declared(tuple(rule.id for rule in run), day=day, scope=scope)


@lru_cache(maxsize=8)
def _findings_of_declared(rules: tuple[str, ...], *, day: Day, scope: Scope) -> CompoundSelect | Select:
    """`findings_of` rules by their ids: a statement of 200,000 letters that a list, its count and its breakdown all
    begin with, put together once."""
    return findings_of((load_validation_rules()[rule] for rule in rules), day=day, scope=scope)


def _known(snapshot: Snapshot) -> date:
    """The newest day that the data can speak of: reports from the field may be of a day after the cut-off."""
    posted = select(func.max(data_load.c.loaded_at)).where(data_load.c.kind == POST)
    newest = snapshot.connection.execute(posted).scalar()
    return snapshot.cut_off if newest is None else max(snapshot.cut_off, newest.date())


def found_on(
    snapshot: Snapshot, *, scope: Scope, on: date, rules: tuple[ValidationRule, ...] | None = None
) -> Subquery:
    """`findings`, of the newest day that the data covers taken from a table kept for everybody: its lists, counts and
    effects are all looked at, those of an earlier day once."""

    def make(scope: Scope) -> Select:
        return select(findings(snapshot, scope=scope, on=on).subquery("found"))

    run = rules_run(on=on, is_sample=snapshot.version.is_sample)
    found = snapshot.kept_rows("findings", on, run, scope=scope, make=make) if on == snapshot.cut_off else None
    if found is None:
        return findings(snapshot, scope=scope, on=on, rules=rules).subquery("findings")
    if rules is None:
        return found
    return select(found).where(found.c.audit_rule.in_([rule.id for rule in rules])).subquery("findings")


def findings_of(rules: Iterable[ValidationRule], *, day: Day, scope: Scope) -> CompoundSelect | Select:
    """What some rules find; columns as in `findings`."""
    about: dict[str, list[ValidationRule]] = {}
    for rule in rules:
        about.setdefault(rule.about, []).append(rule)
    parts = [
        _of_subject(subject, its, day=day, scope=scope)
        for name, all_about in about.items()
        for subject in subjects()[name]
        if (its := [rule for rule in all_about if rule.id in subject.conditions])
    ]
    return union_all(*parts) if parts else _nothing()


def _of_subject(subject: Subject, rules: list[ValidationRule], *, day: Day, scope: Scope) -> Select:
    """The findings of the rules about one subject: its rows are read once, and each that is in doubt is told once for
    every rule that finds it."""
    source = subject.source(day, scope=scope)
    row = dict(source.c)
    checks = {rule.id: subject.conditions[rule.id](row, rule.values(on=day.on) or {}, day) for rule in rules}
    checked = select(
        source.c.village_code,
        source.c.household_id if "household_id" in source.c else cast(null(), String).label("household_id"),
        _key(source, subject.keys).label("subject"),
        (literal(1, Integer) if subject.registered else source.c.on_register).label("on_register"),
        *(
            value.label(f"{name}_{rule}")
            for rule, check in checks.items()
            for name, value in _told(check).items()
            if value is not None
        ),
    ).subquery()
    # Materialised: few rows are in doubt, and every rule looks at them.
    doubtful = (
        select(checked)
        .where(or_(false(), *(checked.c[f"holds_{rule}"] for rule in checks)))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    told = _told_of(rules)
    return select(
        *doubtful.c["village_code", "household_id"],
        literal(rules[0].about, String).label("about"),
        doubtful.c.subject,
        *told.c["audit_rule", "severity", "corrector"],
        *(cast(_by_rule(told.c.audit_rule, doubtful, name, checks), kind).label(name) for name, kind in _TOLD.items()),
        doubtful.c.on_register,
    ).join_from(doubtful, told, _by_rule(told.c.audit_rule, doubtful, "holds", checks))


_TOLD: Mapping[str, TypeEngine] = {"checked_column": String(), "found": BigInteger(), "against": BigInteger()}
"""What a finding says of the row besides its rule."""


def _told(check: Check) -> Mapping[str, ColumnElement | None]:
    return {"holds": check.holds, "checked_column": check.column, "found": check.found, "against": check.against}


def _told_of(rules: Iterable[ValidationRule]) -> Subquery:
    """What a finding says of its rule; one row per rule."""
    texts = ({"audit_rule": rule.id, "severity": rule.severity, "corrector": rule.corrector} for rule in rules)
    return union_all(
        *(select(*(literal(text, String).label(name) for name, text in each.items())) for each in texts)
    ).subquery()


def _by_rule(rule: ColumnElement[str], rows: FromClause, name: str, rules: Iterable[str]) -> ColumnElement:
    """What the rows say under a name for the rule that is looked at; NULL if they say nothing for it."""
    said = [(rule == each, rows.c[column]) for each in rules if (column := f"{name}_{each}") in rows.c]
    return case(*said) if said else null()


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
    found = select(found_on(snapshot, scope=scope, on=on)).cte("found").prefix_with("MATERIALIZED")
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
    found = found_on(snapshot, scope=scope, on=on)
    return select(found, literal(1, Integer).label("findings"))


def _household_entries(snapshot: Snapshot, scope: Scope, on: date) -> Select:
    """One row per household on the register with any finding; values households (1), findings, errors."""
    found = found_on(snapshot, scope=scope, on=on)
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
