"""回头看: a seeded sample of recently struck-off problems is looked at again, to see which have come back."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data_access.clock import month_number, month_text
from data_access.inspection.draws import Draw, Unit
from data_access.inspection.rates import wilson
from data_access.inspection.sampling import ALGORITHM, frame_hash, take
from data_access.schema.limits import limit

KIND = "problems"
"""The kind of these draws in the ledger."""

_STRATUM = "struck_off"


@dataclass(frozen=True)
class LookBack:
    """The result of looking again: how many problems were drawn, looked at, and had come back; the share that came back
    has a 95 % interval (low, high; 0 to 1), None if none was looked at."""

    drawn: int
    seen: int
    back: int
    interval: tuple[float, float] | None


def struck_off_lately(problems: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """The problems struck off recently enough to be looked at again; one row per problem.

    Args:
        problems: as returned by `problems.read_problems`.
        on: today.
    """
    since = on - timedelta(days=limit("look_back_days", on=on))
    day = pd.to_datetime(problems["struck_off_on"])
    return problems[(problems["state"] == "struck_off") & (day >= pd.Timestamp(since))]


def draw_to_look_back(settled: pd.DataFrame, *, seed: str, size: int, on: date, data_version: str) -> Draw:
    """Draw problems to be looked at again, each with an equal chance.

    Args:
        settled: as returned by `struck_off_lately`.
        on: today.
    """
    places = {row["problem_id"]: row for row in settled.to_dict("records")}
    taken = take(places, seed=seed, kind=KIND, stratum=_STRATUM, size=size)
    return Draw(
        kind=KIND,
        month=month_text(month_number(on)),
        seed=seed,
        algorithm=ALGORITHM,
        frame_hash=frame_hash([(KIND, _STRATUM, code) for code in places]),
        frame_rows=len(places),
        settings={"size": size},
        data_version=data_version,
        units=[
            Unit(
                kind=KIND,
                code=code,
                township_code=places[code]["township_code"],
                village_code=places[code]["village_code"] or places[code]["township_code"],
                stratum=_STRATUM,
                position=position,
                replacement=False,
                probability=round(taken.probability, 8),
            )
            for position, code in enumerate(taken.drawn, start=1)
        ],
    )


def outcome(drawn: pd.DataFrame) -> LookBack:
    """The result for drawn problems, as returned by `problems.read_problems`."""
    back, held = int((drawn["reopened"] > 0).sum()), int(drawn["held_on"].notna().sum())
    return LookBack(drawn=len(drawn), seen=back + held, back=back, interval=wilson(back, back + held))
