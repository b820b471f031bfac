"""What the first screen says of sources: which rules are in force here, which lists are late, which year has no line,
what a source changed that was connected this month."""

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access.risk.rulebook import load_rulebook
from tests.pages.conftest import DatabaseOf, OpenApp, says, wording, words
from tests.support.households import CUT_OFF, Rows, household, load, merged, village

pytestmark = [pytest.mark.facts("households"), pytest.mark.every_rule]

RULES = len(load_rulebook().rules_laid_down(on=CUT_OFF))


def only_the_sources() -> None:
    """The first screen without what else stands on it."""
    import streamlit as st

    from pages.board.overview import sources
    from pages.shell import gate, language_switch, menu, view_state

    language_switch.adopt()
    st.navigation(menu.sections(gate.pages()), position="hidden")  # what a link may lead to
    view_state.settle("overview")
    sources.show(view_state.current())


@pytest.fixture
def open_sources(monkeypatch: pytest.MonkeyPatch, household_database: DatabaseOf) -> OpenApp:
    def open_(rows: Rows, *, lang: str = "zh") -> AppTest:
        monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", household_database(rows))
        app = AppTest.from_function(only_the_sources, default_timeout=180)
        app.query_params["lang"] = lang
        app.run()
        assert not app.exception, app.exception[0].message
        return app

    return open_


def loads(*files: tuple[str, date]) -> Rows:
    """The first load, then one for each kind of file and day."""
    first = load()["data_load"][0]
    later = [
        {
            **first,
            "load_id": number,
            "kind": kind,
            "as_of": day,
            "loaded_at": first["loaded_at"] + timedelta(minutes=number),
        }
        for number, (kind, day) in enumerate(files, start=2)
    ]
    return {"data_load": [first, *later]}


def without(*columns: str, **indicators: Any) -> dict[str, Any]:
    return dict.fromkeys(columns, None) | indicators


def test_where_every_source_is_connected_nothing_is_said(open_sources: OpenApp) -> None:
    app = open_sources(merged(village(), household()))
    assert not says(app, "sources.rules")
    assert not says(app, "sources.no_line")
    assert wording("sources.open") not in words(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_without_a_source_are_counted_and_named_those_that_are_red_at_once_too(
    open_sources: OpenApp, lang: str
) -> None:
    rows = merged(village(), *(household(f"H{n}", indicators=without("accident", "water_problem")) for n in range(3)))
    app = open_sources(rows, lang=lang)
    sources = load_rulebook().sources
    never = wording("list.separator", language=lang).join(sources[key].label[lang] for key in ("water", "accident"))
    assert says(app, "sources.rules", rules=RULES, in_force=RULES - 2, never=never)
    water = next(rule.label[lang] for rule in load_rulebook().rules if rule.id == "water_unsafe")
    assert says(app, "sources.triggers", rules=water)
    assert not says(app, "sources.late")


def test_a_household_with_a_value_connects_a_source_for_all_and_a_year_without_a_line_is_said_once(
    open_app: OpenApp, open_sources: OpenApp
) -> None:
    year = max(load_rulebook().lines) + 1
    ends = {"income_period_end": date(year, 9, 30)}
    later = [household(f"H{n}", indicators=ends) for n in (1, 2)]
    blank = household("H3", indicators=without("water_problem"))
    rows = merged(village(), household("H0"), *later, blank)
    app = open_sources(rows)
    assert not says(app, "sources.rules")
    assert says(app, "sources.no_line", year=year, households=2)
    assert says(open_app(rows, page="about/rulebook"), "rulebook.in_force", rules=RULES, in_force=RULES)


def delivered(*, police: date, schools: date) -> Rows:
    """Households of which lists alone tell of accidents and of who left school, and nobody the five other things."""
    files = loads(("push_public_security", date(2022, 6, 30)), ("push_public_security", police))
    schooling = loads(("push_education", schools))["data_load"][1]
    files["data_load"].append({**schooling, "load_id": 4})
    lacking = without("dropout_n", "accident", *NEVER)
    clue = {"department": "education", "kind": "school", "received_on": date(2022, 9, 8)}
    homes = [household(f"H{n}", indicators=lacking) for n in range(3)]
    return merged(village(), files, *homes, household("H3", indicators=lacking, clues=[clue]))


NEVER = ("chronic_n", "water_problem", "left_behind", "overdue_loan", "new_disabled_n")


def test_a_list_that_is_late_and_a_source_connected_this_month_are_named_and_of_many_sources_a_few(
    open_sources: OpenApp,
) -> None:
    schooling = load_rulebook().sources["schooling"].label["zh"]
    app = open_sources(delivered(police=date(2022, 8, 19), schools=date(2022, 9, 10)))
    assert says(app, "sources.late", newest="2022-08-19")
    assert says(app, "sources.connected", names=schooling, households=1)
    assert says(app, "sources.more", count=len(NEVER))
    app = open_sources(delivered(police=date(2022, 8, 20), schools=date(2022, 8, 31)))
    assert not says(app, "sources.late", newest="2022-08-20")
    assert not says(app, "sources.connected")


def test_the_first_list_of_what_sheets_had_before_changes_those_of_whom_the_sheets_said_nothing(
    open_sources: OpenApp,
) -> None:
    homes = [household(f"H{n}", indicators={"house_grade": grade}) for n, grade in enumerate(("A", "D", None))]
    app = open_sources(merged(village(), loads(("push_housing", date(2022, 9, 5))), *homes))
    housing = load_rulebook().sources["house_grade"].label["zh"]
    assert says(app, "sources.connected", names=housing, households=1)
