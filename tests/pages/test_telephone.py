"""Telephone checks: coverage first, then what those who were reached said; nobody reached is nobody satisfied."""

from datetime import date

from data_access import cached, lists
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, words
from tests.support.households import household, merged, village

CALLED = {"called_on": date(2022, 9, 28), "outcome": "reached", "complaint": "none", "knows_helper": True}


def figures(app) -> dict[str, str]:
    return {tile.label: tile.value for tile in app.metric}


def test_where_nobody_is_to_be_called_the_page_says_so(open_app: OpenApp) -> None:
    said = words(open_app(merged(village(), household("H1")), page="inspection/telephone"))
    assert "没有应拨打的脱贫户和监测对象" in said
    assert "本月还没有电话抽查记录" in said


def test_coverage_counts_households_and_satisfaction_only_those_who_were_asked(open_app: OpenApp) -> None:
    rows = merged(
        village(),
        household("H1", household_type="lifted_out", calls=[{**CALLED, "satisfaction": "satisfied"}]),
        household("H2", household_type="lifted_out", calls=[{**CALLED, "satisfaction": "not_satisfied"}]),
        household("H3", household_type="lifted_out", calls=[{"called_on": date(2022, 9, 29), "outcome": "no_answer"}]),
        household("H4", household_type="lifted_out", calls=[{"called_on": date(2022, 8, 31), "outcome": "reached"}]),
        household("H5"),
    )
    app = open_app(rows, page="inspection/telephone")
    shown = figures(app)
    assert (shown["应拨打农户"], shown["应拨未拨农户"], shown["电话抽查覆盖率"]) == ("4户", "1户", "75.0%")
    assert (shown["拨打次数"], shown["接通率"], shown["群众满意度"]) == ("3条", "66.7%", "50.0%")
    assert "1/2" in words(app)


def test_the_full_sample_adds_up(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page="inspection/telephone")
    townships = app.dataframe[-1].value
    scope = Scope.district()
    due = cached.read(lists.count_list, scope=scope, metric="calls_due_households", on=date(2022, 9, 30)).amount
    complaints = cached.read(lists.count_list, scope=scope, metric="calls_complaints", on=date(2022, 9, 30)).amount
    assert townships["calls_due_households"].sum() == due > 0
    assert townships["calls_complaints"].sum() == complaints
