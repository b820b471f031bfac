"""What is done for monitored households: needs, help measures and the visits of helpers."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.block import Block
from sample_data.cases import CAUSE, case_ids
from sample_data.common import (
    CUT_OFF,
    NEVER,
    Coded,
    Ints,
    code_index,
    codes,
    group_starts,
    joined,
    keep_first,
    ranges,
    strings,
    table,
)

_KIND = code_index("measure_kind")
_BY_CAUSE: dict[str, tuple[str, ...]] = {
    "illness": ("health", "security", "employment", "industry"),
    "disability": ("security", "public_post", "health", "social"),
    "lack_of_labour": ("security", "public_post", "industry", "social"),
    "unstable_job": ("employment", "public_post", "industry", "finance"),
    "schooling": ("education", "employment", "finance", "social"),
    "accident": ("health", "security", "employment", "social"),
    "disaster": ("living_conditions", "industry", "security", "social"),
    "business_failure": ("industry", "finance", "employment", "public_post"),
    "unsafe_housing": ("housing", "employment", "security", "social"),
    "unsafe_water": ("water", "industry", "employment", "social"),
    "other": ("industry", "employment", "security", "social"),
}
"""Measures that fit a cause, in the order in which they are taken."""
_DEPARTMENT = {
    "industry": "agriculture",
    "employment": "human_resources",
    "finance": "rural_revival",
    "public_post": "human_resources",
    "housing": "housing",
    "water": "water",
    "health": "medical_insurance",
    "compulsory_education": "education",
    "education": "education",
    "security": "civil_affairs",
    "social": "rural_revival",
    "relocation": "reform",
    "living_conditions": "emergency",
    "infrastructure": "transport",
}
_LASTS = {"finance": 3 * 365, "public_post": 365, "education": 365}
"""Days for which a measure of a kind is agreed; the others have no end."""
_AMOUNT = {
    "industry": 3000,
    "employment": 800,
    "finance": 20_000,
    "public_post": 6000,
    "housing": 20_000,
    "water": 1500,
    "health": 2500,
}


@dataclass
class Measures:
    """One entry per measure (each answers one need), by case."""

    case: Ints
    kind: Ints
    raised: Ints
    due: Ints
    started: Ints
    done: Ints


def make_measures(block: Block) -> Measures:
    """Two to four needs per case; the first measure starts on the day given by the case, the others within a few
    weeks."""
    rng, cases = block.rng, block.cases
    served = np.flatnonzero(cases.identified != NEVER)
    counts = np.where(cases.helped[served] == NEVER, 1, 1 + rng.binomial(3, 0.6, len(served)))
    case = np.repeat(served, counts)
    nth = ranges(counts)
    fitting = np.array([[_KIND[kind] for kind in _BY_CAUSE[cause]] for cause in CAUSE], dtype=np.int8)
    kind = fitting[cases.causes[case, 0], nth]
    raised = cases.identified[case] + np.where(nth == 0, 0, rng.integers(0, 12, len(case)))
    raised = np.minimum(raised, CUT_OFF)
    started = cases.helped[case] + np.where(nth == 0, 0, rng.integers(1, 45, len(case)))
    end = np.minimum(cases.eliminated[case], cases.ended[case])
    started = np.where((started >= end) | (started > CUT_OFF), np.where(nth == 0, cases.helped[case], NEVER), started)
    done = np.where(end != NEVER, end - rng.integers(1, 30, len(case)), started + rng.integers(150, 500, len(case)))
    done = np.where((started == NEVER) | (done > CUT_OFF), NEVER, np.maximum(done, started + 1))
    return Measures(
        case=case,
        kind=kind,
        raised=raised,
        due=raised + 30,
        started=started,
        done=np.where(done > CUT_OFF, NEVER, done),
    )


def departments_of(names: dict[str, str], kinds: Ints, list_name: str) -> pa.Array:
    """The department in charge of each kind of a code list."""
    return pa.array([names[code] for code in codes(list_name)]).take(pa.array(kinds.astype(np.int32)))


def measure_tables(block: Block, measures: Measures) -> tuple[pa.Table, pa.Table]:
    """The rows of `need` and `measure`."""
    rng, count = block.rng, len(measures.case)
    ids = case_ids(measures.case + block.first_case)
    first, counts = group_starts(measures.case, len(block.cases))
    del first
    number = strings(ranges(counts) + 1)
    owner = block.ids_of(block.cases.household[measures.case])
    department = departments_of(_DEPARTMENT, measures.kind, "measure_kind")
    kind = Coded(codes("measure_kind"), measures.kind)
    need_ids, measure_ids = joined("XQ", ids, "-", number), joined("CS", ids, "-", number)
    met = np.where(
        measures.done != NEVER, measures.done, np.where(measures.started < CUT_OFF - 60, measures.started + 60, NEVER)
    )
    need = table(
        "need",
        {
            "household_id": owner,
            "need_id": need_ids,
            "case_id": ids,
            "kind": kind,
            "department": department,
            "raised_on": measures.raised,
            "due_on": measures.due,
            "met_on": met,
        },
    )
    usual = np.array([_AMOUNT.get(code, 1800) for code in codes("measure_kind")])[measures.kind]
    lasts = np.array([_LASTS.get(code, 0) for code in codes("measure_kind")])[measures.kind]
    done = table(
        "measure",
        {
            "household_id": owner,
            "measure_id": measure_ids,
            "case_id": ids,
            "need_id": need_ids,
            "kind": kind,
            "department": department,
            "due_on": measures.due,
            "started_on": measures.started,
            "begun": measures.started != NEVER,
            "done_on": measures.done,
            "ends_on": np.where((lasts > 0) & (measures.started != NEVER), measures.started + lasts, NEVER),
            "amount": np.round(usual * np.exp(rng.normal(0, 0.4, count)), -1).astype(np.int64),
        },
        missing={
            "amount": measures.started == NEVER,
            "begun": np.ones(count, bool),
        },  # no measure began on an unknown day
    )
    return need, done


_MONTHLY, _QUARTERLY = 29, 87
"""Days from one visit to the next where helpers come as often as elsewhere."""


def _regular(block: Block, *, start: Ints, end: Ints, every: int) -> tuple[Ints, Ints]:
    """Visits between two days of each case, more rarely where the township is late; one in forty is left out."""
    rng, cases = block.rng, block.cases
    gap = np.round(every * block.factor("late")[cases.household]).astype(np.int64)
    counts = np.maximum(-(-(np.minimum(end, CUT_OFF + 1) - start) // gap), 0)
    case = np.repeat(np.arange(len(cases)), counts)
    own = gap[case]
    when = start[case] + ranges(counts) * own + 2 + (rng.random(len(case)) * 0.6 * own).astype(np.int64)
    last = np.minimum(np.minimum(end[case], CUT_OFF + 1), block.closed[cases.household[case]])
    kept = (rng.random(len(case)) > 0.025) & (when < last)
    return cases.household[case[kept]], when[kept]


def _to_monitored(block: Block) -> tuple[Ints, Ints]:
    """Visits every month while a case is open, every quarter after it."""
    cases = block.cases
    gone = np.minimum(cases.ended, cases.rolled_back)
    watched = np.where(cases.identified == NEVER, gone, cases.identified)
    while_open = _regular(block, start=watched, end=np.minimum(cases.eliminated, gone), every=_MONTHLY)
    after = _regular(block, start=np.minimum(cases.eliminated, gone), end=gone, every=_QUARTERLY)
    return np.concatenate([while_open[0], after[0]]), np.concatenate([while_open[1], after[1]])


def make_visits(block: Block) -> tuple[Ints, Ints]:
    """Household and day of every visit: regularly to monitored households, less often to others."""
    rng, n = block.rng, len(block)
    household, when = _to_monitored(block)
    counts = rng.poisson(np.where(block.lifted, 2.6, 0.25), n)
    others = np.repeat(np.arange(n), counts)
    first = max(int(CUT_OFF - 540), 0)
    days = rng.integers(first, CUT_OFF + 1, len(others))
    fits = (days >= block.registered[others]) & (days < block.closed[others])
    household, when = np.concatenate([household, others[fits]]), np.concatenate([when, days[fits]])
    once = keep_first(household * 100_000 + when)
    household, when = household[once], when[once]
    order = np.lexsort((when, household))
    return household[order], when[order]


def visit_table(block: Block, visits: tuple[Ints, Ints], helper_of: Ints, helper_ids: pa.Array) -> pa.Table:
    """The rows of `visit`."""
    household, when = visits
    rng, helper = block.rng, helper_of[household]
    u = rng.random(len(household))
    return table(
        "visit",
        {
            "household_id": block.ids_of(household),
            "visited_on": when,
            "helper_id": helper_ids.take(pa.array(np.maximum(helper, 0), mask=helper < 0)),
            "kind": Coded(codes("visit_kind"), (rng.random(len(household)) < 0.22).astype(np.int8)),
            "result": Coded(codes("visit_result"), np.where(u < 0.9, 0, np.where(u < 0.94, 1, 2))),
        },
    )
