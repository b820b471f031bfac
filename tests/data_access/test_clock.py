"""The clock on the wall, and months as numbers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data_access import clock
from data_access.clock import Months, month_first_day, month_number, month_text

MONTHS = Months(first=month_number(date(2021, 5, 1)), cut_off=date(2022, 9, 25))


def test_consecutive_months_are_consecutive_numbers_across_the_year() -> None:
    assert month_number(date(2022, 1, 1)) == month_number(date(2021, 12, 31)) + 1


@given(st.dates(min_value=date(1, 1, 1)))
def test_a_month_number_names_the_month_of_its_day(day: date) -> None:
    assert month_text(month_number(day)) == day.strftime("%Y-%m").zfill(7)
    assert month_first_day(month_number(day)) == day.replace(day=1)


def test_the_last_month_is_that_of_the_cut_off() -> None:
    assert MONTHS.texts[0] == "2021-05"
    assert MONTHS.texts[-1] == "2022-09"
    assert len(MONTHS.texts) == 17


def test_the_moment_a_load_is_noted_at_is_that_of_the_clock_on_the_wall_without_a_zone() -> None:
    before, moment, after = clock.local_now(), clock.moment_now(), clock.local_now()
    assert (moment.tzinfo, moment.microsecond) == (None, 0)
    assert before.replace(tzinfo=None) - timedelta(seconds=1) < moment <= after.replace(tzinfo=None)
