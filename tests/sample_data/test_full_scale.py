"""The published figures, counted from the rows of the whole district at the cut-off."""

from datetime import date, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.households.population import households_on
from data_access.risk.rulebook import load_rulebook
from data_access.risk.scoring import scored
from data_access.schema.tables import (
    clue,
    data_load,
    employment,
    household,
    household_indicator,
    income_record,
    member,
    monitoring_case,
    region,
    screening,
    workplace,
)
from data_access.scope import Scope
from sample_data.district import load_district
from sample_data.geography import OLD_TOWN
from tests.sample_data.conftest import Sample

pytestmark = pytest.mark.opens_a_database

CUT_OFF = date(2022, 9, 30)
COUNTED_ON = date(2021, 8, 31)
OPEN, ELIMINATED, WAITING = "open", "eliminated", "waiting"
DAZHUYUAN = "610902111"


def state_of_case() -> sa.ColumnElement[str]:
    """The outcome of a case; `WAITING` while nothing is decided yet."""
    undecided = (monitoring_case.c.outcome == OPEN) & monitoring_case.c.identified_on.is_(None)
    return sa.case((undecided, WAITING), else_=monitoring_case.c.outcome)


def present_members() -> sa.Select:
    """Members of the last day, with the type of their household."""
    return (
        sa.select(
            member.c.household_id, member.c.member_id, household.c.household_type, member.c.labour, member.c.wants_work
        )
        .join(household, household.c.household_id == member.c.household_id)
        .where(member.c.joined_on <= CUT_OFF, member.c.left_on.is_(None), household.c.closed_on.is_(None))
    )


def present_jobs() -> sa.Select:
    """Jobs of the last day."""
    return sa.select(employment.c.household_id, employment.c.member_id, employment.c.channel).where(
        employment.c.started_on <= CUT_OFF, employment.c.ended_on.is_(None)
    )


def present_job() -> sa.ColumnElement[bool]:
    return employment.c.ended_on.is_(None)


def workers_of_lifted_out(*channels: str) -> sa.Select:
    people, jobs = present_members().subquery(), present_jobs().subquery()
    return (
        sa.select(sa.func.count(people.c.member_id.distinct()))
        .join(jobs, (jobs.c.household_id == people.c.household_id) & (jobs.c.member_id == people.c.member_id))
        .where(people.c.household_type == "lifted_out", jobs.c.channel.in_(channels))
    )


def test_there_are_148000_households_and_513000_members(district: Sample):
    households = sa.select(sa.func.count()).where(household.c.registered_on <= CUT_OFF, household.c.closed_on.is_(None))
    assert district.value(households) == 148_000
    assert district.value(sa.select(sa.func.count()).select_from(present_members().subquery())) == 513_000


def test_monitored_households_and_persons_are_those_published(district: Sample):
    counts = {
        row.state: (row.households, row.cases, int(row.persons))
        for row in district.rows(
            sa.select(
                state_of_case().label("state"),
                sa.func.count(monitoring_case.c.household_id.distinct()).label("households"),
                sa.func.count().label("cases"),
                sa.func.sum(monitoring_case.c.persons).label("persons"),
            ).group_by("state")
        )
    }
    assert counts[OPEN] == (2_332, 2_332, 7_784)
    assert counts[ELIMINATED] == (3_076, 3_076, 10_608)
    assert set(counts) == {OPEN, ELIMINATED, WAITING, "rolled_back", "rejected", "ended"}


def test_open_cases_count_the_present_members_of_their_households(district: Sample):
    people = present_members().subquery()
    counted = district.value(
        sa.select(sa.func.count())
        .select_from(people)
        .join(monitoring_case, monitoring_case.c.household_id == people.c.household_id)
        .where(state_of_case() == OPEN)
    )
    assert counted == 7_784


def test_183_community_factories_are_open(district: Sample):
    is_open = (workplace.c.opened_on <= CUT_OFF) & workplace.c.closed_on.is_(None)
    factories = sa.select(sa.func.count()).where(is_open, workplace.c.kind == "community_factory")
    assert district.value(factories) == 183


def test_103000_people_of_lifted_out_households_work_off_the_farm_and_12300_in_public_posts(district: Sample):
    assert district.value(workers_of_lifted_out("transfer", "community_factory", "self")) == 103_000
    assert district.value(workers_of_lifted_out("public_post")) == 12_300
    posts = present_jobs().subquery()
    assert district.value(sa.select(sa.func.count()).where(posts.c.channel == "public_post")) == 12_300


def test_all_but_25_households_with_somebody_able_and_willing_have_somebody_in_work(district: Sample):
    people, jobs = present_members().subquery(), present_jobs().subquery()
    watched = sa.select(monitoring_case.c.household_id).where(state_of_case().in_([OPEN, ELIMINATED]))
    able = (
        sa.select(people.c.household_id)
        .where(
            (people.c.household_type == "lifted_out") | people.c.household_id.in_(watched),
            people.c.labour.in_(["ordinary", "skilled"]),
            people.c.wants_work,
        )
        .distinct()
        .subquery()
    )
    without = (
        sa.select(sa.func.count()).select_from(able).where(able.c.household_id.not_in(sa.select(jobs.c.household_id)))
    )
    assert district.value(without) == 25


def test_dazhuyuan_has_4585_households_in_nine_villages(district: Sample):
    there = household.c.village_code.startswith(DAZHUYUAN) & household.c.closed_on.is_(None)
    row = district.rows(sa.select(sa.func.count(), sa.func.count(household.c.village_code.distinct())).where(there))[0]
    assert tuple(row) == (4_585, 9)


def test_dazhuyuan_has_286_shortfalls_in_five_classes_at_the_end_of_august_2021(district: Sample):
    judged = scored(
        households_on(COUNTED_ON, scope=Scope.everything()),
        rulebook=load_rulebook(),
        on=COUNTED_ON,
        keep=["village_code"],
    ).subquery()
    classes = [judged.c[f"shortfall_{name}"] for name in ("income", "housing", "water", "medical", "education")]
    triggers = [judged.c[f"points_{name}"] > 0 for name in ("house_unsafe", "water_unsafe", "school_dropout")]
    counts = [sa.func.sum(sa.case((fired, 1), else_=0)) for fired in [*classes, *triggers]]
    row = [
        int(value) for value in district.rows(sa.select(*counts).where(judged.c.village_code.startswith(DAZHUYUAN)))[0]
    ]
    assert min(row[:5]) > 0
    assert sum(row[:5]) == 286
    assert sum(row[5:]) <= 60


def lamps_by_state(district: Sample) -> dict[tuple[str, str], int]:
    judged = scored(
        households_on(CUT_OFF, scope=Scope.everything()), rulebook=load_rulebook(), on=CUT_OFF, keep=["household_id"]
    ).subquery()
    watched = (
        sa.select(monitoring_case.c.household_id, state_of_case().label("state"))
        .where(state_of_case().in_([OPEN, ELIMINATED]))
        .subquery()
    )
    query = (
        sa.select(watched.c.state, judged.c.lamp, sa.func.count())
        .select_from(judged.outerjoin(watched, watched.c.household_id == judged.c.household_id))
        .group_by(watched.c.state, judged.c.lamp)
    )
    return {(state or "never", lamp): count for state, lamp, count in district.rows(query)}


def test_lamps_are_as_rare_and_as_telling_as_they_should_be(district: Sample):
    lamps = lamps_by_state(district)
    total = sum(lamps.values())

    def percent(*wanted: str) -> float:
        return 100 * sum(count for (_, lamp), count in lamps.items() if lamp in wanted) / total

    open_lit = sum(count for (state, lamp), count in lamps.items() if state == OPEN and lamp in ("red", "yellow"))
    assert total == 148_000
    assert 1 <= percent("red") <= 2
    assert 5 <= percent("red", "yellow") <= 8
    assert 3 <= percent("undetermined") <= 6
    assert open_lit / 2_332 >= 0.9
    assert 150 <= lamps["never", "red"] <= 400
    assert lamps[ELIMINATED, "red"] + lamps[ELIMINATED, "yellow"] > 20


def test_about_three_percent_of_fifteen_thousand_clues_lead_to_a_case(district: Sample):
    total, led, overdue = district.rows(
        sa.select(
            sa.func.count(),
            sa.func.count(clue.c.case_id),
            sa.func.sum(sa.case((clue.c.checked_on.is_(None) & (clue.c.due_on < CUT_OFF), 1), else_=0)),
        )
    )[0]
    assert total == pytest.approx(15_000, rel=0.03)
    assert led / total == pytest.approx(0.03, abs=0.007)
    assert 20 <= overdue <= 100


def test_indicators_stay_few_and_so_does_history(district: Sample):
    assert district.value(sa.select(sa.func.count()).select_from(household_indicator)) < 450_000


def test_every_place_is_there_and_the_load_says_that_it_is_a_sample(district: Sample):
    levels = dict(
        tuple(row) for row in district.rows(sa.select(region.c.level, sa.func.count()).group_by(region.c.level))
    )
    assert levels == {"county": 1, "township": 28, "village": 529}
    assert district.value(sa.select(sa.func.max(data_load.c.cut_off))) == CUT_OFF
    assert district.value(sa.select(sa.func.bool_and(data_load.c.is_sample))) is True


def by_township(district: Sample, value: sa.ColumnElement, table: sa.Table, *kept: sa.ColumnElement) -> pd.Series:
    """A value of the rows of a table about households, by the code of the township."""
    code = sa.func.substr(household.c.village_code, 1, 9).label("township")
    rows = sa.select(code, value).join_from(table, household, household.c.household_id == table.c.household_id)
    return pd.Series(dict(tuple(row) for row in district.rows(rows.where(*kept).group_by("township"))))


def of_kind(kind: str) -> list[str]:
    """The townships of a kind that have households."""
    return [code for code, one in load_district().townships.items() if one.kind == kind and code != OLD_TOWN]


def share(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[float]:
    return sa.func.avg(sa.case((condition, 1.0), else_=0.0))


def test_mountains_are_poorer_more_often_monitored_and_further_from_home_than_suburbs(district: Sample):
    there = household.c.closed_on.is_(None)
    earned = sum(income_record.c[f"{name}_income"] for name in ("wage", "business", "property", "transfer"))
    net, last_year = earned - income_record.c.business_cost, income_record.c.period_end > date(2021, 10, 1)
    away, homes = employment.c.channel == "transfer", household_indicator
    persons = by_township(district, sa.func.count(), member, there, member.c.left_on.is_(None))
    monitored = by_township(district, sa.func.sum(monitoring_case.c.persons), monitoring_case, state_of_case() == OPEN)
    posts = by_township(district, sa.func.count(), employment, employment.c.channel == "public_post", present_job())
    found = pd.DataFrame(
        {
            "open": 1000 * monitored / persons,
            "income": by_township(district, sa.func.sum(net), income_record, there, last_year) / persons,
            "outside": by_township(district, share(employment.c.place == "outside"), employment, away, present_job()),
            "posts": posts / persons,
            "dangerous": by_township(district, share(household_indicator.c.house_grade.in_(["C", "D"])), homes),
        }
    )
    mountains, suburbs = (found[found.index.isin(of_kind(kind))].mean() for kind in ("mountain", "suburb"))
    times = mountains / suburbs
    assert (times[["open", "posts", "dangerous"]] > 2).all()
    assert times["outside"] > 1.4
    assert times["income"] < 0.8
    assert found["income"].between(9_000, 17_000).all()
    assert -0.95 < found["open"].corr(found["income"]) < -0.5  # remote townships are poorer, but not all alike


def test_disasters_fall_in_the_rainy_months_and_along_the_rivers(district: Sample):
    warned = (clue.c.kind == "disaster") & (sa.extract("year", clue.c.received_on) >= 2021)
    month = sa.extract("month", clue.c.received_on)
    assert district.value(sa.select(share(month.between(6, 10))).where(warned)) > 0.9
    damaged = by_township(
        district,
        share(household_indicator.c.disaster_type.not_in(["none"])),
        household_indicator,
        household_indicator.c.disaster_type.is_not(None),
    )
    flood = pd.Series({code: one.flood for code, one in load_district().townships.items()})
    assert damaged.rank().corr(flood[damaged.index].rank()) > 0.8


def test_every_step_before_the_approval_has_cases_some_of_them_for_weeks(district: Sample):
    steps = ("discovered_on", "checked_on", "compared_on", "reviewed_on", "township_reviewed_on", "identified_on")
    taken = [sa.func.count(monitoring_case.c[name]) for name in steps]
    long = sa.func.sum(sa.case((monitoring_case.c.discovered_on < CUT_OFF - timedelta(days=25), 1), else_=0))
    *found, for_weeks = district.rows(sa.select(*taken, long).where(state_of_case() == WAITING))[0]
    assert found == [96, 82, 65, 46, 15, 0]  # 14, 17, 19, 31 and 15 wait before the steps 2 to 6
    assert 10 <= for_weeks <= 30


def test_the_weekly_screening_goes_on_until_the_last_week_but_in_a_few_townships(district: Sample):
    week = screening.c["round"]
    newest = by_township(district, sa.func.max(week), screening, week.like("2022-W%"))
    weeks = 39 - newest.str.removeprefix("2022-W").astype(int)
    behind = {code: one.weeks_behind for code, one in load_district().townships.items() if one.weeks_behind}
    assert 3 <= len(behind) <= 6
    assert weeks[weeks > 0].to_dict() == behind
    assert 800 < district.value(sa.select(sa.func.count()).where(week == "2022-W39")) < 2_000
