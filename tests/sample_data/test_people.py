"""The people are invented: plausible families, ID numbers that cannot be real, telephones that nobody has."""

import pandas as pd

from tests.sample_data.conftest import Sample

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RIGHT_DIGITS = "10X98765432"


def right_digit(id_no: str) -> str:
    """The check digit that a real number of these seventeen digits would have."""
    return RIGHT_DIGITS[sum(int(digit) * weight for digit, weight in zip(id_no, WEIGHTS, strict=False)) % 11]


def test_every_id_number_has_eighteen_digits_and_a_wrong_check_digit(sample: Sample):
    numbers = sample.frame("member")["id_no"]
    assert (numbers.str.len() == 18).all()
    assert not any(number[-1] == right_digit(number) for number in numbers)


def test_id_numbers_carry_birth_date_and_gender(sample: Sample):
    people = sample.frame("member")
    assert (people["id_no"].str[6:14] == people["birth_date"].dt.strftime("%Y%m%d")).all()
    odd = people["id_no"].str[16].astype(int) % 2 == 1
    assert (odd == (people["gender"] == "male")).all()


def test_telephones_are_in_a_range_nobody_has(sample: Sample):
    for name in ("household", "helper"):
        assert sample.frame(name)["phone"].dropna().str.fullmatch(r"1990\d{7}").all()


def test_member_numbers_begin_with_the_household_number(sample: Sample):
    people = sample.frame("member")
    assert people["household_id"].str.fullmatch(r"\d{10}").all()
    assert (people["member_id"].str.len() == 12).all()
    assert (people["member_id"].str[:10] == people["household_id"]).all()


def test_every_household_has_one_head_who_is_named_in_it(sample: Sample):
    heads = sample.frame("member").query("relation == 'head'").set_index("household_id")
    households = sample.frame("household").set_index("household_id")
    assert heads.index.is_unique
    assert set(heads.index) == set(households.index)
    assert (heads.loc[households.index, "name"] == households["head_name"]).all()
    assert (heads.loc[households.index, "id_no"] == households["head_id_no"]).all()


def test_children_are_younger_than_the_head_and_parents_older(sample: Sample):
    people = sample.frame("member")
    heads = people[people["relation"] == "head"].set_index("household_id")["birth_date"]
    years = (people["birth_date"] - people["household_id"].map(heads)).dt.days / 365.25
    assert (years[people["relation"].isin(["son", "daughter"])] > 15).all()
    assert (years[people["relation"].isin(["father", "mother"])] < -15).all()


def test_who_was_born_while_watched_joined_on_the_birthday(sample: Sample):
    born = sample.frame("member").query("join_reason == 'born'")
    assert (born["joined_on"] == born["birth_date"]).all()
    assert (born["joined_on"] > pd.Timestamp("2021-05-01")).any()


def test_people_leave_after_they_joined_and_nobody_stays_in_a_closed_household(sample: Sample):
    people = sample.frame("member").merge(sample.frame("household")[["household_id", "closed_on"]], on="household_id")
    gone = people.dropna(subset=["left_on"])
    assert (gone["left_on"] > gone["joined_on"]).all()
    assert gone["leave_reason"].notna().all()
    closed = people.dropna(subset=["closed_on"])
    assert (closed["left_on"] <= closed["closed_on"]).all()


def test_nobody_under_sixteen_is_at_work(sample: Sample):
    jobs = sample.frame("employment").merge(sample.frame("member"), on=["household_id", "member_id"])
    assert ((jobs["started_on"] - jobs["birth_date"]).dt.days / 365.25 >= 16).all()


def test_an_idle_person_who_is_able_says_why(sample: Sample):
    people = sample.frame("member")
    jobs = sample.frame("employment")
    in_work = people["member_id"].isin(jobs.loc[jobs["ended_on"].isna(), "member_id"])
    able = people["labour"].isin(["ordinary", "skilled"]) & people["left_on"].isna()
    assert people.loc[able & ~in_work, "no_work_reason"].notna().all()
    assert people.loc[in_work, "no_work_reason"].isna().all()
