"""The validation rules about every case file, measure and clue, whether or not the case is open today: states against
days, doubles, what outlives its household or its case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, false, func, literal, or_, select

from data_access.cases.procedure_rules import AUDITORS, CHECKERS
from data_access.quality.expressions import Check, Columns, Condition, Day
from data_access.quality.rows import ended_after, rows_of
from data_access.schema.limits import limit
from data_access.schema.tables import clue, household, measure, member, monitoring_case
from data_access.scope import Scope

_OUTCOMES = {
    "rejected_on": "rejected",
    "ended_on": "ended",
    "rolled_back_on": "rolled_back",
    "eliminated_on": "eliminated",
}
"""Day of a case -> the outcome it means, the last one first."""

_CAUSES = tuple(f"cause_{n}" for n in range(1, 6))


def case_files(day: Day, *, scope: Scope) -> FromClause:
    """Cases; one row per case, with members (of the household at elimination, or at the cut-off if that comes first),
    open_before (whether an earlier case of the household is open on the day, too) and household_type."""
    columns = monitoring_case.c
    at = case((columns.eliminated_on <= day.known, columns.eliminated_on), else_=day.known)
    members = (
        select(*columns["household_id", "case_id"], func.count().label("members"))
        .join_from(monitoring_case, member, member.c.household_id == columns.household_id)
        .where(member.c.joined_on <= at, ended_after(member.c.left_on, at))
        .group_by(*columns["household_id", "case_id"])
        .subquery("members")
    )
    earlier = monitoring_case.alias("earlier")
    before = or_(
        earlier.c.identified_on < columns.identified_on,
        and_(earlier.c.identified_on == columns.identified_on, earlier.c.case_id < columns.case_id),
    )
    open_before = exists().where(
        earlier.c.household_id == columns.household_id,
        before,
        _is_open(dict(earlier.c), day),
        _is_open(dict(columns), day),
    )
    same = and_(members.c.household_id == columns.household_id, members.c.case_id == columns.case_id)
    return (
        rows_of("monitoring", day, scope=scope)
        .outerjoin(members, same)
        .add_columns(
            func.coalesce(members.c.members, 0).label("members"),
            open_before.label("open_before"),
            household.c.household_type,
        )
        .subquery("case_files")
    )


def measures(day: Day, *, scope: Scope) -> FromClause:
    """Measures; one row per measure, with the days of its case and alike (measures of the case of the same kind, need
    and start)."""
    columns, of_case = measure.c, monitoring_case.c
    alike = func.count().over(partition_by=columns["household_id", "case_id", "kind", "need_id", "started_on"])
    same = and_(of_case.household_id == columns.household_id, of_case.case_id == columns.case_id)
    return (
        rows_of("measure", day, scope=scope)
        .outerjoin(monitoring_case, same)
        .add_columns(*of_case["eliminated_on", "ended_on"], alike.label("alike"))
        .subquery("measures")
    )


def clues(day: Day, *, scope: Scope) -> FromClause:
    """Clues; one row per clue, with alike (clues of the household of the same kind, sender, amount and day)."""
    alike = func.count().over(partition_by=clue.c["household_id", "kind", "department", "way", "amount", "received_on"])
    return rows_of("clue", day, scope=scope).add_columns(alike.label("alike")).subquery("clues")


def _is_open(columns: Columns, day: Day) -> ColumnElement[bool]:
    ends = (ended_after(columns[name], literal(day.on)) for name in ("eliminated_on", "ended_on", "rejected_on"))
    return and_(columns["identified_on"] <= day.on, *ends)


def _case_persons(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    kept = and_(row["ended_on"].is_(None), row["rejected_on"].is_(None), row["identified_on"] <= day.known)
    living = ended_after(row["home_closed_on"], literal(day.known))
    return Check(and_(kept, living, row["persons"] != row["members"]), found=row["persons"], against=row["members"])


def _two_open_cases(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["open_before"])


def _case_of_closed_household(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    gone = row["home_closed_on"] <= day.on
    over = (ended_after(row[name], row["home_closed_on"]) for name in ("ended_on", "rejected_on", "rolled_back_on"))
    return Check(and_(gone, row["identified_on"].is_not(None), *over))


def _elimination_way(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["eliminated_on"].is_(None) != row["elimination_way"].is_(None))


def _case_outcome(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    told = case(*((row[day].is_not(None), outcome) for day, outcome in _OUTCOMES.items()), else_="open")
    both = and_(row["rejected_on"].is_not(None), row["identified_on"].is_not(None))
    unidentified = and_(row["eliminated_on"].is_not(None), row["identified_on"].is_(None))
    return Check(or_(row["outcome"] != told, both, unidentified))


def _cause_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    pairs = ((one, other) for n, one in enumerate(_CAUSES) for other in _CAUSES[n + 1 :])
    return Check(or_(*(row[one] == row[other] for one, other in pairs)))


def _category_of_type(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    told = case(*((row["category"] == category, type_) for category, type_ in values["types"].items()))
    return Check(row["household_type"] != told, column=literal("category"))


def _rejection_untold(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["rejected_on"].is_(None) != row["reject_reason"].is_(None))


def _checked_alone(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    alone = or_(row["checked_by_2"].is_(None), row["checked_by_2"] == row["checked_by"])
    return Check(and_(row["checked_by"].is_not(None), alone))


def _compared_without_authorisation(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    # Where nothing of the procedure is kept but its days, nobody can tell whether it was signed.
    kept = or_(*(row[name].is_not(None) for name in ("authorised_on", "checked_by", "reviewed_on", "publicised_from")))
    unsigned = or_(row["authorised_on"].is_(None), row["authorised_on"] > row["compared_on"])
    return Check(and_(row["compared_on"].is_not(None), kept, unsigned))


def _publicity_too_short(row: Columns, _values: Mapping[str, Any], day: Day) -> Check:
    days, least = row["publicised_on"] - row["publicised_from"], limit("publicity_at_least_days", on=day.on)
    return Check(days < least, found=days)


def _review_votes(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    votes = row["review_for"] + row["review_against"]
    return Check(votes > row["review_present"], found=votes, against=row["review_present"])


def _audited_by_checker(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    pairs = ((auditor, checker) for auditor in AUDITORS for checker in CHECKERS)
    return Check(or_(*(row[auditor] == row[checker] for auditor, checker in pairs)))


def _measure_after_elimination(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    over = func.least(row["eliminated_on"], row["ended_on"])
    return Check(row["started_on"] > func.coalesce(over, row["eliminated_on"], row["ended_on"]))


def _measure_unstarted(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    unstarted = and_(row["started_on"].is_(None), ~func.coalesce(row["begun"], false()))
    return Check(and_(row["done_on"].is_not(None), unstarted))


def _measure_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    told = and_(row["kind"].is_not(None), row["started_on"].is_not(None))
    return Check(and_(told, row["alike"] > 1), found=row["alike"])


def _clue_unconcluded(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["checked_on"].is_(None) != row["result"].is_(None))


def _clue_reason(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    unexplained = and_(row["result"] == "not_included", row["reason"].is_(None))
    without_case = and_(row["result"] == "case", row["case_id"].is_(None))
    return Check(or_(unexplained, without_case))


def _clue_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["kind"].is_not(None), row["alike"] > 1), found=row["alike"])


CASE_FILE: Mapping[str, Condition] = {
    "case_persons": _case_persons,
    "two_open_cases": _two_open_cases,
    "case_of_closed_household": _case_of_closed_household,
    "elimination_way": _elimination_way,
    "case_outcome": _case_outcome,
    "cause_twice": _cause_twice,
    "category_of_type": _category_of_type,
    "rejection_untold": _rejection_untold,
    "checked_alone": _checked_alone,
    "compared_without_authorisation": _compared_without_authorisation,
    "publicity_too_short": _publicity_too_short,
    "review_votes": _review_votes,
    "audited_by_checker": _audited_by_checker,
}
MEASURE: Mapping[str, Condition] = {
    "measure_after_elimination": _measure_after_elimination,
    "measure_unstarted": _measure_unstarted,
    "measure_twice": _measure_twice,
}
CLUE: Mapping[str, Condition] = {
    "clue_unconcluded": _clue_unconcluded,
    "clue_reason": _clue_reason,
    "clue_twice": _clue_twice,
}
