"""Jobs: each worker's current job, the one before it, and the jobs of people who no longer work.

The plan says who is in work at the cut-off; this module adds when each job began, where it is, what it pays, and
earlier jobs.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sample_data.block import Block
from sample_data.common import (
    CUT_OFF,
    JOBS_FROM,
    NEVER,
    Coded,
    Flags,
    Ints,
    Rng,
    code_index,
    codes,
    day,
    draw_codes,
    draw_each,
    table,
)
from sample_data.quotas import FACTORY, POST, SELF, TRANSFER
from sample_data.shocks import Shocks

TOWNSHIP, COUNTY, PROVINCE, OUTSIDE = range(4)
_SIXTEEN = 16 * 366
"""Days; nobody works before that age."""
_INDUSTRY = code_index("industry")
_POSTS = {"cleaning": 30, "forest": 26, "village_affairs": 7, "road": 6, "water": 4, "care": 1, "other": 25}


@dataclass
class Jobs:
    """One entry per job, by household, place and start."""

    household: Ints
    place: Ints
    started: Ints
    ended: Ints
    channel: Ints
    where: Ints
    industry: Ints
    post: Ints
    workplace: Ints
    wage: Ints

    def take(self, index: Ints) -> "Jobs":
        """Some of the jobs."""
        return Jobs(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})


class Spells(NamedTuple):
    """Household, place in the family, first day, end and channel of jobs."""

    household: Ints
    place: Ints
    started: Ints
    ended: Ints
    channel: Ints


def _join(first: Spells, second: Spells) -> Spells:
    return Spells(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))


def _first_days(rng: Rng, count: int) -> Ints:
    """When people first went to work: most long ago, some in each of the recent years."""
    u = rng.random(count)
    old = rng.integers(day("2012-02-01"), JOBS_FROM, count)
    first = np.where(u < 0.78, old, rng.integers(JOBS_FROM, day("2020-01-01"), count))
    for low, high, start, end in (
        (0.87, 0.90, "2020-02-20", "2020-12-01"),
        (0.90, 0.94, "2021-02-20", "2021-11-20"),
        (0.94, 1.01, "2022-02-10", "2022-08-31"),
    ):
        early = day(start) + (rng.random(count) ** 2 * (day(end) - day(start))).astype(np.int64)
        first = np.where((u >= low) & (u < high), early, first)
    return first


def _main_earner(block: Block, rows: Ints, place: Ints) -> Flags:
    """Which workers are the eldest working members of their household: they have worked for a long time and hardly
    pause."""
    birth = np.where(block.work.channel >= 0, block.families.birth, NEVER)
    return np.asarray(birth.argmin(axis=1)[rows] == place)


def _new_year_break(rng: Rng, count: int) -> tuple[Ints, Ints]:
    """End of the old job before a Spring Festival and start of the next one after it."""
    festival = np.array([day("2020-01-25"), day("2021-02-12"), day("2022-02-01")])[rng.integers(0, 3, count)]
    return festival - rng.integers(2, 16, count), festival + rng.integers(6, 24, count)


def _lost_jobs(block: Block, shocks: Shocks) -> Ints:
    """The shock by which each person lost their job, or -1 (a matrix)."""
    lost = np.full(block.families.role.shape, -1, dtype=np.int64)
    job = np.flatnonzero(shocks.of("unstable_job") & (shocks.place >= 0))
    lost[shocks.household[job], shocks.place[job]] = job
    return lost


def _present_jobs(block: Block, shocks: Shocks, lost: Ints) -> Spells:
    """The job of everybody in work at the cut-off and, for some, the previous one.

    A lost job ends on the day of its shock, and the shock ends with the next job (`shocks.end` is set).
    """
    rng, families = block.rng, block.families
    rows, place = np.nonzero(block.work.channel >= 0)
    n = len(rows)
    channel = block.work.channel[rows, place]
    anchor = _main_earner(block, rows, place)
    sixteen = families.birth[rows, place] + _SIXTEEN + rng.integers(0, 600, n)
    wed = np.where(families.join_reason[rows, place] == 2, families.joined[rows, place], 0)
    first = np.maximum(_first_days(rng, n), wed)
    for_long = anchor & (rng.random(n) > 0.008)
    first = np.where(for_long, np.minimum(first, rng.integers(day("2013-02-01"), JOBS_FROM, n)), first)
    first = np.minimum(np.maximum(first, sixteen), CUT_OFF - 20)

    gone, back = _new_year_break(rng, n)
    switch = JOBS_FROM + (rng.random(n) * (CUT_OFF - 30 - JOBS_FROM)).astype(np.int64)
    at_new_year = (channel == TRANSFER) & (rng.random(n) < np.where(anchor, 0.10, 0.55))
    gap = np.where(anchor, rng.integers(0, 2, n), rng.integers(0, 30, n))
    last_end, start = np.where(at_new_year, gone, switch - gap), np.where(at_new_year, back, switch)
    changed = (rng.random(n) < np.where(anchor, 0.34, 0.42)) & (last_end > first + 60) & (start > JOBS_FROM)

    recent = block.poor_2021[rows] & (rng.random(n) < np.where(anchor, 0.45, 0.85))
    found = rng.integers(day("2021-08-20"), CUT_OFF - 60, n)
    pause = np.where(anchor, rng.integers(50, 180, n), rng.integers(150, 420, n))
    start = np.where(recent, found, start)
    last_end = np.where(recent, np.maximum(found - pause, first + 5), last_end)
    changed |= recent & (found > first)
    start = np.maximum(start, last_end)

    hit = lost[rows, place]
    again = np.flatnonzero(hit >= 0)
    again = again[first[again] < shocks.happened[hit[again]] - 20]
    shock = hit[again]
    ended = shocks.happened[shock]
    until = np.minimum(np.where(shocks.end[shock] == NEVER, ended + 120, shocks.end[shock]), CUT_OFF - 5)
    changed[again], last_end[again], start[again] = True, ended, np.maximum(until, ended)
    shocks.end[shock] = np.maximum(until, shocks.seen[shock])
    now = Spells(rows, place, np.where(changed, start, first), np.full(n, NEVER), channel)
    earlier = np.flatnonzero(changed)
    before = np.where(channel == POST, TRANSFER, channel)[earlier]
    return _join(now, Spells(rows[earlier], place[earlier], first[earlier], last_end[earlier], before))


def _past_jobs(block: Block, shocks: Shocks, lost: Ints) -> Spells:
    """A job that ended for good, for people able to work who are out of work now or have left."""
    rng, families = block.rng, block.families
    able = (families.labour <= 1) & (families.labour >= 0) & (block.work.channel < 0) & (families.ages() >= 18)
    used_to = able & (rng.random(able.shape) < np.where(families.left == NEVER, 0.17, 0.65))
    used_to |= able & (lost >= 0)
    rows, place = np.nonzero(used_to)
    n = len(rows)
    left, hit = families.left[rows, place], lost[rows, place]
    stop = rng.integers(day("2018-12-01"), CUT_OFF - 10, n)
    stop[hit >= 0] = shocks.happened[hit[hit >= 0]]
    stop = np.where((left != NEVER) & (rng.random(n) < 0.8), left, np.minimum(stop, left))
    start = stop - 120 - rng.gamma(1.5, 400, n).astype(np.int64)
    start = np.maximum(start, families.birth[rows, place] + _SIXTEEN)
    real = np.flatnonzero(start < stop - 15)
    return Spells(rows[real], place[real], start[real], stop[real], np.full(len(real), TRANSFER))


def _places(outside: Ints) -> Ints:
    """Weights of the places of work (the order of the code list), given the share that works outside the province."""
    weights = np.tile((0.14, 0.45, 0.41, 1.0), (len(outside), 1))
    weights[:, :OUTSIDE] *= (1 - outside)[:, None]
    weights[:, OUTSIDE] = outside
    return weights


def make_jobs(block: Block, shocks: Shocks, *, factories: dict[int, Ints], opened: Ints) -> Jobs:
    """All jobs of a block. `factories`: the open community factories of each township; `opened`: their first days."""
    rng = block.rng
    lost = _lost_jobs(block, shocks)
    spells = _join(_present_jobs(block, shocks, lost), _past_jobs(block, shocks, lost))
    household, place, started, ended, channel = spells
    n = len(household)
    past_channel = (ended != NEVER) & (channel == FACTORY) & (rng.random(n) < 0.5)
    channel = np.where(past_channel, TRANSFER, channel).astype(np.int8)
    where = draw_each(rng, _places(block.factor("outside")[household]))
    where = np.where(channel == SELF, np.where(rng.random(n) < 0.6, TOWNSHIP, COUNTY), where)
    where = np.where((channel == FACTORY) | (channel == POST), TOWNSHIP, where).astype(np.int8)
    base = np.array([1600, 1780, 2150, 2500])[where] * np.exp(rng.normal(0, 0.22, n))
    wage = np.where(
        channel == POST,
        rng.integers(10, 17, n) * 50,
        np.where(channel == FACTORY, 2100 * np.exp(rng.normal(0, 0.12, n)), base),
    )
    wage = np.where(channel == SELF, base * 1.15, wage)
    away = [
        _INDUSTRY[name]
        for name in ("manufacturing", "construction", "services", "transport", "retail", "catering", "farming")
    ]
    industry = np.array(away, dtype=np.int8)[draw_codes(rng, (34, 30, 13, 6, 4, 9, 4), n)]
    industry = np.where(
        channel == FACTORY, np.where(rng.random(n) < 0.62, _INDUSTRY["toys"], _INDUSTRY["manufacturing"]), industry
    )
    own = [_INDUSTRY[name] for name in ("retail", "catering", "transport", "farming", "services")]
    industry = np.where(channel == SELF, np.array(own)[rng.integers(0, 5, n)], industry)
    industry = np.where(channel == POST, _INDUSTRY["public"], industry).astype(np.int8)
    post = np.where(channel == POST, draw_codes(rng, list(_POSTS.values()), n), -1).astype(np.int8)
    workplace = np.full(n, -1, dtype=np.int64)
    for township, numbers in factories.items():
        here = np.flatnonzero((channel == FACTORY) & (block.township[household] == township))
        workplace[here] = numbers[np.floor(rng.random(len(here)) ** 1.3 * len(numbers)).astype(int)]
    in_factory = np.flatnonzero(workplace >= 0)
    started[in_factory] = np.maximum(started[in_factory], opened[workplace[in_factory]])
    jobs = Jobs(
        household, place, started, ended, channel, where, industry, post, workplace, np.round(wage, -1).astype(np.int64)
    )
    jobs = jobs.take(np.flatnonzero(jobs.started < np.minimum(jobs.ended, CUT_OFF + 1)))
    return jobs.take(np.lexsort((jobs.started, jobs.place, jobs.household)))


def employment_table(block: Block, jobs: Jobs, workplace_ids: pa.Array) -> pa.Table:
    """The rows of `employment`: jobs of people who are written as members."""
    jobs = jobs.take(np.flatnonzero(block.families.someone[jobs.household, jobs.place]))
    return table(
        "employment",
        {
            "household_id": block.ids_of(jobs.household),
            "member_id": block.member_ids(jobs.household, jobs.place),
            "started_on": jobs.started,
            "ended_on": jobs.ended,
            "place": Coded(codes("work_place"), jobs.where),
            "channel": Coded(("transfer", "community_factory", "self", "public_post"), jobs.channel),
            "post_kind": Coded(codes("post_kind"), jobs.post),
            "industry": Coded(codes("industry"), jobs.industry),
            "workplace_id": workplace_ids.take(pa.array(np.maximum(jobs.workplace, 0), mask=jobs.workplace < 0)),
            "monthly_wage": jobs.wage,
        },
    )


def year_workers(block: Block, jobs: Jobs, year: int) -> Ints:
    """By township: persons of lifted-out households who were in off-farm work on any day of the year."""
    first, last = day(f"{year}-01-01"), day(f"{year}-12-31")
    inside = (jobs.channel != POST) & (jobs.started <= last) & (jobs.ended > first) & block.lifted[jobs.household]
    people = np.unique(jobs.household[inside] * 10 + jobs.place[inside]) // 10
    return np.bincount(block.township[people], minlength=len(block.places.townships))
