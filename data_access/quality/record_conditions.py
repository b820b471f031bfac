"""The validation rules about income records: one against the next, its parts against the whole, its digits against the
other records of the household."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, and_, case, exists, func, or_

from data_access.quality.expressions import Check, Columns, Condition, Day
from data_access.quality.rows import rows_of
from data_access.quality.validation_rules import load_validation_rules
from data_access.schema.tables import income_record
from data_access.scope import Scope


def records(day: Day, *, scope: Scope) -> FromClause:
    """Income records; one row per record, with next_start (first day of the household's next record)."""
    columns = income_record.c
    next_start = func.lead(columns.period_start).over(partition_by=columns.household_id, order_by=columns.period_start)
    return rows_of("record", day, scope=scope).add_columns(next_start.label("next_start")).subquery("records")


def high_records(day: Day, *, scope: Scope) -> FromClause:
    """Income records of the households that have a high one: at least what `record_tenfold` looks at; one row per
    record, with others (how many more records the household has) and other_<column> (the highest of them)."""
    columns = income_record.c
    values = load_validation_rules()["record_tenfold"].values(on=day.on) or {"from_yuan": {}}
    other = income_record.alias("other")
    high = or_(*(other.c[name] >= yuan for name, yuan in values["from_yuan"].items()))
    has_high = exists().where(other.c.household_id == columns.household_id, high)
    highest = {
        name: func.greatest(_highest(columns[name], rows=(None, -1)), _highest(columns[name], rows=(1, None)))
        for name in values["from_yuan"]
    }
    return (
        rows_of("record", day, scope=scope)
        .where(has_high)
        .add_columns(
            (func.count().over(partition_by=columns.household_id) - 1).label("others"),
            *(amount.label(f"other_{name}") for name, amount in highest.items()),
        )
        .subquery("high_records")
    )


def _highest(amount: Column[int], *, rows: tuple[int | None, int | None]) -> ColumnElement[int]:
    """The highest amount of the household's records within some rows around one."""
    columns = income_record.c
    highest = func.max(amount).over(partition_by=columns.household_id, order_by=columns.period_start, rows=rows)
    return func.coalesce(highest, 0)


def _record_overlap(row: Columns, _values: Mapping[str, Any], _day: Day) -> Check:
    # A record that ends before it begins is found as such.
    return Check(and_(row["period_end"] >= row["period_start"], row["next_start"] <= row["period_end"]))


def _record_parts_exceed(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    sums = {
        whole: sum((func.coalesce(row[part], 0) for part in parts[1:]), start=func.coalesce(row[parts[0]], 0))
        for whole, parts in values["parts"].items()
    }
    more = {whole: and_(row[whole] >= 0, total > row[whole]) for whole, total in sums.items()}
    found = case(*((more[whole], total) for whole, total in sums.items()))
    return Check(or_(*more.values()), found=found, against=case(*((more[whole], row[whole]) for whole in sums)))


def _record_tenfold(row: Columns, values: Mapping[str, Any], _day: Day) -> Check:
    leaps = {
        name: and_(
            row["others"] >= values["from_records"],
            row[name] >= yuan,
            row[f"other_{name}"] > 0,
            row[name] >= row[f"other_{name}"] * values["times"],
        )
        for name, yuan in values["from_yuan"].items()
    }
    return Check(
        or_(*leaps.values()),
        found=case(*((leap, row[name]) for name, leap in leaps.items())),
        against=case(*((leap, row[f"other_{name}"]) for name, leap in leaps.items())),
        column=case(*((leap, f"income_record.{name}") for name, leap in leaps.items())),
    )


RECORD: Mapping[str, Condition] = {"record_overlap": _record_overlap, "record_parts_exceed": _record_parts_exceed}
HIGH_RECORD: Mapping[str, Condition] = {"record_tenfold": _record_tenfold}
