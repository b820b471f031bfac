"""What waits in the ledger is off the to-do it is about, and only if it did what was to be done."""

from typing import Any

import pandas as pd
import pytest

from data_access.dispatch import matters
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import Without, listing_of
from data_access.reports.kinds import load_report_kinds
from data_access.schema.indicators import load_codes

NOBODY = pd.DataFrame(columns=["household_id"])


def left_out(metric: str, kind: str, **said: Any) -> Without:
    waiting = pd.DataFrame({"kind": [kind], "household_id": ["H1"], "thing": ["T1"], "content": [said]})
    return matters.left_out(metric, concluded=NOBODY, reported=waiting)


@pytest.mark.parametrize(
    ("metric", "kind", "off"),
    [
        ("clues_overdue", "clue_result", (("H1", "T1"),)),
        ("measures_overdue", "measure_begun", ("H1",)),
        ("tasks_overdue", "measure_begun", (("H1", "T1"),)),
        ("step_overdue", "measure_begun", (("H1", "step", "helped"),)),
        ("red_unchecked", "weekly_screening", ("H1",)),
        ("calls_missing", "call", ("H1",)),
        ("zero_employment_households", "measure_begun", ()),
    ],
)
def test_a_report_takes_off_the_list_what_it_did(metric: str, kind: str, off: Without) -> None:
    assert left_out(metric, kind) == off


def test_a_screening_that_met_nobody_checks_no_household() -> None:
    assert left_out("red_unchecked", "monthly_screening", result="away") == ()
    assert left_out("red_unchecked", "monthly_screening", result="no_risk") == ("H1",)


def test_what_was_tried_is_not_dealt_again_at_once() -> None:
    assert left_out("calls_missing", "call", outcome="no_answer") == ("H1",)


def test_what_reports_take_off_is_a_metric_or_a_part_of_its_list() -> None:
    for kind in load_report_kinds().values():
        for metric, _, part in (one.partition(".") for one in kind.takes_off):
            assert metric in load_metrics()
            column, _, code = part.partition("=")
            assert not part or code in load_codes()[listing_of(metric).facets[column]]
