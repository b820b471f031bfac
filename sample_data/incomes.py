"""Incomes: sixteen quarters of every household, four assessment years (October to September) from 2018-10 to 2022-09.

Wages follow from the jobs; farming, property and transfers from the family. Each year is then raised or lowered as a
whole, so that exactly the households named in the plan are below the line of that year. Amounts are whole yuan; the
indicators are sums of these quarters.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_access.yaml_files import read_yaml
from sample_data.block import Block
from sample_data.common import CUT_OFF, NEVER, Flags, Ints, Rng, table
from sample_data.jobs import Jobs
from sample_data.quotas import POST
from sample_data.shocks import Shocks

QUARTERS = 16
_STARTS = np.arange("2018-10", "2022-11", 3, dtype="datetime64[M]").astype("datetime64[D]").astype(np.int32)
YEARS = 4
"""Assessment years, ending on 30 September 2019 … 2022."""
_YEAR = np.arange(QUARTERS) // 4
_GROWTH = np.array([0.84, 0.90, 1.0, 1.10])
_HARVEST = np.array([0.36, 0.10, 0.19, 0.35])
_LINES = Path(__file__).parents[1] / "data_access" / "risk" / "lines.yaml"
PARTS = (
    "wage_income",
    "wage_public_post",
    "business_income",
    "business_crops",
    "business_livestock",
    "property_income",
    "property_dividend",
    "transfer_income",
    "transfer_relief",
    "transfer_pension",
    "business_cost",
    "insurance_claims",
    "compliant_self_pay",
)
NO_RELIEF, DIBAO, TEKUN, EDGE = range(4)


@dataclass
class Incomes:
    """Matrices of households × sixteen quarters, whole yuan."""

    persons: Ints
    parts: dict[str, Ints]

    def years(self, name: str) -> Ints:
        """Sums over the four assessment years."""
        return self.parts[name].reshape(-1, YEARS, 4).sum(axis=2)

    def net(self) -> Ints:
        """Net income of each assessment year."""
        gains = sum(self.years(f"{name}_income") for name in ("wage", "business", "property", "transfer"))
        return np.asarray(gains - self.years("business_cost"))

    def year_persons(self) -> Ints:
        """The number of persons by which the income of each year is divided: the members on its last day."""
        return self.persons[:, 3::4]


def income_lines() -> Ints:
    """The line of each assessment year (yuan per person); 2019 has none and gets a lower one here."""
    declared = read_yaml(_LINES)["monitoring_line"]
    return np.array([declared[2020]["value"] * 0.85, *(declared[year]["value"] for year in (2020, 2021, 2022))])


def draw_relief(block: Block) -> Ints:
    """Social relief of each household."""
    rng, n = block.rng, len(block)
    able = block.families.able().sum(axis=1)
    severe = ((block.families.grade > 0) & (block.families.grade <= 2)).any(axis=1)
    likely = (
        np.where(block.poor_2020 | block.poor_2021, 0.45, 0.012)
        + np.where(able == 0, 0.16, 0)
        + np.where(severe, 0.12, 0)
    )
    relief = np.where(rng.random(n) < likely, DIBAO, NO_RELIEF)
    relief[(able == 0) & (block.families.someone.sum(axis=1) == 1) & (rng.random(n) < 0.13)] = TEKUN
    relief[(relief == NO_RELIEF) & (rng.random(n) < 0.01)] = EDGE
    return relief.astype(np.int8)


def _persons(block: Block) -> Ints:
    families = block.families
    persons = np.zeros((len(block), QUARTERS), dtype=np.int64)
    for quarter in range(QUARTERS):
        on = np.maximum(_STARTS[quarter + 1] - 1, block.registered)
        on = np.minimum(on, block.closed - 1)[:, None]
        persons[:, quarter] = (families.someone & (families.joined <= on) & (families.left > on)).sum(axis=1)
    return np.maximum(persons, 1)


def _wages(block: Block, jobs: Jobs) -> tuple[Ints, Ints]:
    """Wages, and the part from public-welfare posts: months in the quarter × wage × days actually worked."""
    n, rng = len(block), block.rng
    total, posts = np.zeros((n, QUARTERS)), np.zeros((n, QUARTERS))
    presence = 0.80 + 0.17 * rng.random((n, YEARS))
    is_post = jobs.channel == POST
    for quarter in range(QUARTERS):
        days = np.minimum(jobs.ended, _STARTS[quarter + 1]) - np.maximum(jobs.started, _STARTS[quarter])
        pay = np.maximum(days, 0) / 30.4 * jobs.wage * _GROWTH[_YEAR[quarter]]
        total[:, quarter] = np.bincount(jobs.household, weights=pay, minlength=n)
        posts[:, quarter] = np.bincount(jobs.household[is_post], weights=pay[is_post], minlength=n)
    posts = posts * presence[:, _YEAR]
    return total * presence[:, _YEAR], posts


def _spread(rng: Rng, yearly: Ints, shape: Ints) -> Ints:
    """A yearly amount spread over the quarters of four years, growing, with some noise per year."""
    noise = np.exp(rng.normal(0, 0.06, (len(yearly), YEARS)))
    by_year = yearly[:, None] * _GROWTH * noise
    return np.asarray(by_year[:, _YEAR] * np.tile(shape, YEARS))


def _adjust(block: Block, base: dict[str, Ints], persons: Ints) -> None:
    """Lower the planned years below the line and raise all others above it, in place."""
    rng, n = block.rng, len(block)
    able = block.families.able().sum(axis=1)
    lines = income_lines()
    monitored = np.zeros(n, dtype=bool)
    monitored[block.cases.household[block.cases.outcome == 0]] = True
    poor = [np.zeros(n, dtype=bool), block.poor_2020, block.poor_2021, block.poor_2021 & monitored]
    sign = {"wage_income": 1, "business_income": 1, "property_income": 1, "business_cost": -1}
    for year in range(YEARS):
        quarters = slice(4 * year, 4 * year + 4)
        heads = persons[:, 4 * year + 3]
        earned = sum(s * base[name][:, quarters].sum(axis=1) for name, s in sign.items())
        given = base["transfer_income"][:, quarters].sum(axis=1)
        net = np.asarray(earned + given)
        low = lines[year] * (0.58 + 0.38 * np.sqrt(rng.random(n)))
        above = rng.random(n) ** np.where(able == 0, 1.35, 0.8)
        floor = lines[year] * (1.04 + 0.75 * block.factor("income") * above)
        target = np.where(poor[year], np.minimum(net / heads, low), np.maximum(net / heads, floor)) * heads
        gap = target - net
        from_work = (earned > 0.25 * target) & (earned > 0)
        keep = np.clip((target - given) / np.maximum(earned, 1), 0.08, None)
        factor = np.where(from_work & (gap != 0), keep, np.where(gap < 0, 0.08, 1.0))
        for name in [*sign, "wage_public_post", "business_crops", "business_livestock", "property_dividend"]:
            base[name][:, quarters] *= factor[:, None]
        earned = sum(s * base[name][:, quarters].sum(axis=1) for name, s in sign.items())
        wanted = np.maximum(target - earned, 0)
        more = np.maximum(wanted - given, 0)
        fewer = np.minimum(wanted / np.maximum(given, 1), 1.0)
        for name in ("transfer_income", "transfer_relief", "transfer_pension"):
            base[name][:, quarters] *= fewer[:, None]
        base["transfer_income"][:, quarters] += more[:, None] / 4


def make_incomes(block: Block, jobs: Jobs, shocks: Shocks, relief: Ints) -> Incomes:
    """All incomes in a block."""
    rng, n, families = block.rng, len(block), block.families
    persons = _persons(block)
    earning = block.factor("income")
    wage, posts = (values * earning[:, None] for values in _wages(block, jobs))
    able = families.able().sum(axis=1)
    farming = np.exp(rng.normal(8.9, 0.6, n)) * np.where(able > 0, 1.0, 0.35) * earning
    crops = farming * rng.uniform(0.35, 0.8, n)
    livestock = (farming - crops) * 0.85
    elders = (families.someone & (families.left == NEVER) & (families.ages() >= 60)).sum(axis=1)
    rent = np.where(rng.random(n) < 0.32, rng.uniform(150, 1500, n), 0.0)
    dividend = np.where(block.lifted & (rng.random(n) < 0.55), rng.uniform(100, 700, n), 0.0)
    pension = elders * rng.uniform(1700, 2300, n)
    support = np.where(
        relief == DIBAO, persons[:, -1] * rng.uniform(900, 2100, n), np.where(relief == TEKUN, 6200.0, 0.0)
    )
    other = rng.uniform(250, 1100, n) + elders * np.where(rng.random(n) < 0.5, rng.uniform(600, 4200, n), 0)
    flat, spring = np.full(4, 0.25), np.array([0.1, 0.7, 0.1, 0.1])
    base = {
        "wage_income": wage,
        "wage_public_post": posts,
        "business_crops": _spread(rng, crops, _HARVEST),
        "business_livestock": _spread(rng, livestock, np.array([0.45, 0.2, 0.15, 0.2])),
        "property_dividend": _spread(rng, dividend, spring),
        "transfer_relief": _spread(rng, support, flat),
        "transfer_pension": _spread(rng, pension, flat),
    }
    base["business_income"] = (
        base["business_crops"] + base["business_livestock"] + _spread(rng, farming - crops - livestock, flat)
    )
    base["property_income"] = base["property_dividend"] + _spread(rng, rent, spring)
    base["transfer_income"] = base["transfer_relief"] + base["transfer_pension"] + _spread(rng, other, flat)
    base["business_cost"] = base["business_income"] * rng.uniform(0.22, 0.38, n)[:, None]
    failed = np.flatnonzero(shocks.of("business_failure") | shocks.of("disaster"))
    quarter = np.clip(np.searchsorted(_STARTS, shocks.happened[failed], side="right") - 1, 0, QUARTERS - 1)
    np.multiply.at(base["business_income"], (shocks.household[failed], quarter), 0.4)
    for name in ("business_crops", "business_livestock"):
        np.multiply.at(base[name], (shocks.household[failed], quarter), 0.4)
    _adjust(block, base, persons)
    parts = {name: np.round(values).astype(np.int64) for name, values in base.items()}
    parts["insurance_claims"], parts["compliant_self_pay"] = _medical(block, shocks)
    return Incomes(persons=persons, parts=parts)


def _medical(block: Block, shocks: Shocks) -> tuple[Ints, Ints]:
    """Insurance claims and own payments by quarter: usual costs, and the costs of shocks (again each year while
    they last)."""
    usual = block.usual_self_pay
    pay = np.repeat(usual[:, None] // 4, QUARTERS, axis=1)
    claims = np.zeros_like(pay)
    insured = block.rng.random(len(shocks.household)) < 0.3
    for again in range(3):
        when = shocks.happened + again * 365
        costly = np.flatnonzero((shocks.self_pay > 0) & (when < np.minimum(shocks.end, CUT_OFF + 1)))
        quarter = np.clip(np.searchsorted(_STARTS, when[costly], side="right") - 1, 0, QUARTERS - 1)
        np.add.at(pay, (shocks.household[costly], quarter), shocks.self_pay[costly])
        np.add.at(
            claims, (shocks.household[costly], quarter), np.where(insured[costly], shocks.self_pay[costly] // 5, 0)
        )
    return claims, pay


def income_table(block: Block, incomes: Incomes) -> pa.Table:
    """The rows of `income_record`: a quarter is included while the household is on the register."""
    n = len(block)
    rows = np.repeat(np.arange(n), QUARTERS)
    start = np.tile(_STARTS[:-1], n)
    kept: Flags = start < block.closed[rows]
    columns = {"household_id": block.ids_of(rows[kept])}
    return table(
        "income_record",
        {
            **columns,
            "period_start": start[kept],
            "period_end": np.tile(_STARTS[1:] - 1, n)[kept],
            "persons": incomes.persons.ravel()[kept],
            **{name: incomes.parts[name].ravel()[kept] for name in PARTS},
        },
    )
