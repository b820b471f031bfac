"""What a correction changes in the intervals of a household's indicators, and what taking it back restores.

A correction ends the interval in force on its day and opens the next one, which holds the new value; the intervals
after it that took the old value over are corrected, too. What holds another value by then is left alone, for somebody
to look at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_access import disclosure
from data_access.load.posted import PostedRow, Row

SOURCE = "correction"
"""The source of an interval that a correction opened (`indicator_source`)."""

UNKNOWN, TOO_EARLY, AGAINST, OLDER = "unknown", "too_early", "against", "older"
"""Why a correction cannot be put into the data as it is."""


@dataclass(frozen=True)
class Correction:
    """What is corrected."""

    column: str
    old: Any
    new: Any
    begins: date
    """The day from which the new value holds."""
    confirmed: bool = False
    """Whether somebody decided that it counts whatever the data say."""


@dataclass(frozen=True)
class Change:
    """One interval as it was and as it becomes; None where there is none."""

    before: Row | None
    after: Row | None


def corrected(intervals: Sequence[Row], correction: Correction) -> list[Change] | str:
    """What a correction changes, or why it cannot.

    Args:
        intervals: those of the household, the oldest first.
    """
    name, new, begins = correction.column, correction.new, correction.begins
    own = [one for one in intervals if one["valid_from"] <= begins and _lasts(one, begins)]
    later = [one for one in intervals if one["valid_from"] > begins]
    if not own:
        return TOO_EARLY if later else UNKNOWN
    held = own[-1]
    if not correction.confirmed:
        if held[name] not in (correction.old, new):
            return AGAINST
        taken_over = _leading(later, name, correction.old)
        rest = later[len(taken_over) :]
        if rest and rest[0][name] != new:
            return OLDER
        later = taken_over
    changes = [Change(one, {**one, name: new}) for one in later if one[name] != new]
    return changes if held[name] == new else [*_split(held, correction), *changes]


def emptied(row: Row | None, correction: Correction) -> list[Change] | str:
    """What changes where a telephone number is wrong, or why it cannot; `correction.old` is the masked number.

    Args:
        row: the one that holds the value; None if there is none.
    """
    if row is None:
        return UNKNOWN
    held = row[correction.column]
    if held is not None and disclosure.phone_text(held) != correction.old and not correction.confirmed:
        return AGAINST
    return [] if held is None else [Change(row, {**row, correction.column: None})]


def filled_again(row: Row | None, posted: PostedRow, correction: Correction, *, anyway: bool) -> list[Change] | None:
    """What taking that back changes; None where the value was filled since."""
    if row is None or posted.before is None or (row[correction.column] is not None and not anyway):
        return None
    return [Change(row, {**row, correction.column: posted.before[correction.column]})]


def restored(
    intervals: Sequence[Row], posted: Sequence[PostedRow], correction: Correction, *, anyway: bool
) -> list[Change] | None:
    """What taking a correction back changes: the intervals that it corrected hold what they held, and so do those that
    took the new value over since. None where its own interval says something else by now.

    Args:
        posted: what it changed, in order.
        anyway: whether somebody decided so whatever the data say.
    """
    name, was = correction.column, _held_before(posted, correction.column)
    first = min(was)
    chain = [one for one in intervals if one["valid_from"] >= first]
    still = bool(chain) and chain[0]["valid_from"] == first and chain[0][name] == correction.new
    if not still and not anyway:
        return None
    changes, value = [], was[first]
    for one in chain:
        if one[name] != correction.new:
            if not anyway:
                break
            continue
        value = was.get(one["valid_from"], value)
        changes.append(Change(one, {**one, name: value, **_source_before(posted, one)}))
    return _joined(intervals, posted, changes)


def _lasts(interval: Row, on: date) -> bool:
    return interval["valid_to"] is None or interval["valid_to"] > on


def _leading(intervals: Sequence[Row], name: str, value: Any) -> list[Row]:
    """The intervals up to the first that holds another value."""
    found: list[Row] = []
    for one in intervals:
        if one[name] != value:
            break
        found.append(one)
    return found


def _split(held: Row, correction: Correction) -> list[Change]:
    """An interval that is corrected from a day on: in place where it began that day."""
    changed = {**held, correction.column: correction.new, "source": SOURCE}
    if held["valid_from"] == correction.begins:
        return [Change(held, changed)]
    ended = {**held, "valid_to": correction.begins}
    return [Change(held, ended), Change(None, {**changed, "valid_from": correction.begins})]


def _held_before(posted: Sequence[PostedRow], name: str) -> dict[date, Any]:
    """First day of each interval that a correction changed -> the value that it took the place of."""
    was: dict[date, Any] = {}
    ended: Any = None
    for before, after in ((one.before, one.after or {}) for one in posted):
        if before is None:
            was[after["valid_from"]] = ended
        elif before[name] == after[name]:
            ended = before[name]
        else:
            was[before["valid_from"]] = before[name]
    return was


def _source_before(posted: Sequence[PostedRow], interval: Row) -> Mapping[str, Any]:
    own = (
        one.before for one in posted if one.before is not None and one.before["valid_from"] == interval["valid_from"]
    )
    return next(({"source": row["source"]} for row in own), {})


def _joined(intervals: Sequence[Row], posted: Sequence[PostedRow], changes: list[Change]) -> list[Change]:
    """The same, with the interval that the correction opened joined to the one that it ended, if they agree again."""
    opened = next((one.after for one in posted if one.before is None and one.after is not None), None)
    if opened is None or not changes or changes[0].after is None:
        return changes
    back, own = changes[0].after, opened["valid_from"]
    before = next((one for one in intervals if one["valid_to"] == own == back["valid_from"]), None)
    apart = ("valid_from", "valid_to", "source")
    if before is None or any(before[name] != back[name] for name in back if name not in apart):
        return changes
    return [Change(changes[0].before, None), Change(before, {**before, "valid_to": back["valid_to"]}), *changes[1:]]
