"""A world in which databases could disagree: every column holds its edges somewhere, and nothing now and then.

Days at ends of months and leap days, intervals that end on the day the next begins, whole numbers that do not divide,
halves, letters of both cases, what LIKE takes for a pattern, quotes, blanks and empty texts, ID numbers that are
written twice. Households are safe ones in which a few values differ, so that every edge is met by itself too.
"""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer

from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata
from tests.data_access.quality.broken import HOMES
from tests.support.households import (
    CUT_OFF,
    Changes,
    Row,
    Rows,
    asset,
    factory,
    household,
    load,
    merged,
    project,
    quarters,
    village,
)

VILLAGES = ("610902101201", "610902101202", "610902107201")
DAYS = (CUT_OFF, date(2022, 2, 28), date(2022, 3, 1), date(2021, 12, 31), date(2022, 7, 31))
"""Days to ask about: the newest, the end of a February and the day after, the end of a year, of a long month."""

TEXTS = ("张三", "张三丰", "李_四", "Anna", "anna", "ANNA", "100%", "O'Brien", "a\\b", " ", "", "𠮷野", "é")
NUMBERS = (0, 1, 2, 3, 7, 10, 999, 5_000, 7_500, 10_001, 60_000, 2_000_000)
HALVES = (0.0, 0.1, 0.5, 1.0, 1.5, 2.5, 99.95)

_EDGES = tuple(map(date.fromisoformat, (
    "2020-02-29", "2021-02-28", "2021-03-31", "2021-05-31", "2021-12-31", "2022-01-01", "2022-01-31", "2022-02-28",
    "2022-03-01", "2022-03-31", "2022-06-30", "2022-07-01", "2022-08-29", "2022-08-30", "2022-08-31", "2022-09-01",
    "2022-09-15", "2022-09-29", "2022-09-30",
)))  # fmt: skip
_BIRTHS = tuple(map(date.fromisoformat, (
    "1942-09-30", "1956-02-29", "1962-09-30", "1962-10-01", "1967-09-30", "1975-01-01", "1996-02-29", "2004-02-29",
    "2006-09-30", "2006-10-01", "2010-05-01", "2016-08-31", "2019-09-30", "2022-09-30",
)))  # fmt: skip
_SIZE = 120


def edge_rows() -> Rows:
    """The same rows whenever it is asked."""
    chance = random.Random(610_902)
    homes = [_home(chance, f"e{number:03}" if number % 2 else f"E{number:03}") for number in range(_SIZE)]
    broken = [
        household(f"B{number}", village_code=VILLAGES[0], **made) for number, (made, _) in enumerate(HOMES.values())
    ]
    old_income = {"income_period_end": date(2019, 9, 30)}  # of a year without a line
    rows = merged(
        *(village(code, township=code[:9]) for code in VILLAGES),
        *(_village(chance, code) for code in VILLAGES),
        _departments(chance),
        *homes,
        *broken,
        household("Y1", village_code=VILLAGES[0], indicators=old_income),
        *_watched(),
    )
    for number, row in enumerate(rows["region"]):
        row |= {"lon": 109 + number / 7, "lat": 32 + number / 3, "approximate": number % 2 == 0}
    return {**rows, "data_load": _loads()}


def _watched() -> Iterator[Rows]:
    """A household on its way to elimination with help under way, one that is approved and not marked yet, one whose
    values became right just before, one that is red although it is eliminated, and one that a list decides about."""
    identified = {"identified_on": date(2022, 1, 31)}
    approved = [f"elimination_{step}_on" for step in ("checked", "publicised", "reviewed", "approved")]
    yield household(
        "W1",
        village_code=VILLAGES[0],
        cases=[{**identified, "elimination_checked_on": date(2022, 9, 29)}],
        measures=[{"started_on": date(2022, 2, 28), "due_on": date(2022, 3, 1), "department": "civil"}],
    )
    yield household(
        "W3",
        village_code=VILLAGES[0],
        cases=[{**identified, **dict.fromkeys(approved, date(2022, 9, 29))}],
    )
    changed = {"valid_from": date(2022, 8, 30)}
    yield household(
        "W2",
        village_code=VILLAGES[0],
        cases=[{**identified, "eliminated_on": date(2022, 9, 15)}],
        indicators=[{"valid_from": date(2022, 1, 1), "valid_to": date(2022, 8, 30), "water_problem": True}, changed],
    )
    yield household(
        "W4",
        village_code=VILLAGES[0],
        cases=[{**identified, "eliminated_on": date(2022, 6, 30)}],
        indicators={"water_problem": True},
    )
    near = {"major_illness_n": None, "uninsured_n": 1, "overdue_loan": True}
    yield household("W5", village_code=VILLAGES[0], indicators=near)


def _loads() -> list[Row]:
    """The load that the database began with, and the first list of a source that it did not begin with."""
    [first] = load()["data_load"]
    later = {"load_id": 2, "kind": "push_health", "as_of": date(2022, 9, 20), "sha256": "0"}
    return [first, {**first, **later}]


def _home(chance: random.Random, household_id: str) -> Rows:
    code = chance.choice(VILLAGES)
    starts = sorted(chance.sample(_EDGES, chance.randint(1, 3)))
    ends = [*starts[1:], chance.choice([None, None, None, CUT_OFF])]
    persons = chance.randint(1, 5)
    cases = [_case(chance) for _ in range(chance.choice([0, 0, 1, 1, 2]))]
    made = household(
        household_id,
        indicators=chance.choice(
            [None, [{}], *[[_interval(chance, *days) for days in zip(starts, ends, strict=True)]] * 6]
        ),
        members=[_changed(chance, "member", 4) for _ in range(persons)],
        cases=cases,
        measures=[_changed(chance, "measure", 3) for _ in range(chance.randint(0, 3))] if cases else (),
        clues=[_changed(chance, "clue", 4) for _ in range(chance.randint(0, 3))],
        screenings=[
            {"round": f"2022-{number}", **_changed(chance, "screening", 2)} for number in range(chance.randint(0, 2))
        ],
        jobs=_jobs(chance, code),
        calls=[
            {"called_on": day, **_all(chance, "phone_check")} for day in chance.sample(_EDGES, chance.randint(0, 2))
        ],
        **{
            "village_code": code,
            "grid_code": chance.choice([None, f"{code}1", f"{code}2"]),
            "helper_id": chance.choice([None, "b1", "B1", "B2"]),
            "group_no": chance.choice([None, 1, 2, 10]),
            **_changed(chance, "household", 4),
        },
    )
    income = quarters(household_id, first=chance.choice([date(2020, 10, 1), date(2021, 7, 1)]), count=6)
    visits = [{"visited_on": day, **_all(chance, "visit")} for day in chance.sample(_EDGES, chance.randint(0, 4))]
    return merged(
        made,
        {
            "income_record": [
                {**row, **_changed(chance, "income_record", 6)} for row in income if chance.random() < 0.9
            ],
            "visit": [{"household_id": household_id, "helper_id": "B1", **row} for row in visits],
            "need": [
                {
                    "household_id": household_id,
                    "need_id": f"{household_id}-N1",
                    "case_id": f"{household_id}-C1",
                    **_all(chance, "need"),
                }
                for _ in cases[:1]
            ],
        },
    )


def _interval(chance: random.Random, first: date, last: date | None) -> Changes:
    return {
        "valid_from": first,
        "valid_to": last,
        **_changed(chance, "household_indicator", chance.choice([1, 2, 8, 20])),
    }


def _case(chance: random.Random) -> Row:
    """Steps in their order, each on its own day or that of the one before, as far as it came."""
    before = ("discovered_on", "checked_on", "compared_on", "reviewed_on", "publicised_on")
    steps = (*before, "township_reviewed_on", "approved_on", "identified_on")
    days = sorted(chance.choices(_EDGES, k=len(steps) + 1))
    reached = chance.choice([1, 2, 4, 6, 8, 8, 8, 8])
    case: Row = {name: days[number] if number < reached else None for number, name in enumerate(steps)}
    if reached == len(steps):
        end = chance.choice(["eliminated_on", "rolled_back_on", "ended_on", None, None])
        case |= {end: days[-1]} if end else {}
    coded = {
        name: _value(chance, metadata.tables["monitoring_case"].c[name]) for name in ("category", "cause_1", "outcome")
    }
    return {**case, **coded, "cause_2": _value(chance, metadata.tables["monitoring_case"].c.cause_2)}


def _jobs(chance: random.Random, code: str) -> list[Row]:
    starts = sorted(chance.sample(_EDGES, chance.randint(0, 3)))
    ends = [*starts[1:], chance.choice([None, None, CUT_OFF])] if starts else []
    overlapping = [None if chance.random() < 0.2 else end for end in ends]
    return [
        {
            "started_on": start,
            "ended_on": end,
            **_all(chance, "employment", but=("member_id", "started_on", "ended_on")),
            "workplace_id": chance.choice([None, f"F{code}"]),
        }
        for start, end in zip(starts, overlapping, strict=True)
    ]


def _village(chance: random.Random, code: str) -> Rows:
    return merged(
        factory(f"F{code}", village_code=code),
        factory(f"f{code}", village_code=code, **_all(chance, "workplace", but=("village_code",))),
        *(
            project(f"XM{code}{number}", village_code=code, **_changed(chance, "project", 5, but=("village_code",)))
            for number in range(4)
        ),
        *(
            asset(f"ZC{code}{number}", village_code=code, **_changed(chance, "asset", 4, but=("village_code",)))
            for number in range(4)
        ),
        {
            "grid": [
                {"code": f"{code}{number}", "village_code": code, "worker": chance.choice(TEXTS)} for number in (1, 2)
            ],
            "clue_unmatched": [
                {
                    "clue_id": f"U{code}{number}",
                    "village_code": chance.choice([code, None]),
                    **_all(chance, "clue_unmatched"),
                }
                for number in range(3)
            ],
            "resettlement_site": [{"site_id": f"S{code}", "village_code": code, "name_zh": "点", "households": 801}],
            "target": [
                {"metric": "off_farm_workers", "region_code": code[:9], "year": 2022, "last_year": 3, "target": 7}
            ]
            if code.endswith("201")
            else [],
        },
    )


def _departments(chance: random.Random) -> Rows:
    return {
        "department": [{"code": "civil", "name_zh": "民政", "name_en": "Civil"}],
        "helper": [
            {"helper_id": key, "name": chance.choice(TEXTS), "department": "civil", "township_code": VILLAGES[0][:9]}
            for key in ("b1", "B1", "B2")
        ],
    }


def _changed(chance: random.Random, table: str, most: int, but: tuple[str, ...] = ()) -> Row:
    """A few columns of a row and what they hold."""
    made = _all(chance, table, but=but)
    return {name: made[name] for name in chance.sample(sorted(made), min(most, len(made)))}


def _all(chance: random.Random, table: str, but: tuple[str, ...] = ()) -> Row:
    """Every column of a table that is no key and names no other row."""
    return {
        column.name: _value(chance, column)
        for column in metadata.tables[table].columns
        if not (column.primary_key or column.name in but or column.name in _SET_ELSEWHERE)
        and not column.name.endswith(("_id", "_code"))
    }


_SET_ELSEWHERE = {
    "joined_on",
    "left_on",
    "valid_from",
    "valid_to",
    "period_start",
    "period_end",
    "income_persons",
    "persons",
}


def _value(chance: random.Random, column: Column[Any]) -> Any:
    if column.nullable and chance.random() < 0.15:
        return None
    codes = column.info["codes"]
    if codes:
        return chance.choice(sorted(load_codes()[codes]))
    if column.name == "birth_date":
        return chance.choice(_BIRTHS)
    if column.name in ("id_no", "head_id_no"):
        return chance.choice(_ID_NUMBERS)
    if column.name == "department":
        return chance.choice(["civil", "Civil", "unknown"])
    if column.name == "disability_grade":
        return chance.choice([0, 1, 2, 3, 4])
    for kind, values in _VALUES.items():
        if isinstance(column.type, kind):
            return chance.choice(values)
    return chance.choice(TEXTS)


_ID_NUMBERS = (
    "610902197501010017",
    "61090219750101001x",
    " 61090219750101001X",
    "6109021975010100",
    "",
    "61090219561301001*",
)
_VALUES: dict[type, tuple[Any, ...]] = {Boolean: (True, False), Date: _EDGES, Integer: NUMBERS, Float: HALVES}
