"""The validation rules about single rows beyond what `row_rules.yaml` checks: files of households and persons,
intervals, projects, assets, regions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, and_, case, func, or_

from data_access.quality.expressions import Check, Columns, Condition, Day
from data_access.quality.rows import ended_after, rows_of
from data_access.region_codes import DIGITS, cut_in_sql
from data_access.schema.tables import asset, household_indicator, project, region
from data_access.scope import Scope


def intervals(day: Day, *, scope: Scope) -> FromClause:
    """Intervals of indicators; one row per interval, with next_from (the day from which the household's next one
    holds)."""
    columns = household_indicator.c
    next_from = func.lead(columns.valid_from).over(partition_by=columns.household_id, order_by=columns.valid_from)
    return rows_of("interval", day, scope=scope).add_columns(next_from.label("next_from")).subquery("intervals")


def projects(day: Day, *, scope: Scope) -> FromClause:
    """Projects; one row per project, with alike (projects of the same village, name, budget and start)."""
    alike = func.count().over(partition_by=project.c["village_code", "name_zh", "budget", "started_on"])
    return rows_of("project", day, scope=scope).add_columns(alike.label("alike")).subquery("projects")


def regions(day: Day, *, scope: Scope) -> FromClause:
    """Regions; one row per region, with alike (regions of the same name under the same one)."""
    alike = func.count().over(partition_by=region.c["parent_code", "name_zh"])
    return rows_of("region", day, scope=scope).add_columns(alike.label("alike")).subquery("regions")


def assets(day: Day, *, scope: Scope) -> FromClause:
    """Assets; one row per asset, with alike (assets of the same village, name, value and project)."""
    alike = func.count().over(partition_by=asset.c["village_code", "name_zh", "value", "project_id"])
    return rows_of("asset", day, scope=scope).add_columns(alike.label("alike")).subquery("assets")


def _closing_untold(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["closed_on"].is_(None) != row["closed_reason"].is_(None))


def _leaving_untold(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["left_on"].is_(None) != row["leave_reason"].is_(None))


def _interval_overlap(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(ended_after(row["valid_to"], row["next_from"]))


def _interval_gap(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    # An interval that ends before it begins is found as such.
    return Check(and_(row["valid_to"] >= row["valid_from"], row["valid_to"] < row["next_from"]))


def _loss_without_failure(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["business_loss"] > 0, ~row["business_failure"]), found=row["business_loss"])


def _project_overspent(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["spent"] > row["budget"], found=row["spent"], against=row["budget"])


def _project_unfinished(row: Columns, values: Mapping[str, Any], day: Day) -> Check:
    finished = row["finished_on"] <= day.known
    return Check(and_(finished, row["progress"] < values["percent"]), found=row["progress"])


def _spent_unbudgeted(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["spent"] > 0, row["budget"].is_(None)), found=row["spent"])


def _project_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    told = and_(row["name_zh"].is_not(None), row["budget"].is_not(None), row["started_on"].is_not(None))
    return Check(and_(told, row["alike"] > 1), found=row["alike"])


def _asset_ownerless(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(func.coalesce(row["owner"], "") == "")


def _asset_overdistributed(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(row["distributed"] > row["annual_income"], found=row["distributed"], against=row["annual_income"])


def _asset_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    told = and_(row["name_zh"].is_not(None), row["value"].is_not(None))
    return Check(and_(told, row["alike"] > 1), found=row["alike"])


def _region_elsewhere(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    code, level, upper = row["code"], row["level"], row["parent_code"]
    above = case(
        (level == "village", cut_in_sql(code, level="township")),
        (level == "township", cut_in_sql(code, level="county")),
    )
    digits = case(*((level == name, number) for name, number in DIGITS.items()))
    lost = and_(level.in_(("village", "township")), func.coalesce(upper, "") != above)
    return Check(or_(lost, func.length(code) != digits))


def _village_twice(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    return Check(and_(row["level"] == "village", row["alike"] > 1), found=row["alike"])


PERSON: Mapping[str, Condition] = {"leaving_untold": _leaving_untold}
REGISTER: Mapping[str, Condition] = {"closing_untold": _closing_untold}
INTERVAL: Mapping[str, Condition] = {
    "interval_overlap": _interval_overlap,
    "interval_gap": _interval_gap,
    "loss_without_failure": _loss_without_failure,
}
PROJECT: Mapping[str, Condition] = {
    "project_overspent": _project_overspent,
    "spent_unbudgeted": _spent_unbudgeted,
    "project_unfinished": _project_unfinished,
    "project_twice": _project_twice,
}
ASSET: Mapping[str, Condition] = {
    "asset_ownerless": _asset_ownerless,
    "asset_overdistributed": _asset_overdistributed,
    "asset_twice": _asset_twice,
}
REGION: Mapping[str, Condition] = {"region_elsewhere": _region_elsewhere, "village_twice": _village_twice}
