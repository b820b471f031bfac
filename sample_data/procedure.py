"""What is kept about the steps of a case beside the days that are drawn: who, how many, authorisation, publicity, the
county's approval, and the way to elimination."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sample_data.common import CUT_OFF, NEVER, Column, Flags, Ints, code_index

if TYPE_CHECKING:
    from sample_data.cases import Cases

OUTCOME = code_index("outcome")
_PUBLICITY = 5
"""Days for which a case is publicised."""


def kept(cases: "Cases") -> dict[str, Column]:
    """What is kept about the steps beside their days. It follows from the days and the place of the case: nothing is
    drawn, so that all other figures stay as they are."""
    place = np.arange(len(cases))
    checked, met = cases.checked != NEVER, cases.publicised != NEVER
    over = np.where(met & (cases.publicised + _PUBLICITY <= CUT_OFF), cases.publicised + _PUBLICITY, NEVER)
    county = np.where(cases.identified != NEVER, np.maximum(cases.reviewed, cases.identified - 1), NEVER)
    waits = (cases.identified == NEVER) & (cases.rejected == NEVER) & (cases.reviewed < CUT_OFF) & (place % 2 == 0)
    approved = np.where(waits, cases.reviewed + 1, county)
    present, against = 15 + place % 18, place % 3
    # One in forty open cases of more than eight months is on its way to elimination.
    leaving = (cases.outcome == OUTCOME["open"]) & (cases.identified < CUT_OFF - 240) & (place % 40 == 0)

    def on_the_way(step: int, days: int) -> Ints:
        begun = np.where(leaving & (place // 40 % 4 >= step), CUT_OFF - 20 + days, NEVER)
        return np.where(cases.eliminated != NEVER, cases.eliminated - 20 + days, begun)

    again = on_the_way(0, 0)
    return {
        "checked_by": _who(checked, "村监测员"),
        "checked_by_2": _who(checked, "驻村工作队员"),
        "authorised_on": cases.checked,
        "reviewed_on": cases.publicised,
        "review_present": np.where(met, present, NEVER),
        "review_for": np.where(met, present - against, NEVER),
        "review_against": np.where(met, against, NEVER),
        "publicised_from": cases.publicised,
        "publicised_on": over,
        "publicity_objections": np.where(over != NEVER, (place % 211 == 0).astype(int), NEVER),
        "township_reviewed_by": _who(cases.reviewed != NEVER, "镇审核员"),
        "approved_on": approved,
        "approved_by": _who(approved != NEVER, "县审定员"),
        "entered_on": cases.identified,
        "helped_first": cases.helped < cases.identified,
        "elimination_checked_on": again,
        "elimination_checked_by": _who(again != NEVER, "村监测员"),
        "elimination_publicised_on": on_the_way(1, 8),
        "elimination_reviewed_on": on_the_way(2, 12),
        "elimination_approved_on": on_the_way(3, 16),
    }


def _who(done: Flags, role: str) -> pa.Array:
    """The part somebody had in a step: nobody is invented for it."""
    return pa.array(np.full(len(done), role, dtype=object), type=pa.string(), mask=~done)


def rejected_at(cases: "Cases") -> Ints:
    """The step at which each case was rejected, by its place in the code list: the last one it came to; -1 for
    others."""
    steps = code_index("case_step")
    last = np.where(cases.compared == NEVER, steps["checked"], steps["compared"])
    last = np.where(cases.reviewed == NEVER, last, steps["township_reviewed"])
    return np.where(cases.rejected == NEVER, -1, last)
