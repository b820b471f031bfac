"""The tables of the sample agree with each other: members, jobs, incomes, shocks and the indicators made of them."""

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.schema.indicators import counted_columns, load_codes
from data_access.schema.tables import metadata
from sample_data.district import load_district
from tests.sample_data.conftest import Sample

COLLECTED_FROM = pd.Timestamp("2021-05-01")
CUT_OFF = pd.Timestamp("2022-09-30")
FOREVER = pd.Timestamp("2100-01-01")


def with_members(sample: Sample) -> pd.DataFrame:
    """Every interval with every member present on its first day."""
    columns = ["household_id", "valid_from", "family_size", "labor_n", "skilled_n", "elder_n", "uninsured_n"]
    rows = sample.frame("household_indicator")[columns].merge(sample.frame("member"), on="household_id")
    present = (rows["joined_on"] <= rows["valid_from"]) & (rows["left_on"].fillna(FOREVER) > rows["valid_from"])
    return rows[present]


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_table_has_rows(sample: Sample, name: str):
    assert len(sample.frame(name)) > 0


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_primary_keys_are_unique(sample: Sample, name: str):
    keys = [column.name for column in metadata.tables[name].primary_key]
    assert not sample.frame(name).duplicated(keys).any()


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_codes_are_those_of_the_code_lists(sample: Sample, name: str):
    for column in metadata.tables[name].columns:
        if column.info["codes"]:
            used = set(sample.frame(name)[column.name].dropna())
            assert used <= set(load_codes()[column.info["codes"]]), column.name
            assert used or column.name in {"cause_3", "cause_4", "cause_5"}, column.name


def test_intervals_of_a_household_follow_each_other_without_gap_or_overlap(sample: Sample):
    rows = sample.frame("household_indicator").sort_values(["household_id", "valid_from"])
    following = rows.groupby("household_id")["valid_from"].shift(-1)
    last = following.isna()
    assert (rows.loc[~last, "valid_to"] == following[~last]).all()
    closed = rows.loc[last, "household_id"].map(sample.frame("household").set_index("household_id")["closed_on"])
    assert (rows.loc[last, "valid_to"].fillna(FOREVER) == closed.fillna(FOREVER)).all()


def test_indicators_begin_with_the_first_collection_or_with_the_registration(sample: Sample):
    first = sample.frame("household_indicator").groupby("household_id")["valid_from"].min()
    households = sample.frame("household").set_index("household_id")
    registered = households["registered_on"]
    expected = registered.where(registered > COLLECTED_FROM, COLLECTED_FROM)
    watched = households.index[households["closed_on"].fillna(FOREVER) > expected]
    assert set(first.index) == set(watched)
    assert (first == expected[first.index]).all()


def test_a_household_has_two_to_three_intervals(sample: Sample):
    assert 2 <= len(sample.frame("household_indicator")) / len(sample.frame("household")) <= 3


def test_counts_of_people_are_those_of_the_members_on_the_first_day(sample: Sample):
    people = with_members(sample)
    keys = ["household_id", "valid_from"]
    people["age"] = (people["valid_from"] - people["birth_date"]).dt.days / 365.25
    counted = people.groupby(keys).agg(
        family_size=("member_id", "count"),
        labor_n=("labour", lambda column: column.isin(["ordinary", "skilled"]).sum()),
        skilled_n=("labour", lambda column: (column == "skilled").sum()),
        elder_n=("age", lambda column: (column >= 60).sum()),
        uninsured_n=("insurance", lambda column: (column == "none").sum()),
    )
    stored = sample.frame("household_indicator").set_index(keys)
    for name in counted.columns:
        known = stored[name].dropna()
        assert (known == counted.loc[known.index, name]).all(), name


def test_people_in_work_are_those_with_a_job_on_the_first_day(sample: Sample):
    intervals = sample.frame("household_indicator")[["household_id", "valid_from", "workers_n", "welfare_job_n"]]
    jobs = sample.frame("employment").merge(
        sample.frame("member")[["household_id", "member_id", "joined_on", "left_on"]], on=["household_id", "member_id"]
    )
    rows = intervals.reset_index().merge(jobs, on="household_id")
    now = rows["valid_from"]
    held = (rows["started_on"] <= now) & (rows["ended_on"].fillna(FOREVER) > now)
    present = (rows["joined_on"] <= now) & (rows["left_on"].fillna(FOREVER) > now)
    held_jobs = rows[held & present]
    post = held_jobs["channel"] == "public_post"
    for name, chosen in (("workers_n", held_jobs[~post]), ("welfare_job_n", held_jobs[post])):
        counted = chosen.groupby("index").size().reindex(intervals.index, fill_value=0)
        known = intervals[name].notna()
        assert (intervals.loc[known, name] == counted[known]).all(), name


def test_months_worked_fit_the_jobs_of_the_twelve_months_before(sample: Sample):
    intervals = sample.frame("household_indicator")[["household_id", "valid_from", "worker_months"]]
    rows = intervals.reset_index().merge(sample.frame("employment"), on="household_id")
    rows = rows[rows["channel"] != "public_post"]
    start = rows[["started_on"]].assign(window=rows["valid_from"] - pd.Timedelta(days=365)).max(axis=1)
    end = rows[["ended_on"]].fillna(FOREVER).assign(window=rows["valid_from"]).min(axis=1)
    months = (
        ((end - start).dt.days.clip(lower=0) / 30.4).groupby(rows["index"]).sum().reindex(intervals.index, fill_value=0)
    )
    known = intervals["worker_months"].notna()
    assert (intervals.loc[known, "worker_months"] <= months[known] + 1e-6).all()


INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")


def yearly(sample: Sample) -> pd.DataFrame:
    """Sums of the quarters over assessment years (October to September), by household and last day of the year."""
    records = sample.frame("income_record").copy()
    year = records["period_end"].dt.year + (records["period_end"].dt.month > 9)
    records["income_period_end"] = pd.to_datetime(year.astype(str) + "-09-30")
    sums = records.groupby(["household_id", "income_period_end"]).agg(
        **{name: (name, "sum") for name in INCOMES}, persons=("persons", "last"), quarters=("persons", "count")
    )
    earned = sum(sums[name] for name in INCOMES[:-1])
    return sums.assign(net=earned - sums["business_cost"])


def test_incomes_are_the_sums_of_the_quarters_of_their_assessment_year(sample: Sample):
    sums = yearly(sample)
    intervals = sample.frame("household_indicator")
    key = pd.MultiIndex.from_frame(intervals[["household_id", "income_period_end"]])
    judged = sums.reindex(key)
    assert (judged["quarters"] == 4).all()
    for name, total in [*zip(INCOMES, INCOMES, strict=True), ("income_persons", "persons")]:
        known = intervals[name].notna().to_numpy()
        assert (intervals[name].to_numpy()[known] == judged[total].to_numpy()[known]).all(), name


def test_last_years_income_is_the_sum_of_the_assessment_year_before(sample: Sample):
    sums = yearly(sample)
    intervals = sample.frame("household_indicator")
    before = intervals["income_period_end"] - pd.DateOffset(years=1)
    judged = sums.reindex(pd.MultiIndex.from_arrays([intervals["household_id"], before]))
    for name, total in (("last_net_income", "net"), ("last_income_persons", "persons")):
        known = intervals[name].notna().to_numpy()
        assert known.mean() > 0.97
        assert (intervals[name].to_numpy()[known] == judged[total].to_numpy()[known]).all(), name


def test_sub_items_never_exceed_their_income(sample: Sample):
    records = sample.frame("income_record")
    rounding = 2
    for part, whole in (
        ("wage_public_post", "wage_income"),
        ("business_crops", "business_income"),
        ("business_livestock", "business_income"),
        ("property_dividend", "property_income"),
        ("transfer_relief", "transfer_income"),
        ("transfer_pension", "transfer_income"),
    ):
        assert (records[part] <= records[whole] + rounding).all(), part
    assert (records.select_dtypes("number") >= 0).all(axis=None)


def test_quarters_are_contiguous_and_end_at_the_cut_off(sample: Sample):
    records = sample.frame("income_record").sort_values(["household_id", "period_start"])
    following = records.groupby("household_id")["period_start"].shift(-1)
    inner = following.notna()
    assert (records.loc[inner, "period_end"] + pd.Timedelta(days=1) == following[inner]).all()
    assert records["period_end"].max() == CUT_OFF


def test_a_person_has_one_job_at_a_time(sample: Sample):
    jobs = sample.frame("employment").sort_values(["member_id", "started_on"])
    assert (jobs["started_on"] < jobs["ended_on"].fillna(FOREVER)).all()
    following = jobs.groupby("member_id")["started_on"].shift(-1)
    inner = following.notna()
    assert (jobs.loc[inner, "ended_on"] <= following[inner]).all()


def test_factory_workers_name_an_open_factory_of_their_township(sample: Sample):
    jobs = sample.frame("employment")
    jobs = jobs[jobs["channel"] == "community_factory"].merge(sample.frame("household"), on="household_id")
    joined = jobs.merge(sample.frame("workplace"), on="workplace_id", suffixes=("", "_factory"))
    assert len(joined) == len(jobs) > 0
    assert (joined["village_code"].str[:9] == joined["village_code_factory"].str[:9]).all()
    assert (joined["started_on"] >= joined["opened_on"]).all()
    assert joined["closed_on"].isna().all()


def test_townships_are_as_complete_as_declared(sample: Sample):
    rows = sample.frame("household_indicator").merge(sample.frame("household"), on="household_id")
    now = rows[rows["valid_to"].isna()]
    filled = now[list(counted_columns())].notna().mean(axis=1)
    by_township = filled.groupby(now["village_code"].str[:9]).mean()
    declared = {code: township.completeness for code, township in load_district().townships.items()}
    assert declared["610902100"] == 0.80
    assert by_township.to_dict() == pytest.approx({code: declared[code] for code in by_township.index}, abs=0.02)


def test_codes_for_none_mean_asked_and_none_while_null_means_not_collected(sample: Sample):
    rows = sample.frame("household_indicator")
    for name in ("disaster_type", "accident", "asset_flags"):
        assert (rows[name] == "none").mean() > 0.5
        assert rows[name].isna().any()


def test_households_belong_to_places_and_people_to_households(sample: Sample):
    households = sample.frame("household")
    assert set(households["village_code"]) <= set(sample.frame("region")["code"])
    assert set(households["grid_code"]) <= set(sample.frame("grid")["code"])
    assert set(households["helper_id"].dropna()) <= set(sample.frame("helper")["helper_id"])
    assert set(households["resettlement_site_id"].dropna()) <= set(sample.frame("resettlement_site")["site_id"])
    numbers = set(households["household_id"])
    for name, table in metadata.tables.items():
        if "household_id" in table.columns and name != "household":
            assert set(sample.frame(name)["household_id"]) <= numbers, name


def test_the_old_town_has_no_rural_household(sample: Sample):
    assert not sample.frame("household")["village_code"].str.startswith("610902001").any()


def test_rows_are_clustered_by_household(sample: Sample):
    for name in ("household", "household_indicator", "income_record", "employment", "member"):
        with sample.engine.connect() as connection:
            ids = [row[0] for row in connection.execute(sa.select(metadata.tables[name].c.household_id))]
        assert np.all(np.asarray(ids[:-1]) <= np.asarray(ids[1:])), name
