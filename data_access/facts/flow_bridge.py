"""The flow identity of open cases: open at the start, plus what came, minus what left, is open at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from data_access.facts.metrics import MetricTable

UNITS = ("households", "persons")

CAME = {"households": ("identified", "rolled_back"), "persons": ("identified", "rolled_back", "joined")}
WENT = {"households": ("eliminated", "ended"), "persons": ("eliminated", "ended", "left")}
"""The flows that bring cases, or persons in them, into the open state, and out of it; codes of `case_flow`."""


def flow_metric(flow: str, *, unit: str) -> str:
    """The key of the metric that counts a flow within a month."""
    return f"newly_eliminated_{unit}" if flow == "eliminated" else f"{flow}_{unit}"


@dataclass(frozen=True)
class Bridge:
    """The steps from the open cases before a span of months to those at its end, counted in one unit (户 or 人)."""

    start: int
    came: dict[str, int]
    went: dict[str, int]
    end: int

    @property
    def gap(self) -> int:
        """What the flows leave unexplained: 0 where the identity holds."""
        return self.end - (self.start + sum(self.came.values()) - sum(self.went.values()))


def flow_bridge(table: MetricTable, *, unit: str, place: str, first: str, last: str) -> Bridge:
    """The bridge over the months `first` to `last`, both included.

    Raises ValueError if nothing is known before the first month, as with the oldest one.
    """
    position = table.months.index(first)
    if position == 0:
        raise ValueError(f"nothing is known before {first}, so that no bridge can start there")
    span = table.months[position : table.months.index(last) + 1]

    def count(flow: str) -> int:
        return sum(table.count(flow_metric(flow, unit=unit), place=place, month=month) for month in span)

    return Bridge(
        start=table.count(f"open_{unit}", place=place, month=table.months[position - 1]),
        came={flow: count(flow) for flow in CAME[unit]},
        went={flow: count(flow) for flow in WENT[unit]},
        end=table.count(f"open_{unit}", place=place, month=last),
    )


def broken_bridges(table: MetricTable, *, places: Sequence[str], months: Sequence[str]) -> list[tuple[str, str]]:
    """The places and months in which the identity does not hold, in households or in persons. `months` must not include
    the oldest one."""
    return [
        (place, month)
        for place in places
        for month in months
        if any(flow_bridge(table, unit=unit, place=place, first=month, last=month).gap for unit in UNITS)
    ]
