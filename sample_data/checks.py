"""What is checked: warnings of departments, rounds of screening, telephone checks."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from sample_data.block import Block
from sample_data.cases import CAUSE, CHANNEL, OUTCOME, case_ids
from sample_data.casework import departments_of
from sample_data.common import (
    CUT_OFF,
    NEVER,
    Coded,
    Flags,
    Ints,
    Rng,
    code_index,
    codes,
    day,
    draw_codes,
    joined,
    ranges,
    strings,
    table,
)
from sample_data.district import load_district
from sample_data.families import MAJOR
from sample_data.shocks import Shocks

CHECK_WITHIN_DAYS = 15
_KIND = code_index("clue_kind")
_DEPARTMENT = {
    "medical_cost": "medical_insurance",
    "new_illness": "health",
    "new_disability": "disabled_federation",
    "relief_change": "civil_affairs",
    "housing": "housing",
    "disaster": "emergency",
    "school": "education",
    "job_loss": "human_resources",
    "water": "water",
    "accident": "public_security",
    "industry": "agriculture",
    "income": "rural_revival",
}
_OF_CAUSE = {
    "illness": "medical_cost",
    "disability": "new_disability",
    "lack_of_labour": "relief_change",
    "unstable_job": "job_loss",
    "schooling": "school",
    "accident": "accident",
    "disaster": "disaster",
    "business_failure": "industry",
    "unsafe_housing": "housing",
    "unsafe_water": "water",
    "other": "income",
}
_OTHER_KINDS = {
    "medical_cost": 30,
    "relief_change": 20,
    "new_illness": 9,
    "school": 10,
    "job_loss": 12,
    "income": 8,
    "housing": 3,
    "water": 3,
    "industry": 5,
}
CLUES_PER_HOUSEHOLD = 15_000 / 148_000
CASE_CLUES = 450 / 5408
"""About 3 % of the warnings lead to a case."""


@dataclass
class Clues:
    """One entry per warning."""

    household: Ints
    kind: Ints
    amount: Ints
    received: Ints
    case: Ints


def _make_clues(block: Block, shocks: Shocks) -> Clues:
    rng, n, cases = block.rng, len(block), block.cases
    kind_of = np.array([_KIND[_OF_CAUSE[cause]] for cause in CAUSE], dtype=np.int8)
    found = (cases.outcome != OUTCOME["rejected"]) & np.isin(
        cases.channel, [CHANNEL["department"], CHANNEL["self_report"]]
    )
    led = np.flatnonzero(found & (rng.random(len(cases)) < CASE_CLUES / 0.42) & (cases.discovered > day("2020-06-01")))
    own = np.flatnonzero(~shocks.of_case & (shocks.kind != CAUSE["other"]) & (rng.random(len(shocks.kind)) < 0.42))
    rest = max(round(n * CLUES_PER_HOUSEHOLD) - len(led) - len(own), 0)
    others = rng.integers(0, n, rest)
    other_kinds = np.array([_KIND[name] for name in _OTHER_KINDS], dtype=np.int8)
    kinds = other_kinds[draw_codes(rng, list(_OTHER_KINDS.values()), rest)]
    days = day("2020-09-01") + ((CUT_OFF - day("2020-09-01")) * rng.random(rest) ** 0.8).astype(np.int64)
    clues = Clues(
        household=np.concatenate([cases.household[led], shocks.household[own], others]),
        kind=np.concatenate([kind_of[cases.causes[led, 0]], kind_of[shocks.kind[own]], kinds]),
        amount=np.concatenate(
            [np.full(len(led), 15_000), shocks.self_pay[own] + shocks.loss[own], np.zeros(rest)]
        ).astype(np.int64),
        received=np.concatenate([cases.discovered[led], shocks.seen[own] + rng.integers(0, 12, len(own)), days]),
        case=np.concatenate([led, np.full(len(own) + rest, -1)]),
    )
    inside = (
        (clues.received <= CUT_OFF)
        & (clues.received >= block.registered[clues.household])
        & (clues.received < block.closed[clues.household])
    )
    order = np.lexsort((clues.received, clues.household))
    order = order[inside[order]]
    return Clues(**{name: getattr(clues, name)[order] for name in Clues.__dataclass_fields__})


def clue_table(block: Block, shocks: Shocks) -> pa.Table:
    """The rows of `clue`: most are checked within fifteen days, and few lead to a case."""
    rng, cases = block.rng, block.cases
    clues = _make_clues(block, shocks)
    n = len(clues.household)
    led = clues.case >= 0
    late = block.factor("late")[clues.household]
    u = rng.random(n)
    delay = np.where(u < 1 - 0.035 * late, rng.integers(1, CHECK_WITHIN_DAYS + 1, n), rng.integers(16, 50, n))
    checked = np.where(led, cases.checked[clues.case] if len(cases) else NEVER, clues.received + delay)
    lost = (rng.random(n) < 0.025 * late**2) & (clues.received > CUT_OFF - 75) & ~led
    checked = np.where(lost | (checked > CUT_OFF), NEVER, checked)
    pending = checked == NEVER
    result = np.where(led, 0, 1 + draw_codes(rng, (0.82, 0.12, 0.06), n))
    result = np.where(pending, -1, result)
    reason = np.where(result == 1, draw_codes(rng, (0.45, 0.30, 0.12, 0.08, 0.05), n), -1)
    by_self = np.where(
        led, cases.channel[clues.case] == CHANNEL["self_report"] if len(cases) else False, rng.random(n) < 0.14
    )
    way = np.where(by_self, 1 + draw_codes(rng, (0.2, 0.5, 0.3), n), np.where(~led & (rng.random(n) < 0.05), 4, 0))
    amount = np.where(clues.amount > 0, clues.amount, np.round(np.exp(rng.normal(8.9, 0.6, n)), -1)).astype(np.int64)
    no_amount = np.isin(
        clues.kind, [_KIND[name] for name in ("relief_change", "new_disability", "water", "housing", "job_loss")]
    )
    department = departments_of(_DEPARTMENT, clues.kind, "clue_kind")
    first = np.searchsorted(clues.household, clues.household)
    numbers = strings(np.arange(n) - first + 1)
    owner = block.ids_of(clues.household)
    return table(
        "clue",
        {
            "household_id": owner,
            "clue_id": joined("XS", owner, "-", numbers),
            "way": Coded(codes("clue_way"), way),
            "department": pa.compute.if_else(pa.array(way == 0), department, pa.scalar(None, pa.string())),
            "kind": Coded(codes("clue_kind"), clues.kind),
            "amount": amount,
            "received_on": clues.received,
            "due_on": clues.received + CHECK_WITHIN_DAYS,
            "checked_on": checked,
            "result": Coded(codes("clue_result"), result),
            "reason": Coded(codes("reject_reason"), reason),
            "case_id": case_ids(np.maximum(clues.case, 0) + block.first_case).take(pa.array(np.arange(n), mask=~led)),
        },
        missing={"amount": no_amount},
    )


_ROUNDS = (
    ("2021-1", "2021-06-01", "2021-07-10", 0.91),
    ("2021-2", "2021-11-05", "2021-12-20", 0.95),
    ("2022-1", "2022-05-05", "2022-06-20", 0.945),
)


def _weeks() -> range:
    """The Mondays of the weeks in which households were screened, up to the cut-off."""
    return range(day(str(load_district().weekly_screening.first)), CUT_OFF + 1, 7)


def _week_name(monday: int) -> str:
    year, week, _ = (date(1970, 1, 1) + timedelta(days=monday)).isocalendar()
    return f"{year}-W{week:02d}"


def _screened_in_week(block: Block, *, left: int, monday: int) -> Ints:
    """Households screened in a week, the `left`-th last one; none where the township has not sent it in."""
    rng, cases, declared = block.rng, block.cases, load_district().weekly_screening
    share = np.full(len(block), declared.others)
    share[cases.household[(cases.outcome == OUTCOME["open"]) & (cases.discovered <= monday)]] = declared.open
    seen = rng.random(len(block)) < share
    kept = (block.registered <= monday) & (block.closed > monday + 6) & (block.factor("weeks_behind") < left)
    return np.flatnonzero(seen & kept)


def _screened(rng: Rng, in_trouble: Flags) -> Ints:
    """What a screening found: mostly nothing, a risk sooner in a household in trouble, sometimes nobody at home."""
    u = rng.random(len(in_trouble))
    return np.where(u < np.where(in_trouble, 0.18, 0.006), 1, np.where(u > 0.955, 2, 0))


def screening_table(block: Block, shocks: Shocks) -> pa.Table:
    """The rows of `screening`: three rounds, each over most households, and the weeks of the newest months."""
    rng, n = block.rng, len(block)
    in_trouble = np.zeros(n, dtype=bool)
    in_trouble[shocks.household[shocks.of_case]] = True
    in_trouble |= (block.families.health == MAJOR).any(axis=1)
    columns: list[tuple[Ints, Ints, Ints, Ints]] = []
    for number, (_, first, last, share) in enumerate(_ROUNDS):
        when = rng.integers(day(first), day(last) + 1, n)
        there = (
            (rng.random(n) > (1 - share) * block.factor("late")) & (when >= block.registered) & (when < block.closed)
        )
        rows = np.flatnonzero(there)
        columns.append((rows, np.full(len(rows), number), when[rows], _screened(rng, in_trouble[rows])))
    weeks = _weeks()
    for number, monday in enumerate(weeks):
        rows = _screened_in_week(block, left=len(weeks) - number, monday=monday)
        when = rng.integers(monday, min(monday + 6, CUT_OFF) + 1, len(rows))
        columns.append((rows, np.full(len(rows), len(_ROUNDS) + number), when, _screened(rng, in_trouble[rows])))
    household, turn, when, result = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    order = np.lexsort((turn, household))
    rounds = [name for name, *_ in _ROUNDS] + [_week_name(monday) for monday in weeks]
    return table(
        "screening",
        {
            "household_id": block.ids_of(household[order]),
            "round": Coded(rounds, turn[order]),
            "screened_on": when[order],
            "result": Coded(codes("screening_result"), result[order]),
        },
    )


def phone_check_table(block: Block) -> pa.Table:
    """The rows of `phone_check`: at each month's end some of the lifted-out and monitored households are called."""
    rng, n = block.rng, len(block)
    listed = block.lifted.copy()
    monitored = (block.cases.identified != NEVER) & (block.cases.outcome <= OUTCOME["eliminated"])
    listed[block.cases.household[monitored]] = True
    ends = np.arange("2021-06", "2022-11", dtype="datetime64[M]").astype("datetime64[D]").astype(int) - 1
    counts = np.where(listed, rng.binomial(len(ends), 0.032, n), 0)
    household = np.repeat(np.arange(n), counts)
    turn = ranges(counts)
    start = rng.integers(0, len(ends), n)[household]
    when = ends[(start + turn * 5) % len(ends)] - rng.integers(0, 5, len(household))
    fits = (when >= block.registered[household]) & (when < block.closed[household]) & (turn < 3)
    household, when = household[fits], when[fits]
    order = np.lexsort((when, household))
    household, when = household[order], when[order]
    m = len(household)
    outcome = draw_codes(rng, (0.79, 0.12, 0.03, 0.02, 0.04), m)
    silent = outcome != 0
    return table(
        "phone_check",
        {
            "household_id": block.ids_of(household),
            "called_on": when,
            "outcome": Coded(codes("call_outcome"), outcome),
            "income_change": Coded(
                codes("income_change"), np.where(silent, -1, draw_codes(rng, (0.48, 0.42, 0.10), m))
            ),
            "housing_problem": rng.random(m) < 0.006,
            "water_problem": rng.random(m) < 0.012,
            "knows_helper": rng.random(m) < 0.94,
            "satisfaction": Coded(
                codes("satisfaction"), np.where(silent, -1, draw_codes(rng, (0.86, 0.10, 0.012, 0.028), m))
            ),
            "complaint": Coded(
                codes("complaint"), np.where(silent, -1, draw_codes(rng, (0.93, 0.015, 0.012, 0.013, 0.02, 0.01), m))
            ),
        },
        missing=dict.fromkeys(("housing_problem", "water_problem", "knows_helper"), silent),
    )
