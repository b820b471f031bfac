"""The indicators of every interval, computed from the members, jobs, incomes and shocks already generated.

Each value describes the state on the first day of the interval, so that the tables are consistent.
"""

import numpy as np
import pyarrow as pa

from sample_data.block import Block
from sample_data.cases import CAUSE
from sample_data.common import CUT_OFF, NEVER, Coded, Flags, Ints, codes, day, group_starts, pairs, table
from sample_data.families import MAJOR, SKILLED, WEAK, school_stages
from sample_data.incomes import DIBAO, TEKUN, Incomes
from sample_data.intervals import Intervals
from sample_data.jobs import Jobs
from sample_data.missing import blank_values
from sample_data.quotas import FACTORY, POST
from sample_data.shocks import Shocks

YEAR_ENDS = np.array([day(f"{year}-09-30") for year in (2019, 2020, 2021, 2022)], dtype=np.int32)
Values = dict[str, Ints | Coded]


def _sum(rows: Ints, weights: Ints, size: int) -> Ints:
    return np.bincount(rows, weights=weights, minlength=size).astype(np.int64)


def _of_members(block: Block, intervals: Intervals, shocks: Shocks) -> Values:
    """Counts of the members present on the first day."""
    families, n = block.families, len(block)
    household, place = np.nonzero(families.someone)
    first, counts = group_starts(household, n)
    row, item = pairs(intervals.household, first, counts)
    owner, slot = household[item], place[item]
    on = intervals.start[row]
    here = (families.joined[owner, slot] <= on) & (families.left[owner, slot] > on)
    row, owner, slot, on = row[here], owner[here], slot[here], on[here]
    size = len(intervals)
    birth = families.birth[owner, slot]
    age = (on - birth) / 365.25
    labour, health, grade = families.labour[owner, slot], families.health[owner, slot], families.grade[owner, slot]
    stage = school_stages(birth, families.aptitude[owner, slot], on)
    shocked = np.zeros(families.role.shape, dtype=bool)
    ill = shocks.of("illness") & (shocks.place >= 0)
    shocked[shocks.household[ill], shocks.place[ill]] = True
    disabled = (grade > 0) & (block.disabled_from[owner, slot] <= on)
    severe = disabled & (grade <= 2)
    far = families.aptitude[owner, slot] * 37 % 100 < 100 * block.factor("outside")[owner]
    living_away = (age >= 18) & (block.work.channel[owner, slot] >= 0) & far
    grown_up = (age >= 16) & (age < 60) & (labour <= WEAK)

    def count(flags: Flags) -> Ints:
        return _sum(row, flags, size)

    family = count(np.ones(len(row), dtype=bool))
    elders, children, helpers = count(age >= 60), count(age < 16), count(grown_up & ~living_away)
    uninsured = np.zeros(families.role.shape, dtype=bool)
    uninsured[:, 0] = block.uninsured
    pension = (age >= 16) & (stage == 0) & (families.aptitude[owner, slot] % 20 < 17)
    extra = families.aptitude[:, 0] % 16 == 3
    able = count((labour >= 0) & (labour <= SKILLED))
    return {
        "family_size": family,
        "resident_size": family - count(living_away),
        "labor_n": able,
        "weak_labor_n": count(labour == WEAK),
        "elder_n": elders,
        "child_n": children,
        "student_n": count(stage >= 2),
        "compulsory_edu_n": count((stage == 3) | (stage == 4)),
        "post_edu_n": count(stage >= 5),
        "major_illness_n": count((health == MAJOR) & ~shocked[owner, slot]),
        "chronic_n": count(health == 1),
        "disabled_n": count(disabled),
        "severe_n": count(severe),
        "skilled_n": count(labour == SKILLED),
        "uninsured_n": count(uninsured[owner, slot]),
        "pension_n": count(pension),
        "left_behind": (elders + children > 0) & (helpers == 0),
        "no_labor_backstop": (able == 0) & np.isin(block.relief, [DIBAO, TEKUN])[intervals.household],
        "extra_insurance": extra[intervals.household],
        "ci_rate": np.where(uninsured[intervals.household, 0], 100 * (family - 1) // np.maximum(family, 1), 100),
    }


def _of_jobs(block: Block, intervals: Intervals, jobs: Jobs) -> Values:
    """People in work on the first day, and months worked in the twelve months before it."""
    first, counts = group_starts(jobs.household, len(block))
    row, item = pairs(intervals.household, first, counts)
    on = intervals.start[row]
    families = block.families
    owner, slot = jobs.household[item], jobs.place[item]
    here = (families.left[owner, slot] > on) & (families.joined[owner, slot] <= on)
    now = here & (jobs.started[item] <= on) & (jobs.ended[item] > on)
    days = np.where(here, np.maximum(np.minimum(jobs.ended[item], on) - np.maximum(jobs.started[item], on - 365), 0), 0)
    post, size = jobs.channel[item] == POST, len(intervals)

    def months(flags: Flags) -> Ints:
        return np.floor(np.bincount(row, weights=days * flags, minlength=size) / 30.4 + 1e-9).astype(np.int64)

    return {
        "workers_n": _sum(row, now & ~post, size),
        "worker_months": months(~post),
        "welfare_job_n": _sum(row, now & post, size),
        "welfare_job_months": months(post),
        "workshop_n": _sum(row, now & (jobs.channel[item] == FACTORY), size),
    }


def _of_shocks(block: Block, intervals: Intervals, shocks: Shocks) -> Values:
    """The effects of shocks that are still felt on the first day."""
    first, counts = group_starts(shocks.household, len(block))
    row, item = pairs(intervals.household, first, counts)
    on = intervals.start[row]
    felt = (shocks.seen[item] <= on) & (shocks.end[item] > on)
    row, item, on = row[felt], item[felt], on[felt]
    size = len(intervals)
    kind = shocks.kind[item]

    def count(flags: Flags) -> Ints:
        return _sum(row, flags, size)

    def total(name: str, values: Ints) -> Ints:
        return _sum(row, np.where(kind == CAUSE[name], values, 0), size)

    def worst(name: str) -> Ints:
        code = np.zeros(size, dtype=np.int8)
        np.maximum.at(code, row, np.where(kind == CAUSE[name], shocks.code[item], 0).astype(np.int8))
        return code

    loss = shocks.loss[item]
    return {
        "major_illness_n": count((kind == CAUSE["illness"]) & (shocks.place[item] >= 0)),
        "new_disabled_n": count((kind == CAUSE["disability"]) & (on < shocks.seen[item] + 365)),
        "compliant_self_pay": _sum(row, shocks.self_pay[item], size),
        "house_damaged": count(shocks.damaged[item]) > 0,
        "disaster_type": Coded(codes("disaster_type"), worst("disaster")),
        "disaster_loss": total("disaster", loss),
        "accident": Coded(codes("accident"), worst("accident")),
        "business_failure": count(kind == CAUSE["business_failure"]) > 0,
        "business_loss": total("business_failure", loss),
        "job_loss_n": count(kind == CAUSE["unstable_job"]),
        "edu_self_pay": total("schooling", loss),
        "lost_main_labor": count(shocks.main_lost[item]) > 0,
    }


def _lasting(block: Block, intervals: Intervals, felt: Values) -> Values:
    """What hardly changes: land, house, road, memberships of the household; and shortfalls with their spans."""
    rng, n = block.rng, len(block)
    on = intervals.start

    def each(values: Ints) -> Ints:
        return np.asarray(values[intervals.household])

    def inside(name: str) -> Flags:
        start, end = block.spans[name]
        return (start[intervals.household] <= on) & (end[intervals.household] > on)

    grade = np.where(rng.random(n) < 0.82, 0, 1)
    danger = np.where(rng.random(n) < 0.7, 2, 3)
    remote = rng.random(n) ** block.factor("water")
    farmland = np.round(rng.gamma(2.2, 1.6, n), 1)
    loan = np.where(rng.random(n) < 0.008, rng.integers(3, 50, n) * 1000, 0)
    in_trouble = each(rng.random(n) < 0.12) & (np.asarray(felt["business_failure"]))
    support = np.where(block.lifted, rng.random(n) * 2.3, rng.random(n) * 1.15).astype(int)
    return {
        "military_family": each(rng.random(n) < 0.012),
        "farmland_mu": each(farmland),
        "forest_mu": each(np.round(rng.gamma(1.4, 5.0, n), 1)),
        "orchard_mu": each(np.round(np.where(rng.random(n) < 0.4, rng.gamma(1.5, 1.3, n), 0), 1)),
        "grain_for_green_mu": each(np.round(np.where(rng.random(n) < 0.5, rng.gamma(1.6, 1.5, n), 0), 1)),
        "house_m2": each(np.round(60 + rng.gamma(3.0, 22.0, n)).astype(np.int64)),
        "road_type": Coded(codes("road_type"), each(np.searchsorted([0.02, 0.08, 0.93], remote))),
        "road_km": each(np.round(np.abs(1 - remote) * 2.4 + 0.05, 2)),
        "electricity": each(rng.random(n) < 0.9995),
        "tv": each(rng.random(n) < 0.988),
        "toilet": each(rng.random(n) > 0.10 * block.factor("water")),
        "house_grade": Coded(codes("house_grade"), np.where(inside("house"), each(danger), each(grade))),
        "water_problem": inside("water"),
        "dropout_n": inside("dropout").astype(np.int64),
        "overdue_loan": np.where(in_trouble, 20_000, each(loan)),
        "coop": each(rng.random(n) < np.where(block.lifted, 0.38, 0.16)),
        "leader_link": each(rng.random(n) < np.where(block.lifted, 0.24, 0.06)),
        "industry_n": each(support),
        "asset_flags": Coded(codes("asset_flags"), each(np.searchsorted([0.80, 0.82, 0.94, 0.98], rng.random(n)))),
    }


def _of_incomes(block: Block, intervals: Intervals, incomes: Incomes) -> Values:
    """Sums of the assessment year asked for in the last collection, and of the year before."""
    year = np.where(intervals.start >= block.collected[intervals.household], 2, 1)
    rows = intervals.household
    values: Values = {
        name: incomes.years(name)[rows, year]
        for name in ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")
    }
    net, persons = incomes.net(), incomes.year_persons()
    relief = incomes.years("transfer_relief")
    return values | {
        "income_period_end": YEAR_ENDS[year],
        "income_persons": persons[rows, year],
        "last_net_income": net[rows, year - 1],
        "last_income_persons": persons[rows, year - 1],
        "assistance_amt": relief[rows, year],
    }


def _of_help(
    block: Block, intervals: Intervals, measures: tuple[Ints, Ints, Ints], visits: tuple[Ints, Ints]
) -> Values:
    """Measures in force and the last visit, on the first day of each interval."""
    owner, started, done = measures
    first, counts = group_starts(owner, len(block))
    row, item = pairs(intervals.household, first, counts)
    on = intervals.start[row]
    running = _sum(row, (started[item] <= on) & (done[item] > on), len(intervals))
    visited, when = visits
    first, counts = group_starts(visited, len(block))
    row, item = pairs(intervals.household, first, counts)
    last = np.full(len(intervals), -1, dtype=np.int64)
    np.maximum.at(last, row, np.where(when[item] <= intervals.start[row], when[item], -1))
    return {"measures_n": running, "last_visit": np.where(last < 0, NEVER, last)}


def indicator_table(
    block: Block,
    intervals: Intervals,
    *,
    jobs: Jobs,
    incomes: Incomes,
    shocks: Shocks,
    measures: tuple[Ints, Ints, Ints],
    visits: tuple[Ints, Ints],
) -> pa.Table:
    """The rows of `household_indicator`."""
    people, felt = _of_members(block, intervals, shocks), _of_shocks(block, intervals, shocks)
    ill = np.asarray(people.pop("major_illness_n")) + np.asarray(felt.pop("major_illness_n"))
    usual = block.usual_self_pay[intervals.household] + np.asarray(felt.pop("compliant_self_pay"))
    helped = _of_help(block, intervals, measures, visits)
    lasting = _lasting(block, intervals, felt)
    helped["measures_n"] = np.asarray(helped["measures_n"]) + np.asarray(lasting["industry_n"])
    values: Values = {
        **people,
        **felt,
        **lasting,
        **helped,
        **_of_jobs(block, intervals, jobs),
        **_of_incomes(block, intervals, incomes),
        "major_illness_n": ill,
        "compliant_self_pay": usual,
    }
    base = np.asarray(values["edu_self_pay"])
    values["edu_self_pay"] = np.where(
        base > 0, base, np.asarray(people["post_edu_n"]) * 2600 + np.asarray(people["student_n"]) * 300
    )
    return table(
        "household_indicator",
        {
            "household_id": block.ids_of(intervals.household),
            "valid_from": intervals.start,
            "valid_to": np.where(intervals.end > CUT_OFF, NEVER, intervals.end),
            "source": Coded(codes("indicator_source"), intervals.source),
            **values,
        },
        missing=blank_values(block, intervals),
    )
