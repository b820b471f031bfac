"""An indicator is corrected on the page of the household and approved on that of reports; then the lamp follows. Where
nobody signs in one person may do both, and what was recorded says so."""

from pathlib import Path

import pytest

from data_access import door
from data_access.facts.metrics import load_ledger_metrics
from data_access.reports import approval
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, wording
from tests.pages.households.test_reports import states
from tests.support.databases import write_version
from tests.support.households import household, load, merged, village

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()
OTHER = "610902101201"


@pytest.fixture
def url(tmp_path: Path) -> str:
    rows = merged(village(), village(OTHER, township=OTHER[:9]), load(), household("H1", indicators={"dropout_n": 1}))
    write_version(tmp_path / "household", rows)
    return f"duckdb:///{(tmp_path / 'household').as_posix()}"


def owed(open_app: OpenApp, url: str, **link: str) -> list[list[int]]:
    """The corrections to be approved that the overview and 在办 name, as a link to their list."""
    name = load_ledger_metrics()["corrections_waiting"].label["zh"]
    shown = (open_app(url, page=page, **link).get("page_link") for page in ("board/overview", "households/cases"))
    return [[number_in(one.proto.label) for one in links if name in one.proto.label] for links in shown]


def number_in(text: str) -> int:
    return int(text.strip("*").partition("条")[0])


@pytest.mark.facts()
def test_a_correction_moves_the_lamp_once_approved_and_is_taken_back(open_app: OpenApp, url: str) -> None:
    app = open_app(url, page="households/household", household="H1")
    assert app.selectbox(key="correction_column").value == "dropout_n", "what gives points comes first"
    app.text_input(key="correction_by").input("李村干").run()
    assert app.button(key="correction_record").disabled
    app.number_input(key="correction_new_dropout_n").set_value(1).run()
    assert says(app, "corrections.same", column="义务教育失学辍学人数")
    app.number_input(key="correction_new_dropout_n").set_value(0).run()
    app.button(key="correction_record").click().run()
    assert not app.exception, app.exception[0].message
    assert states(app) == [wording("reports.state_unapproved")]
    assert door.post_waiting_reports().applied == 0
    assert owed(open_app, url) == [[1], [1]]
    assert owed(open_app, url, place=OTHER) == [[], []]
    app = open_app(url, page="data/reports")
    assert says(app, "corrections.waiting", count=1)
    app.text_input(key="approve_by").input("李村干").run()
    app.button(key="refuse").click().run()
    assert says(app, "error.approval_reason_missing")
    app.button(key="approve").click().run()
    assert says(app, "corrections.none_waiting")
    assert owed(open_app, url) == [[], []]
    assert door.post_waiting_reports().applied == 1
    app = open_app(url, page="households/household", household="H1")
    shown = next(frame.value.iloc[0] for frame in app.dataframe if {"said", "by"} <= set(frame.value))
    both = wording("corrections.approved_by", by="李村干", second="李村干")
    assert (shown["state"], shown["by"]) == (
        wording("reports.state_posted"),
        wording("reports.by_one_person", by=both),
    )
    assert door.metric_table(scope=DISTRICT).count("red_households", month="2022-09", place="610902") == 0
    app.text_input(key="take_back_by").input("李村干").run()
    app.button(key="take_back_press").click().run()
    assert door.post_waiting_reports().applied == 1
    assert door.metric_table(scope=DISTRICT).count("red_households", month="2022-09", place="610902") == 1
    assert approval.waiting_for_approval(door.reports(scope=DISTRICT)).empty


def test_what_is_wrong_in_the_same_way_is_corrected_for_a_selection(open_app: OpenApp) -> None:
    dropouts = {"H1": 1, "H2": 2, "H3": 0}
    homes = [
        household(name, indicators={"dropout_n": number, "water_problem": True}) for name, number in dropouts.items()
    ]
    link = {"page": "board/worklist", "list": "red_households"}
    app = open_app(merged(village(), load(), *homes), **link)
    table = next(frame.proto.id for frame in app.dataframe if "list_table_" in frame.proto.id)
    app.session_state[table.rpartition("-")[2]] = {"selection": {"rows": [0, 1, 2], "columns": [], "cells": []}}
    app.run()
    app.selectbox(key="record_what").select("indicator_correction").run()
    app.selectbox(key="correction_column").select("dropout_n").run()
    app.text_input(key="correction_by").input("李村干").run()
    app.number_input(key="correction_new_dropout_n").set_value(0).run()
    assert says(app, "corrections.some_same", households=1)
    app.button(key="correction_record").click().run()
    assert not app.exception, app.exception[0].message
    told = door.reports(scope=DISTRICT)
    assert {row["household_id"]: row["content"]["old"] for row in told.to_dict("records")} == {"H1": 1, "H2": 2}
    assert len(approval.waiting_for_approval(told)) == 2
