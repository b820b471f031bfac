"""The page 在办: who has to do what by when; eliminations and what may meet their conditions; what ends soon."""

from datetime import date
from typing import Any

import pytest

from data_access.schema.indicators import load_codes
from tests.pages.conftest import OpenApp, build_file, says, told_of_export, wording
from tests.support.households import Rows, household, load, merged, village

pytestmark = pytest.mark.facts("households")

PAGE = "households/cases"
FOUND = date(2023, 3, 1)
CASE: dict[str, Any] = {"discovered_on": FOUND, "identified_on": None}
LATE: Rows = merged(
    village(),
    load(cut_off=date(2023, 3, 20)),
    household("H1", cases=[CASE]),
    household("H2", cases=[{**CASE, "discovered_on": date(2023, 3, 18)}]),
    household("H3", cases=[{**CASE, "checked_on": date(2023, 3, 2), "compared_on": date(2023, 3, 20)}]),
    household("H4", cases=[{"identified_on": date(2021, 3, 1)}], measures=[{"started_on": date(2021, 3, 2)}]),
)


def table(app: Any, number: int) -> dict[str, list[int]]:
    frame = app.dataframe[number].value
    return {name: row for name, *row in frame.itertuples(index=False, name=None)}


def test_each_step_says_who_takes_it_within_how_many_days_and_what_is_late(open_app: OpenApp) -> None:
    app = open_app(LATE, page=PAGE)
    names = load_codes()["case_step"]
    acts = load_codes()["step_level"]
    rows = table(app, 0)
    checked = wording("cases.step_days", step=names["checked"]["zh"], acts=acts["village"]["zh"], days=5)
    reviewed = wording("cases.step_days", step=names["reviewed"]["zh"], acts=acts["village"]["zh"], days=1)
    eliminated = wording("cases.step_open", step=names["eliminated"]["zh"], acts=acts["county"]["zh"])
    assert (rows[checked], rows[reviewed], rows[eliminated]) == ([1, 2], [1, 1], [0, 1])
    assert says(app, "cases.reading", open=4, overdue=2)
    assert says(app, "cases.limit", days=15)


def test_before_the_rule_of_fifteen_days_no_limit_is_said(open_app: OpenApp, sample_url: str) -> None:
    app = open_app(sample_url, page=PAGE)
    assert says(app, "cases.no_limit")
    assert not app.exception


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", ["steps", "mine", "entry", "elimination", "endings"])
def test_every_part_opens_empty_and_with_the_sample(open_app: OpenApp, sample_url: str, part: str, lang: str) -> None:
    for database in (merged(village()), sample_url):
        assert not open_app(database, page=PAGE, part=part, lang=lang).exception


@pytest.mark.every_rule
def test_who_may_meet_the_conditions_is_a_list_to_verify(open_app: OpenApp) -> None:
    case = {"identified_on": date(2021, 9, 1)}
    homes = (household(name, cases=[case], measures=[{"started_on": date(2021, 9, 9)}]) for name in ("H1", "H2"))
    app = open_app(merged(village(), *homes), page=PAGE, part="elimination")
    assert says(app, "cases.met_reading", count=2, months=6)


def test_the_file_for_entry_holds_the_households_of_its_list(open_app: OpenApp) -> None:
    approved = {**CASE, "checked_on": date(2023, 3, 2), "approved_on": date(2023, 3, 15)}
    app = open_app(merged(LATE, household("H5", cases=[approved])), page=PAGE, part="entry")
    assert wording("cases.entry_count", count=1) in [link.proto.label for link in app.get("page_link")]
    build_file(app, "entry_cases_to_enter")
    told = told_of_export()
    assert (told["rows"], told["columns"][:2]) == (1, ["household_id", "head_name"])
    assert not [button for button in app.button if "cases_to_mark" in str(button.key)], "an empty list has no file"


def test_a_birth_is_recorded_on_the_page_of_the_household_and_listed_for_entry(open_app: OpenApp) -> None:
    rows = merged(village(), household("H1"))
    app = open_app(rows, page="households/household", household="H1")
    app.selectbox(key="report_what").select("member_joined").run()
    app.text_input(key="member_joined_by").input("李村干").run()
    app.button(key="member_joined_record").click().run()
    assert "增加原因" in app.error[0].value, "what is left open is named"
    for name, code in (("join_reason", "born"), ("relation", "daughter"), ("gender", "female")):
        app.selectbox(key=f"member_joined_{name}").select(code)
    app.button(key="member_joined_record").click().run()
    assert not app.exception, app.exception[0].message
    assert app.success[0].value == wording("reports.recorded_to_enter", reports=1)
    app = open_app(rows, page=PAGE, part="entry")
    assert says(app, "cases.changes_count", count=1)
    assert app.dataframe[-1].value.iloc[0]["change"] == load_codes()["join_reason"]["born"]["zh"]
    build_file(app, "entry_changes")
    assert told_of_export()["columns"][:3] == ["household_id", "village", "change"]


def test_kinds_of_help_that_end_are_not_added_up(open_app: OpenApp) -> None:
    last = date(2022, 12, 31)
    measures = [{"started_on": date(2022, 1, 5), "ends_on": last} for _ in range(2)]
    homes = household(
        "H1",
        cases=[{"identified_on": date(2022, 1, 1)}],
        measures=measures,
        members=[{"relief": "dibao", "relief_until": last}],
    )
    app = open_app(merged(village(), homes), page=PAGE, part="endings")
    kept = {"measure": 2, "post": 0, "relief": 1}
    kinds = [wording(f"cases.ending_{code}", count=count) for code, count in kept.items()]
    assert says(app, "cases.endings_reading", kinds="、".join(kinds), months=3)
    assert app.dataframe[-1].value.iloc[0, 1:].to_list() == [*kept.values()]


def test_a_household_from_outside_is_listed_for_entry_without_a_name(open_app: OpenApp) -> None:
    app = open_app(LATE, page=PAGE, part="entry")
    record = next(button for button in app.button if str(button.key).startswith("arrival_record"))
    assert record.disabled
    next(box for box in app.selectbox if str(box.key).startswith("arrival_type")).select("general").run()
    app.text_input(key="household_arrived_by").input("李村干").run()
    next(box for box in app.text_input if str(box.key).startswith("household_arrived_words")).input("3口人").run()
    next(button for button in app.button if str(button.key).startswith("arrival_record")).click().run()
    assert not app.exception, app.exception[0].message
    [listed] = [frame.value for frame in app.dataframe if "change" in frame.value]
    assert listed["household_id"].isna().all()
    assert listed["words"].tolist() == [f"{load_codes()['household_type']['general']['zh']}、3口人"]
