"""Values that nobody collected: more in some townships than in others, and more among minor items than among those the
rules need.

Some gaps are closed by the collection of autumn 2021. In 大竹园镇 no value behind a planned shortfall is blank before
that, so that its count stays exact.
"""

import numpy as np

from data_access.schema.indicators import counted_columns
from sample_data.block import Block
from sample_data.common import Flags, Ints
from sample_data.intervals import Intervals

_TRIFLES = frozenset(
    [
        "resident_size",
        "weak_labor_n",
        "elder_n",
        "child_n",
        "student_n",
        "compulsory_edu_n",
        "military_family",
        "no_labor_backstop",
        "farmland_mu",
        "forest_mu",
        "orchard_mu",
        "grain_for_green_mu",
        "house_m2",
        "road_type",
        "road_km",
        "electricity",
        "tv",
        "toilet",
        "post_edu_n",
        "business_loss",
        "workers_n",
        "welfare_job_months",
        "ci_rate",
        "pension_n",
        "assistance_amt",
        "asset_flags",
        "measures_n",
        "family_size",
    ]
)
"""No rule reads these."""
_INCOME = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost")
_HARD = ("house_grade", "water_problem", "dropout_n")
_HEAVY = ("accident", "lost_main_labor", "house_damaged", "job_loss_n", "compliant_self_pay")
_EXTRA = ("last_net_income", "last_income_persons", "income_persons")


def rate(column: str) -> float:
    """Share of households in which the value is missing, in a township of average care."""
    if column in _TRIFLES:
        return 0.070
    if column in _HARD:
        return 0.0045
    if column in _INCOME:
        return 0.0
    if column in _HEAVY:
        return 0.004
    if column in _EXTRA:
        return 0.002
    return 0.012


INCOME_RATE = 0.010
"""All five incomes are missing together: the household did not answer."""


_MOST = 2.5
"""Of what the rules need, never more is missing than so many times the average."""


def township_care(missing: Ints) -> Ints:
    """How many times the average is missing in each township, given the share of all values that is missing there."""
    rates = [INCOME_RATE if column in _INCOME else rate(column) for column in counted_columns()]
    trifles = sum(rate(column) for column in counted_columns() if column in _TRIFLES)
    others = sum(rates) - trifles
    cells = missing * len(rates)
    even = cells / (trifles + others)
    return np.where(even <= _MOST, even, (cells - _MOST * others) / trifles)


def blank_values(block: Block, intervals: Intervals) -> dict[str, Flags]:
    """Which cells become NULL, by column; a household's gap persists across its intervals until the next collection."""
    rng, n = block.rng, len(block)
    care = township_care(block.places.factors["missing"])[block.township]
    care[block.cases.household] *= 0.35  # monitored households are asked again
    second = intervals.start >= block.collected[intervals.household]
    guarded = block.in_dazhuyuan[intervals.household]
    silent = {
        False: rng.random(n) < INCOME_RATE * 1.25 * np.minimum(care, _MOST),
        True: rng.random(n) < INCOME_RATE * np.minimum(care, _MOST),
    }
    blanks: dict[str, Flags] = {}
    for column in [*counted_columns(), *_EXTRA]:
        share = rate(column)
        limit = care if column in _TRIFLES else np.minimum(care, _MOST)
        u = rng.random(n, dtype=np.float32)
        first_gap, second_gap = u < share * 1.25 * limit, u < share * limit
        if column in _INCOME:
            first_gap, second_gap = silent[False], silent[True]
        gap = np.where(second, second_gap[intervals.household], first_gap[intervals.household])
        if column in (*_INCOME, *_HARD, "income_persons", "house_damaged", "uninsured_n"):
            gap &= ~(guarded & ~second)
        if gap.any():
            blanks[column] = gap
    return blanks
