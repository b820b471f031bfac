"""Doubtful data (疑点数据): what the validation rules find, one finding per rule and member, household, case or job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    String,
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
from data_access.quality import case_conditions, household_conditions, job_conditions, member_conditions
from data_access.quality.expressions import Condition, Day
from data_access.quality.validation_rules import ValidationRule, load_validation_rules
from data_access.schema.tables import measure
from data_access.scope import Scope
from data_access.sql import flag


@dataclass(frozen=True)
class Subject:
    """What the findings of some rules are about."""

    source: Callable[..., FromClause]
    """The rows that are checked, with household_id and village_code."""
    key: str | None
    """The column that identifies it within the household; None if it is the household itself."""
    conditions: Mapping[str, Condition]


SUBJECTS = {
    "member": Subject(member_conditions.members_on, "member_id", member_conditions.CONDITIONS),
    "household": Subject(household_conditions.checked_households, None, household_conditions.CONDITIONS),
    "case": Subject(case_conditions.checked_cases, "case_id", case_conditions.CONDITIONS),
    "job": Subject(job_conditions.jobs_in_force, "member_id", job_conditions.CONDITIONS),
}


def rules_run(*, on: date, is_sample: bool) -> tuple[ValidationRule, ...]:
    """The rules to run on a day, in the order of the file."""
    return tuple(
        rule
        for rule in load_validation_rules().values()
        if rule.values(on=on) is not None and (rule.on_sample or not is_sample)
    )


def findings(snapshot: Snapshot, *, scope: Scope, on: date) -> CompoundSelect | Select:
    """What the rules in force on a day find; one row per rule and member, household, case or job.

    Columns: village_code, household_id, subject (number of the member or case; NULL for the household itself),
    audit_rule, severity, corrector, found and against (the numbers that disagree, if the rule compares any).
    """
    day = Day(on=on, known=snapshot.cut_off, undated_kept=snapshot.keeps(measure.c.begun))
    rules = rules_run(on=on, is_sample=snapshot.version.is_sample)
    parts = [
        part
        for name, subject in SUBJECTS.items()
        for part in _of_subject(subject, [rule for rule in rules if rule.about == name], scope=scope, day=day)
    ]
    return union_all(*parts) if parts else _nothing()


def _of_subject(subject: Subject, rules: list[ValidationRule], *, scope: Scope, day: Day) -> list[Select]:
    """The findings of the rules about one subject, one select per rule; the rows are read once for all of them."""
    if not rules:
        return []
    source = subject.source(day, scope=scope)
    row = dict(source.c)
    checks = {rule.id: subject.conditions[rule.id](row, rule.values(on=day.on) or {}, day) for rule in rules}
    key = cast(null(), String) if subject.key is None else source.c[subject.key]
    # Materialised: few rows are in doubt, and every rule selects its own from them.
    doubtful = (
        select(
            *source.c["village_code", "household_id"],
            key.label("subject"),
            *(check.holds.label(f"holds_{name}") for name, check in checks.items()),
            *(
                cast(null() if number is None else number, BigInteger).label(f"{part}_{name}")
                for name, check in checks.items()
                for part, number in (("found", check.found), ("against", check.against))
            ),
        )
        .where(or_(false(), *(check.holds for check in checks.values())))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    return [
        select(
            *doubtful.c["village_code", "household_id", "subject"],
            literal(rule.id, String).label("audit_rule"),
            literal(rule.severity, String).label("severity"),
            literal(rule.corrector, String).label("corrector"),
            doubtful.c[f"found_{rule.id}"].label("found"),
            doubtful.c[f"against_{rule.id}"].label("against"),
        ).where(doubtful.c[f"holds_{rule.id}"])
        for rule in rules
    ]


def _nothing() -> Select:
    texts = ("village_code", "household_id", "subject", "audit_rule", "severity", "corrector")
    return select(
        *(cast(null(), String).label(name) for name in texts),
        *(cast(null(), BigInteger).label(name) for name in ("found", "against")),
    ).where(false())


def read_findings(snapshot: Snapshot, *, scope: Scope, on: date) -> pd.DataFrame:
    """Findings and the households they are about; one row per village and rule with any, and one per village for all
    rules together (audit_rule missing), in which each household counts once.

    Columns: village_code, audit_rule, findings (条), errors (条), households (户). On an earlier day members, cases,
    jobs and indicators are those of the day; columns without history (identity, school, health, labour) are those of
    the cut-off.
    """
    found = select(findings(snapshot, scope=scope, on=on).subquery("found")).cte("findings").prefix_with("MATERIALIZED")
    village, rule = found.c.village_code, found.c.audit_rule
    counts = (
        func.count().label("findings"),
        cast(func.sum(flag(found.c.severity == "error")), Integer).label("errors"),
        func.count(found.c.household_id.distinct()).label("households"),
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
    """One row per household with any finding; values households (1), findings, errors."""
    found = findings(snapshot, scope=scope, on=on).subquery("findings")
    errors = func.sum(flag(found.c.severity == "error"))
    return select(
        *found.c["village_code", "household_id"],
        literal(1, Integer).label("households"),
        cast(func.count(), Integer).label("findings"),
        cast(errors, Integer).label("errors"),
    ).group_by(found.c.village_code, found.c.household_id)


LISTINGS = {
    "audit_findings": Listing(
        entries=_finding_entries,
        details={
            "audit_rule": "audit_rule",
            "severity": "audit_severity",
            "corrector": "corrector",
            "subject": "text",
            "found": "number",
            "against": "number",
        },
        facets={"audit_rule": "audit_rule", "severity": "audit_severity", "corrector": "corrector"},
    ),
    "audit_households": Listing(
        entries=_household_entries, details={"findings": "number", "errors": "number"}, order="-findings"
    ),
}
