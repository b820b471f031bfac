"""Numbers as the field writes them."""

import pytest
import streamlit as st

from data_access.facts.metrics import load_metrics
from pages.shell.texts import LANGUAGE_KEY, month_name
from pages.widgets import household_values, numbers


@pytest.fixture(params=["zh"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(st, "session_state", {LANGUAGE_KEY: request.param})
    return request.param


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (18392, "18392"),
        (12300, "1.23万"),
        (12345, "12345"),
        (99999, "99999"),
        (100000, "10万"),
        (103000, "10.3万"),
        (148000, "14.8万"),
        (513000, "51.3万"),
        (123456, "12.35万"),
    ],
)
def test_counts_are_exact_below_a_hundred_thousand(language: str, number: int, text: str) -> None:
    assert numbers.count(number) == text


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_english_counts_have_thousands_separators(language: str) -> None:
    assert numbers.count(103000) == numbers.exact(103000) == "103,000"


def test_the_rows_of_a_list_or_a_file_are_said_to_the_last_one(language: str) -> None:
    assert (numbers.exact(148000), numbers.exact(8)) == ("148000", "8")


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_one_person_two_persons(language: str) -> None:
    assert [household_values.quantity(n, unit="人") for n in (0, 1, 2)] == ["0 persons", "1 person", "2 persons"]


@pytest.mark.parametrize(("number", "text"), [(23, "+23"), (-5, "−5"), (0, "0"), (0.2, "0")])
def test_a_change_has_a_sign_and_nothing_has_none(language: str, number: float, text: str) -> None:
    assert numbers.change(number) == text


def test_headlines_say_households_and_persons_as_the_field_does(language: str) -> None:
    assert numbers.households_and_persons(5408, 18392) == "5408户18392人"


def test_a_share_of_nothing_is_a_dash_and_never_zero(language: str) -> None:
    assert numbers.in_unit(None, metric=load_metrics()["in_work_share"]) == "—"
    assert numbers.in_unit(0, metric=load_metrics()["in_work_share"]) == "0.0%"


@pytest.mark.parametrize(
    ("month", "cut_off", "text"),
    [
        ("2022-09", "2022-09-25", "2022年9月（截至25日）"),
        ("2022-09", "2022-09-30", "2022年9月"),
        ("2022-08", "2022-09-25", "2022年8月"),
        ("2022-02", "2022-02-28", "2022年2月"),
        ("2024-02", "2024-02-28", "2024年2月（截至28日）"),
    ],
)
def test_a_month_in_progress_says_up_to_which_day(language: str, month: str, cut_off: str, text: str) -> None:
    from datetime import date

    assert month_name(month, cut_off=date.fromisoformat(cut_off)) == text


@pytest.mark.parametrize(("share", "text"), [(99.94, "99.9%"), (99.999, "99.9%"), (100, "100.0%"), (101.37, "101.4%")])
def test_only_all_of_it_is_100_per_cent(language: str, share: float, text: str) -> None:
    assert numbers.share(share) == text


@pytest.mark.parametrize(("average", "text"), [(8.8129, "8.8个月"), (9.0, "9个月"), (None, "—")])
def test_an_average_has_one_decimal_where_it_needs_one(language: str, average: float | None, text: str) -> None:
    assert numbers.in_unit(average, metric=load_metrics()["average_months_worked"]) == text


@pytest.mark.parametrize(
    ("found", "of", "text"),
    [
        (19, 155, "12.3%（8.0%–18.4%，19/155）"),
        (0, 40, "0.0%（0.0%–8.8%，0/40）"),
        (40, 40, "100.0%（91.2%–100.0%，40/40）"),
        (0, 0, "—"),
    ],
)
def test_the_rate_of_a_sample_stands_with_its_interval(language: str, found: int, of: int, text: str) -> None:
    assert numbers.rate(found, of) == text


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_rate_in_english(language: str) -> None:
    assert numbers.rate(19, 155) == "12.3% (8.0%–18.4%, 19 of 155)"


def test_no_more_can_be_found_than_was_looked_at(language: str) -> None:
    with pytest.raises(ValueError, match="no share"):
        numbers.rate(3, 2)
