"""Monitoring cases walk the eight steps in order and follow what happened to the household."""

from itertools import pairwise

import pandas as pd
import pytest

from tests.sample_data.conftest import Sample

FOREVER = pd.Timestamp("2100-01-01")
STEPS = [
    "discovered_on",
    "checked_on",
    "compared_on",
    "reviewed_on",
    "publicised_on",
    "township_reviewed_on",
    "approved_on",
    "identified_on",
    "eliminated_on",
]


def main_cases(sample: Sample) -> pd.DataFrame:
    """Approved cases that are open or eliminated, with the type of their household."""
    cases = sample.frame("monitoring_case")
    main = cases[cases["outcome"].isin(["open", "eliminated"]) & cases["identified_on"].notna()]
    return main.merge(sample.frame("household")[["household_id", "household_type"]], on="household_id")


def persons_on(sample: Sample, cases: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Members of each case's household on a day each, in the order of the cases."""
    rows = cases[["case_id", "household_id"]].assign(day=day).merge(sample.frame("member"), on="household_id")
    there = (rows["joined_on"] <= rows["day"]) & (rows["left_on"].fillna(FOREVER) > rows["day"])
    return rows[there].groupby("case_id").size().reindex(cases["case_id"])


def test_every_outcome_occurs(sample: Sample):
    assert set(sample.frame("monitoring_case")["outcome"]) == {"open", "eliminated", "rolled_back", "rejected", "ended"}


def test_a_household_has_at_most_one_case_that_is_open_or_eliminated(sample: Sample):
    assert not main_cases(sample)["household_id"].duplicated().any()


def test_categories_fit_the_household_type(sample: Sample):
    cases = main_cases(sample)
    types = cases.groupby("category")["household_type"].unique().map(set).to_dict()
    assert types == {"unstable": {"lifted_out"}, "marginal": {"general"}, "sudden": {"lifted_out", "general"}}


def test_shares_of_categories_and_of_eliminated_risks_are_as_assumed(sample: Sample):
    cases = main_cases(sample)
    shares = cases["category"].value_counts(normalize=True)
    assert shares.to_dict() == pytest.approx({"unstable": 0.36, "marginal": 0.38, "sudden": 0.26}, abs=0.02)
    done = (cases["outcome"] == "eliminated").groupby(cases["category"]).mean()
    assert done.to_dict() == pytest.approx({"unstable": 0.62, "marginal": 0.60, "sudden": 0.46}, abs=0.04)


def test_the_steps_follow_each_other(sample: Sample):
    cases = sample.frame("monitoring_case")
    for earlier, later in pairwise(STEPS):
        known = cases[earlier].notna() & cases[later].notna()
        assert (cases.loc[known, earlier] <= cases.loc[known, later]).all(), later


def test_most_cases_are_identified_within_25_days(sample: Sample):
    cases = main_cases(sample)
    days = (cases["identified_on"] - cases["discovered_on"]).dt.days
    assert days.between(9, 25).mean() > 0.9


def test_hardly_any_risk_is_eliminated_before_six_months(sample: Sample):
    cases = sample.frame("monitoring_case").dropna(subset=["eliminated_on"])
    assert ((cases["eliminated_on"] - cases["identified_on"]).dt.days < 180).mean() < 0.05


def test_persons_are_the_present_members_while_open_and_frozen_at_elimination(sample: Sample):
    cases = main_cases(sample)
    day = cases["eliminated_on"].fillna(pd.Timestamp("2022-09-30"))
    assert cases["persons"].tolist() == persons_on(sample, cases, day).tolist()


def test_a_rolled_back_case_keeps_its_dates_and_is_followed_by_another_on_the_same_day(sample: Sample):
    cases = sample.frame("monitoring_case")
    back = cases[cases["outcome"] == "rolled_back"]
    assert back[["eliminated_on", "rolled_back_on"]].notna().all(axis=None)
    following = cases.dropna(subset=["follows_case_id"]).set_index("follows_case_id")
    assert set(following.index) == set(back["case_id"])
    later = following.loc[back["case_id"]]
    assert (later["identified_on"].to_numpy() == back["rolled_back_on"].to_numpy()).all()
    assert (later["household_id"].to_numpy() == back["household_id"].to_numpy()).all()
    assert (later["discovered_on"].to_numpy() > back["eliminated_on"].to_numpy()).all()


def test_rejected_cases_say_why_and_were_never_identified(sample: Sample):
    cases = sample.frame("monitoring_case")
    rejected = cases[cases["outcome"] == "rejected"]
    assert rejected[["rejected_on", "reject_reason"]].notna().all(axis=None)
    assert rejected["identified_on"].isna().all()


def test_cases_found_lately_wait_before_every_step_up_to_the_approval(sample: Sample):
    cases = sample.frame("monitoring_case")
    waiting = cases[(cases["outcome"] == "open") & cases["identified_on"].isna()]
    before = STEPS[: STEPS.index("identified_on")]
    taken = waiting[before].notna()
    assert {1, 2, 3, 4} < set(taken.sum(axis=1)) <= set(range(1, len(before) + 1))
    assert (taken.cummin(axis=1) == taken).all(axis=None)
    assert (waiting[before].max() <= pd.Timestamp("2022-09-30")).all()
    assert waiting["discovered_on"].min() > pd.Timestamp("2022-07-01")
    assert waiting["helped_on"].isna().all()


def test_nobody_is_both_waiting_and_monitored(sample: Sample):
    cases = sample.frame("monitoring_case")
    waiting = cases[(cases["outcome"] == "open") & cases["identified_on"].isna()]
    assert not cases[cases["identified_on"].notna()]["household_id"].isin(waiting["household_id"]).any()


def test_who_was_hit_by_a_disaster_was_found_in_the_rainy_months_or_soon_after(sample: Sample):
    cases = main_cases(sample)
    hit = cases[cases["cause_1"] == "disaster"]
    assert hit["discovered_on"].dt.month.isin([6, 7, 8, 9, 10, 11]).all()


def test_ended_cases_end_with_their_household(sample: Sample):
    cases = sample.frame("monitoring_case")
    ended = cases[cases["outcome"] == "ended"].merge(sample.frame("household"), on="household_id")
    assert (ended["ended_on"] == ended["closed_on"]).all()


def test_measures_belong_to_identified_cases_and_the_first_is_the_seventh_step(sample: Sample):
    cases = sample.frame("monitoring_case").set_index("case_id")
    measures = sample.frame("measure")
    assert cases.loc[measures["case_id"], "identified_on"].notna().all()
    first = measures.groupby("case_id")["started_on"].min().dropna()
    assert (first == cases.loc[first.index, "helped_on"]).all()
    assert 2.4 < len(measures) / measures["case_id"].nunique() < 3.2


def test_clues_that_led_to_a_case_name_one_of_their_own_household(sample: Sample):
    clues = sample.frame("clue").dropna(subset=["case_id"])
    cases = sample.frame("monitoring_case").set_index("case_id")
    assert len(clues) > 0
    assert (clues["household_id"].to_numpy() == cases.loc[clues["case_id"], "household_id"].to_numpy()).all()
    assert (clues["result"].dropna() == "case").all()
    everything = sample.frame("clue")
    assert (everything["due_on"] - everything["received_on"] == pd.Timedelta(days=15)).all()


def test_clues_without_an_answer_were_not_checked(sample: Sample):
    clues = sample.frame("clue")
    assert (clues["checked_on"].isna() == clues["result"].isna()).all()
