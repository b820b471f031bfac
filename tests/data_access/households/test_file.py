"""The file of one household: masked, of the day, within the scope."""

from datetime import date
from typing import Any

import pandas as pd

from data_access.households.file import read_household, read_members
from data_access.households.timeline import read_story
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.asking import ask
from tests.support.households import CUT_OFF, Rows, household, load, merged, village

OUTSIDE = Scope(regions=("610902999",))
HOME = {"household_id": "H1"}


def test_identity_is_masked_and_has_names_of_places_and_people_in_charge(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        household(
            head_name="欧阳小明",
            head_id_no="610902198001011234",
            phone="13812345678",
            grid_code="G1",
            helper_id="B1",
            group_no=3,
        ),
        {"grid": [{"code": "G1", "village_code": "610902100201", "worker": "李四"}]},
        {"helper": [{"helper_id": "B1", "name": "王五", "department": "D1"}]},
        {"department": [{"code": "D1", "name_zh": "民政局", "name_en": "Civil Affairs"}]},
    )
    database = make_database(rows)
    home = ask(database, read_household, scope=Scope.district(), on=CUT_OFF, language="zh", **HOME)
    assert home is not None
    assert (home["head_name"], home["head_id_no"], home["phone"]) == ("欧阳**", "610902**********34", "138****5678")
    assert (home["village"], home["township"]) == ("村610902100201", "镇610902100")
    assert (home["grid_worker"], home["helper"], home["helper_department"]) == ("李四", "王五", "民政局")
    english = ask(database, read_household, scope=Scope.district(), on=CUT_OFF, language="en", **HOME)
    assert english is not None
    assert (english["helper_department"], english["village"]) == ("Civil Affairs", "村610902100201")


def test_what_was_not_collected_is_none(make_database: MakeDatabase) -> None:
    home = ask(
        make_database(merged(village(), household())),
        read_household,
        scope=Scope.district(),
        on=CUT_OFF,
        language="zh",
        **HOME,
    )
    assert home is not None
    unknown = (
        "head_name",
        "head_id_no",
        "phone",
        "grid_worker",
        "helper",
        "helper_department",
        "group_no",
        "closed_on",
    )
    assert [home[name] for name in unknown] == [None] * len(unknown)


def test_nothing_of_a_household_outside_the_scope_or_unknown_is_read(make_database: MakeDatabase) -> None:
    database = make_database(merged(village(), household(jobs=[{}])))
    for scope, household_id in ((OUTSIDE, "H1"), (Scope.district(), "H2"), (Scope.district(), "%")):
        assert ask(database, read_household, scope=scope, household_id=household_id, on=CUT_OFF, language="zh") is None
        assert ask(database, read_members, scope=scope, household_id=household_id, on=CUT_OFF).empty
        assert ask(database, read_story, scope=scope, household_id=household_id, on=CUT_OFF).empty


def members(make_database: MakeDatabase, *people: dict[str, Any], on: date = CUT_OFF, **columns: Any) -> pd.DataFrame:
    rows = merged(village(), household(members=people, **columns))
    return ask(make_database(rows), read_members, scope=Scope.district(), on=on, **HOME)


def test_members_are_those_of_the_day_the_head_first(make_database: MakeDatabase) -> None:
    people = members(
        make_database,
        {"relation": "spouse", "name": "张三"},
        {"relation": "head", "name": "李小四"},
        {"relation": "son", "joined_on": date(2022, 10, 1)},
        {"relation": "father", "left_on": CUT_OFF},
        {"relation": "mother", "left_on": date(2022, 10, 1), "name": None},
        {"relation": None, "joined_on": CUT_OFF},
    )
    assert people["relation"].fillna("?").tolist() == ["head", "spouse", "mother", "?"]
    assert people["name"].fillna("?").tolist() == ["李**", "张*", "?", "?"]


def test_age_counts_birthdays_and_a_child_stays_a_child(make_database: MakeDatabase) -> None:
    born = [date(1982, 9, 30), date(1982, 10, 1), date(2008, 9, 30), date(2008, 10, 1), None]
    people = members(make_database, *({"birth_date": day} for day in born))
    assert people["age"].fillna("?").tolist() == ["40–44", "35–39", "<15", "<15", "?"]
    database = make_database(merged(village(), household(members=[{"birth_date": date(2020, 1, 1)}])))
    unmasked = ask(database, read_members, scope=Scope.everything(), on=CUT_OFF, **HOME)
    assert unmasked["age"].tolist() == ["2"]


def test_work_is_the_newest_job_of_the_day(make_database: MakeDatabase) -> None:
    held: dict[str, tuple[list[dict[str, Any]], str | None]] = {
        "none": ([], None),
        "ended today": ([{"ended_on": CUT_OFF}], None),
        "from tomorrow": ([{"started_on": date(2022, 10, 1)}], None),
        "since today": ([{"started_on": CUT_OFF, "place": "county"}], "county"),
        "two": ([{"place": "outside"}, {"started_on": date(2022, 2, 1), "place": "county"}], "county"),
    }
    homes = [household(name, members=1, jobs=jobs) for name, (jobs, _) in held.items()]
    database = make_database(merged(village(), *homes))
    for name, (_, place) in held.items():
        people = ask(database, read_members, scope=Scope.district(), on=CUT_OFF, household_id=name)
        assert people["work_place"].astype(object).where(people["work_place"].notna(), None).tolist() == [place], name


def everything() -> Rows:
    return merged(
        village(),
        household(
            cases=[{"identified_on": date(2022, 3, 1), "discovered_on": date(2022, 2, 20), "cause_1": "disability"}],
            measures=[{"started_on": date(2022, 3, 20), "amount": 1_200}],
            clues=[{"received_on": date(2022, 2, 19), "checked_on": date(2022, 10, 1), "amount": 30_000}],
            screenings=[{"screened_on": CUT_OFF}],
            jobs=[{"started_on": date(2022, 4, 1)}],
        ),
        household("H2", jobs=[{}]),
    )


def test_the_story_is_newest_first_and_knows_nothing_after_the_day(make_database: MakeDatabase) -> None:
    later = everything() | load(load_id=2, cut_off=date(2022, 10, 31))  # in the newest month later days count, too
    story = ask(make_database(later), read_story, scope=Scope.district(), on=CUT_OFF, **HOME)
    told = [(str(row.on)[:10], row.kind, row.event, row.detail_1) for row in story.itertuples()]
    assert told == [
        ("2022-09-30", "screening", "screened_on", "no_risk"),
        ("2022-04-01", "job", "started_on", "outside"),
        ("2022-03-20", "measure", "started_on", "health"),
        ("2022-03-01", "step", "identified_on", "marginal"),
        ("2022-02-20", "step", "discovered_on", "cadre"),
        ("2022-02-19", "clue", "received_on", "medical_cost"),
    ]
    assert story["amount"].fillna(0).tolist() == [0, 3_500, 1_200, 0, 0, 30_000]
    earlier = ask(make_database(everything()), read_story, scope=Scope.district(), on=date(2022, 2, 19), **HOME)
    assert earlier["kind"].tolist() == ["clue"]
