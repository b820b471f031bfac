"""The reference incomes, checked against numbers worked out by hand: a yardstick has to be right first."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.reference.frames import tables_from_rows
from tests.reference.incomes import Income, incomes_on, sub_item
from tests.support.households import VILLAGE, household, merged, quarters, village

SEPTEMBER, DECEMBER = date(2022, 9, 30), date(2021, 12, 31)


def income_of(*, basis: str, on: date, indicators: Any = (), records: Any = ()) -> Income:
    rows = merged(village(), household(indicators=indicators), {"income_record": records})
    return incomes_on(tables_from_rows(rows), basis=basis, on=on)["H1"]


def test_the_assessment_year_is_judged_by_the_line_of_its_end() -> None:
    income = income_of(basis="assessment", on=SEPTEMBER, indicators={"income_period_end": date(2021, 9, 30)})
    assert (income["per_head"], income["line"], income["band"]) == (Fraction(30_000), 6_000, "more")
    assert (income["last"], income["change"]) == (Fraction(30_000), "same")


def test_a_missing_part_makes_the_income_unknown() -> None:
    income = income_of(basis="assessment", on=SEPTEMBER, indicators={"property_income": None})
    assert (income["per_head"], income["band"], income["change"]) == (None, "unknown", None)


def test_a_calendar_year_that_is_over_has_a_line_and_one_that_is_not_has_none() -> None:
    records = quarters(first=date(2021, 1, 1), count=7, wage_income=3_500)
    over = income_of(basis="calendar", on=DECEMBER, records=records)
    assert (over["per_head"], over["line"], over["band"]) == (Fraction(14_000, 2), 6_000, "120")
    running = income_of(basis="calendar", on=SEPTEMBER, records=records)
    assert (running["per_head"], running["line"], running["band"]) == (Fraction(10_500, 2), None, "no_line")
    assert running["change"] == "same"


def test_a_quarter_that_is_missing_makes_the_year_unknown() -> None:
    records = quarters(first=date(2021, 1, 1), count=7)
    del records[5]
    assert income_of(basis="calendar", on=SEPTEMBER, records=records)["per_head"] is None


def test_sub_items_are_those_of_the_months_of_the_income() -> None:
    records = quarters(first=date(2020, 7, 1), count=6, wage_public_post=100)
    rows = merged(village(), household(indicators={"income_period_end": date(2021, 9, 30)}), {"income_record": records})
    tables = tables_from_rows(rows)
    for basis, on, expected in (("assessment", SEPTEMBER, 400), ("calendar", DECEMBER, 400)):
        incomes = incomes_on(tables, basis=basis, on=on)
        assert sub_item(tables, incomes, column="wage_public_post") == {VILLAGE: expected}
