"""Rows as they were read become tables of the contract: one row per key, persons and cases found by their numbers,
months of work as jobs, what was said of a household as intervals."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access import region_codes
from data_access.clock import month_number
from data_access.connect.mapping import SourceRows
from data_access.connect.reading import EXAMPLES, Told, as_array, as_frame
from data_access.load.derived import OF_CERTIFICATE
from data_access.load.usual import said_by_certificates
from data_access.schema.limits import limit_periods
from data_access.schema.tables import clue, clue_unmatched, household_indicator, metadata

Frames = dict[str, pd.DataFrame]
"""Table of ours -> its rows, with the mapped columns."""

_EPOCH = date(1970, 1, 1)
"""From which numpy counts months."""


def one_per_key(rows: pd.DataFrame, part: SourceRows, *, table: str, told: Told) -> pd.DataFrame:
    """One row per key. Rows without a key, or without a value that the contract requires, are left out and told; of
    several rows with one key the newest is meant where the part says so, else the first, and the others are told."""
    target, keys = metadata.tables[table], keys_of(table)
    needed = [column.name for column in target.c if not column.nullable and column.name in rows]
    rows = rows.assign(**{name: pd.Series(None, rows.index, object) for name in keys if name not in rows})
    for name in dict.fromkeys([*keys, *needed]):
        lacking = rows[name].isna()
        if lacking.any():
            tell(rows[lacking], table, _source_of(part, name), "needed", keys=keys, told=told)
            rows = rows[~lacking]
    if "_newest" in rows:
        rows = rows.sort_values("_newest", kind="stable")
        rows = rows.drop_duplicates(keys, keep="last").sort_index()
    again = rows.duplicated(keys)
    tell(rows[again], table, _source_of(part, keys[-1]), "key_twice", keys=keys, told=told)
    return rows[~again].drop(columns=["_newest"], errors="ignore").reset_index(drop=True)


def _source_of(part: SourceRows, name: str) -> str:
    value = part.columns.get(name)
    return (value.column if value is not None and value.column else None) or name


def keys_of(table: str) -> list[str]:
    """The columns of the key of a table of ours."""
    return [column.name for column in metadata.tables[table].primary_key.columns]


def tell(
    rows: pd.DataFrame,
    table: str,
    column: str,
    rule: str,
    *,
    told: Told,
    keys: Iterable[str],
    value: str | None = None,
    **words: str,
) -> None:
    """Tell of rows, if there are any: the first few by their keys, as far as they are known, with what stands in a
    column of ours."""
    if not len(rows):
        return
    keys = [name for name in keys if name in rows]
    first = rows.drop_duplicates(keys or None).head(EXAMPLES)
    own = [[_shown(one) for one in first[name]] for name in keys]
    values = [""] * len(first) if value is None else first[value].tolist()
    about = [("/".join(key), said) for *key, said in zip(*own, values, strict=True)]
    told.add(table, column, rule, count=len(rows), rows=about, **words)


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def region_by_level(rows: pd.DataFrame, *, told: Told) -> pd.DataFrame:
    """Regions whose codes are prefixes of each other: of a township's twelve digits the first nine, of a county's the
    first six. A code that is too short for its level, or that does not begin with the code above, is told. Rows without
    code or level come last, as they are."""
    lacking = rows["code"].isna() | rows["level"].isna()
    rest, rows = rows[lacking], rows[~lacking].copy()
    levels = dict(zip(rows["code"], rows["level"], strict=True))
    cut = {code: region_codes.at_level(code, level) for code, level in levels.items()}
    if "parent_code" in rows:
        known = set(cut.values())
        rows["parent_code"] = [
            None if pd.isna(above) else _parent(above, cut, known, level=level)
            for above, level in zip(rows["parent_code"], rows["level"], strict=True)
        ]
    rows["code"] = rows["code"].map(cut)
    if "parent_code" in rows:
        odd = [
            len(str(code)) != region_codes.DIGITS.get(level, len(str(code)))
            or (level != "county" and (pd.isna(above) or not str(code).startswith(str(above))))
            for code, above, level in zip(rows["code"], rows["parent_code"], rows["level"], strict=True)
        ]
        tell(rows[odd], "region", "parent_code", "not_below", keys=["code"], told=told)
    twice = rows.duplicated("code")
    tell(rows[twice], "region", "code", "region_twice", keys=["code"], value="name_zh", told=told)
    return pd.concat([rows[~twice], rest], ignore_index=True)


def _parent(above: str, cut: Mapping[str, str], known: Collection[str], *, level: str) -> str:
    """The code of a region above, as that region has it: it may be written with more digits here than there."""
    if above in cut or level not in region_codes.LEVELS[1:]:
        return cut.get(above, above)
    short = region_codes.at_level(above, region_codes.LEVELS[region_codes.LEVELS.index(level) - 1])
    return short if short in known else above


def by_certificate(rows: pd.DataFrame) -> pd.DataFrame:
    """Persons with the date of birth and the gender that their certificate numbers say, where nothing else says
    them."""
    if "id_no" not in rows:
        return rows
    said = said_by_certificates(as_array(rows["id_no"], pa.string()))
    derived = as_frame(said).set_axis(rows.index)
    known = {name: rows[name].where(rows[name].notna(), derived[name]) for name in OF_CERTIFICATE if name in rows}
    if "birth_date" in rows:  # a bare month was read as its first day
        own, day = rows["birth_date"], derived["birth_date"]
        bare = own.dt.day.eq(1) & own.dt.to_period("M").eq(day.dt.to_period("M"))
        known["birth_date"] = known["birth_date"].where(~bare, day)
    return rows.assign(**{**{name: derived[name] for name in OF_CERTIFICATE}, **known})


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
    pairs = known[[value.household_of, "household_id"]].drop_duplicates()
    homes = pairs[~pairs.duplicated(value.household_of, keep=False)].set_index(value.household_of)["household_id"]
    rows = rows.assign(_number=rows["household_id"], household_id=rows["household_id"].map(homes))
    lost = rows["household_id"].isna()
    if lost.any():
        own = [name for name in keys_of(table) if name != "household_id"]
        tell(rows[lost], table, value.column or "", "person_unknown", keys=own, value="_number", told=told)
        if table == clue.name:
            unmatched = rows[lost]
            kept = [column.name for column in clue_unmatched.c if column.name in unmatched]
            frames[clue_unmatched.name] = one_per_key(unmatched[kept], part, table=clue_unmatched.name, told=told)
    return rows[~lost].drop(columns="_number").reset_index(drop=True)


def case_of_household(rows: pd.DataFrame, part: SourceRows, frames: Frames) -> pd.DataFrame:
    """Rows that name a household, with its case: the one that is watched, else the newest."""
    value = part.columns.get("case_id")
    if value is None or value.case_of is None or "monitoring_case" not in frames:
        return rows
    cases = frames["monitoring_case"]
    order = cases.assign(_open=cases["outcome"].eq("open")).sort_values(["_open", "discovered_on"], kind="stable")
    newest = order.drop_duplicates("household_id", keep="last").set_index("household_id")["case_id"]
    return rows.assign(case_id=rows["case_id"].map(newest))


def clues_due(rows: pd.DataFrame) -> pd.DataFrame:
    """Warnings of departments with the day by which they are to be checked: where theirs says none, after the days that
    are laid down, as for files that departments push."""
    received = rows["received_on"]
    due = rows["due_on"] if "due_on" in rows else pd.Series(pd.NaT, rows.index, received.dtype)
    pushed = rows["way"].isna() | rows["way"].eq("department") if "way" in rows else True
    lacking = received.notna() & due.isna() & pushed
    if not lacking.any():
        return rows
    first, until = received[lacking].min().date(), received[lacking].max().date()
    for start, end, days in limit_periods("clue_within_days", first=first, until=until):
        here = lacking & received.between(pd.Timestamp(start), pd.Timestamp(end))
        due = due.mask(here, received + pd.Timedelta(days=days))
    return rows.assign(due_on=due)


def jobs_of_months(rows: pd.DataFrame, *, told: Told) -> pd.DataFrame:
    """Months of work as jobs; one row per person and run of months. A job that was still held in the last month that
    anybody's work is known of has no end. What is known of its newest month holds for the job."""
    person = ["household_id", "member_id"]
    rows = rows.dropna(subset=person)
    known = rows["_month"].notna()
    tell(rows[~known], "employment", "month", "not_a_date", keys=person, told=told)
    rows = rows[known].assign(_person=lambda rows: rows.groupby(person, sort=False).ngroup())
    own = ["_person", "_month"]
    rows = rows.sort_values(own, kind="stable").drop_duplicates(own, keep="last")
    who, month = rows["_person"].to_numpy(), rows["_month"].to_numpy(np.int64)
    begins = np.append(True, (np.diff(who) != 0) | (np.diff(month) != 1))[: len(rows)]
    last = np.append(begins[1:], True)[: len(rows)]
    newest = month.max(initial=0)
    jobs = rows[last].drop(columns=[*own]).reset_index(drop=True)
    ended = pd.Series(_first_days(month[last] + 1)).mask(month[last] >= newest)
    return jobs.assign(started_on=_first_days(month[begins]), ended_on=ended)


def _first_days(months: np.ndarray) -> np.ndarray:
    """The first days of months, given by their numbers (`clock.month_number`)."""
    return (months - month_number(_EPOCH)).astype("datetime64[M]").astype("datetime64[ms]")


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
    return rows.rename(columns={"_since": "valid_from"}).assign(valid_to=ends)


def _one_a_day(rows: pd.DataFrame, part: SourceRows, *, as_of: date, told: Told) -> pd.DataFrame:
    """The rows of a part up to the cut-off, one per household and day."""
    rows = rows.dropna(subset=["household_id", "_since"])
    rows = rows[rows["_since"] <= pd.Timestamp(as_of)]
    again = rows.duplicated(["household_id", "_since"])
    column = _source_of(part, "household_id")
    tell(rows[again], household_indicator.name, column, "key_twice", keys=["household_id"], told=told)
    return rows[~again]
