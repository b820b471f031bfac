"""A department's roster compared with the persons held, by the number of their certificate. Frames in, frames out: no
database.

A person is held where somebody with that certificate is in a household; a roster speaks of the villages it names.
"""

from collections.abc import Iterator

import pandas as pd

from data_access.load.differences.registers import Compared, as_rows, joined, looked_up

LISTED = ("certificate", "name", "id_no", "village_code", "amount", "day", "reason", "clue")
"""Columns of a roster, one row per row of the file. `amount`: in yuan; `day`: of the payment, or on which the person
left the register; `clue`: whether the row becomes a clue."""

HELD = (
    *("household_id", "member_id", "village_code", "certificate", "name", "id_no", "left_on", "leave_reason", "relief"),
    *("transfer_income", "income_from", "income_to"),
)
"""Columns of the persons held. `left_on` is empty for those who belong to the household; the income is that of the
household, from the one day to the other."""

_GONE = ("died", "moved_out")
"""Reasons for which somebody gets nothing any more."""


def compare_roster(listed: pd.DataFrame, held: pd.DataFrame, *, kind: str, as_of: pd.Timestamp) -> Compared:
    """How a roster differs from the persons held.

    Args:
        kind: `residents`, `payments`, or the code of the relief that everybody on the roster has.
    """
    listed = listed.dropna(subset="certificate")
    present = held[held["left_on"].isna()].dropna(subset="certificate")
    places = present.drop_duplicates("certificate").set_index("certificate")["village_code"]
    own = looked_up(listed["certificate"], places)
    listed = listed.assign(village_code=listed["village_code"].fillna(own))
    gone = held[held["left_on"].notna() & ~held["certificate"].isin(present["certificate"])]
    if kind == "residents":
        taken_off = listed["reason"].isin(_GONE) | (listed["day"] <= as_of)
        listed, off = listed[~taken_off], listed[taken_off]
        found = _residents(listed, off=off, present=present, gone=gone)
    elif kind == "payments":
        found = _payments(listed, present=present, gone=gone, as_of=as_of)
    else:
        found = _relief(listed, code=kind, present=present, gone=gone)
    rows = [_nowhere(listed, held), *found]
    return Compared(
        joined(rows),
        pd.DataFrame(columns=["township_code", "households", "persons"]),
    )


def _nowhere(listed: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Persons of a roster whom no household has or had."""
    unknown = listed[~listed["certificate"].isin(held["certificate"])].drop_duplicates("certificate")
    return as_rows(unknown, "in_no_household", _effect(unknown))


def _residents(
    listed: pd.DataFrame, *, off: pd.DataFrame, present: pd.DataFrame, gone: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """`off`: persons who were taken off the register."""
    both = _beside(present, off)
    yield as_rows(both, "gone_there", "kept", there=_days(both["day"], both["reason"]))
    yield _left(gone, listed, "left_and_registered")
    yield as_rows(_not_listed(present, pd.concat([listed, off])), "not_on_roster", "kept")


def _relief(listed: pd.DataFrame, *, code: str, present: pd.DataFrame, gone: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """`code`: the relief that everybody on the roster has."""
    both = _beside(present, listed)
    other = both[both["relief"].fillna("") != code]
    yield as_rows(other, "relief_only_there", _effect(other), there=code, here=other["relief"])
    marked = _not_listed(present[present["relief"] == code], listed)
    yield as_rows(marked, "relief_only_here", "kept", here=code)
    yield _left(gone, listed, "left_on_relief")


def _left(gone: pd.DataFrame, listed: pd.DataFrame, matter: str) -> pd.DataFrame:
    """Persons who died or moved away and are still on a roster."""
    left = _beside(gone[gone["leave_reason"].isin(_GONE)], listed)
    return as_rows(left, matter, "kept", here=_days(left["left_on"], left["leave_reason"]))


def _payments(
    listed: pd.DataFrame, *, present: pd.DataFrame, gone: pd.DataFrame, as_of: pd.Timestamp
) -> Iterator[pd.DataFrame]:
    paid = gone[gone["leave_reason"].isin(_GONE)].merge(
        listed[["certificate", "amount", "day"]], on="certificate", how="inner"
    )
    paid = paid[paid["day"].fillna(as_of) > paid["left_on"]]
    sums = paid.groupby(["household_id", "member_id"])["amount"].transform("sum")
    once = ~paid.duplicated(["household_id", "member_id"])
    left = paid[once].assign(amount=sums[once])
    yield as_rows(
        left, "left_and_paid", "kept", there=_yuan(left["amount"]), here=_days(left["left_on"], left["leave_reason"])
    )
    paid = present.drop_duplicates("certificate").merge(listed[["certificate", "amount", "day"]], on="certificate")
    in_year = paid["day"].isna() | paid["day"].between(paid["income_from"], paid["income_to"])
    paid = paid[in_year & paid["transfer_income"].notna()]
    sums = paid.groupby("household_id")["amount"].transform("sum")
    first = ~paid.duplicated("household_id")
    more = paid[first].assign(amount=sums[first], member_id="")
    more = more[more["amount"] > more["transfer_income"]]
    yield as_rows(more, "paid_more", "kept", there=_yuan(more["amount"]), here=_yuan(more["transfer_income"]))


def _beside(held: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Persons held who are on a roster, each with one row of it."""
    once = listed.drop_duplicates("certificate")[["certificate", "day", "reason", "clue"]]
    return held.dropna(subset="certificate").merge(once, on="certificate")


def _not_listed(held: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Persons held in the villages of a roster who are not on it."""
    there = held["village_code"].isin(listed["village_code"].dropna())
    return held[there & ~held["certificate"].isin(listed["certificate"])]


def _effect(rows: pd.DataFrame) -> pd.Series:
    return pd.Series("kept", rows.index, dtype="str").mask(rows["clue"].astype(bool), "clue")


def _days(days: pd.Series, reasons: pd.Series) -> pd.Series:
    written = days.dt.strftime("%Y-%m-%d").astype("str").fillna("")
    return (written + " " + reasons.fillna("")).str.strip()


def _yuan(amounts: pd.Series) -> pd.Series:
    return amounts.astype("int64").astype("str")
