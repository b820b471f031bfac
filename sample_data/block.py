"""One block of households: the slice of the plan that is processed at a time, so that memory use stays flat."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.cases import Cases
from sample_data.common import NEVER, Flags, Ints, Rng, strings
from sample_data.families import Families
from sample_data.geography import Places
from sample_data.plan import Plan
from sample_data.quotas import Work

BLOCK_SIZE = 40_000
_FIRST_ID = 6_100_000_001


def household_ids(start: int, stop: int) -> pa.Array:
    """Ten digits, ascending in the order of the plan."""
    return strings(np.arange(start, stop) + _FIRST_ID)


@dataclass
class Block:
    """Households start … stop of the plan; `cases.household` counts from the block's own first household."""

    start: int
    rng: Rng
    places: Places
    village: Ints
    lifted: Flags
    registered: Ints
    closed: Ints
    closed_reason: Ints
    collected: Ints
    families: Families
    work: Work
    cases: Cases
    first_case: int
    poor_2020: Flags
    poor_2021: Flags
    uninsured: Flags
    spans: dict[str, tuple[Ints, Ints]]
    relocated: Flags
    in_dazhuyuan: Flags
    usual_self_pay: Ints
    """Usual medical costs paid by each household itself in a year (yuan)."""
    relief: Ints
    """Social relief of each household: 0 none, else a code of the list `relief`."""
    disabled_from: Ints
    """Day from which a member counts as disabled (matrix)."""

    def __len__(self) -> int:
        return len(self.village)

    @property
    def township(self) -> Ints:
        """Township of each household."""
        return self.places.township[self.village]

    def factor(self, name: str) -> Ints:
        """How each household's township differs from the others: a name of `Places.factors`."""
        return self.places.factors[name][self.township]

    @property
    def ids(self) -> pa.Array:
        """Household numbers."""
        return household_ids(self.start, self.start + len(self))

    def ids_of(self, rows: Ints) -> pa.Array:
        """Household numbers for some rows."""
        return self.ids.take(pa.array(rows))

    def member_ids(self, rows: Ints, place: Ints) -> pa.Array:
        """Person numbers: the household number and two digits."""
        return strings((np.asarray(rows, dtype=np.int64) + self.start + _FIRST_ID) * 100 + place + 1)


def block_count(plan: Plan) -> int:
    """How many blocks the plan is split into."""
    return -(-len(plan) // BLOCK_SIZE)


def make_block(plan: Plan, places: Places, *, seed: int, number: int, dazhuyuan: int) -> Block:
    """Slice the plan; the random numbers of a block depend only on the seed and the block."""
    start = number * BLOCK_SIZE
    stop = min(start + BLOCK_SIZE, len(plan))
    first, last = np.searchsorted(plan.cases.household, [start, stop])
    cases = plan.cases.take(np.arange(first, last))
    cases.household = cases.household - start
    short = plan.shortfalls
    families = plan.families.slice(start, stop)
    village = plan.village[start:stop]
    lifted = plan.lifted[start:stop]
    rng = np.random.default_rng([seed, 1, number])
    sick = (families.someone & (families.left == NEVER) & (families.health > 0)).sum(axis=1)
    sick_costs = places.factors["illness"][places.township[village]]
    usual = rng.gamma(1.3, np.where(lifted, 520, 900)) + sick * sick_costs * rng.uniform(100, 900, stop - start)
    return Block(
        start=start,
        rng=rng,
        places=places,
        village=village,
        lifted=lifted,
        registered=plan.registered[start:stop],
        closed=plan.closed[start:stop],
        closed_reason=plan.closed_reason[start:stop],
        collected=plan.collected[start:stop],
        families=families,
        work=plan.work.slice(start, stop),
        cases=cases,
        first_case=int(first),
        poor_2020=short.poor_2020[start:stop],
        poor_2021=short.poor_2021[start:stop],
        uninsured=short.uninsured[start:stop],
        spans={
            name: (getattr(short, name)[0][start:stop], getattr(short, name)[1][start:stop])
            for name in ("house", "water", "dropout")
        },
        relocated=plan.relocated[start:stop],
        in_dazhuyuan=places.township[village] == dazhuyuan,
        usual_self_pay=(np.round(usual / 40) * 40).astype(np.int64),
        relief=np.zeros(stop - start, dtype=np.int8),
        disabled_from=np.zeros(families.role.shape, dtype=np.int32),
    )
