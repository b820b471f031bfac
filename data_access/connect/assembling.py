"""Rows as they were read become tables of the contract: one row per key, persons and cases found by their numbers,
months of work as jobs, what was said of a household as intervals."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from data_access import region_codes
from data_access.clock import month_first_day, month_number, months_after
from data_access.connect.mapping import SourceRows
from data_access.connect.reading import Told
from data_access.load.derived import OF_CERTIFICATE, of_certificate
from data_access.schema.tables import clue, clue_unmatched, household_indicator, metadata

Frames = dict[str, pd.DataFrame]
"""Table of ours -> its rows, with the mapped columns."""


def one_per_key(rows: pd.DataFrame, part: SourceRows, *, table: str, told: Told) -> pd.DataFrame:
    """One row per key. Rows without a key, or without a value that the contract requires, are left out and told; of
    several rows with one key the newest is meant where the part says so, else the first, and the others are told."""
    target, keys = metadata.tables[table], keys_of(table)
    needed = [column.name for column in target.c if not column.nullable and column.name in rows]
    rows = rows.assign(**{name: None for name in keys if name not in rows})
    for name in dict.fromkeys([*keys, *needed]):
        lacking = rows[name].isna()
        if lacking.any():
            _tell(rows[lacking], table, _source_of(part, name), "needed", keys=keys, told=told)
            rows = rows[~lacking]
    if "_newest" in rows:
        rows = rows.sort_values("_newest", kind="stable", key=lambda column: column.astype(str))
        rows = rows.drop_duplicates(keys, keep="last").sort_index()
    again = rows.duplicated(keys)
    if again.any():
        _tell(rows[again], table, _source_of(part, keys[-1]), "key_twice", keys=keys, told=told)
    return rows[~again].drop(columns=["_newest"], errors="ignore").reset_index(drop=True)


def _source_of(part: SourceRows, name: str) -> str:
    value = part.columns.get(name)
    return (value.column if value is not None and value.column else None) or name


def keys_of(table: str) -> list[str]:
    """The columns of the key of a table of ours."""
    return [column.name for column in metadata.tables[table].primary_key.columns]


def keys_shown(rows: pd.DataFrame, *, keys: Iterable[str]) -> list[str]:
    """What names each row in a message: its keys, as far as they are known."""
    own = rows[[name for name in keys if name in rows]].astype(object)
    return ["/".join("" if pd.isna(one) else str(one) for one in row) for row in own.itertuples(index=False)]


def _tell(rows: pd.DataFrame, table: str, column: str, rule: str, *, keys: Iterable[str], told: Told) -> None:
    told.add(table, column, rule, rows=[(key, "") for key in keys_shown(rows, keys=keys)])


def region_by_level(rows: pd.DataFrame, *, told: Told) -> pd.DataFrame:
    """Regions whose codes are prefixes of each other: of a township's twelve digits the first nine, of a county's the
    first six. A code that is too short for its level, or that does not begin with the code above, is told."""
    rows = rows.copy()
    levels = dict(zip(rows["code"], rows["level"], strict=True))
    cut = {code: region_codes.at_level(code, level) for code, level in levels.items()}
    if "parent_code" in rows:
        rows["parent_code"] = [None if pd.isna(above) else cut.get(above, above) for above in rows["parent_code"]]
    rows["code"] = rows["code"].map(cut)
    if "parent_code" in rows:
        odd = [
            level != "county" and (pd.isna(above) or not str(code).startswith(str(above)))
            for code, above, level in zip(rows["code"], rows["parent_code"], rows["level"], strict=True)
        ]
        if any(odd):
            _tell(rows[odd], "region", "parent_code", "not_below", keys=["code"], told=told)
    return rows.drop_duplicates("code").reset_index(drop=True)


def by_certificate(rows: pd.DataFrame) -> pd.DataFrame:
    """Persons with the date of birth and the gender that their certificate numbers say, where nothing else says
    them."""
    if "id_no" not in rows:
        return rows
    said = [of_certificate(number) for number in rows["id_no"].where(rows["id_no"].notna(), None)]
    derived = pd.DataFrame(said, index=rows.index, columns=list(OF_CERTIFICATE), dtype=object)
    if "birth_date" in rows:  # a bare month was read as its first day
        pairs = zip(rows["birth_date"], derived["birth_date"], strict=True)
        rows = rows.assign(birth_date=[own if _of_another_month(own, said) else said for own, said in pairs])
    known = {name: rows[name].where(rows[name].notna(), derived[name]) for name in OF_CERTIFICATE if name in rows}
    return rows.assign(**{**{name: derived[name] for name in OF_CERTIFICATE}, **known})


def _of_another_month(own: date | None, said: date | None) -> bool:
    return said is None or own is None or own.day != 1 or (own.year, own.month) != (said.year, said.month)


def household_of_persons(
    rows: pd.DataFrame, part: SourceRows, frames: Frames, *, table: str, told: Told
) -> pd.DataFrame:
    """Rows that name a person alone, with the household of that person: of those with a certificate number the one
    who has not left; a number that stands in two households names none. A warning of nobody goes to those without a
    household; any other row of nobody is left out and told."""
    value = part.columns.get("household_id")
    if value is None or value.household_of is None:
        return rows
    people = frames["member"]
    here = people[people["left_on"].isna()] if "left_on" in people else people
    known = (here if value.household_of == "id_no" else people).dropna(subset=[value.household_of])
    homes = known.groupby(value.household_of)["household_id"].agg(["first", "nunique"])
    found = homes["first"].where(homes["nunique"] == 1)
    number = rows["household_id"]
    rows = rows.assign(household_id=number.map(found))
    lost = rows["household_id"].isna()
    if lost.any():
        own = keys_shown(rows[lost], keys=[name for name in keys_of(table) if name != "household_id"])
        told.add(table, value.column or "", "person_unknown", rows=list(zip(own, number[lost], strict=True)))
        if table == clue.name:
            unmatched = rows[lost]
            kept = [column.name for column in clue_unmatched.c if column.name in unmatched]
            frames[clue_unmatched.name] = one_per_key(unmatched[kept], part, table=clue_unmatched.name, told=told)
    return rows[~lost].reset_index(drop=True)


def case_of_household(rows: pd.DataFrame, part: SourceRows, frames: Frames) -> pd.DataFrame:
    """Rows that name a household, with its case: the one that is watched, else the newest."""
    value = part.columns.get("case_id")
    if value is None or value.case_of is None or "monitoring_case" not in frames:
        return rows
    cases = frames["monitoring_case"]
    order = cases.assign(_open=cases["outcome"].eq("open")).sort_values(["_open", "discovered_on"], kind="stable")
    newest = order.drop_duplicates("household_id", keep="last").set_index("household_id")["case_id"]
    return rows.assign(case_id=rows["case_id"].map(newest))


def jobs_of_months(rows: pd.DataFrame, *, told: Told) -> pd.DataFrame:
    """Months of work as jobs; one row per person and run of months. A job that was still held in the last month that
    anybody's work is known of has no end. What is known of its newest month holds for the job."""
    rows = rows.dropna(subset=["household_id", "member_id"])
    months = pd.Series([_month(one) for one in rows["_month"]], index=rows.index, dtype="Int64")
    if months.isna().any():
        _tell(rows[months.isna()], "employment", "month", "not_a_date", keys=["household_id", "member_id"], told=told)
    rows = rows.assign(_month=months).dropna(subset=["_month"])
    person = ["household_id", "member_id"]
    rows = rows.sort_values([*person, "_month"], kind="stable").drop_duplicates([*person, "_month"], keep="last")
    if rows.empty:
        return rows.assign(started_on=None, ended_on=None).drop(columns=["_month"])
    newest = int(rows["_month"].max())
    follows = rows.groupby(person)["_month"].diff().eq(1)
    run = (~follows.fillna(False)).cumsum()
    first = rows.groupby(run)["_month"].transform("min").astype(int)
    last = rows.groupby(run).tail(1)
    started = [month_first_day(int(one)) for one in first.loc[last.index]]
    ended: list[object] = [
        None if int(one) >= newest else months_after(month_first_day(int(one)), 1) for one in last["_month"]
    ]
    return (
        last.assign(started_on=started, ended_on=pd.Series(ended, index=last.index, dtype=object))
        .drop(columns=["_month"])
        .reset_index(drop=True)
    )


def _month(said: object) -> int | None:
    digits = "".join(letter for letter in str(said) if letter.isdigit())
    if len(digits) < 5 or not 1 <= int(digits[4:6]) <= 12:
        return None
    return month_number(date(int(digits[:4]), int(digits[4:6]), 1))


def intervals(parts: Iterable[tuple[pd.DataFrame, SourceRows]], *, as_of: date, told: Told) -> pd.DataFrame:
    """What was said of households, as intervals: from each day on which something was said until the next such day. One
    row per household and interval, the newest without an end.

    A row speaks for all columns of its part: what it leaves empty is not known from then on. What other parts said
    holds on beside it.

    Args:
        parts: rows with household_id, `_since` and indicators; several parts may speak of one household.
    """
    said = [_one_a_day(rows, part, as_of=as_of, told=told) for rows, part in parts]
    if not any(map(len, said)):
        return pd.DataFrame(columns=["household_id", "valid_from", "valid_to"], dtype=object)
    key = ["household_id", "_since"]
    days = pd.concat([one[key] for one in said], ignore_index=True).drop_duplicates().sort_values("_since")
    rows = days.reset_index(drop=True)
    for one in said:
        spoken = pd.merge_asof(days, one.sort_values("_since"), on="_since", by="household_id").reset_index(drop=True)
        for name in one.columns.difference(key):
            rows[name] = rows[name].where(rows[name].notna(), spoken[name]) if name in rows else spoken[name]
    rows = rows.sort_values(key, kind="stable").reset_index(drop=True)
    ends = rows.groupby("household_id")["_since"].shift(-1)
    begins = [day.date() for day in rows.pop("_since")]
    until = [None if pd.isna(day) else day.date() for day in ends]
    return rows.assign(valid_from=begins, valid_to=pd.Series(until, index=rows.index, dtype=object))


def _one_a_day(rows: pd.DataFrame, part: SourceRows, *, as_of: date, told: Told) -> pd.DataFrame:
    """The rows of a part up to the cut-off, one per household and day; the days as times, which can be compared
    fast."""
    rows = rows.dropna(subset=["household_id", "_since"])
    rows = rows[rows["_since"].map(lambda day: day <= as_of)] if len(rows) else rows
    again = rows.duplicated(["household_id", "_since"])
    if again.any():
        column = _source_of(part, "household_id")
        _tell(rows[again], household_indicator.name, column, "key_twice", keys=["household_id"], told=told)
    rows = rows[~again]
    return rows.assign(_since=pd.to_datetime(rows["_since"]), household_id=rows["household_id"].astype(object))
