"""What whoever records a step is told: the rules of the procedure, asked of one case."""

from datetime import date
from typing import Any

import pytest

from data_access.cases.procedure_rules import broken_rules

ON = date(2023, 3, 20)
IN_ORDER: dict[str, Any] = {
    "checked_on": date(2023, 3, 1),
    "checked_by": "甲",
    "checked_by_2": "乙",
    "authorised_on": date(2023, 3, 1),
    "compared_on": date(2023, 3, 1),
    "review_present": 20,
    "review_for": 18,
    "review_against": 2,
    "publicised_from": date(2023, 3, 3),
    "publicised_on": date(2023, 3, 8),
    "township_reviewed_by": "丙",
    "approved_by": "丁",
}


def test_a_case_in_order_breaks_nothing_nor_does_one_just_found() -> None:
    assert broken_rules(IN_ORDER, on=ON) == ()
    assert broken_rules({"discovered_on": ON}, on=ON) == ()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("checked_alone", {"checked_by_2": None}),
        ("checked_alone", {"checked_by_2": "甲"}),
        ("compared_without_authorisation", {"authorised_on": None}),
        ("compared_without_authorisation", {"authorised_on": date(2023, 3, 2)}),
        ("publicity_too_short", {"publicised_on": date(2023, 3, 7)}),
        ("review_votes", {"review_against": 3}),
        ("audited_by_checker", {"township_reviewed_by": "乙"}),
        ("audited_by_checker", {"approved_by": "甲"}),
    ],
)
def test_each_rule_is_broken_by_itself(rule: str, changes: dict[str, Any]) -> None:
    assert broken_rules(IN_ORDER | changes, on=ON) == (rule,)
