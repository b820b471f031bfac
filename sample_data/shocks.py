"""What happens to households: illness, disability, accident, disaster, lost job, failed business, school costs.

A shock happens in its season, is noticed days or weeks later (when the indicators change) and ends. The shocks behind a
monitoring case come from the plan: they precede its discovery and end with its elimination.
"""

from dataclasses import dataclass

import numpy as np

from sample_data.block import Block
from sample_data.cases import CAUSE, OUTCOME
from sample_data.common import CUT_OFF, NEVER, Flags, Ints, Rng, day, draw_codes, draw_each
from sample_data.district import load_district
from sample_data.families import DISABLED, HEALTHY, LEAVER, LOST, MAJOR, NONE

_FROM, _TO = day("2020-03-01"), CUT_OFF - 8
_RATES = {
    "illness": 0.031,
    "disability": 0.007,
    "accident": 0.007,
    "disaster": 0.024,
    "unstable_job": 0.034,
    "business_failure": 0.010,
    "schooling": 0.024,
}
"""Share of households that suffer such a shock once in the thirty-one simulated months."""
_FACTORS = {"illness": "illness", "accident": "illness", "disaster": "flood"}
"""Shocks that are more frequent in some townships, and the factor that says in which."""
_SEASONS = {
    "disaster": (1, 1, 1, 2, 4, 12, 22, 26, 18, 4, 1, 1),
    "unstable_job": (22, 16, 8, 6, 5, 5, 5, 6, 6, 6, 6, 9),
    "schooling": (0, 1, 2, 0, 0, 0, 0, 14, 80, 2, 1, 0),
    "business_failure": (4, 4, 6, 8, 8, 10, 12, 12, 12, 12, 8, 4),
}
"""Weight of each calendar month; illness, disability and accidents have no season."""


@dataclass
class Shocks:
    """One entry per shock, by household."""

    household: Ints
    kind: Ints
    happened: Ints
    seen: Ints
    end: Ints
    place: Ints
    """The person it happened to (place in the family), or -1."""
    self_pay: Ints
    code: Ints
    loss: Ints
    damaged: Flags
    main_lost: Flags
    of_case: Flags

    def take(self, index: Ints) -> "Shocks":
        """Some of the shocks."""
        return Shocks(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})

    def of(self, kind: str) -> Flags:
        """Which are of this kind."""
        return np.asarray(self.kind == CAUSE[kind])


def _season_days(rng: Rng, kind: str, count: int) -> Ints:
    """Days in the simulated period, drawn according to the season of the kind; floods were worse in 2021."""
    days = np.arange(_FROM, _TO + 1)
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]").astype(int) % 12
    weight = np.array(_SEASONS.get(kind, (1,) * 12), dtype=float)[month]
    if kind == "disaster":
        weight = np.where(dates.astype("datetime64[Y]").astype(int) + 1970 == 2021, weight * 1.8, weight)
    edges = np.cumsum(weight / weight.sum())
    return days[np.minimum(np.searchsorted(edges, rng.random(count)), len(days) - 1)]


def _in_storms(block: Block, households: Ints, days: Ints) -> Ints:
    """The days of disasters, most of them moved to the days of a storm along the river of the household's township."""
    rng, township = block.rng, block.township[households]
    moved = rng.random(len(days)) < load_district().storms.share
    at = rng.random(len(days))
    days = days.copy()
    for number, storm in enumerate(block.places.storm_days):
        within = storm[(storm >= _FROM) & (storm <= _TO)]
        here = np.flatnonzero(moved & (township == number) & (len(within) > 0))
        days[here] = within[(at[here] * len(within)).astype(np.int64)]
    return days


def _random_shocks(block: Block) -> tuple[Ints, Ints, Ints, Ints]:
    """Household, kind, day and end of the shocks without a case."""
    rng, n = block.rng, len(block)
    eliminated = block.cases.household[block.cases.outcome == OUTCOME["eliminated"]]
    risk = np.ones(n)
    risk[eliminated] = 1.6
    risk[block.cases.household[block.cases.outcome == OUTCOME["open"]]] = 0.0
    households, kinds, days, ends = [], [], [], []
    for kind, rate in _RATES.items():
        likely = block.factor(_FACTORS[kind]) if kind in _FACTORS else 1.0
        hit = np.flatnonzero(rng.random(n) < rate * risk * likely)
        happened = _season_days(rng, kind, len(hit))
        if kind == "disaster":
            happened = _in_storms(block, hit, happened)
        lasts = {
            "unstable_job": 40 + rng.gamma(1.5, 70, len(hit)),
            "schooling": np.full(len(hit), 330.0),
        }.get(kind, np.full(len(hit), 365.0))
        households.append(hit)
        kinds.append(np.full(len(hit), CAUSE[kind], dtype=np.int8))
        days.append(happened)
        ends.append(happened + lasts.astype(np.int64))
    return tuple(np.concatenate(parts) for parts in (households, kinds, days, ends))  # type: ignore[return-value]


def _case_shocks(block: Block) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Household, kind, day, day noticed and end of the shocks behind the cases that were not turned down."""
    cases, rng = block.cases, block.rng
    case, nth = np.nonzero((cases.causes >= 0) & (cases.outcome != OUTCOME["rejected"])[:, None])
    kind = cases.causes[case, nth]
    happened = cases.happened[case] - np.where(nth > 0, rng.integers(0, 20, len(case)), 0)
    notice = np.maximum(cases.discovered[case] - cases.happened[case] - 2, 2)
    seen = cases.happened[case] + 2 + (rng.random(len(case)) * notice).astype(np.int64)
    end = np.minimum(cases.eliminated[case], cases.ended[case])
    eased = (end == NEVER) & (rng.random(len(case)) < 0.03) & (seen < CUT_OFF - 220)
    end = np.where(eased, seen + 200, end)
    return cases.household[case], kind, happened, seen, end


def _choose_place(block: Block, household: Ints, kind: Ints) -> Ints:
    """The person affected: an adult, preferably one not in work; a job is lost by one able to work. -1 if nobody
    fits."""
    families, work, rng = block.families, block.work, block.rng
    age = families.ages()[household]
    present = families.someone[household] & (families.left[household] == NEVER)
    present[:, LEAVER] = False
    idle = work.channel[household] < 0
    able = families.labour[household] <= 1
    noise = rng.random(age.shape)
    adult = present & (age >= 32) & (families.health[household] != MAJOR)
    unfit = adult & idle & ~(able & work.wants[household]) & (families.grade[household] == 0)
    worker = present & able & (age < 60) & (families.labour[household] >= 0)
    score = np.where(adult, noise + idle, -1.0)
    disability, job = kind == CAUSE["disability"], kind == CAUSE["unstable_job"]
    score[disability] = np.where(unfit, noise, -1.0)[disability]
    score[job] = np.where(worker, noise + idle * 0.4, -1.0)[job]
    place = score.argmax(axis=1)
    return np.where(score.max(axis=1) < 0, -1, place).astype(np.int8)


def make_shocks(block: Block) -> Shocks:
    """All shocks of a block; also marks the illness and disability of the people affected."""
    rng = block.rng
    own_household, own_kind, own_day, own_end = _random_shocks(block)
    case_household, case_kind, case_day, case_seen, case_end = _case_shocks(block)
    own = len(own_household)
    household = np.concatenate([own_household, case_household])
    kind = np.concatenate([own_kind, case_kind])
    happened = np.concatenate([own_day, case_day])
    n = len(household)
    of_case = np.arange(n) >= own
    seen = np.concatenate([own_day + rng.integers(3, 25, own), case_seen])
    end = np.concatenate([own_end, case_end])
    lifted = block.lifted[household]
    place = _choose_place(block, household, kind)
    no_person = (place < 0) & np.isin(kind, [CAUSE["disability"], CAUSE["unstable_job"]])
    kind = np.where(no_person, np.where(of_case, CAUSE["illness"], CAUSE["other"]), kind).astype(np.int8)

    noise = rng.random(n)
    cost = np.exp(rng.normal(0, 0.65, n))
    heavy = np.where(lifted, 21_000, 27_500) * (0.94 + 0.8 * noise)
    self_pay = np.zeros(n)
    self_pay[kind == CAUSE["illness"]] = np.where(of_case, heavy, np.where(lifted, 7_000, 11_000) * cost)[
        kind == CAUSE["illness"]
    ]
    hurt = np.isin(kind, [CAUSE["accident"], CAUSE["disability"]])
    self_pay[hurt] = np.where(of_case, heavy * 0.75, 4_500 * cost)[hurt]
    school = kind == CAUSE["schooling"]
    loss = np.zeros(n)
    storm = kind == CAUSE["disaster"]
    loss[storm] = np.where(of_case, 22_000 + 30_000 * noise, 3_500 * cost)[storm]
    failed = kind == CAUSE["business_failure"]
    loss[failed] = np.where(of_case, 9_000 + 30_000 * noise, 6_000 * cost)[failed]
    loss[school] = np.where(of_case, 12_500 + 9_000 * noise, 8_500 + 6_500 * noise)[school]
    code = np.zeros(n, dtype=np.int8)
    code[storm] = 1 + draw_each(rng, _disasters(block, household[storm]))
    accident = kind == CAUSE["accident"]
    code[accident] = 1 + draw_codes(rng, (0.72, 0.22, 0.06), int(accident.sum()))
    damaged = storm & np.where(of_case, noise < 0.8, noise < 0.03) & ~block.in_dazhuyuan[household]
    main = np.where(of_case, 0.5, 0.06) * np.isin(kind, [CAUSE["accident"], CAUSE["disability"], CAUSE["illness"]])
    shocks = Shocks(
        household=household,
        kind=kind,
        happened=happened,
        seen=seen,
        end=np.where(end > CUT_OFF, NEVER, end).astype(np.int32),
        place=place,
        self_pay=np.round(self_pay, -1).astype(np.int64),
        code=code,
        loss=np.round(loss, -1).astype(np.int64),
        damaged=damaged,
        main_lost=rng.random(n) < main,
        of_case=of_case,
    )
    shocks = shocks.take(np.lexsort((shocks.happened, shocks.household)))
    lasting = (shocks.seen < shocks.end) & (shocks.seen <= CUT_OFF) & (shocks.seen < block.closed[shocks.household])
    shocks = shocks.take(np.flatnonzero(lasting))
    _mark_people(block, shocks)
    return shocks


def _disasters(block: Block, households: Ints) -> Ints:
    """Weights of the kinds of disaster (the order of the code list) for some households."""
    weights = np.tile((62.0, 14.0, 8.0, 4.0, 10.0, 0.0, 2.0), (len(households), 1))
    weights[:, 0] *= block.factor("flood")[households]
    weights[:, 1] *= block.factor("landslide")[households]
    return weights


def _mark_people(block: Block, shocks: Shocks) -> None:
    """The state of the people at the cut-off: still ill, left with a chronic illness, or disabled from some day on."""
    families, rng = block.families, block.rng
    ill = np.flatnonzero(shocks.of("illness") & (shocks.place >= 0))
    rows, place = shocks.household[ill], shocks.place[ill]
    families.health[rows, place] = np.where(shocks.end[ill] == NEVER, MAJOR, families.health[rows, place])
    recovered = (shocks.end[ill] != NEVER) & (families.health[rows, place] == HEALTHY)
    families.health[rows[recovered], place[recovered]] = 1
    hurt = np.flatnonzero(shocks.of("disability") & (shocks.place >= 0))
    rows, place = shocks.household[hurt], shocks.place[hurt]
    new = families.grade[rows, place] == 0
    hurt, rows, place = hurt[new], rows[new], place[new]
    severe = rng.random(len(rows)) < np.where(shocks.of_case[hurt], 0.75, 0.3)
    families.grade[rows, place] = np.where(severe, rng.integers(1, 3, len(rows)), rng.integers(3, 5, len(rows)))
    families.health[rows, place] = DISABLED
    block.disabled_from[rows, place] = shocks.seen[hurt]
    weaker = severe & (families.labour[rows, place] != NONE)
    families.labour[rows[weaker], place[weaker]] = LOST
    block.work.wants[rows[weaker], place[weaker]] = False
    block.work.reason[rows[weaker], place[weaker]] = -1
