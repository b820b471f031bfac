"""What is declared about the invented district (`district.yaml`): how its townships differ, its storms, what is under
way in the newest month."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from data_access.declarations import Declared, Many, Status, Text, Words, each_of, only_of, read_declared
from sample_data.common import Ints, day

_FILE = Path(__file__).with_name("district.yaml")
STEPS = ("discovered", "checked", "compared", "publicised", "township_reviewed", "identified")
"""The steps up to the identification for which days are drawn, in order; the others follow from them."""

Factor = Annotated[float, Field(gt=0, le=10)]
Kind = Literal["suburb", "town", "valley", "mountain"]
Share = Annotated[float, Field(ge=0, le=1)]


class Factors(Declared):
    """How often something is, or how high, against what it is elsewhere."""

    income: Factor = 1.0
    hardship: Factor = 1.0
    eliminated: Factor = 1.0
    lifted: Factor = 1.0
    posts: Factor = 1.0
    factories: Factor = 1.0
    relocated: Factor = 1.0
    dangerous: Factor = 1.0
    water: Factor = 1.0
    late: Factor = 1.0


class Township(Declared):
    """One township; `km` by road to the district's seat, `altitude` in metres."""

    kind: Kind
    km: Annotated[int, Field(ge=0)]
    altitude: Annotated[int, Field(ge=0)]
    outside: Share
    river: Text
    illness: Factor
    flood: Factor
    landslide: Factor
    completeness: Share
    own: Factors = Factors()
    weeks_behind: Annotated[int, Field(ge=0)] = 0


class Storm(Declared):
    """Days of rain along some rivers."""

    first: date
    last: date
    rivers: Many[Text]


class Storms(Declared):
    """The storms, and the share of all damage that falls on their days."""

    share: Share
    days: Many[Storm]


class Waiting(Declared):
    """Households that stand before each step, and the share of them that has stood there for weeks."""

    steps: dict[str, int]
    slow: Share

    @field_validator("steps")
    @classmethod
    def _come_after_the_discovery(cls, steps: dict[str, int]) -> dict[str, int]:
        return only_of(steps, STEPS[1:])


class WeeklyScreening(Declared):
    """From which Monday on, and the share seen in a week: of households with an open case, and of all others."""

    first: date
    open: Share
    others: Share


class District(Declared):
    """What `district.yaml` declares."""

    status: Status
    reference: Words
    kinds: dict[Kind, Factors]
    per_ten_km: Factors
    per_hundred_metres: Factors
    townships: dict[str, Township]
    storms: Storms
    waiting: Waiting
    weekly_screening: WeeklyScreening

    @model_validator(mode="after")
    def _storms_have_rivers(self) -> "District":
        rivers = {township.river for township in self.townships.values()}
        for number, storm in enumerate(self.storms.days):
            each_of(storm.rivers, rivers, at=("storms", "days", number, "rivers"))
        return self


@cache
def load_district(file: Path = _FILE) -> District:
    """The district as declared. Raises DeclarationError."""
    return read_declared(file, District)


def township_factors(codes_: Sequence[str], *, households: Ints) -> dict[str, Ints]:
    """How the townships of these codes differ; one number per township under each name.

    Names: the factors (of `Factors`, and illness, flood, landslide) have the mean 1 over the households; outside and
    missing (share of values not collected) are shares; weeks_behind are weeks.

    Args:
        households: about how many each township has.
    """
    declared = load_district()
    own = [declared.townships[code] for code in codes_]
    factors = {name: np.array([_factor(declared, township, name) for township in own]) for name in Factors.model_fields}
    for name in ("illness", "flood", "landslide"):
        factors[name] = np.array([getattr(township, name) for township in own])
    return {name: values / np.average(values, weights=households) for name, values in factors.items()} | {
        "outside": np.array([township.outside for township in own]),
        "missing": np.array([1 - township.completeness for township in own]),
        "weeks_behind": np.array([township.weeks_behind for township in own]),
    }


def _factor(declared: District, township: Township, name: str) -> float:
    kind, own = getattr(declared.kinds[township.kind], name), getattr(township.own, name)
    far = getattr(declared.per_ten_km, name) ** (township.km / 10)
    high = getattr(declared.per_hundred_metres, name) ** (township.altitude / 100)
    return float(kind * far * high * own)


def storm_days(codes_: Sequence[str]) -> list[Ints]:
    """The days on which a storm fell along the river of each township of these codes."""
    declared = load_district()
    days: dict[str, list[int]] = {}
    for storm in declared.storms.days:
        for river in storm.rivers:
            days.setdefault(river, []).extend(range(day(str(storm.first)), day(str(storm.last)) + 1))
    return [np.array(days.get(declared.townships[code].river, ()), dtype=np.int64) for code in codes_]
