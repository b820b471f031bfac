"""Families: who lives together, how old they are, what work they are able to do; a row per household, a column per
place in the family.

Places 0 to 7 hold the present members (place 0 is the head); place 8 holds a person who died, married or moved away
during the period of monitoring. Matrices of households × 9 produce a million families in seconds.
"""

from dataclasses import dataclass

import numpy as np

from sample_data.common import CUT_OFF, NEVER, Flags, Ints, Rng, day, draw_codes

PLACES = 9
LEAVER = 8
WATCHED_FROM = day("2020-01-01")
"""Births, deaths and moves are simulated from here."""

HEAD, SPOUSE, CHILD, PARENT, SON, DAUGHTER_IN_LAW, GRANDCHILD, SIBLING = range(8)
LABOUR = ("ordinary", "skilled", "weak", "lost", "none")
ORDINARY, SKILLED, WEAK, LOST, NONE = range(5)
HEALTH = ("healthy", "chronic", "major", "disabled")
HEALTHY, CHRONIC, MAJOR, DISABLED = range(4)

_SHAPES: dict[str, dict[int, list[int]]] = {
    "elder": {1: [HEAD], 2: [HEAD, SPOUSE], 3: [HEAD, SPOUSE, GRANDCHILD]},
    "single": {1: [HEAD]},
    "couple": {2: [HEAD, SPOUSE]},
    "nuclear": {n: [HEAD, SPOUSE, *[CHILD] * (n - 2)] for n in range(3, 7)},
    "stem": {
        4: [HEAD, SPOUSE, CHILD, PARENT],
        5: [HEAD, SPOUSE, CHILD, CHILD, PARENT],
        6: [HEAD, SPOUSE, CHILD, CHILD, PARENT, PARENT],
        7: [HEAD, SPOUSE, CHILD, CHILD, CHILD, PARENT, PARENT],
        8: [HEAD, SPOUSE, CHILD, CHILD, CHILD, PARENT, PARENT, SIBLING],
    },
    "grand": {
        4: [HEAD, SPOUSE, SON, DAUGHTER_IN_LAW],
        **{n: [HEAD, SPOUSE, SON, DAUGHTER_IN_LAW, *[GRANDCHILD] * (n - 4)] for n in range(5, 9)},
    },
    "lone": {2: [HEAD, CHILD], 3: [HEAD, CHILD, CHILD], 4: [HEAD, CHILD, CHILD, PARENT]},
}
SHAPES = tuple(_SHAPES)
_SHAPE_WEIGHTS: dict[int, dict[str, float]] = {
    1: {"elder": 0.58, "single": 0.42},
    2: {"elder": 0.40, "couple": 0.42, "lone": 0.18},
    3: {"elder": 0.06, "nuclear": 0.80, "lone": 0.14},
    4: {"nuclear": 0.62, "stem": 0.20, "grand": 0.12, "lone": 0.06},
    5: {"nuclear": 0.22, "stem": 0.38, "grand": 0.40},
    6: {"nuclear": 0.05, "stem": 0.45, "grand": 0.50},
    7: {"stem": 0.4, "grand": 0.6},
    8: {"stem": 0.3, "grand": 0.7},
}
SIZE_WEIGHTS = (0.085, 0.19, 0.24, 0.255, 0.13, 0.075, 0.02, 0.005)
_HEAD_AGES = {
    "elder": (60, 85),
    "single": (34, 62),
    "couple": (36, 60),
    "nuclear": (28, 56),
    "stem": (31, 55),
    "grand": (52, 69),
    "lone": (33, 57),
}


def _role_table() -> Ints:
    roles = np.full((len(SHAPES), 9, PLACES), -1, dtype=np.int8)
    for shape, by_size in _SHAPES.items():
        for size, members in by_size.items():
            roles[SHAPES.index(shape), size, :size] = members
    return roles


@dataclass
class Families:
    """Matrices of households × 9 places; `role` is -1 where there is nobody."""

    shape: Ints
    role: Ints
    male: Flags
    birth: Ints
    joined: Ints
    left: Ints
    join_reason: Ints
    leave_reason: Ints
    health: Ints
    grade: Ints
    labour: Ints
    aptitude: Ints
    """0 to 99, fixed per person: decides how long a person stays at school and other small traits."""

    @property
    def someone(self) -> Flags:
        """Where there is a person."""
        return self.role >= 0

    def ages(self, on: int = CUT_OFF) -> Ints:
        """Whole years on a day."""
        return ((on - self.birth) / 365.25).astype(np.int16)

    def able(self) -> Flags:
        """Present members who are fully able to work."""
        present = self.someone & (self.left == NEVER)
        return present & (self.labour <= SKILLED)

    def slice(self, start: int, stop: int) -> "Families":
        """The families of some households."""
        return Families(**{name: getattr(self, name)[start:stop] for name in self.__dataclass_fields__})


def draw_shapes(rng: Rng, size: Ints) -> Ints:
    """A family shape that exists for each size."""
    shape = np.zeros(len(size), dtype=np.int8)
    for n, weights in _SHAPE_WEIGHTS.items():
        rows = np.flatnonzero(size == n)
        chosen = draw_codes(rng, list(weights.values()), len(rows))
        shape[rows] = np.array([SHAPES.index(name) for name in weights], dtype=np.int8)[chosen]
    return shape


def _ages(rng: Rng, shape: Ints, role: Ints) -> Ints:
    """Ages in years, generation by generation."""
    n = len(shape)
    low = np.array([_HEAD_AGES[name][0] for name in SHAPES])[shape]
    high = np.array([_HEAD_AGES[name][1] for name in SHAPES])[shape]
    head = low + rng.random(n) * (high - low)
    age = np.zeros(role.shape, dtype=np.float32)
    gap = 23.5 + rng.gamma(2.0, 2.2, n)
    place_in_line = np.cumsum((role == CHILD) | (role == GRANDCHILD), axis=1) - 1
    son = head - 22.5 - rng.random(n) * 6
    noise = rng.random(role.shape, dtype=np.float32)
    for code, years in (
        (HEAD, head[:, None]),
        (SPOUSE, np.maximum(head[:, None] - 5 + noise * 7, 22)),
        (CHILD, (head - gap)[:, None] - place_in_line * (2.2 + 2.5 * noise)),
        (PARENT, np.minimum(head[:, None] + 21 + 6 * noise, 94)),
        (SON, son[:, None]),
        (DAUGHTER_IN_LAW, np.maximum(son[:, None] - 4 * noise, 20)),
        (GRANDCHILD, (son - 23.5)[:, None] - place_in_line * 3.2 - noise * 2),
        (SIBLING, head[:, None] - 6 + noise * 10),
    ):
        np.copyto(age, np.broadcast_to(years, role.shape).astype(np.float32), where=role == code)
    orphaned = (role == GRANDCHILD) & (shape == SHAPES.index("elder"))[:, None]
    age[orphaned] = 7 + noise[orphaned] * 9
    too_young = ((role == CHILD) | (role == GRANDCHILD)) & (age < 0.1)
    age[too_young] = 0.2 + noise[too_young] * 5
    return age


def _health(rng: Rng, families: Families) -> None:
    """Chronic illness and disability, more likely with age; then what people are able to do."""
    age = families.ages()
    u = rng.random(age.shape, dtype=np.float32)
    families.health[u < 0.008 + 0.0035 * np.maximum(age - 30, 0)] = CHRONIC
    families.health[u < 0.0005 + 0.00006 * age] = MAJOR
    disabled = rng.random(age.shape, dtype=np.float32) < 0.010 + 0.0006 * np.maximum(age - 20, 0)
    families.health[disabled] = DISABLED
    families.grade[disabled] = 1 + draw_codes(rng, (0.08, 0.20, 0.34, 0.38), int(disabled.sum()))
    v = rng.random(age.shape, dtype=np.float32)
    labour = np.full(age.shape, NONE, dtype=np.int8)
    working_age = (age >= 16) & (age < 60)
    labour[working_age] = np.where(v < 0.13, SKILLED, ORDINARY)[working_age]
    labour[working_age & (v > 0.985)] = WEAK
    labour[working_age & (families.health == CHRONIC) & (v > 0.6)] = WEAK
    labour[working_age & (families.health == MAJOR)] = np.where(v < 0.5, WEAK, LOST)[
        working_age & (families.health == MAJOR)
    ]
    labour[working_age & (families.grade >= 3)] = WEAK
    labour[working_age & (families.grade > 0) & (families.grade <= 2)] = LOST
    older = (age >= 60) & (age < 70) & (families.health < MAJOR)
    labour[older] = np.where(v < 0.25, ORDINARY, np.where(v < 0.8, WEAK, NONE))[older]
    labour[(age >= 70) & (age < 76) & (v < 0.4)] = WEAK
    labour[studies(families.birth, families.aptitude, CUT_OFF)] = NONE
    families.labour[:] = np.where(families.someone, labour, -1)


def school_stages(birth: Ints, aptitude: Ints, on: Ints | int) -> Ints:
    """School stage on a day: by age in the preceding September, later by the person's aptitude."""
    days = np.asarray(on).astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    september = years + np.timedelta64(8, "M")
    started = np.where(days < september.astype("datetime64[D]"), september - np.timedelta64(12, "M"), september)
    age = (started.astype("datetime64[D]").astype(np.int32) - birth) / 365.25
    stage = np.zeros(np.broadcast(birth, age).shape, dtype=np.int8)
    stage[age < 3] = 1
    stage[(age >= 3) & (age < 6)] = 2
    stage[(age >= 6) & (age < 12)] = 3
    stage[(age >= 12) & (age < 15)] = 4
    upper = (age >= 15) & (age < 18)
    stage[upper & (aptitude < 58)] = 5
    stage[upper & (aptitude >= 58) & (aptitude < 90)] = 6
    higher = (age >= 18) & (age < 22)
    stage[higher & (aptitude < 22)] = 8
    stage[higher & (aptitude >= 22) & (aptitude < 45) & (age < 21)] = 7
    return stage


def studies(birth: Ints, aptitude: Ints, on: Ints | int) -> Flags:
    """Whether a person is at school (kindergarten included) on a day."""
    return school_stages(birth, aptitude, on) >= 2


def make_families(rng: Rng, *, size: Ints, shape: Ints, registered: Ints) -> Families:
    """The families of all households, without those who left."""
    role = _role_table()[shape, size]
    n = len(size)
    age = _ages(rng, shape, role)
    birth = (CUT_OFF - age * 365.25).astype(np.int32) - rng.integers(0, 20, age.shape, dtype=np.int32)
    male = rng.random(role.shape) < 0.52
    male[:, 0] = np.where((shape == SHAPES.index("lone")), rng.random(n) < 0.45, rng.random(n) < 0.9)
    spouse = role == SPOUSE
    male[spouse] = np.broadcast_to(~male[:, :1], role.shape)[spouse]
    male[role == SON], male[role == DAUGHTER_IN_LAW] = True, False
    parent = np.cumsum(role == PARENT, axis=1)
    male[(role == PARENT) & (parent == 1)] = False
    male[(role == PARENT) & (parent == 2)] = True
    joined = np.broadcast_to(registered[:, None], role.shape).copy()
    families = Families(
        shape=shape,
        role=role,
        male=male,
        birth=birth,
        joined=joined,
        left=np.full(role.shape, NEVER, dtype=np.int32),
        join_reason=np.zeros(role.shape, dtype=np.int8),
        leave_reason=np.full(role.shape, -1, dtype=np.int8),
        health=np.zeros(role.shape, dtype=np.int8),
        grade=np.zeros(role.shape, dtype=np.int8),
        labour=np.full(role.shape, -1, dtype=np.int8),
        aptitude=rng.integers(0, 100, role.shape, dtype=np.int8),
    )
    born = families.someone & (birth > registered[:, None])
    families.joined[born], families.join_reason[born] = birth[born], 1
    newly_wed = (role == DAUGHTER_IN_LAW) & (size == 4)[:, None] & (rng.random(role.shape) < 0.3)
    wedding = rng.integers(WATCHED_FROM, CUT_OFF - 5, role.shape)
    newly_wed &= wedding > registered[:, None]
    families.joined[newly_wed], families.join_reason[newly_wed] = wedding[newly_wed], 2
    _health(rng, families)
    return families


DIED, MARRIED_OUT, MOVED_OUT = range(3)


def add_leavers(rng: Rng, families: Families, *, rows: Ints, on: Ints, registered: Ints) -> None:
    """Put a person who left on the given day into place 8 of each of these households.

    If the head is old enough, an adult daughter or son leaves; a widowed family lost the spouse; otherwise a parent
    died.
    """
    n = len(rows)
    head_age = (CUT_OFF - families.birth[rows, 0]) / 365.25
    shape = families.shape[rows]
    couple = (shape == SHAPES.index("elder")) & (families.role[rows, 1] >= 0)
    grown = (head_age > 46) & ((rng.random(n) < 0.5) | couple)
    alone = np.isin(shape, [SHAPES.index(name) for name in ("elder", "lone", "single")])
    widowed = alone & ~grown
    daughter = grown & (rng.random(n) < 0.6)
    age_of_child = np.clip(head_age - 25 - 4 * rng.random(n), 20, 27 + 8 * rng.random(n))
    age_of_others = np.where(widowed, head_age - 3 + 6 * rng.random(n), head_age + 21 + 5 * rng.random(n))
    age = np.where(grown, age_of_child, age_of_others)
    age = np.clip(age, 20, 97)
    families.role[rows, LEAVER] = np.where(grown, CHILD, np.where(widowed, SPOUSE, PARENT))
    families.male[rows, LEAVER] = np.where(
        grown, ~daughter, np.where(widowed, ~families.male[rows, 0], rng.random(n) < 0.5)
    )
    families.birth[rows, LEAVER] = CUT_OFF - (age * 365.25).astype(np.int32)
    families.joined[rows, LEAVER] = registered[rows]
    families.left[rows, LEAVER] = on
    families.leave_reason[rows, LEAVER] = np.where(grown, np.where(daughter, MARRIED_OUT, MOVED_OUT), DIED)
    families.labour[rows, LEAVER] = np.where(age < 60, ORDINARY, NONE)
    families.health[rows, LEAVER] = np.where(grown, HEALTHY, CHRONIC)
