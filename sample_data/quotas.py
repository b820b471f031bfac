"""Who is in work at the cut-off: exact numbers, and at least one worker in every household where someone can and wants
to work."""

from dataclasses import dataclass

import numpy as np

from sample_data.common import NEVER, Flags, Ints, Rng, apportion, pick
from sample_data.families import LEAVER, WEAK, Families

TRANSFER, FACTORY, SELF, POST = range(4)
"""Channels in the order of the code list `work_channel`."""
REASONS = ("caring", "health", "no_fitting_job", "training", "farming", "returned")
CARING, POOR_HEALTH, NO_JOB, TRAINING, FARMING, RETURNED = range(6)


@dataclass
class Work:
    """Matrices of households × places: the job at the cut-off (-1: none), the wish to work, the reason for not
    working."""

    channel: Ints
    wants: Flags
    reason: Ints

    def slice(self, start: int, stop: int) -> "Work":
        """The work of some households."""
        return Work(self.channel[start:stop], self.wants[start:stop], self.reason[start:stop])


def _one_each(rng: Rng, candidates: Flags) -> Ints:
    """The place of one random candidate in each household that has any."""
    keys = np.where(candidates, rng.random(candidates.shape, dtype=np.float32) + 0.01, 0)
    return keys.argmax(axis=1)


def assign_work(
    rng: Rng,
    families: Families,
    *,
    lifted: Flags,
    closed: Flags,
    monitored: Flags,
    struggling: Flags,
    has_factory: Flags,
    township: Ints,
    post_weights: Ints,
    off_farm: int,
    posts: int,
    without_work: int,
) -> Work:
    """Assign jobs so that every quota is met exactly. `struggling` households have few people in work; public-welfare
    posts are shared out to townships by `post_weights`."""
    shape = families.role.shape
    age = families.ages()
    able = families.able() & ~closed[:, None]
    able[:, LEAVER] = False
    wants = able & (rng.random(shape, dtype=np.float32) < 0.92) & (age >= 17)
    channel = np.full(shape, -1, dtype=np.int8)
    must = (lifted | monitored) & wants.any(axis=1)
    alone = must & lifted & (wants.sum(axis=1) == 1)
    zero = np.zeros(len(lifted), dtype=bool)
    zero[pick(rng, np.where(alone, np.where(struggling, 20.0, 1.0), 0.0), without_work)] = True

    weak = (families.labour == WEAK) & (families.left == NEVER) & (age >= 35) & (age < 69)
    fit_for_post = ((weak & (rng.random(shape) < 0.8)) | (wants & (age >= 42) & (age < 64))) & lifted[:, None]
    fit_for_post &= ~closed[:, None] & ~zero[:, None]
    fit_for_post[:, LEAVER] = False
    wanted = np.where(fit_for_post.any(axis=1), np.where(struggling, 1.5, 1.0), 0.0)
    holders = apportion(rng, wanted * post_weights, township, posts)
    place = _one_each(rng, fit_for_post)
    channel[holders, place[holders]] = POST
    wants[holders, place[holders]] = True

    free = wants & (channel < 0) & ~zero[:, None]
    first = must & ~zero & ~(channel >= 0).any(axis=1)
    rows = np.flatnonzero(first)
    place = _one_each(rng, free)
    channel[rows, place[rows]] = TRANSFER
    free[rows, place[rows]] = False

    wish = np.where((age >= 20) & (age < 52), 1.0, 0.45) * np.where(struggling, 0.15, 1.0)[:, None]
    weights = np.where(free & lifted[:, None], wish, 0.0).ravel()
    more = off_farm - int((channel[lifted] == TRANSFER).sum())
    if more < 0 or more > (weights > 0).sum():
        raise ValueError(f"{off_farm} workers cannot be placed: {more} more jobs for {(weights > 0).sum()} people")
    channel.ravel()[pick(rng, weights, more)] = TRANSFER
    general = free & ~lifted[:, None] & (rng.random(shape, dtype=np.float32) < 0.70 * wish)
    channel[general] = TRANSFER

    away = channel == TRANSFER
    u = rng.random(shape, dtype=np.float32)
    mothers = ~families.male & (age >= 24) & (age < 56)
    channel[away & has_factory[:, None] & (u < np.where(mothers, 0.125, 0.022))] = FACTORY
    channel[away & (u > 0.94)] = SELF

    reason = np.full(shape, -1, dtype=np.int8)
    idle = able & (channel < 0)
    choice = rng.integers(0, 20, shape)
    reason[idle & ~wants] = np.where(
        choice < 10, CARING, np.where(choice < 13, POOR_HEALTH, np.where(choice < 15, TRAINING, FARMING))
    )[idle & ~wants]
    reason[idle & wants] = np.where(choice < 8, FARMING, np.where(choice < 14, NO_JOB, RETURNED))[idle & wants]
    reason[zero[:, None] & idle & wants & (reason == FARMING)] = NO_JOB
    return Work(channel=channel, wants=wants, reason=reason)
