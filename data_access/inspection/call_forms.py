"""Reads returned call sheets: every row ends up as exactly one of called, unchanged, blank or rejected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from data_access.files.forms import (
    CELL_RULES,
    OTHER_VILLAGE,
    VILLAGE,
    Filled,
    FilledForm,
    RowError,
    Titles,
    Values,
    code_in,
    day_in,
    key_in,
    name_in,
    read_filled,
    refuse_other_village,
    text_in,
)
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.calls import REACHED, SAID, CallResult
from data_access.region_codes import township_of

FILLED = ("called_on", "outcome", *SAID, "note")
"""Columns that are filled in."""

CODES = {"outcome": "call_outcome", **{name: load_call_questions()[name].codes for name in SAID}}
"""Columns with a drop-down -> code list."""

RULES = CELL_RULES | {
    "not_to_be_called",
    "outcome_missing",
    "word_unknown",
    "called_on_missing",
    "not_reached",
    "row_twice",
    "before_the_list",
    "day_to_come",
    OTHER_VILLAGE,
}
"""What can be wrong with a row; each has its sentence, with the remedy, in the catalogues."""


@dataclass(frozen=True)
class CallForm:
    """What a call sheet can say."""

    titles: Titles
    earliest: date
    """The first day of the month of the calls."""
    latest: date
    """Today: nobody can have been called later."""


def read_call_sheet(
    content: bytes,
    *,
    name: str,
    form: CallForm,
    homes: pd.DataFrame,
    known: pd.DataFrame,
    passwords: Sequence[str] = (),
) -> Filled[CallResult]:
    """Read a call sheet.

    Args:
        homes: the households to be called; columns household_id, village_code, village (its name).
        known: the results of the month, as returned by `calls.read_results`.
        passwords: one of them opens the sheet if it is protected.

    Raises FileError for a file that is not a call sheet.
    """
    places = {row["household_id"]: row for row in homes.to_dict("records")}
    villages = frozenset(homes[VILLAGE])
    before = {(row["household_id"], row["called_on"]): row for row in known.to_dict("records")}
    own: FilledForm[CallResult] = FilledForm(
        titles=form.titles,
        filled=FILLED,
        optional=(*SAID, VILLAGE),
        read=lambda values: _result(values, form=form, places=places, villages=villages),
        same=lambda one: _same(one, before.get((one.household_id, one.called_on))),
        known=lambda one: (one.household_id, one.called_on) in before,
        key=lambda one: (one.household_id, one.called_on),
        twice="household_id",
        words="note",
    )
    return read_filled(content, name=name, form=own, passwords=passwords)


def _result(
    values: Values, *, form: CallForm, places: Mapping[str, Mapping[Any, Any]], villages: Collection[str]
) -> CallResult:
    """What a row says."""
    household_id = key_in(values, "household_id")
    on = day_in(values, "called_on", earliest=form.earliest, latest=form.latest)
    place = places.get(household_id)
    if place is None:
        raise RowError("household_id", household_id, "not_to_be_called")
    refuse_other_village(values, own=place[VILLAGE], villages=villages)
    codes = {key: code_in(values, key, codes=CODES[key], unknown="word_unknown") for key in CODES}
    outcome = codes["outcome"]
    if outcome is None:
        raise RowError("outcome", "", "outcome_missing")
    said = next((key for key in SAID if codes[key] is not None), None)
    if outcome != REACHED and said is not None:
        raise RowError(said, values[said], "not_reached")
    if on is None:
        raise RowError("called_on", "", "called_on_missing")
    return CallResult(
        household_id=household_id,
        township_code=township_of(place["village_code"]),
        village_code=place["village_code"],
        called_on=on,
        outcome=outcome,
        caller=name_in(values, "caller"),
        note=text_in(values, "note") or None,
        **{key: _answer(codes[key], codes=CODES[key]) for key in SAID},
    )


def _answer(code: str | None, *, codes: str) -> Any:
    """An answer as it is recorded: a yes or no as such."""
    return code == "True" if codes == "boolean" and code is not None else code


def _same(one: CallResult, before: Mapping | None) -> bool:
    if before is None:
        return False
    return all(
        getattr(one, key) == (None if pd.isna(before[key]) else before[key]) for key in ("outcome", *SAID, "note")
    )
