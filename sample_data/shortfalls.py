"""Low incomes and missing basic guarantees: which households, from when to when.

大竹园镇 is planned exactly: at the end of August 2021 it has 286 shortfalls (household × class) in five classes.
"""

from dataclasses import dataclass

import numpy as np

from sample_data.cases import CAUSE, OUTCOME, Cases
from sample_data.common import COLLECTED_FROM, CUT_OFF, NEVER, Flags, Ints, Rng, day, largest_remainder, pick
from sample_data.families import Families

DAZHUYUAN_SHORTFALLS = {"income": 150, "medical": 85, "housing": 22, "water": 22, "education": 7}
"""Per class; the sum of 286 is published, the split is ours. Housing, water and education here are hard triggers:
51."""
_COUNTED_ON = day("2021-08-31")


@dataclass
class Shortfalls:
    """Per household: income below the line by assessment year, head not insured, half-open spans of each shortfall."""

    poor_2020: Flags
    poor_2021: Flags
    uninsured: Flags
    house: tuple[Ints, Ints]
    water: tuple[Ints, Ints]
    dropout: tuple[Ints, Ints]


def _spans(rng: Rng, likely: Ints, *, found_first: float, found_later: float) -> tuple[Ints, Ints]:
    """Spans of a shortfall: found at the first collection and remedied month by month, or arising later.

    Args:
        likely: a factor for each household.
        found_first: the share of households with the factor 1 in which it was found at the first collection.
        found_later: the share in which it arose later.
    """
    n = len(likely)
    start, end = np.full(n, NEVER, dtype=np.int32), np.full(n, NEVER, dtype=np.int32)
    u = rng.random(n)
    early = u < found_first * likely
    start[early] = COLLECTED_FROM
    end[early] = rng.integers(day("2021-06-10"), day("2022-10-25"), int(early.sum()))
    late = (u > 1 - found_later * likely) & ~early
    start[late] = rng.integers(day("2021-06-15"), CUT_OFF, int(late.sum()))
    end[late] = start[late] + rng.integers(60, 240, int(late.sum()))
    return start, np.where((start != NEVER) & (end > CUT_OFF), NEVER, end).astype(np.int32)


def _set_spans(spans: tuple[Ints, Ints], rows: Ints, start: Ints | int, end: Ints | int) -> None:
    spans[0][rows], spans[1][rows] = start, end


def plan_shortfalls(
    rng: Rng,
    families: Families,
    *,
    scale: float,
    registered: Ints,
    closed: Ints,
    in_dazhuyuan: Flags,
    monitored_rows: Ints,
    cases: Cases,
    factors: dict[str, Ints],
) -> Shortfalls:
    """Choose the households; those with a case according to its cause. `factors` are those of each household's
    township."""
    n = len(registered)
    able = families.able().sum(axis=1)
    hardship = np.where(able == 0, 0.22, np.where(able == 1, 1.6, 1.0)) * factors["hardship"]
    existing = np.where((closed == NEVER) & (registered < COLLECTED_FROM), 1.0, 0.0)
    existing[monitored_rows] = 0.0
    poor = [np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)]
    poor[0][pick(rng, existing * hardship, round(n * 0.021))] = True
    stay_poor = np.where(poor[0], 12.0, 1.0)
    poor[1][pick(rng, existing * hardship * stay_poor, round(n * 0.0125))] = True
    _poor_cases(rng, poor, cases)

    house = _spans(rng, factors["dangerous"], found_first=0.0035, found_later=0.0008)
    water = _spans(rng, factors["water"], found_first=0.0040, found_later=0.0008)
    schoolable = _has_pupil(families)
    dropout = _spans(rng, factors["hardship"], found_first=0.0022, found_later=0.0006)
    _set_spans(dropout, np.flatnonzero(~schoolable), NEVER, NEVER)
    for name, spans in (("unsafe_housing", house), ("unsafe_water", water)):
        rows = np.flatnonzero(cases.causes[:, 0] == CAUSE[name])
        end = np.where(cases.outcome[rows] == OUTCOME["eliminated"], cases.eliminated[rows] - 10, NEVER)
        _set_spans(spans, cases.household[rows], np.maximum(cases.happened[rows], COLLECTED_FROM), end)
        late = rows[end <= COLLECTED_FROM]
        _set_spans(spans, cases.household[late], NEVER, NEVER)
    uninsured = rng.random(n) < 0.017

    for spans in (house, water, dropout):
        _set_spans(spans, np.flatnonzero(in_dazhuyuan), NEVER, NEVER)
    uninsured[in_dazhuyuan] = False
    poor[0][in_dazhuyuan] = False
    watched = np.where(in_dazhuyuan & (closed == NEVER) & (registered < COLLECTED_FROM), 1.0, 0.0)
    classes = list(DAZHUYUAN_SHORTFALLS)
    total = round(sum(DAZHUYUAN_SHORTFALLS.values()) * scale)
    numbers = dict(zip(classes, largest_remainder(np.array(list(DAZHUYUAN_SHORTFALLS.values())), total), strict=True))
    if total >= len(classes):
        while min(numbers.values()) < 1:
            numbers[min(numbers, key=lambda name: numbers[name])] += 1
            numbers["income"] -= 1
    was_case = np.ones(n)
    was_case[monitored_rows] = 8.0
    poor[0][pick(rng, watched * hardship * was_case, int(numbers["income"]))] = True
    uninsured[pick(rng, watched, int(numbers["medical"]))] = True
    for name, spans, fit in (
        ("housing", house, watched),
        ("water", water, watched),
        ("education", dropout, watched * schoolable),
    ):
        rows = pick(rng, fit, int(numbers[name]))
        _set_spans(spans, rows, COLLECTED_FROM, rng.integers(day("2021-09-20"), day("2022-06-30"), len(rows)))
    return Shortfalls(
        poor_2020=poor[0], poor_2021=poor[1], uninsured=uninsured, house=house, water=water, dropout=dropout
    )


def _has_pupil(families: Families) -> Flags:
    """Households with a child of compulsory school age, at the first collection and at the cut-off."""
    first, last = families.ages(COLLECTED_FROM), families.ages()
    fits = families.someone & (families.left == NEVER) & (first >= 8) & (last < 15) & (families.joined < COLLECTED_FROM)
    return fits.any(axis=1)


def _poor_cases(rng: Rng, poor: list[Flags], cases: Cases) -> None:
    """Monitored households: poor in the year of the shock, and in 2021 as long as the risk is open."""
    n = len(cases)
    likely = np.full(n, 0.94)
    for cause, share in (
        ("illness", 0.56),
        ("disaster", 0.75),
        ("accident", 0.4),
        ("unsafe_housing", 0.4),
        ("unsafe_water", 0.4),
    ):
        likely[cases.causes[:, 0] == CAUSE[cause]] = share
    eliminated = cases.outcome == OUTCOME["eliminated"]
    poor[0][cases.household] = (rng.random(n) < likely * 0.9) & (cases.happened < day("2021-09-01"))
    open_poor = ~eliminated & (rng.random(n) < likely)
    again = eliminated & (rng.random(n) < 0.05)
    poor[1][cases.household] = open_poor | again
