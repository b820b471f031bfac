"""Which months of a chart begin another definition."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from data_access import door
from data_access.risk.rulebook import load_rulebook
from pages.widgets import breaks
from tests.pages.conftest import wording


def test_income_judged_by_another_years_line_is_marked_from_its_first_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "rulebook", load_rulebook)
    judged = pd.Series(
        [pd.NA, 2021, 2021, pd.NA, 2022, 2022, 1999],
        index=["2021-09", "2021-10", "2021-11", "2021-12", "2022-01", "2022-02", "2022-03"],
        dtype="Int64",
    )
    line = load_rulebook().lines[2022].value
    assert breaks.of_line(judged) == {"2022-01": wording("breaks.line", year=2022, value=line)}


def test_a_rule_whose_values_changed_is_marked_but_not_in_the_first_month_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    label = {"zh": "满月无措施"}
    rules = {day: SimpleNamespace(dated_values={day: {}}, label=label) for day in (date(2022, 1, 31), date(2022, 2, 1))}
    monkeypatch.setattr(breaks, "load_validation_rules", lambda: rules)
    changed = {"2022-02": wording("breaks.rule", name="满月无措施")}
    assert breaks.of_validation_rules(["2022-01", "2022-02"]) == changed
    assert breaks.said("读数。", changed).startswith("读数。 ")
    assert breaks.said("读数。", {}) == "读数。"
