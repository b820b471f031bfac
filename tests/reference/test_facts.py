"""The reference facts, checked against numbers worked out by hand: a yardstick has to be right first."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.reference.facts import KEYS, NUMBERS, monthly_facts
from tests.reference.frames import tables_from_rows
from tests.support.households import (
    CUT_OFF,
    VILLAGE,
    Changes,
    Rows,
    factory,
    household,
    load,
    merged,
    village,
)


def facts_of(*parts: Rows, names: Collection[str] = tuple(KEYS)) -> dict[str, pd.DataFrame]:
    return monthly_facts(tables_from_rows(merged(village(), *parts)), names=names)


def fact(name: str, *parts: Rows) -> pd.DataFrame:
    return facts_of(*parts, names=[name])[name]


def shown(frame: pd.DataFrame, *columns: str, **where: Any) -> list[tuple[Any, ...]]:
    """The columns of the rows in which the `where` columns have these values."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return list(frame[list(columns)].itertuples(index=False, name=None))


# --- months and frames ---


def test_every_frame_has_its_columns_even_without_a_household() -> None:
    facts = facts_of(load())
    assert {name: list(frame.columns) for name, frame in facts.items()} == {
        name: ["village_code", "month", *KEYS[name], *NUMBERS[name]] for name in KEYS
    }
    assert all(frame.empty for frame in facts.values())


def test_months_run_from_the_first_indicators_to_the_cut_off() -> None:
    months = shown(fact("households", household()), "month")
    assert (months[0], months[-1], len(months)) == (("2021-05",), ("2022-09",), 17)


def test_a_month_that_is_not_over_is_judged_at_the_cut_off() -> None:
    members = [{}, {"joined_on": date(2022, 9, 25)}, {"joined_on": date(2022, 9, 26)}]
    frame = fact("households", load(cut_off=date(2022, 9, 25)), household(members=members))
    assert shown(frame, "households", "persons", month="2022-09") == [(1, 2)]


def test_the_newest_load_has_the_cut_off() -> None:
    frame = fact(
        "households", load(load_id=2, cut_off=date(2022, 7, 31)), load(load_id=1, cut_off=CUT_OFF), household()
    )
    assert shown(frame, "month")[-1] == ("2022-07",)


def test_households_of_unknown_type_are_counted_apart() -> None:
    frame = fact("households", household("H1", household_type=None), household("H2"))
    september = frame[frame["month"] == "2022-09"]
    assert september["household_type"].fillna("unknown").tolist() == ["general", "unknown"]


# --- lamps ---


def test_lamps_are_counted_by_state_with_the_indicators_collected() -> None:
    every_indicator = 62
    frame = fact(
        "lamps",
        household("H1"),
        household("H2", indicators={"house_grade": None}),
        household("H3", indicators=None),
        household("H4", cases=[{"identified_on": date(2022, 1, 15), "eliminated_on": date(2022, 8, 1)}]),
    )
    assert shown(frame, "state", "lamp", "households", "filled", month="2022-09") == [
        ("eliminated", "none", 1, every_indicator),
        ("never", "none", 1, every_indicator),
        ("never", "undetermined", 2, every_indicator - 1),
    ]


def test_the_state_follows_the_case() -> None:
    first = {
        "identified_on": date(2021, 7, 1),
        "eliminated_on": date(2022, 2, 1),
        "rolled_back_on": date(2022, 4, 1),
    }
    second = {"identified_on": date(2022, 4, 1), "follows_case_id": "H1-C1", "ended_on": date(2022, 6, 1)}
    states = dict(shown(fact("lamps", household(cases=[first, second])), "month", "state"))
    changes = {
        "2021-06": "never",
        "2021-07": "open",
        "2022-01": "open",
        "2022-02": "eliminated",
        "2022-03": "eliminated",
    }
    assert {month: states[month] for month in changes} == changes
    assert (states["2022-04"], states["2022-05"], states["2022-06"]) == ("open", "open", "ended")


# --- cases and flows ---


def test_persons_of_a_case_are_current_while_open_and_frozen_when_eliminated() -> None:
    members = [{}, {}, {"left_on": date(2022, 3, 31)}, {"left_on": date(2022, 8, 5)}]
    case = {"identified_on": date(2022, 2, 10), "eliminated_on": date(2022, 8, 1), "persons": 3}
    frame = fact("cases", household(members=members, cases=[case]))
    assert shown(frame, "month", "state", "households", "persons") == [
        ("2022-02", "open", 1, 4),
        ("2022-03", "open", 1, 3),
        ("2022-04", "open", 1, 3),
        ("2022-05", "open", 1, 3),
        ("2022-06", "open", 1, 3),
        ("2022-07", "open", 1, 3),
        ("2022-08", "eliminated", 1, 3),
        ("2022-09", "eliminated", 1, 3),
    ]


def test_flows_name_how_households_and_persons_come_and_go() -> None:
    members: list[Changes] = [
        {},
        {"joined_on": date(2022, 4, 3)},
        {"left_on": date(2022, 5, 20)},
        {"left_on": date(2022, 2, 10)},
        {"joined_on": date(2022, 8, 1)},
    ]
    case = {"identified_on": date(2022, 2, 10), "eliminated_on": date(2022, 8, 1)}
    frame = fact("flows", household(members=members, cases=[case]))
    assert shown(frame, "month", "flow", "households", "persons") == [
        ("2022-02", "identified", 1, 2),
        ("2022-04", "joined", 0, 1),
        ("2022-05", "left", 0, 1),
        ("2022-08", "eliminated", 1, 2),
    ]


def test_who_leaves_on_the_day_of_the_elimination_has_left() -> None:
    members = [{}, {"left_on": date(2022, 8, 1)}]
    case = {"identified_on": date(2022, 2, 10), "eliminated_on": date(2022, 8, 1)}
    flows = fact("flows", household(members=members, cases=[case]))
    assert shown(flows, "flow", "households", "persons", month="2022-08") == [("eliminated", 1, 1), ("left", 0, 1)]


def test_a_case_that_follows_another_was_rolled_back_and_can_end() -> None:
    first = {"identified_on": date(2021, 7, 1), "eliminated_on": date(2022, 2, 1), "rolled_back_on": date(2022, 4, 1)}
    second = {"identified_on": date(2022, 4, 1), "follows_case_id": "H1-C1", "ended_on": date(2022, 6, 1)}
    flows = fact("flows", household(cases=[first, second]))
    assert shown(flows, "month", "flow", "households", "persons") == [
        ("2021-07", "identified", 1, 2),
        ("2022-02", "eliminated", 1, 2),
        ("2022-04", "rolled_back", 1, 2),
        ("2022-06", "ended", 1, 2),
    ]


def test_what_happens_on_the_last_day_of_a_month_is_seen_in_that_month() -> None:
    first = {
        "identified_on": date(2021, 7, 31),
        "eliminated_on": date(2022, 1, 31),
        "rolled_back_on": date(2022, 4, 30),
    }
    second = {"identified_on": date(2022, 5, 1), "follows_case_id": "H1-C1"}
    frame = fact("cases", household(cases=[first, second]))
    assert shown(frame, "state", month="2021-07") == [("open",)]
    assert shown(frame, "state", month="2022-01") == [("eliminated",)]
    assert shown(frame, "state", month="2022-04") == []
    assert shown(frame, "state", month="2022-05") == [("open",)]


def test_who_joins_on_the_day_of_the_identification_is_identified() -> None:
    members = [{}, {"joined_on": date(2022, 2, 10)}, {"joined_on": date(2022, 2, 11)}]
    flows = fact("flows", household(members=members, cases=[{"identified_on": date(2022, 2, 10)}]))
    assert shown(flows, "flow", "households", "persons") == [("identified", 1, 2), ("joined", 0, 1)]


@pytest.mark.parametrize(
    ("eliminated_on", "ended_on", "expected"),
    [
        (date(2022, 3, 1), date(2022, 6, 1), [("2022-03", "eliminated")]),
        (date(2022, 6, 1), date(2022, 3, 1), [("2022-03", "ended")]),
        (None, date(2022, 6, 1), [("2022-06", "ended")]),
        (date(2022, 6, 1), None, [("2022-06", "eliminated")]),
    ],
)
def test_a_case_leaves_the_open_ones_once_by_what_came_first(
    eliminated_on: date | None, ended_on: date | None, expected: list[tuple[str, str]]
) -> None:
    case = {"identified_on": date(2022, 2, 10), "eliminated_on": eliminated_on, "ended_on": ended_on}
    flows = fact("flows", household(cases=[case]))
    assert shown(flows[flows["flow"] != "identified"], "month", "flow") == expected


def test_a_case_that_was_never_identified_counts_nowhere() -> None:
    never = household(cases=[{"identified_on": None, "rejected_on": date(2022, 3, 1)}])
    facts = facts_of(never, names=["cases", "flows", "lamps"])
    assert facts["cases"].empty
    assert facts["flows"].empty
    assert set(facts["lamps"]["state"]) == {"never"}


def test_open_cases_obey_the_flow_identity() -> None:
    facts = facts_of(
        household("H1", members=[{}, {"left_on": date(2022, 1, 3)}], cases=[{"identified_on": date(2021, 6, 1)}]),
        household("H2", cases=[{"identified_on": date(2021, 6, 9), "eliminated_on": date(2022, 1, 4)}]),
        household(
            "H3",
            members=[{}, {"joined_on": date(2022, 2, 2)}],
            cases=[{"identified_on": date(2021, 9, 9), "ended_on": date(2022, 5, 5)}],
        ),
        household(
            "H4",
            cases=[
                {
                    "identified_on": date(2021, 6, 9),
                    "eliminated_on": date(2022, 1, 4),
                    "rolled_back_on": date(2022, 3, 3),
                },
                {"identified_on": date(2022, 3, 3), "follows_case_id": "H4-C1"},
            ],
        ),
        names=["cases", "flows"],
    )
    sign = {"identified": 1, "rolled_back": 1, "joined": 1, "eliminated": -1, "ended": -1, "left": -1}
    months = [str(month) for month in pd.period_range("2021-05", "2022-09", freq="M")]
    flows, still_open = facts["flows"], facts["cases"][facts["cases"]["state"] == "open"]
    for number in ("households", "persons"):
        moved = (flows[number] * flows["flow"].map(sign)).groupby(flows["month"]).sum()
        change = moved.reindex(months, fill_value=0)
        stock = still_open.groupby("month")[number].sum().reindex(months, fill_value=0)
        assert change.cumsum().tolist() == stock.tolist()
        assert stock.max() > 3


# --- jobs ---


def test_a_person_has_one_job_at_a_time() -> None:
    jobs: list[Changes] = [
        {"started_on": date(2022, 1, 1)},
        {
            "started_on": date(2022, 6, 1),
            "ended_on": date(2022, 8, 1),
            "channel": "community_factory",
            "place": "township",
        },
    ]
    frame = fact("jobs", household(household_type="lifted_out", jobs=jobs))
    by_month = dict(shown(frame, "month", "channel"))
    assert by_month == {
        **dict.fromkeys(("2022-01", "2022-02", "2022-03", "2022-04", "2022-05"), "transfer"),
        **dict.fromkeys(("2022-06", "2022-07"), "community_factory"),
    }


def test_jobs_are_those_of_current_members_of_lifted_out_households() -> None:
    frame = fact(
        "jobs",
        household("H1", household_type="lifted_out", jobs=[{}]),
        household("H2", household_type="general", jobs=[{}]),
        household("H3", household_type="lifted_out", jobs=[{}], members=[{"left_on": date(2022, 9, 30)}]),
    )
    assert shown(frame, "workers", month="2022-08") == [(2,)]
    assert shown(frame, "channel", "place", "workers", month="2022-09") == [("transfer", "outside", 1)]


def test_a_job_is_not_held_on_the_day_on_which_it_ends() -> None:
    jobs: list[Changes] = [{"started_on": date(2022, 6, 30), "ended_on": date(2022, 8, 31)}]
    frame = fact("jobs", household(household_type="lifted_out", jobs=jobs))
    assert shown(frame, "month") == [("2022-06",), ("2022-07",)]


def test_workers_of_a_year_add_up_from_january() -> None:
    jobs: list[Changes] = [
        {"started_on": date(2020, 5, 10), "ended_on": date(2020, 7, 1)},
        {"started_on": date(2020, 11, 1), "ended_on": date(2021, 1, 1), "channel": "self"},
        {"started_on": date(2021, 3, 1), "ended_on": date(2021, 12, 1), "channel": "public_post"},
        {"started_on": date(2022, 8, 31), "ended_on": date(2022, 9, 1)},
    ]
    frame = fact("year_workers", household(household_type="lifted_out", jobs=jobs))
    assert set(shown(frame, "month", "workers")) == {
        *((f"2020-{month:02}", 1) for month in range(5, 13)),
        ("2022-08", 1),
        ("2022-09", 1),
    }


def test_duty_is_to_have_one_in_work_where_somebody_is_able_and_willing() -> None:
    willing = {"wants_work": True}
    job = {"started_on": date(2022, 9, 30), "channel": "public_post"}
    frame = fact(
        "duty",
        household("H1", household_type="lifted_out", members=[willing, {}]),
        household("H2", household_type="lifted_out", members=[willing, {}], jobs=[{**job, "member_id": "H2-P2"}]),
        household("H3", household_type="lifted_out", members=[{**willing, "labour": "weak"}]),
        household("H4", household_type="lifted_out", members=[{"wants_work": None}]),
        household("H5", members=[willing]),
        household("H6", members=[willing], cases=[{"identified_on": date(2022, 9, 1)}]),
        household("H7", household_type="lifted_out", members=[{**willing, "left_on": date(2022, 9, 30)}, {}]),
    )
    assert shown(frame, "households", "zero", month="2022-08") == [(3, 3)]
    assert shown(frame, "households", "zero", month="2022-09") == [(3, 2)]


# --- clues, measures, factories, unchecked ---


def test_clues_are_received_checked_open_and_overdue() -> None:
    clues: list[Changes] = [
        {"received_on": date(2022, 7, 5), "due_on": date(2022, 8, 31), "checked_on": date(2022, 9, 2)},
        {"received_on": date(2022, 8, 1), "due_on": date(2022, 8, 30)},
        {"received_on": date(2022, 8, 31), "due_on": None},
        {"received_on": date(2022, 8, 2), "due_on": date(2022, 8, 20), "checked_on": date(2022, 8, 31)},
    ]
    assert shown(fact("clues", household(clues=clues)), "month", "received", "checked", "open", "overdue") == [
        ("2022-07", 1, 0, 1, 0),
        ("2022-08", 3, 1, 3, 1),
        ("2022-09", 0, 1, 2, 1),
    ]


def test_the_first_measure_is_due_one_calendar_month_after_identification() -> None:
    identified = {"identified_on": date(2022, 1, 31)}
    frame = fact(
        "measures",
        household(
            "H1", cases=[identified], measures=[{"started_on": date(2022, 3, 20)}, {"started_on": date(2022, 2, 27)}]
        ),
        household("H2", cases=[identified], measures=[{"started_on": date(2022, 2, 28)}]),
        household("H3", cases=[identified], measures=[{"started_on": date(2022, 3, 31)}]),
        household("H4", cases=[identified], measures=[{"started_on": None}]),
        household("H5", cases=[{**identified, "eliminated_on": date(2022, 3, 15)}]),
    )
    by_month = {month: numbers for month, *numbers in shown(frame, "month", "due", "in_time", "overdue")}
    assert min(by_month) == "2022-02"
    assert by_month["2022-02"] == [5, 1, 3]
    assert by_month["2022-03"] == [4, 1, 1]


def test_a_measure_begun_on_an_unknown_day_is_neither_in_time_nor_late() -> None:
    identified, unknown = {"identified_on": date(2022, 1, 31)}, {"started_on": None, "begun": True}
    frame = fact(
        "measures",
        household("H1", cases=[identified], measures=[unknown]),
        household("H2", cases=[identified], measures=[unknown, {"started_on": date(2022, 3, 20)}]),
        household("H3", cases=[identified], measures=[unknown, {"started_on": date(2022, 2, 1)}]),
        household("H4", cases=[identified], measures=[{"started_on": None, "begun": False}]),
    )
    assert shown(frame, "due", "in_time", "overdue", month="2022-09") == [(2, 1, 1)]


def test_factories_are_open_community_factories() -> None:
    frame = fact(
        "factories",
        household(),
        factory("F1", opened_on=date(2022, 8, 31)),
        factory("F2", closed_on=date(2022, 8, 31)),
        factory("F3", kind="workshop"),
    )
    assert shown(frame, "factories", month="2022-07") == [(1,)]
    assert shown(frame, "village_code", "factories", month="2022-08") == [(VILLAGE, 1)]


def test_a_red_household_is_unchecked_until_somebody_looks() -> None:
    intervals: list[Changes] = [
        {"valid_from": date(2021, 5, 1), "valid_to": date(2022, 7, 1)},
        {"valid_from": date(2022, 7, 1), "water_problem": True},
    ]
    unseen: dict[str, dict[str, Any]] = {
        "nobody came": {},
        "somebody came before": {"screenings": [{"screened_on": date(2022, 6, 30)}]},
        "nobody was met": {"screenings": [{"screened_on": date(2022, 8, 1), "result": "away"}]},
        "nothing was noted": {"screenings": [{"screened_on": date(2022, 8, 1), "result": None}]},
        "a clue is not checked": {"clues": [{"received_on": date(2022, 6, 1)}]},
    }
    seen: dict[str, dict[str, Any]] = {
        "screened": {"screenings": [{"screened_on": date(2022, 7, 1)}]},
        "a clue is checked": {"clues": [{"received_on": date(2022, 6, 1), "checked_on": date(2022, 9, 30)}]},
        "once a case": {"cases": [{"identified_on": date(2021, 6, 1), "ended_on": date(2021, 8, 1)}]},
    }
    # A village for each: the counts tell which household it is.
    villages = {name: f"{VILLAGE[:9]}{number}" for number, name in enumerate([*unseen, *seen], start=201)}
    homes = [
        household(name, village_code=villages[name], indicators=intervals, **below)
        for name, below in (unseen | seen).items()
    ]
    unchecked = fact("unchecked", *(village(code) for code in villages.values()), *homes)
    assert shown(unchecked, "village_code", "households", month="2022-09") == [(villages[name], 1) for name in unseen]
    assert shown(unchecked, "households", month="2022-06") == []
