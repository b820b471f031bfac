"""One household's page: nothing chosen, not found, one of each kind, everything missing, both languages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import make_url, select
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.database.engine import HouseholdDatabase
from data_access.inspection.calls import CallResult, add_results
from data_access.inspection.findings import Finding, add_findings
from data_access.inspection.problems import ProblemStep, open_problems, problem_at, record_step
from data_access.risk.remedy import Remedy, load_remedies
from data_access.schema.indicators import load_indicators
from data_access.schema.tables import household as household_table
from data_access.schema.tables import monitoring_case
from data_access.scope import Scope
from data_access.warnings.dispositions import Disposition, add_dispositions
from tests.pages.conftest import ROOT, OpenApp, says, tiles, wording, words
from tests.support.households import CUT_OFF as ON
from tests.support.households import TOWNSHIP, Rows, household, merged, village
from tests.support.households import VILLAGE as VILLAGE_CODE

pytestmark = pytest.mark.facts("households")

CASE = {"identified_on": date(2022, 3, 1)}
HELPED = [{"started_on": date(2022, 3, 20)}]
LAMP, DISTANCE = wording("household.lamp"), wording("household.distance")


HOUSEHOLDS: Mapping[str, Mapping[str, Any]] = {
    "H1": {"head_name": "张三"},
    "H-named": {
        "head_name": "欧阳小明",
        "head_id_no": "610902198001011234",
        "phone": "13812345678",
        "members": [{"name": "欧阳小明", "id_no": "610902198001011234", "birth_date": date(2015, 1, 1)}],
    },
    "H-red": {"indicators": {"lost_main_labor": True, "compliant_self_pay": 26_000, "job_loss_n": 1}},
    "H-triggered": {"indicators": {"house_grade": "C"}},
    "H-missing": {"indicators": None, "members": []},
    "H-no-water": {"indicators": {"water_problem": None}},
    "H-nobody": {"members": []},
    "H-watched": {"cases": [CASE], "measures": HELPED, "indicators": {"job_loss_n": 1}},
    "H-eliminated": {
        "cases": [{**CASE, "eliminated_on": date(2022, 9, 5)}],
        "measures": HELPED,
        "indicators": {"job_loss_n": 1},
    },
    "H-closed": {"closed_on": date(2022, 9, 1)},
    "H-story": {"cases": [CASE], "clues": [{}], "jobs": [{}]},
}
"""One village in which each household is a situation; the others tell that what one of them lacks has a source."""
VILLAGE = merged(village(), *(household(number, **columns) for number, columns in HOUSEHOLDS.items()))


def open_page(open_app: OpenApp, household_id: str | None, database: str | Rows = VILLAGE, **link: str) -> AppTest:
    """The page as a link opens it."""
    chosen = {} if household_id is None else {"household": household_id}
    return open_app(database, page="households/household", **chosen, **link)


def cells(app: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in [*app.table, *app.dataframe])


def remedy_of_input(name: str) -> Remedy:
    return load_remedies()[name]


def test_without_a_household_the_page_says_how_to_get_to_one(open_app: OpenApp) -> None:
    app = open_page(open_app, None, merged(village()))
    assert says(app, "household.choose")
    assert not app.metric


@pytest.mark.parametrize("wanted", ["H2", "h1", "' OR 1=1 --", "%", "<script>alert(1)</script>"])
def test_an_unknown_household_is_not_found(open_app: OpenApp, wanted: str) -> None:
    app = open_page(open_app, wanted)
    assert says(app, "household.not_found")
    assert "张" not in words(app)


@pytest.mark.parametrize("wanted", ["x" * 500, "H\x001", "\n"])
def test_what_cannot_be_a_number_of_a_household_is_as_if_nothing_was_chosen(open_app: OpenApp, wanted: str) -> None:
    assert says(open_page(open_app, wanted), "household.choose")


def test_a_safe_household_has_no_warning_and_nothing_to_clear(open_app: OpenApp) -> None:
    app = open_page(open_app, "H1")
    assert tiles(app)[LAMP] == "● 无预警"
    assert tiles(app)[DISTANCE] == wording("household.below_red", points=31)
    assert tiles(app)[wording("household.watched")] == wording("household.never_watched")
    assert says(app, "household.nothing_to_change")
    assert says(app, "household.elimination_no_case")


def test_names_and_numbers_are_masked_on_the_whole_page(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-named")
    # Markdown would swallow the asterisks of a masked name.
    assert "欧阳\\*\\*" in words(app)
    page = (words(app) + cells(app)).replace("\\", "")
    assert "欧阳**" in page
    assert "138****5678" in page
    assert "<15" in page
    for secret in ("小明", "19800101", "1234567", "2015"):
        assert secret not in page


@pytest.mark.every_rule
def test_why_it_is_red_how_far_and_what_would_help(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-red")
    assert tiles(app)[LAMP] == "◆ 红色预警"
    assert tiles(app)[DISTANCE] == wording("household.above_red", points=4)
    assert says(app, "household.why_reading", rules=3, risk=34, held=0, score=34)
    spending = remedy_of_input("compliant_self_pay")
    assert spending.help["zh"] in cells(app)
    assert spending.verify["zh"] in cells(app)
    assert "25,999" not in words(app) + cells(app)  # a value to reach would be a recipe
    assert wording("household.yuan", amount="26,000") in cells(app)


def test_a_hard_trigger_is_named_whatever_the_score(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-triggered")
    assert tiles(app)[DISTANCE] == wording("household.hard_trigger")
    assert remedy_of_input("house_grade").help["zh"] in cells(app)


def test_missing_everything_is_said_and_never_zero(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-missing")
    assert tiles(app)[LAMP] == "？ 无法判定"
    assert tiles(app)[DISTANCE] == wording("value.none")
    # Number, township, village, type, relocated, and that it is not watched.
    assert tiles(app)[wording("household.collected")] == "6/72"
    for missing in ("never_collected", "income_unknown", "no_members"):
        assert says(app, f"household.{missing}")
    values = {row["name"]: row["value"] for table in app.dataframe[:2] for row in table.value.to_dict("records")}
    assert values["工资性收入"] == values["家庭人均纯收入"] == values["耕地面积"] == wording("household.not_collected")


def test_what_has_to_be_collected_is_named(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-no-water")
    assert tiles(app)[DISTANCE] == wording("household.range", low=0, high=10)
    assert "需补采：饮水安全问题；最坏可达 10 分" in words(app)
    assert says(app, "household.clear_undetermined")


@pytest.mark.parametrize("family", ["basic", "risk", "resistance"])
def test_every_indicator_of_a_family_has_its_row(open_app: OpenApp, family: str) -> None:
    app = open_page(open_app, "H-nobody")
    app.segmented_control(key="household_family").select(family).run()
    names = [name for table in app.dataframe[:2] for name in table.value["name"]]
    assert names == [indicator.zh for indicator in load_indicators() if indicator.family == family]


@pytest.mark.every_rule
@pytest.mark.parametrize(
    ("watched", "said"),
    [("H-watched", "1 项不成立：没有新的风险"), ("H-eliminated", "疑似不稳：没有新的风险不成立")],
)
def test_conditions_of_elimination_say_what_fails(open_app: OpenApp, watched: str, said: str) -> None:
    assert said in words(open_page(open_app, watched))


def test_off_the_register_the_page_says_since_when(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-closed")
    assert says(app, "household.not_registered", day="2022-09-30", closed="2022-09-01")
    app.selectbox(key="bar_month").select("2022-08").run()
    assert tiles(app)[LAMP] == "● 无预警"


def test_the_story_can_be_filtered_by_kind(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-story")
    app.pills(key="household_story_kinds").set_value(["clue"]).run()
    assert app.dataframe[-1].value["kind"].tolist() == [wording("household.kind.clue")]


def test_what_people_recorded_stands_in_the_story(open_app: OpenApp) -> None:
    app = open_page(open_app, "H-story")
    ledger, scope = door.ledger(), Scope.district()
    home: dict[str, Any] = {"township_code": TOWNSHIP, "village_code": VILLAGE_CODE}
    concluded = Disposition(
        "H-story", VILLAGE_CODE, "not_include", "none", "x", reason="income_enough", note="本人有话"
    )
    add_dispositions(ledger, [concluded], recorded_by="甲", scope=scope)
    called = CallResult(household_id="H-story", called_on=date(2022, 9, 20), outcome="reached", caller="乙", **home)
    add_results(ledger, [called], recorded_by="乙", scope=scope)
    wrong = problem_at(
        VILLAGE_CODE, description="门前积水", problem_class="work", source="meeting", found_on=ON, due_on=None
    )
    wrong = replace(wrong, household_id="H-story")
    open_problems(ledger, [wrong], recorded_by="丙", scope=scope)
    step = ProblemStep(step="struck_off", done_on=ON, evidence="已疏通")
    record_step(ledger, wrong.problem_id, step, recorded_by="丙", scope=scope)
    found = Finding(
        finding_id="F1",
        draw_id="D1",
        kind="household",
        code="H-story",
        question="water",
        problem_class="policy",
        agrees=False,
        system_value=None,
        found_value="水量不足",
        note=None,
        found_on=ON,
        **home,
    )
    add_findings(ledger, [found], recorded_by="丁", scope=scope)
    told = app.run().dataframe[-1].value
    by = {row["by"]: f"{row['kind']} {row['event']} {row['details']}" for row in told.to_dict("records") if row["by"]}
    assert "本人有话" in by["甲"]
    assert wording("household.event.call.called") in by["乙"]
    assert {"门前积水", "已疏通"} <= {word for text in told["details"] for word in text.split("、")}
    assert wording("household.event.finding.differs") in by["丁"] and "水量不足" in by["丁"]


def test_the_household_is_kept_when_the_menu_clears_the_link(open_app: OpenApp) -> None:
    app = open_page(open_app, "H1")
    app.switch_page(str(ROOT / "pages/about/rulebook/page.py")).run()
    app.switch_page(str(ROOT / "pages/households/household/page.py")).run()
    assert tiles(app)[LAMP] == "● 无预警"
    assert app.query_params["household"] in ("H1", ["H1"])


def test_households_of_the_sample_open_in_both_languages(open_app: OpenApp, sample_url: str) -> None:
    database = HouseholdDatabase(make_url(sample_url))
    with database.connect() as (connection, _):
        watched = select(monitoring_case.c.household_id).distinct().order_by(monitoring_case.c.household_id).limit(2)
        others = select(household_table.c.household_id).order_by(household_table.c.household_id).limit(2)
        household_ids = [*connection.scalars(watched), *connection.scalars(others)]
    database.dispose()
    for household_id, lang in zip(household_ids, cycle(("zh", "en")), strict=False):
        app = open_page(open_app, household_id, sample_url, lang=lang)
        assert household_id in app.subheader[0].value
        assert ("Household of" in app.subheader[0].value) == (lang == "en")
