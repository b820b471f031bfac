"""What a report of a kind has to say."""

from datetime import date

import pytest

from data_access.errors import LedgerError
from data_access.reports.kinds import load_report_kinds

DAY = date(2022, 10, 5)


def test_what_a_kind_demands_is_named_where_it_is_left_open() -> None:
    votes = {"review_present": 20, "review_for": 19, "review_against": 0}
    kind = load_report_kinds()["case_reviewed"]
    kind.check(votes, on=DAY, today=DAY)
    with pytest.raises(LedgerError, match=r"report_value_missing.*评议同意人数"):
        kind.check({**votes, "review_for": None}, on=DAY, today=DAY)
