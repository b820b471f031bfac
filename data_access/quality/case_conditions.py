"""The validation rules about one monitored household: its causes against its members, its measures against both."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select
from sqlalchemy.sql import Subquery

from data_access.cases.deadlines import begun_undated
from data_access.cases.lists import is_eliminated, is_open
from data_access.households.population import households_on
from data_access.quality.expressions import Check, Columns, Condition, Day
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit
from data_access.schema.tables import measure, monitoring_case
from data_access.scope import Scope
from data_access.sql import flag, months_later

_CAUSES = tuple(f"cause_{n}" for n in range(1, 6))


def checked_cases(day: Day, *, scope: Scope) -> FromClause:
    """Cases open or eliminated on a day, of households on the register; one row per case.

    Columns: those of `households_on`, case_id, the five causes, identified_on, eliminated_on and elimination_way (of
    the day), is_open, and `begun_<kind>` (measures of the kind started by the day) with their sum `begun`.
    """
    homes, begun, cases = households_on(day.on, scope=scope), _begun_measures(day), monitoring_case.c
    return (
        select(
            *homes.c,
            *cases["case_id", *_CAUSES, "identified_on"],
            case((is_eliminated(day.on), cases.eliminated_on)).label("eliminated_on"),
            case((is_eliminated(day.on), cases.elimination_way)).label("elimination_way"),
            is_open(day.on).label("is_open"),
            *(
                func.coalesce(column, 0).label(column.name)
                for column in begun.c
                if column.name not in ("household_id", "case_id")
            ),
        )
        .join_from(monitoring_case, homes, homes.c.household_id == cases.household_id)
        .outerjoin(begun, and_(begun.c.household_id == cases.household_id, begun.c.case_id == cases.case_id))
        .where(or_(is_open(day.on), is_eliminated(day.on)))
        .subquery("checked_cases")
    )


def _begun_measures(day: Day) -> Subquery:
    """Measures of each case started by a day; one row per case with any."""
    columns = measure.c
    return (
        select(
            *columns["household_id", "case_id"],
            func.count().label("begun"),
            *(func.sum(flag(columns.kind == kind)).label(f"begun_{kind}") for kind in load_codes()["measure_kind"]),
        )
        .where(or_(columns.started_on <= day.on, begun_undated(kept=day.undated_kept)))
        .group_by(columns.household_id, columns.case_id)
        .subquery("begun_measures")
    )


def _case_blank(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    blank = [row[name].is_(None) for name in values["columns"]]
    return Check(or_(*blank), found=sum((flag(one) for one in blank[1:]), start=flag(blank[0])))


def _problem_after_elimination(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    again = or_(
        row["house_grade"].in_(values["unsafe_grades"]),
        row["water_problem"],
        row["dropout_n"] > 0,
        row["uninsured_n"] > 0,
    )
    return Check(and_(row["eliminated_on"].is_not(None), again))


def _helped_without_measure(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["elimination_way"] == "help", row["begun"] == 0))


def _no_measure_in_time(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    return Check(and_(row["is_open"], _measures_due(row, day), row["begun"] == 0))


def _eliminated_too_early(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    earliest = months_later(row["identified_on"], limit("eliminate_after_months", on=day.on))
    return Check(row["eliminated_on"] < earliest)


def _illness_without_patient(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    nobody_ill = and_(row["major_illness_n"] == 0, row["chronic_n"] == 0)
    nothing_paid = row["compliant_self_pay"] == 0
    return Check(and_(row["is_open"], _caused_by(row, "illness"), or_(nobody_ill, nothing_paid)))


def _disability_without_disabled(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["is_open"], _caused_by(row, "disability"), row["disabled_n"] == 0))


def _labour_in_lack_of_labour(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    many, persons = row["labor_n"], row["family_size"]
    enough = and_(persons >= values["from_persons"], many * 100 >= persons * values["from_percent"])
    holds = and_(row["is_open"], _caused_by(row, "lack_of_labour"), enough)
    return Check(holds, found=many, against=persons)


def _unstable_job_without_work(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    nobody = and_(row["labor_n"] == 0, row["weak_labor_n"] == 0)
    return Check(and_(row["is_open"], _caused_by(row, "unstable_job"), nobody))


def _cause_without_measure(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    lacking = (and_(_caused_by(row, cause), _begun(row, kinds) == 0) for cause, kinds in values["kinds"].items())
    return Check(and_(row["is_open"], _measures_due(row, day), or_(*lacking)), found=row["begun"])


def _security_only(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    alone = and_(row["begun"] > 0, row["begun"] == _begun(row, values["kinds"]))
    return Check(and_(row["is_open"], row["labor_n"] > 0, alone), found=row["begun"])


def _caused_by(row: Columns, cause: str) -> ColumnElement[bool]:
    return or_(*(func.coalesce(row[name], "") == cause for name in _CAUSES))


def _begun(row: Columns, kinds: list[str]) -> ColumnElement[int]:
    return sum((row[f"begun_{kind}"] for kind in kinds[1:]), start=row[f"begun_{kinds[0]}"])


def _measures_due(row: Columns, day: Day) -> ColumnElement[bool]:
    """Whether the period for the first measure has ended."""
    return months_later(row["identified_on"], limit("measure_within_months", on=day.on)) <= day.on


CONDITIONS: Mapping[str, Condition] = {
    "case_blank": _case_blank,
    "problem_after_elimination": _problem_after_elimination,
    "helped_without_measure": _helped_without_measure,
    "no_measure_in_time": _no_measure_in_time,
    "eliminated_too_early": _eliminated_too_early,
    "illness_without_patient": _illness_without_patient,
    "disability_without_disabled": _disability_without_disabled,
    "labour_in_lack_of_labour": _labour_in_lack_of_labour,
    "unstable_job_without_work": _unstable_job_without_work,
    "cause_without_measure": _cause_without_measure,
    "security_only": _security_only,
}
