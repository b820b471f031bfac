"""The draw of a month's inspection: villages of each township, households of the drawn villages by status, projects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from data_access.clock import month_number, month_text
from data_access.inspection.draw_settings import INSPECTION, STATUSES, DrawSettings
from data_access.inspection.draws import Draw, Unit
from data_access.inspection.sampling import ALGORITHM, Taken, frame_hash, take, take_from, topped_up
from data_access.inspection.sampling_frame import UNITED, strata, stratum_of

ANY = ""
"""What stands for a status where households are drawn without looking at it."""


def draw_inspection(frame: pd.DataFrame, *, month: str, seed: str, settings: DrawSettings, data_version: str) -> Draw:
    """Draw the inspection of a month.

    In every township villages are drawn. The households of the drawn villages are one list for each status, and from
    each so many are drawn as the shares say; what a status lacks comes from the next. So each household of a status has
    the same chance as any other there. The villages in reserve have households in reserve, by the same shares. Projects
    are drawn in the whole township. Where fewer households are wanted than there are kinds of them, nobody looks at the
    status, or some could never be drawn. To check a draw one needs the sampling frame and the seed.

    Args:
        frame: as returned by `leave_out`.
    """
    return Draw(
        kind=INSPECTION,
        month=month,
        seed=seed,
        algorithm=ALGORITHM,
        frame_hash=frame_hash(list(strata(frame, settings=settings).itertuples(index=False, name=None))),
        frame_rows=len(frame),
        settings=settings.recorded,
        data_version=data_version,
        units=draw_units(by_township(frame), month=month, seed=seed, settings=settings),
    )


@dataclass
class TownshipFrame:
    """What can be drawn in a township."""

    villages: list[str] = field(default_factory=list)
    homes: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    """Village -> status -> households."""
    projects: dict[str, str] = field(default_factory=dict)
    """Project -> its village."""


def by_township(frame: pd.DataFrame) -> dict[str, TownshipFrame]:
    """The sampling frame, by township."""
    found = {str(code): TownshipFrame() for code in sorted(frame["township_code"].unique())}
    keys = ["kind", "township_code", "village_code", "status"]
    for key, own in frame.groupby(keys):
        kind, township, village, status = map(str, key)
        if kind == "village":
            found[township].villages.append(village)
        elif kind == "household":
            found[township].homes[village][status] = own["code"].tolist()
        else:
            found[township].projects.update(dict.fromkeys(own["code"], village))
    return found


def draw_units(townships: Mapping[str, TownshipFrame], *, month: str, seed: str, settings: DrawSettings) -> list[Unit]:
    """The units of a draw, in order; arguments as for `draw_inspection`."""
    groups = assign_groups(sorted(townships), month=month, own_unit=settings.own_unit)
    units: list[Unit] = []
    for code, own in townships.items():
        drawing = _Drawing(code, group=groups[code], seed=seed, settings=settings)
        villages = drawing.take(own.villages, kind="village")
        units += drawing.units(villages, kind="village", stratum=code)
        units += drawing.households(villages, homes=own.homes)
        projects = drawing.take(own.projects, kind="project")
        units += drawing.units(projects, kind="project", stratum=code, place=own.projects)
    return units


@dataclass(frozen=True)
class _Drawing:
    """The draw in one township."""

    township: str
    group: int
    seed: str
    settings: DrawSettings

    def take(self, codes: Iterable[str], *, kind: str) -> Taken:
        """Draw villages or projects."""
        size, spare = self.settings.size[kind], self.settings.spare[kind]
        return take(codes, seed=self.seed, kind=kind, stratum=self.township, size=size, spare=spare)

    def households(self, villages: Taken, *, homes: Mapping[str, Mapping[str, list[str]]]) -> list[Unit]:
        """Households of the drawn villages together, and of each village in reserve by itself: these come in place of
        one of several villages, so that their chance is that of one."""
        chance = villages.probability
        units = self._by_status({code: homes[code] for code in villages.drawn if code in homes}, chance=chance)
        for village in villages.replacements:
            own = {village: homes[village]} if village in homes else {}
            units += self._by_status(own, chance=chance / len(villages.drawn), reserve=True)
        return units

    def _by_status(
        self, homes: Mapping[str, Mapping[str, list[str]]], *, chance: float, reserve: bool = False
    ) -> list[Unit]:
        total = self.settings.size["household"]
        looked_at = bool(self.settings.shares) and total >= len(STATUSES)
        lists: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for village, own in homes.items():
            for status, codes in own.items():
                stratum = stratum_of(village, status if self.settings.shares else "")
                lists[status if looked_at else ANY][stratum] += codes
        sizes = {status: sum(map(len, strata.values())) for status, strata in lists.items()}
        shares = self.settings.shares if looked_at else {ANY: 1}
        home_of = {code: (village, status) for village, own in homes.items() for status in own for code in own[status]}
        spare = 0 if reserve else self.settings.spare["household"]
        units: list[Unit] = []
        for status, size in shares_of(sizes, shares=shares, total=total).items():
            taken = take_from(lists[status], seed=self.seed, kind="household", size=size, spare=spare)
            units += self.units(
                taken,
                kind="household",
                stratum=UNITED.join(sorted(lists[status])),
                place={code: home_of[code][0] for code in _all(taken)},
                status={code: home_of[code][1] for code in _all(taken)},
                chance=chance,
                reserve=reserve,
            )
        return units

    def units(
        self,
        taken: Taken,
        *,
        kind: str,
        stratum: str,
        place: Mapping[str, str] | None = None,
        status: Mapping[str, str] | None = None,
        chance: float = 1.0,
        reserve: bool = False,
    ) -> list[Unit]:
        """What was taken, as units; `chance`: that of the villages they are in, `reserve`: whether all of them are in
        reserve."""
        return [
            Unit(
                kind=kind,
                code=code,
                township_code=self.township,
                village_code=(place or {}).get(code, code),
                stratum=stratum,
                position=position,
                replacement=reserve or position > len(taken.drawn),
                probability=round(taken.probability * chance, 8),
                group_no=self.group,
                status=(status or {}).get(code),
            )
            for position, code in enumerate(_all(taken), start=1)
        ]


def _all(taken: Taken) -> tuple[str, ...]:
    return (*taken.drawn, *taken.replacements)


def shares_of(sizes: Mapping[str, int], *, shares: Mapping[str, int], total: int) -> dict[str, int]:
    """How many households of each status are drawn: `total` in the proportion of the shares, one at least of each; what
    a status lacks comes from the next, after the last from the first.

    Args:
        sizes: how many households there are of each status.
    """
    given = topped_up(_in_proportion(shares, total=total), sizes=sizes)
    return {status: count for status, count in given.items() if count}


def _in_proportion(shares: Mapping[str, int], *, total: int) -> dict[str, int]:
    """One for each as far as that goes, then one after another to whom most of its share is missing (Sainte-Laguë)."""
    given = {status: int(place < total) for place, status in enumerate(shares)}
    for _ in range(total - sum(given.values())):
        given[max(shares, key=lambda status: shares[status] / (2 * given[status] + 1))] += 1
    return given


def assign_groups(townships: Sequence[str], *, month: str, own_unit: Mapping[int, str]) -> dict[str, int]:
    """Which group inspects which township: it moves on by one every month, and no group inspects its own unit.

    Raises ValueError if there are fewer than two groups, so that no other could go.
    """
    groups = sorted(own_unit)
    if len(groups) < 2:
        raise ValueError("inspection.yaml: own_unit needs at least two groups")
    turn = month_number(date.fromisoformat(f"{month}-01"))
    assigned = {}
    for position, township in enumerate(townships):
        place = (position + turn) % len(groups)
        if own_unit[groups[place]] == township:
            place = (place + 1) % len(groups)
        assigned[township] = groups[place]
    return assigned


def months_before(month: str, *, count: int) -> list[str]:
    """The months before a month, the latest first."""
    number = month_number(date.fromisoformat(f"{month}-01"))
    return [month_text(number - back) for back in range(1, count + 1)]
