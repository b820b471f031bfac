"""Rows in each of which one thing is wrong, beyond the households of `broken.py`, and the rule that must find it."""

from datetime import date
from typing import Any

from tests.support.households import CUT_OFF, VILLAGE, Rows, asset, factory, household, merged, project, quarters

LATER = date(2022, 10, 1)
NOWHERE = "610902100999"
_MOVED: dict[str, Any] = {"closed_on": date(2022, 6, 1), "closed_reason": "moved"}
_LEFT = {"left_on": date(2022, 6, 1), "leave_reason": "died"}
_ONE_LEFT = {"family_size": 1, "labor_n": 1, "resident_size": 1}
_ILL = {"chronic_n": 1, "compliant_self_pay": 5}
_HELP = {"started_on": date(2021, 5, 20)}
_OVER: dict[str, Any] = {"eliminated_on": date(2022, 3, 1), "elimination_way": "help"}
_EARLY = {"valid_from": date(2020, 5, 1)}
_FIRST = date(2018, 1, 1)
"""Quarters from here on are not of the assessment year of the indicators."""


def _home(number: str, **changes: Any) -> Rows:
    return household(number, **changes)


def _case(number: str, *, measures: list[dict[str, Any]] | None = None, home: Any = None, **changes: Any) -> Rows:
    """A household with a case by illness that is in order but for the changes."""
    measures = [_HELP] if measures is None else measures
    return household(number, cases=[changes], measures=measures, indicators=_ILL, **(home or {}))


def _with(rows: Rows, table: str, *more: dict[str, Any]) -> Rows:
    number = rows["household"][0]["household_id"]
    return {**rows, table: [*rows.get(table, []), *({"household_id": number, **one} for one in more)]}


def _spells(number: str, first: dict[str, Any], second: dict[str, Any] | None = None) -> Rows:
    """Two intervals; only the second is in force at the cut-off."""
    return household(number, indicators=[{**_EARLY, "valid_to": date(2021, 5, 1), **first}, second or {}])


def _records(number: str, *changes: dict[str, Any], count: int = 1, **columns: Any) -> Rows:
    records = quarters(number, first=_FIRST, count=count, **columns)
    for record, changed in zip(records, changes, strict=False):
        record.update(changed)
    return {**household(number), "income_record": records}


def _jobs(number: str, *jobs: dict[str, Any], **home: Any) -> Rows:
    return household(number, jobs=jobs, **home)


def _boy(**changes: Any) -> dict[str, Any]:
    return {"relation": "son", "gender": "male", "birth_date": date(2006, 1, 1), "labour": "ordinary", **changes}


_TALE = {"received_on": date(2022, 5, 1)}


def _together(*parts: Rows) -> Rows:
    """All rows, without a load."""
    return {table: rows for table, rows in merged(*parts).items() if table != "data_load"}


PLANTED: dict[str, Rows] = {
    # persons and households
    "too_old": _home("too_old", members=[{"birth_date": date(1911, 9, 30)}, {}]),
    "phone_shared": _together(*(_home(f"phone_shared{n or ''}", phone="19900000001") for n in range(5))),
    "head_id_duplicate": _together(
        *(_home(f"head_id_duplicate{n or ''}", head_id_no="61090219750101001X") for n in (0, 1))
    ),
    "person_twice": _home("person_twice", members=[{"name": "甲"}, {"name": "甲"}]),
    "leaving_untold": _home("leaving_untold", members=[{}, {}, {"left_on": date(2022, 1, 1)}]),
    "closing_untold": _home("closing_untold", closed_on=date(2022, 6, 1)),
    "grid_elsewhere": {
        **_home("grid_elsewhere", grid_code="elsewhere"),
        "grid": [{"code": "elsewhere", "village_code": "610902100202"}],
        "region": [{"code": "610902100202", "parent_code": "610902100", "level": "village", "name_zh": "邻村"}],
    },
    "income_tenfold": _spells("income_tenfold", {}, {"wage_income": 500_000}),
    # rows of households: days, ranges, codes, links
    "register_order": _home("register_order", closed_on=date(2019, 1, 1), closed_reason="moved"),
    "register_day": _home("register_day", registered_on=LATER, members=[{"joined_on": CUT_OFF}]),
    "register_range": _home("register_range", group_no=0),
    "register_code": _home("register_code", household_type="poor"),
    "register_link": _home("register_link", helper_id="nobody"),
    "register_place": _home("register_place", village_code=NOWHERE),
    "person_order": _home("person_order", members=[{}, {}, {"left_on": date(2019, 1, 1), "leave_reason": "died"}]),
    "person_day": _home("person_day", members=[{}, {}, {"joined_on": LATER}]),
    "person_range": _home("person_range", members=[{}, {}, {**_LEFT, "disability_grade": 5}]),
    "person_code": _home("person_code", members=[{}, {"join_reason": "bought"}]),
    "interval_order": _spells("interval_order", {"valid_to": date(2019, 1, 1)}),
    "interval_day": _home("interval_day", indicators={"last_visit": LATER}),
    "interval_range": _home("interval_range", indicators={"ci_rate": 450}),
    "interval_code": _home("interval_code", indicators={"road_type": "gold"}),
    "interval_overlap": _spells("interval_overlap", {"valid_to": date(2021, 5, 2)}),
    "interval_gap": _spells("interval_gap", {"valid_to": date(2021, 4, 30)}),
    "months_exceed_family": _home("months_exceed_family", indicators={"worker_months": 25}),
    "loss_without_failure": _home("loss_without_failure", indicators={"business_loss": 1}),
    "record_order": _records("record_order", {"period_end": date(2017, 1, 1)}),
    "record_day": _records("record_day", {"period_end": LATER}),
    "record_range": _records("record_range", {"business_cost": -1}),
    "record_overlap": _records("record_overlap", {"period_end": date(2018, 4, 1)}, count=2),
    "record_parts_exceed": _records("record_parts_exceed", {"transfer_relief": 1}),
    "record_tenfold": _records("record_tenfold", {"wage_income": 80_000}, count=4, wage_income=8_000),
    # cases, needs, measures, clues, visits
    "monitoring_order": _case("monitoring_order", publicised_on=date(2021, 6, 1)),
    "monitoring_day": _case("monitoring_day", identified_on=LATER, discovered_on=date(2021, 5, 1)),
    "monitoring_range": _home("monitoring_range", cases=[{"identified_on": None, "persons": 0}]),
    "monitoring_code": _case("monitoring_code", channel="rumour"),
    "monitoring_link": _case("monitoring_link", follows_case_id="none"),
    "case_persons": _case("case_persons", persons=3),
    "two_open_cases": household(
        "two_open_cases", cases=[{}, {"identified_on": date(2022, 9, 20)}], measures=[_HELP], indicators=_ILL
    ),
    "case_of_closed_household": _case("case_of_closed_household", home=_MOVED),
    "elimination_way": _case("elimination_way", eliminated_on=date(2022, 3, 1)),
    "case_outcome": _case("case_outcome", outcome="open", **_OVER),
    "category_of_type": _case("category_of_type", category="unstable"),
    "cause_twice": _case("cause_twice", cause_2="illness"),
    "rejection_untold": _home("rejection_untold", cases=[{"identified_on": None, "rejected_on": date(2022, 1, 1)}]),
    "checked_alone": _case("checked_alone", checked_by="甲", checked_by_2="甲", authorised_on=date(2021, 5, 4)),
    "compared_without_authorisation": _case(
        "compared_without_authorisation",
        discovered_on=date(2021, 4, 1),
        compared_on=date(2021, 4, 5),
        reviewed_on=date(2021, 4, 6),
    ),
    "publicity_too_short": _case(
        "publicity_too_short",
        discovered_on=date(2021, 4, 1),
        publicised_from=date(2021, 4, 6),
        publicised_on=date(2021, 4, 10),
    ),
    "review_votes": _case("review_votes", review_present=9, review_for=9, review_against=1),
    "audited_by_checker": _case("audited_by_checker", checked_by="甲", checked_by_2="乙", approved_by="乙"),
    "need_order": _with(
        _case("need_order"),
        "need",
        {"need_id": "N", "case_id": "need_order-C1", "raised_on": date(2022, 1, 2), "met_on": date(2022, 1, 1)},
    ),
    "need_day": _with(_case("need_day"), "need", {"need_id": "N", "case_id": "need_day-C1", "met_on": LATER}),
    "need_code": _with(_case("need_code"), "need", {"need_id": "N", "case_id": "need_code-C1", "kind": "love"}),
    "need_link": _with(_case("need_link"), "need", {"need_id": "N", "case_id": "none"}),
    "measure_order": _case("measure_order", measures=[{**_HELP, "done_on": date(2021, 5, 1)}]),
    "measure_day": _case("measure_day", measures=[{**_HELP, "done_on": LATER}]),
    "measure_range": _case("measure_range", measures=[{**_HELP, "amount": -1}]),
    "measure_code": _case("measure_code", measures=[_HELP, {"kind": "love"}]),
    "measure_link": _case("measure_link", measures=[_HELP, {"case_id": "none"}]),
    "measure_after_elimination": _case(
        "measure_after_elimination", measures=[_HELP, {"started_on": date(2022, 3, 2), "kind": "housing"}], **_OVER
    ),
    "measure_unstarted": _case("measure_unstarted", measures=[_HELP, {"done_on": date(2022, 1, 1)}]),
    "measure_twice": _case("measure_twice", measures=[_HELP, _HELP]),
    "visit_day": _with(_home("visit_day"), "visit", {"visited_on": LATER}),
    "visit_code": _with(_home("visit_code"), "visit", {"visited_on": CUT_OFF, "kind": "dream"}),
    "visit_link": _with(_home("visit_link"), "visit", {"visited_on": CUT_OFF, "helper_id": "nobody"}),
    "screening_day": _home("screening_day", screenings=[{"screened_on": LATER}]),
    "screening_code": _home("screening_code", screenings=[{"result": "maybe"}]),
    "screening_link": {"screening": [{"household_id": "gone", "round": "1", "screened_on": CUT_OFF}]},
    "clue_order": _home("clue_order", clues=[{**_TALE, "checked_on": date(2022, 4, 30), "result": "helped"}]),
    "clue_day": _home("clue_day", clues=[{**_TALE, "checked_on": LATER, "result": "helped"}]),
    "clue_range": _home("clue_range", clues=[{"amount": -5}]),
    "clue_code": _home("clue_code", clues=[{"way": "pigeon"}]),
    "clue_link": _home("clue_link", clues=[{"department": "none"}]),
    "clue_unconcluded": _home("clue_unconcluded", clues=[{"result": "helped"}]),
    "clue_reason": _home("clue_reason", clues=[{"checked_on": date(2022, 1, 1), "result": "not_included"}]),
    "clue_twice": _home("clue_twice", clues=[_TALE, _TALE]),
    "call_day": _home("call_day", calls=[{"called_on": LATER}]),
    "call_code": _home("call_code", calls=[{"called_on": CUT_OFF, "outcome": "singing"}]),
    # jobs
    "pupil_in_work": _jobs(
        "pupil_in_work",
        {"member_id": "pupil_in_work-P2", "started_on": date(2022, 7, 1)},
        members=[{}, _boy(school_stage="high", labour="none")],
        indicators={"labor_n": 1},
    ),
    "job_after_leaving": _jobs("job_after_leaving", {"member_id": "job_after_leaving-P3"}, members=[{}, {}, _LEFT]),
    "job_of_closed_household": _jobs("job_of_closed_household", {}, **_MOVED),
    "job_of_closed_factory": _together(
        factory("shut", closed_on=date(2022, 6, 1)),
        _jobs("job_of_closed_factory", {"workplace_id": "shut", "channel": "community_factory", "place": "township"}),
    ),
    "two_open_jobs": _jobs("two_open_jobs", {}, {"started_on": date(2022, 1, 1)}),
    "jobs_overlap": _jobs("jobs_overlap", {"ended_on": date(2022, 1, 2)}, {"started_on": date(2022, 1, 1)}),
    "work_order": _jobs("work_order", {"ended_on": date(2021, 4, 1)}),
    "work_day": _jobs("work_day", {"started_on": LATER}),
    "work_range": _jobs("work_range", {"monthly_wage": -100}),
    "work_code": _jobs("work_code", {"industry": "piracy"}),
    "work_link": _jobs("work_link", {"member_id": "nobody"}),
    # what belongs to a village
    "unmatched_day": {"clue_unmatched": [{"clue_id": "unmatched_day", "village_code": VILLAGE, "received_on": LATER}]},
    "factory_order": factory("factory_order", closed_on=date(2019, 1, 1)),
    "factory_day": factory("factory_day", opened_on=LATER),
    "factory_range": factory("factory_range", jobs=-1),
    "factory_code": factory("factory_code", kind="palace"),
    "factory_place": factory("factory_place", village_code=NOWHERE),
    "project_order": project("project_order", finished_on=date(2022, 2, 1)),
    "project_day": project("project_day", started_on=LATER),
    "project_range": project("project_range", progress=101),
    "project_code": project("project_code", fund="lottery"),
    "project_place": project("project_place", village_code=""),
    "project_overspent": project("project_overspent", budget=10, spent=11),
    "spent_unbudgeted": project("spent_unbudgeted", spent=11),
    "project_unfinished": project("project_unfinished", finished_on=date(2022, 6, 1), progress=90),
    "project_twice": _together(*(project(f"project_twice{n or ''}", name_zh="桥", budget=5) for n in (0, 1))),
    "asset_ownerless": asset("asset_ownerless", owner=None),
    "asset_overdistributed": asset("asset_overdistributed", annual_income=10, distributed=11),
    "asset_twice": _together(*(asset(f"asset_twice{n or ''}", name_zh="棚", value=5) for n in (0, 1))),
    "asset_range": asset("asset_range", value=-1),
    "asset_code": asset("asset_code", **{"class": "magic"}),
    "asset_link": asset("asset_link", project_id="none"),
    "asset_place": asset("asset_place", village_code=NOWHERE),
    "region_elsewhere": {
        "region": [
            {"code": "610902101", "parent_code": "610902", "level": "township", "name_zh": "别镇"},
            {"code": "610902100203", "parent_code": "610902101", "level": "village", "name_zh": "region_elsewhere"},
        ]
    },
    "village_twice": {
        "region": [
            {"code": f"61090210020{n}", "parent_code": "610902100", "level": "village", "name_zh": "village_twice"}
            for n in (8, 9)
        ]
    },
    "region_link": {"region": [{"code": "610903", "parent_code": "61", "level": "county", "name_zh": "别县"}]},
    "grid_place": {"grid": [{"code": "grid_place", "village_code": NOWHERE}]},
    "helper_place": {"helper": [{"helper_id": "helper_place", "township_code": NOWHERE}]},
    "site_place": {"resettlement_site": [{"site_id": "site_place", "village_code": NOWHERE}]},
}
"""Rule -> rows that only this rule finds anything in."""
