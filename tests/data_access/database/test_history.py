"""History from intervals."""

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data_access.clock import Months, month_number, month_text
from data_access.database.history import stocks

MONTHS = Months(first=month_number(date(2021, 5, 1)), cut_off=date(2022, 9, 25))


def spell(first: int, end: int, *, amount: int = 1, village: str = "V") -> dict[str, object]:
    return {
        "village": village,
        "first_month": MONTHS.first + first,
        "end_month": MONTHS.first + end,
        "amount": amount,
    }


def test_a_spell_counts_from_its_first_month_up_to_but_not_including_its_end() -> None:
    counted = stocks(pd.DataFrame([spell(2, 4)]), months=MONTHS, values=["amount"])
    assert counted["month"].tolist() == ["2021-07", "2021-08"]


def test_a_spell_within_one_month_is_over_at_the_month_end() -> None:
    assert stocks(pd.DataFrame([spell(2, 2)]), months=MONTHS, values=["amount"]).empty


def test_no_spells_give_no_rows_and_keep_the_columns() -> None:
    empty = pd.DataFrame({"village": [], "first_month": [], "end_month": [], "amount": []})
    counted = stocks(empty, months=MONTHS, values=["amount"])
    assert counted.empty
    assert list(counted.columns) == ["village", "month", "amount"]


@given(
    st.lists(
        st.builds(
            spell,
            st.integers(-5, 20),
            st.integers(-5, 20),
            amount=st.integers(1, 9),
            village=st.sampled_from("VW"),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_stocks_equal_counting_every_month_by_hand(spells: list[dict[str, object]]) -> None:
    spells = [one for one in spells if one["first_month"] <= one["end_month"]]  # type: ignore[operator]
    if not spells:
        return
    counted = stocks(pd.DataFrame(spells), months=MONTHS, values=["amount"])
    found = counted.set_index(["village", "month"])["amount"].to_dict()
    expected: dict[tuple[str, str], int] = {}
    for number in range(MONTHS.first, MONTHS.after):
        for one in spells:
            if one["first_month"] <= number < one["end_month"]:  # type: ignore[operator]
                key = (str(one["village"]), month_text(number))
                expected[key] = expected.get(key, 0) + int(one["amount"])  # type: ignore[call-overload]
    assert found == expected
