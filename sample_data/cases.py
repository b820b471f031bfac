"""Monitoring cases: one row each time a household is watched, with the days of the eight steps.

Cases are few (about 4 % of households), so they are generated for the whole district at once, before anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from sample_data import procedure
from sample_data.common import (
    CUT_OFF,
    NEVER,
    Coded,
    Ints,
    Rng,
    code_index,
    codes,
    day,
    draw_codes,
    draw_each,
    joined,
    strings,
    table,
)

CAUSE = code_index("cause")
OUTCOME = code_index("outcome")
CATEGORY = code_index("monitor_category")
CHANNEL = code_index("discovery_channel")
CAUSE_SHARES = {
    "illness": 0.42,
    "disability": 0.17,
    "lack_of_labour": 0.11,
    "unstable_job": 0.08,
    "schooling": 0.07,
    "accident": 0.05,
    "disaster": 0.04,
    "business_failure": 0.03,
    "unsafe_housing": 0.004,
    "unsafe_water": 0.003,
    "other": 0.023,
}
_CAUSE_FACTORS = {
    "illness": "illness",
    "lack_of_labour": "hardship",
    "disaster": "flood",
    "unsafe_housing": "dangerous",
    "unsafe_water": "water",
}
"""Causes that are more frequent in some townships, and the factor that says in which."""
_FIRST = day("2020-03-10")
_LAST_ELIMINATION = CUT_OFF - 2
_MONTHS = np.arange("2020-03", "2022-10", dtype="datetime64[M]")
_BUSY = {
    "2020-04": 2.0,
    "2020-11": 2.2,
    "2021-06": 3.0,
    "2021-07": 2.4,
    "2021-11": 2.2,
    "2021-12": 2.6,
    "2022-05": 3.2,
    "2022-06": 2.4,
}
"""After each round of screening more households are identified."""
_AFTER_RAIN = {month: 0.0 if month[5:] not in ("07", "08", "09", "10", "11") else 1.0 for month in map(str, _MONTHS)}
"""Those hit by a disaster are identified in the rainy months and soon after."""


_DAYS = ("discovered", "checked", "compared", "publicised", "reviewed", "identified")
"""The days of the steps up to the approval, in the order of `district.STEPS`."""


@dataclass
class Cases:
    """One entry per case; days are NEVER and codes -1 if a step was not taken."""

    household: Ints
    category: Ints
    causes: Ints
    channel: Ints
    happened: Ints
    """The day of the shock behind the case (not a column; it precedes the discovery)."""
    discovered: Ints
    checked: Ints
    compared: Ints
    publicised: Ints
    """The day of the village review, on which the publicity begins."""
    reviewed: Ints
    """The day of the township review."""
    identified: Ints
    helped: Ints
    eliminated: Ints
    way: Ints
    rolled_back: Ints
    rejected: Ints
    reject_reason: Ints
    ended: Ints
    outcome: Ints
    persons: Ints
    follows: Ints
    """Index of the case that was rolled back into this one, or -1."""

    def __len__(self) -> int:
        return len(self.household)

    def take(self, index: Ints) -> "Cases":
        """Some of the cases."""
        return Cases(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})


def join_cases(parts: list[Cases]) -> Cases:
    """All cases combined, by household and day of discovery; `follows` points into the first part."""
    every = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Cases.__dataclass_fields__}
    order = np.lexsort((every["discovered"], every["household"]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    follows = every["follows"]
    every["follows"] = np.where(follows >= 0, place[np.maximum(follows, 0)], -1)
    return Cases(**{name: values[order] for name, values in every.items()})


def _identification_days(rng: Rng, count: int, *, first: Ints, last: Ints, months: Mapping[str, float]) -> Ints:
    """Days between `first` and `last`, by the weights of the months (1 where none is given)."""
    weights = np.array([months.get(str(month), 1.0) for month in _MONTHS])
    tries = 12
    starts = _MONTHS.astype("datetime64[D]").astype(int)
    days = starts[draw_codes(rng, weights.tolist(), (count, tries))] + rng.integers(0, 30, (count, tries))
    good = (days >= first[:, None]) & (days <= last[:, None])
    chosen = np.take_along_axis(days, good.argmax(axis=1)[:, None], axis=1)[:, 0]
    spread = first + (rng.random(count) * (last - first + 1)).astype(np.int64)
    return np.where(good.any(axis=1), chosen, spread).astype(np.int32)


def _draw_steps(rng: Rng, identified: Ints, *, late: Ints | float = 1.0) -> dict[str, Ints]:
    """The days of the steps before identification, counted backwards: mostly 12 to 25 days in all, one in twenty-five
    slow (more of them where the factor `late` is above 1)."""
    n = len(identified)
    slow = np.where(rng.random(n) < 0.04 * late, rng.integers(12, 40, n), 0)
    reviewed = identified - rng.integers(1, 5, n) - slow
    publicised = reviewed - rng.integers(5, 9, n)
    compared = publicised - rng.integers(1, 5, n)
    checked = compared - rng.integers(1, 5, n)
    discovered = checked - rng.integers(0, 4, n)
    return {
        "happened": discovered - rng.integers(5, 61, n),
        "discovered": discovered,
        "checked": checked,
        "compared": compared,
        "publicised": publicised,
        "reviewed": reviewed,
        "identified": identified,
    }


def _blank(
    n: int, *, household: Ints, category: Ints, causes: Ints, channel: Ints, steps: dict[str, Ints], outcome: str
) -> Cases:
    never = np.full(n, NEVER, dtype=np.int32)
    none = np.full(n, -1, dtype=np.int32)
    fields = {"helped": never, "eliminated": never, "rolled_back": never, "rejected": never, "ended": never}
    return Cases(
        household=household,
        category=category,
        causes=causes,
        channel=channel,
        **{name: days.astype(np.int32) for name, days in steps.items()},
        **{name: days.copy() for name, days in fields.items()},
        way=none.copy(),
        reject_reason=none.copy(),
        outcome=np.full(n, OUTCOME[outcome], dtype=np.int8),
        persons=np.zeros(n, dtype=np.int32),
        follows=none.copy(),
    )


def draw_causes(rng: Rng, count: int, factors: Mapping[str, Ints] = MappingProxyType({})) -> Ints:
    """The main cause of each case; `factors` are those of the townships of the cases."""
    names = np.array([CAUSE[name] for name in CAUSE_SHARES], dtype=np.int8)
    weights = np.tile(list(CAUSE_SHARES.values()), (count, 1))
    for place, name in enumerate(CAUSE_SHARES):
        weights[:, place] *= factors.get(_CAUSE_FACTORS.get(name, ""), 1.0)
    return names[draw_each(rng, weights)]


def further_causes(rng: Rng, main: Ints) -> Ints:
    """Up to five causes per case: most have one, a third have two or more."""
    n = len(main)
    causes = np.full((n, 5), -1, dtype=np.int8)
    causes[:, 0] = main
    partners = np.array(
        [CAUSE[name] for name in ("lack_of_labour", "disability", "schooling", "unstable_job", "illness")]
    )
    second = partners[rng.integers(0, len(partners), n)]
    causes[:, 1] = np.where((rng.random(n) < 0.33) & (second != main), second, -1)
    third = partners[rng.integers(0, len(partners), n)]
    more = (causes[:, 1] >= 0) & (rng.random(n) < 0.15) & (third != main) & (third != causes[:, 1])
    causes[:, 2] = np.where(more, third, -1)
    return causes


def _first_help(rng: Rng, identified: Ints, *, may_fail: Ints, late: Ints | float = 1.0) -> Ints:
    """Day of the first measure: within four weeks; if it may fail, one in forty is late or still missing (more where
    the factor `late` is above 1)."""
    n = len(identified)
    help_day = identified + np.minimum(rng.gamma(2.0, 6.0, n), 27).astype(np.int64)
    u = rng.random(n)
    help_day = np.where(may_fail & (u < 0.014 * late**2), identified + rng.integers(36, 110, n), help_day)
    help_day = np.where(may_fail & (u > 1 - 0.011 * late**2), NEVER, help_day)
    return np.where(help_day > CUT_OFF, NEVER, help_day).astype(np.int32)


def make_main_cases(rng: Rng, *, household: Ints, category: Ints, cause: Ints, eliminated: Ints, late: Ints) -> Cases:
    """The open or eliminated case of every monitored household; `late` is the factor of its township."""
    n = len(household)
    last = np.where(eliminated, _LAST_ELIMINATION - 190, CUT_OFF - 3)
    old_open = ~eliminated & (rng.random(n) < 0.80)
    first = np.where(old_open, day("2021-05-15"), _FIRST)
    identified = _identification_days(rng, n, first=first, last=last, months=_BUSY)
    storm = np.flatnonzero(cause == CAUSE["disaster"])
    identified[storm] = _identification_days(rng, len(storm), first=first[storm], last=last[storm], months=_AFTER_RAIN)
    steps = _draw_steps(rng, identified, late=late)
    steps["happened"][storm] = steps["discovered"][storm] - rng.integers(3, 25, len(storm))
    channel = draw_codes(rng, (0.19, 0.46, 0.24, 0.05, 0.06), n)
    cases = _blank(
        n,
        household=household,
        category=category,
        causes=further_causes(rng, cause),
        channel=channel,
        steps=steps,
        outcome="open",
    )
    cases.helped = _first_help(rng, identified, may_fail=~eliminated, late=late)
    early = rng.random(n) < 0.012
    wait = np.where(early, rng.integers(110, 178, n), 184 + rng.gamma(1.6, 70.0, n)).astype(np.int64)
    room = np.maximum(_LAST_ELIMINATION - identified - 184, 0)
    wait = np.where(wait > room + 184, 184 + (rng.random(n) * room).astype(np.int64), wait)
    cases.eliminated = np.where(eliminated, identified + wait, NEVER).astype(np.int32)
    cases.way = np.where(eliminated, (rng.random(n) < 0.06).astype(int), -1)
    cases.outcome = np.where(eliminated, OUTCOME["eliminated"], OUTCOME["open"]).astype(np.int8)
    return cases


def make_rolled_back(rng: Rng, *, main: Cases, count: int) -> tuple[Cases, Ints]:
    """Earlier cases that were eliminated and rolled back into a main case, and the main cases that follow them."""
    possible = np.flatnonzero((main.identified > day("2021-03-01")) & (main.causes[:, 0] != CAUSE["disaster"]))
    chosen = np.sort(rng.choice(possible, min(count, len(possible)), replace=False))
    later = main.take(chosen)
    n = len(chosen)
    eliminated = np.maximum(later.discovered - rng.integers(60, 200, n), _FIRST + 185)
    identified = np.maximum(eliminated - rng.integers(183, 300, n), _FIRST)
    earlier = _blank(
        n,
        household=later.household,
        category=later.category,
        causes=later.causes.copy(),
        channel=draw_codes(rng, (0.19, 0.46, 0.24, 0.05, 0.06), n),
        steps=_draw_steps(rng, identified),
        outcome="rolled_back",
    )
    earlier.helped = _first_help(rng, identified, may_fail=np.zeros(n, dtype=bool))
    earlier.eliminated = eliminated.astype(np.int32)
    earlier.way[:] = 0
    earlier.rolled_back = later.identified.copy()
    return earlier, chosen


def make_rejected(rng: Rng, *, household: Ints, lifted: Ints) -> Cases:
    """Households that were checked and not included."""
    n = len(household)
    steps = _draw_steps(rng, rng.integers(day("2020-06-01"), CUT_OFF - 5, n))
    category = np.where(
        rng.random(n) < 0.3, CATEGORY["sudden"], np.where(lifted, CATEGORY["unstable"], CATEGORY["marginal"])
    )
    stop = draw_codes(rng, (0.35, 0.4, 0.25), n)
    rejected = np.choose(stop, [steps["checked"], steps["compared"], steps["reviewed"]]) + 1
    steps["identified"] = np.full(n, NEVER)
    steps["reviewed"] = np.where(stop < 2, NEVER, steps["reviewed"])
    steps["publicised"] = np.where(stop < 2, NEVER, steps["publicised"])
    steps["compared"] = np.where(stop < 1, NEVER, steps["compared"])
    cases = _blank(
        n,
        household=household,
        category=category.astype(np.int8),
        causes=further_causes(rng, draw_causes(rng, n)),
        channel=draw_codes(rng, (0.35, 0.3, 0.3, 0.03, 0.02), n),
        steps=steps,
        outcome="rejected",
    )
    cases.rejected = rejected.astype(np.int32)
    cases.reject_reason = draw_codes(rng, (0.45, 0.25, 0.15, 0.10, 0.05), n).astype(np.int32)
    return cases


def make_waiting(rng: Rng, *, household: Ints, lifted: Ints, step: Ints, slow: float) -> Cases:
    """Households found lately whose case is not approved yet: each waits for a step (its position in
    `district.STEPS`).

    Args:
        slow: the share that has waited for weeks; the next step of the others is due in the days after the cut-off.
    """
    n = len(household)
    steps = _draw_steps(rng, np.zeros(n, dtype=np.int64))
    days = np.column_stack([steps[name] for name in _DAYS])
    row = np.arange(n)
    last, following = days[row, step - 1], days[row, step]
    waited = np.where(
        rng.random(n) < slow, rng.integers(12, 45, n), np.floor(rng.random(n) * (following - last)).astype(np.int64)
    )
    days = days + (CUT_OFF - waited - last)[:, None]
    days = np.where(np.arange(len(_DAYS)) < step[:, None], days, NEVER)
    steps = dict(zip(_DAYS, days.T, strict=True))
    steps["happened"] = steps["discovered"] - rng.integers(5, 40, n)
    category = np.where(
        rng.random(n) < 0.3, CATEGORY["sudden"], np.where(lifted, CATEGORY["unstable"], CATEGORY["marginal"])
    )
    return _blank(
        n,
        household=household,
        category=category.astype(np.int8),
        causes=further_causes(rng, draw_causes(rng, n)),
        channel=draw_codes(rng, (0.19, 0.46, 0.24, 0.05, 0.06), n),
        steps=steps,
        outcome="open",
    )


def make_ended(rng: Rng, *, household: Ints, lifted: Ints, closed: Ints) -> Cases:
    """Households that were watched until they died out or moved away."""
    n = len(household)
    identified = np.maximum(closed - rng.integers(60, 400, n), _FIRST)
    category = np.where(
        rng.random(n) < 0.3, CATEGORY["sudden"], np.where(lifted, CATEGORY["unstable"], CATEGORY["marginal"])
    )
    cases = _blank(
        n,
        household=household,
        category=category.astype(np.int8),
        causes=further_causes(rng, draw_causes(rng, n)),
        channel=draw_codes(rng, (0.19, 0.46, 0.24, 0.05, 0.06), n),
        steps=_draw_steps(rng, identified),
        outcome="ended",
    )
    cases.helped = np.where(
        closed - identified > 28, _first_help(rng, identified, may_fail=np.zeros(n, dtype=bool)), NEVER
    )
    cases.helped = cases.helped.astype(np.int32)
    cases.ended = closed.astype(np.int32)
    return cases


def case_ids(index: Ints) -> pa.Array:
    """Case numbers: JC and seven digits."""
    return joined("JC", strings(10_000_000 + index)).cast(pa.string())


def case_table(cases: Cases, household_ids: pa.Array, *, first: int) -> pa.Table:
    """The rows of `monitoring_case`; `first` is the position of the first of them among all cases."""
    ids = case_ids(np.arange(len(cases)) + first)
    follows = case_ids(cases.follows).take(pa.array(np.arange(len(cases)), mask=cases.follows < 0))
    return table(
        "monitoring_case",
        {
            "household_id": household_ids,
            "case_id": ids,
            "follows_case_id": follows,
            "category": Coded(codes("monitor_category"), cases.category),
            **{f"cause_{n + 1}": Coded(codes("cause"), cases.causes[:, n]) for n in range(5)},
            "channel": Coded(codes("discovery_channel"), cases.channel),
            "discovered_on": cases.discovered,
            "checked_on": cases.checked,
            "compared_on": cases.compared,
            **procedure.kept(cases),
            "township_reviewed_on": cases.reviewed,
            "identified_on": cases.identified,
            "helped_on": cases.helped,
            "eliminated_on": cases.eliminated,
            "elimination_way": Coded(codes("elimination_way"), cases.way),
            "rolled_back_on": cases.rolled_back,
            "rejected_on": cases.rejected,
            "rejected_step": Coded(codes("case_step"), procedure.rejected_at(cases)),
            "reject_reason": Coded(codes("reject_reason"), cases.reject_reason),
            "ended_on": cases.ended,
            "outcome": Coded(codes("outcome"), cases.outcome),
            "persons": cases.persons,
        },
    )
