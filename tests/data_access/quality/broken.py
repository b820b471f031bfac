"""Households in which one thing is wrong, or just not wrong: what validation rules must find, at its edges."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.support.households import Changes, Rows, household, quarters

CUT_OFF = date(2022, 9, 30)
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
"""The weights of the standard, from its own formula."""


def identity(born: date, order: int) -> str:
    """A well-formed ID number."""
    digits = f"610902{born:%Y%m%d}{order:03d}"
    rest = (12 - sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11) % 11
    return digits + ("X" if rest == 10 else str(rest))


def with_x(born: date) -> str:
    """A well-formed ID number of a man that ends in X."""
    return next(number for order in range(1, 999, 2) if (number := identity(born, order)).endswith("X"))


BORN = date(1975, 1, 1)
"""When the members of `household` are born unless told."""

RIGHT = identity(BORN, 1)


def person(**changes: Any) -> Changes:
    """One member as `household` makes it, with changes."""
    return changes


def child(**changes: Any) -> Changes:
    """A child, second in its family, whose labour and school fit its age."""
    at_school = {"birth_date": date(2010, 5, 1), "school_stage": "middle", "labour": "none"}
    return {"relation": "son", "gender": "male", **at_school, **changes}


def pair(second: Changes, **indicators: Any) -> dict[str, Any]:
    """A head and one more, with the indicators that agree with them."""
    return {"members": [{}, second], "indicators": indicators}


CASED = {"chronic_n": 1, "compliant_self_pay": 5}
HELPED = [{"started_on": date(2021, 5, 20)}]


def case(*, measures: Sequence[Changes] = HELPED, indicators: Changes = CASED, **changes: Any) -> dict[str, Any]:
    """A household with a case by illness that is in order."""
    return {"cases": [changes], "measures": measures, "indicators": indicators}


def eliminated(**changes: Any) -> dict[str, Any]:
    """The same, with its risk eliminated by help after a year."""
    return case(
        **{
            "identified_on": date(2021, 5, 1),
            "eliminated_on": date(2022, 6, 1),
            "elimination_way": "natural",
            **changes,
        }
    )


AGED_16, NOT_YET_16 = date(2006, 9, 30), date(2006, 10, 1)

HOMES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "clean": ({}, set()),
    "clean_id": ({"members": [person(id_no=RIGHT), {}]}, set()),
    "disability_card": ({"members": [person(id_no=identity(BORN, 3) + "43"), {}]}, set()),
    "small_x": ({"members": [person(id_no=f" {with_x(BORN).lower()}"), {}]}, set()),
    "short_id": ({"members": [person(id_no=identity(BORN, 5)[:17]), {}]}, {"id_length"}),
    "mistyped": ({"members": [person(id_no=identity(BORN, 7)[:17] + "*"), {}]}, {"id_check_digit"}),
    "other_birthday": ({"members": [person(id_no=identity(date(1975, 1, 2), 1)), {}]}, {"id_birth_date"}),
    "other_gender": ({"members": [person(id_no=identity(BORN, 2)), {}]}, {"id_gender"}),
    "twin_1": ({"members": [person(id_no=identity(BORN, 11)), {}]}, {"id_duplicate"}),
    "twin_2": ({"members": [person(id_no=f"{identity(BORN, 11)} "), {}]}, {"id_duplicate"}),
    "had_left": (
        {"members": [{}, {}, person(id_no=RIGHT, left_on=CUT_OFF, leave_reason="moved_out")]},
        set(),
    ),
    "daughter_in_disguise": (pair(child(gender="female"), labor_n=1), {"relation_gender"}),
    "schooled_twice": (pair(child(school_stage="middle", education="primary"), labor_n=1), {"schooling_both"}),
    "primary_at_16": (pair(child(school_stage="primary", birth_date=date(2005, 10, 1)), labor_n=1), set()),
    "primary_at_17": (
        pair(child(school_stage="primary", birth_date=date(2005, 9, 30)), labor_n=1),
        {"school_stage_age"},
    ),
    "six_in_september": (pair(child(school_stage="none", birth_date=date(2016, 9, 1)), labor_n=1), {"out_of_school"}),
    "six_the_day_after": (pair(child(school_stage="none", birth_date=date(2016, 9, 2)), labor_n=1), set()),
    "known_dropout": (pair(child(school_stage="none"), labor_n=1, dropout_n=1), set()),
    "weak_at_16": (
        pair(child(school_stage="none", birth_date=AGED_16, labour="weak"), labor_n=1),
        {"able_without_labour"},
    ),
    "weak_before_16": (
        pair(child(school_stage="none", birth_date=NOT_YET_16, labour="weak"), labor_n=1, dropout_n=1),
        set(),
    ),
    "weak_at_60": (pair(person(birth_date=date(1962, 9, 30), labour="weak"), labor_n=1), set()),
    "able_at_16": (pair(child(school_stage="none", birth_date=AGED_16, labour="ordinary")), set()),
    "able_before_16": (
        pair(child(school_stage="none", birth_date=NOT_YET_16, labour="skilled"), dropout_n=1),
        {"child_with_labour"},
    ),
    "no_grade": (pair(person(health="disabled")), {"disability_grade_conflict"}),
    "grade_none": (pair(person(health="disabled", disability_grade=0)), {"disability_grade_conflict"}),
    "healthy_without_grade": (pair(person(disability_grade=0)), set()),
    "healthy_grade": (pair(person(disability_grade=3), disabled_n=1), {"disability_grade_conflict"}),
    "grade_2_able": (
        pair(person(disability_grade=2, health="disabled"), disabled_n=1, severe_n=1),
        {"severe_disability_with_labour"},
    ),
    "grade_3_able": (pair(person(disability_grade=3, health="disabled"), disabled_n=1), set()),
    "able_on_tekun": (pair(person(relief="tekun"), assistance_amt=1), {"tekun_able"}),
    "two_heads": ({"members": [{}, person(relation="head")]}, {"head_not_one"}),
    "no_head": ({"members": [person(relation="other"), {}]}, {"head_not_one"}),
    "nobody": (
        {"members": 0, "indicators": {"family_size": 0, "labor_n": 0, "resident_size": 0, "pension_n": 0}},
        {"head_not_one", "interval_range"},
    ),
    "two_spouses": (
        {
            "members": [{}, {}, person(relation="spouse", gender="female")],
            "indicators": {"family_size": 3, "labor_n": 3},
        },
        {"several_spouses"},
    ),
    "two_men": ({"members": [{}, person(gender="male")]}, {"spouse_same_gender"}),
    "other_head_id": ({"members": [person(id_no=identity(BORN, 13)), {}], "head_id_no": RIGHT}, {"head_id_conflict"}),
    "same_head_id": ({"members": [person(id_no=identity(BORN, 15)), {}], "head_id_no": identity(BORN, 15)}, set()),
    "ten_digits": ({"phone": "1990000000"}, {"phone_length"}),
    "letters": ({"phone": "1990000000a"}, {"phone_length"}),
    "spaced_phone": ({"phone": "199 0000 0000"}, set()),
    "one_too_many": ({"indicators": {"family_size": 3}}, {"family_size_conflict"}),
    "one_able_too_few": ({"indicators": {"labor_n": 1}}, {"labour_conflict"}),
    "labour_not_collected": ({"members": [{}, person(labour=None)]}, set()),
    "grade_not_counted": (pair(person(disability_grade=3, health="disabled")), {"disabled_conflict"}),
    "uninsured_not_counted": (pair(person(insurance="none")), {"uninsured_conflict"}),
    "small_wage": ({"indicators": {"wage_income": 99}}, {"wage_too_small"}),
    "wage_of_100": ({"indicators": {"wage_income": 100}}, set()),
    "no_wage": ({"indicators": {"wage_income": 0}}, set()),
    "three_ill_of_two": ({"indicators": {"chronic_n": 3}}, {"parts_exceed_family"}),
    "loss_of_nothing": ({"indicators": {"disaster_loss": 1}}, {"disaster_without_type"}),
    "loss_by_flood": ({"indicators": {"disaster_loss": 1, "disaster_type": "0201"}}, set()),
    "relief_of_nothing": (pair(person(relief="dibao")), {"relief_without_amount"}),
    "thirsty": (
        {"household_type": "lifted_out", "indicators": {"water_problem": True}},
        {"unsafe_water_not_monitored"},
    ),
    "thirsty_general": ({"indicators": {"water_problem": True}}, set()),
    "thirsty_watched": ({"household_type": "lifted_out", **case(indicators={**CASED, "water_problem": True})}, set()),
    "watched": (case(), set()),
    "watched_blank": (case(indicators={**CASED, "house_grade": None}), {"case_blank"}),
    "unsafe_again": (eliminated(indicators={**CASED, "house_grade": "C"}), {"problem_after_elimination"}),
    "helped_by_nothing": (eliminated(measures=[], elimination_way="help"), {"helped_without_measure"}),
    "cured_by_itself": (eliminated(measures=[], elimination_way="natural"), set()),
    "a_month_without_help": (case(measures=[], identified_on=date(2022, 8, 30)), {"no_measure_in_time"}),
    "not_yet_a_month": (case(measures=[], identified_on=date(2022, 9, 1)), set()),
    "a_day_too_early": (eliminated(eliminated_on=date(2021, 10, 31)), {"eliminated_too_early"}),
    "just_in_time": (eliminated(eliminated_on=date(2021, 11, 1)), set()),
    "ill_for_free": (case(indicators={"chronic_n": 1}), {"illness_without_patient"}),
    "nobody_ill": (case(indicators={"compliant_self_pay": 5}), {"illness_without_patient"}),
    "nobody_disabled": (case(cause_2="disability"), {"disability_without_disabled"}),
    "half_of_four_able": (
        {
            **case(cause_1="lack_of_labour", indicators={"family_size": 4}),
            "members": [{}, {}, child(), child()],
        },
        {"labour_in_lack_of_labour"},
    ),
    "two_of_five_able": (
        {
            **case(cause_1="lack_of_labour", indicators={"family_size": 5}),
            "members": [{}, {}, *[child()] * 3],
        },
        set(),
    ),
    "jobless_unable": (
        {
            **case(cause_1="unstable_job", indicators={"labor_n": 0}),
            "members": [person(labour="lost", health="chronic")] * 2,
        },
        {"unstable_job_without_work"},
    ),
    "water_not_helped": (case(cause_1="unsafe_water"), {"cause_without_measure"}),
    "water_helped": (case(cause_1="unsafe_water", measures=[{"kind": "water", **HELPED[0]}]), set()),
    "security_alone": (case(measures=[{"kind": "security", **HELPED[0]}]), {"security_only"}),
    "wage_399": ({"jobs": [{"monthly_wage": 399}]}, {"wage_out_of_range"}),
    "wage_400": ({"jobs": [{"monthly_wage": 400}]}, set()),
    "wage_30000": ({"jobs": [{"monthly_wage": 30_000}]}, set()),
    "wage_30001": ({"jobs": [{"monthly_wage": 30_001}]}, {"wage_out_of_range"}),
    "over_wage": ({"jobs": [{"monthly_wage": 1, "ended_on": CUT_OFF}]}, set()),
    "no_industry": ({"jobs": [{"industry": None}]}, {"job_blank"}),
    "post_far_away": ({"jobs": [{"channel": "public_post"}]}, {"away_in_local_post"}),
    "tekun_away": (
        {"members": [person(relief="tekun", health="chronic"), {}], "indicators": {"assistance_amt": 1}, "jobs": [{}]},
        {"tekun_working_away"},
    ),
    "post_at_70": (
        {
            "members": [person(birth_date=date(1952, 9, 30)), {}],
            "jobs": [{"channel": "public_post", "place": "township"}],
        },
        {"post_too_old"},
    ),
    "post_before_70": (
        {
            "members": [person(birth_date=date(1952, 10, 1)), {}],
            "jobs": [{"channel": "public_post", "place": "township"}],
        },
        set(),
    ),
}
"""Household number -> how it differs from one in order, and the rules that must find something in it."""


def homes() -> list[Rows]:
    """The rows of all of them; two more have a record of their income, one more works too young."""
    made = [household(number, **changes) for number, (changes, _) in HOMES.items()]
    for number, wage in (("records_agree", 15_002), ("records_differ", 15_003)):
        records = quarters(number, first=date(2019, 10, 1), count=4, wage_income=wage)
        made.append({**household(number), "income_record": records})
    young = child(birth_date=NOT_YET_16, school_stage="middle")
    job = {"member_id": "young_worker-P2"}
    made.append(household("young_worker", members=[{}, young], indicators={"labor_n": 1}, jobs=[job]))
    return made


EXPECTED = {number: rules for number, (_, rules) in HOMES.items() if rules} | {
    "records_differ": {"income_conflict"},
    "young_worker": {"worker_too_young", "pupil_in_work"},
}
"""The households in which anything must be found."""
