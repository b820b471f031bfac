"""Many draws from a district of which the truth is known: do weighted rates meet it, do the intervals hold it?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp, sqrt
from random import Random
from statistics import fmean, stdev

import pandas as pd

from data_access.inspection.draw_settings import STATUSES, DrawSettings
from data_access.inspection.estimates import error_rate
from data_access.inspection.inspection_draw import TownshipFrame, draw_units

Answers = Mapping[str, int]
"""Household -> how many of the questions are wrong."""

STATUS_SHARES = {"open": 0.03, "eliminated": 0.04, "red_never": 0.01, "lifted_out": 0.27, "general": 0.65}
QUESTIONS = 9


@dataclass(frozen=True)
class World:
    """How wrong the system is: the share by status (in logits), how much villages and households differ."""

    by_status: Mapping[str, float]
    of_village: float = 0.0
    of_household: float = 0.0


WORLDS = {
    "alike": World(dict.fromkeys(STATUSES, -2.2)),
    "by status": World({"open": -0.8, "eliminated": -1.2, "red_never": -0.4, "lifted_out": -2.0, "general": -2.6}),
    "by village": World(dict.fromkeys(STATUSES, -2.0), of_village=1.0),
    "by household": World(dict.fromkeys(STATUSES, -3.0), of_household=2.0),
    "rare": World(dict.fromkeys(STATUSES, -4.5), of_village=0.5, of_household=1.5),
}


@dataclass(frozen=True)
class Outcome:
    """What many draws said: how far their mean is from the truth in its standard errors, how many intervals hold it,
    how wide they are, and what they would have said without weights."""

    truth: float
    mean: float
    off: float
    covered: float
    width: float
    unweighted: float
    design_effect: float


def district(
    *, townships: int, villages: tuple[int, int], households: tuple[int, int], seed: int = 1
) -> dict[str, TownshipFrame]:
    """A district made up: townships of so many villages of so many households."""
    chance = Random(seed)
    made = {}
    for number in range(townships):
        own = TownshipFrame()
        for place in range(chance.randint(*villages)):
            village = f"T{number:02}V{place:02}"
            own.villages.append(village)
            own.homes[village] = {}
            for home in range(chance.randint(*households)):
                [status] = chance.choices(list(STATUS_SHARES), list(STATUS_SHARES.values()))
                own.homes[village].setdefault(status, []).append(f"{village}H{home:03}")
        made[f"T{number:02}"] = own
    return made


def answers_in(townships: Mapping[str, TownshipFrame], *, world: World, seed: int = 2) -> dict[str, int]:
    """What an inspection of everybody would find."""
    chance, found = Random(seed), {}
    for own in townships.values():
        for homes in own.homes.values():
            village = chance.gauss(0, world.of_village)
            for status, codes in homes.items():
                for code in codes:
                    away = world.by_status[status] + village + chance.gauss(0, world.of_household)
                    found[code] = sum(chance.random() < 1 / (1 + exp(-away)) for _ in range(QUESTIONS))
    return found


def simulate(
    townships: Mapping[str, TownshipFrame],
    *,
    wrong: Answers,
    settings: DrawSettings,
    seeds: Iterable[int],
    asked: int = QUESTIONS,
) -> Outcome:
    """Draw again and again, and ask the drawn households what is known of all."""
    truth = sum(wrong.values()) / (asked * len(wrong))
    spare = replace(settings, spare=dict.fromkeys(settings.spare, 0))
    shares, widths, plain, effects, covered = [], [], [], [], 0
    for seed in seeds:
        units = pd.DataFrame(
            vars(unit)
            for unit in draw_units(townships, month="2022-09", seed=str(seed), settings=spare)
            if unit.kind == "household"
        ).assign(active=True)
        answers = [(code, place >= wrong[code]) for code in units["code"] for place in range(asked)]
        found = error_rate(pd.DataFrame(answers, columns=["code", "agrees"]), units=units)
        said = found.estimate
        assert said is not None
        shares.append(said.share)
        widths.append(said.high - said.low)
        plain.append(found.wrong / found.compared)
        effects.append(found.compared / said.worth)
        covered += said.low <= truth <= said.high
    mean, times = fmean(shares), len(shares)
    return Outcome(
        truth,
        mean,
        (mean - truth) / (stdev(shares) / sqrt(times)),
        covered / times,
        fmean(widths),
        fmean(plain),
        fmean(effects),
    )
