"""The plan of the whole district: everything that must be exact, one row per household.

Sizes, cases and jobs at the cut-off are fixed here, so that totals are exact at scale 1 and in proportion at any
other; the blocks then add the history (jobs, incomes, shocks, indicators) without changing the totals.
"""

from dataclasses import dataclass

import numpy as np

from sample_data import cases as case_module
from sample_data.cases import CATEGORY, CAUSE, OUTCOME, Cases
from sample_data.common import CUT_OFF, NEVER, Flags, Ints, Rng, apportion, day, draw_codes, largest_remainder, pick
from sample_data.district import STEPS, load_district
from sample_data.families import (
    DIED,
    LEAVER,
    MOVED_OUT,
    SHAPES,
    SIZE_WEIGHTS,
    WATCHED_FROM,
    Families,
    add_leavers,
    draw_shapes,
    make_families,
)
from sample_data.geography import DAZHUYUAN, Places
from sample_data.quotas import Work, assign_work
from sample_data.shortfalls import Shortfalls, plan_shortfalls

DAZHUYUAN_HOUSEHOLDS = 4585
LIFTED_SHARE = 0.52
"""Share of lifted-out households: an assumption that leaves 1.3 workers per household."""
_CATEGORY_SHARES = {"unstable": 0.36, "marginal": 0.38, "sudden": 0.26}
_ELIMINATED_SHARES = {"unstable": 0.62, "marginal": 0.60, "sudden": 0.46}


@dataclass(frozen=True)
class Quotas:
    """Totals at the cut-off."""

    households: int
    persons: int
    eliminated: int
    eliminated_persons: int
    open: int
    open_persons: int
    factories: int
    off_farm: int
    posts: int
    dazhuyuan: int
    without_work: int

    @classmethod
    def at(cls, scale: float) -> "Quotas":
        """The published figures, scaled."""
        monitored, eliminated = round(5408 * scale), round(3076 * scale)
        persons, eliminated_persons = round(18_392 * scale), round(10_608 * scale)
        return cls(
            households=round(148_000 * scale),
            persons=round(513_000 * scale),
            eliminated=eliminated,
            eliminated_persons=eliminated_persons,
            open=monitored - eliminated,
            open_persons=persons - eliminated_persons,
            factories=max(round(183 * scale), 1),
            off_farm=round(103_000 * scale),
            posts=round(12_300 * scale),
            dazhuyuan=round(DAZHUYUAN_HOUSEHOLDS * scale),
            without_work=max(round(25 * scale), 1),
        )


@dataclass
class Plan:
    """Arrays have one entry per household, in the order of their numbers (village by village)."""

    quotas: Quotas
    scale: float
    village: Ints
    lifted: Flags
    registered: Ints
    closed: Ints
    closed_reason: Ints
    collected: Ints
    """The day of the yearly collection in autumn 2021."""
    families: Families
    work: Work
    cases: Cases
    shortfalls: Shortfalls
    relocated: Flags

    def __len__(self) -> int:
        return len(self.village)


def _fix_sum(rng: Rng, size: Ints, rows: Ints, total: int) -> None:
    """Change individual sizes by one until the rows add up to the total; no family becomes empty or larger than
    eight."""
    while (gap := total - int(size[rows].sum())) != 0:
        step = 1 if gap > 0 else -1
        able = rows[(size[rows] < 6) & (size[rows] > 1)] if step > 0 else rows[size[rows] > 2]
        if not len(able):
            raise ValueError(f"{total} persons do not fit into {len(rows)} households")
        size[rng.choice(able, min(abs(gap), len(able)), replace=False)] += step


def _place_households(rng: Rng, places: Places, quotas: Quotas) -> tuple[Ints, Flags]:
    """The village of every household, and which of them are closed before the cut-off (about one in eighty)."""
    weights = places.household_weights(rng)
    there = places.township == places.township_index(DAZHUYUAN)
    counts = np.zeros(len(weights), dtype=np.int64)
    counts[there] = largest_remainder(weights[there], quotas.dazhuyuan)
    counts[~there] = largest_remainder(weights[~there], quotas.households - quotas.dazhuyuan)
    gone = largest_remainder(np.where(counts > 0, weights, 0), round(quotas.households * 0.0125))
    village = np.repeat(np.arange(len(weights), dtype=np.int16), counts + gone)
    closed = np.zeros(len(village), dtype=bool)
    starts = np.cumsum(counts + gone) - (counts + gone)
    offset = np.floor(rng.random(int(gone.sum())) * np.repeat((counts + gone) // np.maximum(gone, 1), gone)).astype(
        np.int64
    )
    nth = np.arange(int(gone.sum())) - np.repeat(np.cumsum(gone) - gone, gone)
    step = np.repeat((counts + gone) // np.maximum(gone, 1), gone)
    closed[np.repeat(starts, gone) + nth * step + offset] = True
    return village, closed


def _choose_monitored(
    rng: Rng, quotas: Quotas, *, lifted: Flags, weights: Ints, townships: Ints, eliminated_weights: Ints
) -> tuple[Ints, Ints, Flags]:
    """The monitored households, their category, and whether their risk is eliminated."""
    names = list(_CATEGORY_SHARES)
    monitored = quotas.open + quotas.eliminated
    numbers = largest_remainder(np.array([_CATEGORY_SHARES[name] for name in names]), monitored)
    out = largest_remainder(numbers * np.array([_ELIMINATED_SHARES[name] for name in names]), quotas.eliminated)
    free = weights.astype(float).copy()
    rows, categories, eliminated = [], [], []
    for name, number, done in zip(names, numbers, out, strict=True):
        allowed = {"unstable": lifted, "marginal": ~lifted}.get(name, np.ones_like(lifted))
        chosen = apportion(rng, np.where(allowed, free, 0.0), townships, int(number))
        free[chosen] = 0.0
        rows.append(chosen)
        categories.append(np.full(number, CATEGORY[name], dtype=np.int8))
        over = apportion(rng, eliminated_weights[chosen], townships[chosen], int(done))
        eliminated.append(np.isin(np.arange(number), over))
    every = np.concatenate(rows)
    order = np.argsort(every)
    return every[order], np.concatenate(categories)[order], np.concatenate(eliminated)[order]


def _sizes_and_shapes(
    rng: Rng, quotas: Quotas, *, closed: Flags, rows: Ints, cause: Ints, eliminated: Flags
) -> tuple[Ints, Ints]:
    """Family sizes with exact sums (open, eliminated, all), and family shapes that fit the cause of the case."""
    size = 1 + draw_codes(rng, SIZE_WEIGHTS, len(closed))
    frail = rows[cause == CAUSE["lack_of_labour"]]
    size[frail] = np.minimum(size[frail], 1 + draw_codes(rng, (0.35, 0.45, 0.2), len(frail)))
    schooling = rows[cause == CAUSE["schooling"]]
    size[schooling] = np.maximum(size[schooling], 3)
    free = ~np.isin(rows, frail)
    _fix_sum(rng, size, rows[eliminated & free], quotas.eliminated_persons - int(size[rows[eliminated & ~free]].sum()))
    _fix_sum(rng, size, rows[~eliminated & free], quotas.open_persons - int(size[rows[~eliminated & ~free]].sum()))
    others = ~closed
    others[rows] = False
    _fix_sum(rng, size, np.flatnonzero(others), quotas.persons - int(size[rows].sum()))
    shape = draw_shapes(rng, size)
    shape[frail] = SHAPES.index("elder")
    able = np.isin(cause, [CAUSE[name] for name in ("unstable_job", "business_failure", "schooling", "accident")])
    young = rows[able | eliminated & free]
    young = young[(shape[young] == SHAPES.index("elder")) & (size[young] <= 3)]
    shape[young] = np.array([-1, SHAPES.index("single"), SHAPES.index("couple"), SHAPES.index("nuclear")])[size[young]]
    shape[frail[size[frail] > 3]] = SHAPES.index("lone")
    return size, shape


def _leavers(rng: Rng, families: Families, *, registered: Ints, closed: Ints, main: Cases) -> None:
    """People who left during the period of monitoring: one household in ten.

    In eliminated households as many people leave after the elimination as join after it, so that the number of persons
    frozen at elimination stays exact.
    """
    n = len(registered)
    weights = np.where(closed == NEVER, 1.0, 0.0)
    eliminated = main.outcome == OUTCOME["eliminated"]
    rows = main.household[eliminated]
    weights[rows] = 0.0
    leaving = pick(rng, weights, round(n * 0.105))
    days = rng.integers(WATCHED_FROM, CUT_OFF + 1, len(leaving))
    late = np.maximum(days, registered[leaving] + 30)
    fits = late <= CUT_OFF
    add_leavers(rng, families, rows=leaving[fits], on=late[fits], registered=registered)

    done = main.eliminated[eliminated]
    after = families.someone[rows] & (families.joined[rows] > done[:, None])
    balanced = pick(rng, np.where(CUT_OFF - done > 25, 1.0, 0.0), int(after.sum()))
    if len(balanced) < after.sum():
        raise ValueError("too few eliminated households to balance the births in them")
    when = done[balanced] + 1 + np.floor(rng.random(len(balanced)) * (CUT_OFF - done[balanced])).astype(np.int64)
    add_leavers(rng, families, rows=rows[balanced], on=when, registered=registered)
    before = pick(rng, np.where(np.isin(np.arange(len(rows)), balanced), 0.0, 1.0), round(len(rows) * 0.05))
    since = np.maximum(WATCHED_FROM, registered[rows[before]] + 1)
    when = (since + rng.random(len(before)) * (done[before] - since)).astype(np.int64)
    add_leavers(rng, families, rows=rows[before], on=when, registered=registered)


def persons_on(families: Families, rows: Ints, days: Ints) -> Ints:
    """Members of some households, each on its own day."""
    there = families.someone[rows] & (families.joined[rows] <= days[:, None]) & (families.left[rows] > days[:, None])
    return there.sum(axis=1).astype(np.int32)


def _all_cases(
    rng: Rng,
    *,
    registered: Ints,
    main: Cases,
    lifted: Flags,
    closed: Ints,
    families: Families,
    scale: float,
    hardship: Ints,
) -> Cases:
    """The main cases and the others (rolled back, rejected, ended, not approved yet), with the number of persons in
    each."""
    share = len(main) / 5408
    earlier, followed = case_module.make_rolled_back(rng, main=main, count=round(130 * share))
    main.follows[followed] = np.arange(len(earlier))
    free = np.where((closed == NEVER) & (registered < day("2020-03-01")), 1.0, 0.0)
    free[main.household] = 0.0
    turned_down = pick(rng, free * hardship, round(700 * share))
    rejected = case_module.make_rejected(rng, household=turned_down, lifted=lifted[turned_down])
    gone = pick(rng, np.where((closed != NEVER) & (closed > day("2021-05-20")), 1.0, 0.0), max(round(90 * share), 1))
    ended = case_module.make_ended(rng, household=gone, lifted=lifted[gone], closed=closed[gone])
    free[turned_down] = 0.0
    steps, slow = _waiting_steps(scale)
    found = pick(rng, free * hardship, len(steps))
    waiting = case_module.make_waiting(
        rng, household=found, lifted=lifted[found], step=rng.permutation(steps), slow=slow
    )
    every = case_module.join_cases([earlier, main, rejected, ended, waiting])
    on = np.full(len(every), CUT_OFF, dtype=np.int64)
    frozen = every.eliminated != NEVER
    on[frozen] = every.eliminated[frozen]
    dropped = every.rejected != NEVER
    on[dropped] = every.rejected[dropped]
    finished = every.ended != NEVER
    on[finished] = every.ended[finished] - 1
    every.persons = persons_on(families, every.household, on)
    return every


def _waiting_steps(scale: float) -> tuple[Ints, float]:
    """The step that each household found lately is waiting for, and the share of those that have waited for weeks."""
    declared = load_district().waiting
    numbers = [max(round(number * scale), 1) for number in declared.steps.values()]
    return np.repeat([STEPS.index(step) for step in declared.steps], numbers), declared.slow


def make_plan(rng: Rng, *, places: Places, scale: float, factory_townships: Flags) -> Plan:
    """The whole district. `factory_townships` says which townships have a community factory."""
    quotas = Quotas.at(scale)
    village, gone = _place_households(rng, places, quotas)
    n = len(village)
    township = places.township[village]
    factors = {name: values[township] for name, values in places.factors.items()}
    lifted = np.zeros(n, dtype=bool)
    mood = np.exp(rng.normal(0, 0.35, len(places.codes))[village])
    likely = np.where(gone, 0.0, mood * factors["lifted"])
    lifted[apportion(rng, likely, township, round(LIFTED_SHARE * quotas.households))] = True
    lifted[gone] = rng.random(int(gone.sum())) < LIFTED_SHARE
    registered = np.where(
        lifted,
        rng.integers(day("2014-04-01"), day("2015-12-31"), n),
        rng.integers(day("2019-03-01"), day("2020-01-31"), n),
    ).astype(np.int32)
    closed = np.where(gone, rng.integers(day("2020-06-01"), CUT_OFF + 1, n), NEVER).astype(np.int32)

    rows, category, eliminated = _choose_monitored(
        rng,
        quotas,
        lifted=lifted,
        weights=np.where(gone, 0.0, factors["hardship"]),
        townships=township,
        eliminated_weights=factors["eliminated"],
    )
    cause = case_module.draw_causes(rng, len(rows), {name: values[rows] for name, values in factors.items()})
    cause[eliminated & (cause == CAUSE["lack_of_labour"]) & (rng.random(len(rows)) < 0.75)] = CAUSE["illness"]
    in_dazhuyuan = township == places.township_index(DAZHUYUAN)
    planned_apart = np.isin(cause, [CAUSE[name] for name in ("unsafe_housing", "unsafe_water", "disaster")])
    cause[planned_apart & in_dazhuyuan[rows]] = CAUSE["illness"]
    size, shape = _sizes_and_shapes(rng, quotas, closed=gone, rows=rows, cause=cause, eliminated=eliminated)

    new = pick(rng, np.where(gone | np.isin(np.arange(n), rows), 0.0, 1.0), round(n * 0.006))
    registered[new] = rng.integers(day("2021-05-10"), CUT_OFF - 3, len(new))
    families = make_families(rng, size=size, shape=shape, registered=registered)
    main = case_module.make_main_cases(
        rng, household=rows, category=category, cause=cause, eliminated=eliminated, late=factors["late"][rows]
    )
    _leavers(rng, families, registered=registered, closed=closed, main=main)
    all_cases = _all_cases(
        rng,
        registered=registered,
        main=main,
        lifted=lifted,
        closed=closed,
        families=families,
        scale=scale,
        hardship=factors["hardship"],
    )
    closed_reason = np.where(
        gone, np.where((size <= 2) & (rng.random(n) < 0.7), 1, draw_codes(rng, (0.7, 0, 0.3), n)), -1
    )
    _close_households(families, closed, died_out=closed_reason == 1)

    monitored = np.zeros(n, dtype=bool)
    monitored[rows] = True
    struggling = np.zeros(n, dtype=bool)
    struggling[rows[~eliminated]] = True
    shortfalls = plan_shortfalls(
        rng,
        families,
        scale=scale,
        registered=registered,
        closed=closed,
        in_dazhuyuan=in_dazhuyuan,
        monitored_rows=rows,
        cases=main,
        factors=factors,
    )
    work = assign_work(
        rng,
        families,
        lifted=lifted,
        closed=gone,
        monitored=monitored,
        struggling=struggling | shortfalls.poor_2021,
        has_factory=factory_townships[township],
        township=township,
        post_weights=factors["posts"],
        off_farm=quotas.off_farm,
        posts=quotas.posts,
        without_work=quotas.without_work,
    )
    return Plan(
        quotas=quotas,
        scale=scale,
        village=village,
        lifted=lifted,
        registered=registered,
        closed=closed,
        closed_reason=closed_reason.astype(np.int8),
        collected=rng.integers(day("2021-10-08"), day("2021-11-25"), n).astype(np.int32),
        families=families,
        work=work,
        cases=all_cases,
        shortfalls=shortfalls,
        relocated=lifted & (rng.random(n) < 0.17 * factors["relocated"]),
    )


def _close_households(families: Families, closed: Ints, *, died_out: Flags) -> None:
    """Members who are still there when a household is closed leave it on that day."""
    rows = np.flatnonzero(closed != NEVER)
    stay = families.someone[rows] & (families.left[rows] == NEVER)
    families.left[rows] = np.where(stay, closed[rows][:, None], families.left[rows])
    reason = np.where(died_out[rows], DIED, MOVED_OUT)[:, None]
    families.leave_reason[rows] = np.where(stay, reason, families.leave_reason[rows])
    families.role[rows] = np.where(families.joined[rows] >= families.left[rows], -1, families.role[rows])
    families.role[rows, LEAVER] = -1
