"""Where sources are connected one after the other, sheets have gaps, lists name some and one is late: lamps by month,
on a day and from month to month equal the reference, on both databases."""

import random
from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from data_access.clock import last_day
from data_access.database.frames import read_frame
from data_access.facts import monthly
from data_access.facts.store import FactsStore
from data_access.scope import Scope
from data_access.warnings.explanation import read_score_history
from data_access.warnings.lists import lamps_on
from tests.data_access.conftest import MakeDatabase
from tests.reference.facts import monthly_facts
from tests.reference.frames import records, tables_from_rows
from tests.reference.scores import scores_by_household
from tests.support.households import CUT_OFF, Rows, household, load, merged, village

pytestmark = pytest.mark.opens_a_database

EVERYTHING = Scope.everything()
LISTS = {
    "push_medical_insurance": ("medical_insurance", "medical_cost", "compliant_self_pay"),
    "push_emergency": ("emergency", "disaster", "disaster_loss"),
    "push_education": ("education", "school", "dropout_n"),
    "push_human_resources": ("human_resources", "job_loss", "job_loss_n"),
}
"""Kind of list -> the department, its class of warnings, and a column that it speaks of."""

LOADS: tuple[tuple[str | None, date | None], ...] = (
    ("table_household", date(2021, 5, 1)),
    ("push_medical_insurance", date(2021, 8, 31)),
    ("push_emergency", date(2021, 10, 15)),
    ("push_emergency", date(2022, 2, 28)),  # after an empty January; the next one never came
    ("push_education", date(2022, 3, 31)),
    ("push_medical_insurance", CUT_OFF),
    ("push_human_resources", date(2022, 9, 5)),
    ("undo", None),
    (None, None),  # of a program that did not note it
)


def district() -> Rows:
    """Forty households whose sheets and lists differ at random, the same whenever it is asked."""
    chance = random.Random(18)
    starts = (date(2021, 5, 1), date(2021, 12, 31), date(2022, 6, 10))
    homes = [
        household(
            f"H{number:02}",
            household_type=chance.choice(["general", "lifted_out"]),
            indicators=None
            if number % 13 == 0
            else [
                {"valid_from": begins, "valid_to": ends, **_gaps(chance, begins)}
                for begins, ends in zip(starts, [*starts[1:], None], strict=True)
            ],
            clues=[
                {"department": department, "kind": chance.choice([kind, kind, "income"]), "received_on": day}
                for department, kind, _ in LISTS.values()
                for day in chance.sample([date(2021, 9, 30), date(2022, 3, 31), date(2022, 8, 15)], 2)
                if chance.random() < 0.25
            ],
        )
        for number in range(40)
    ]
    first = load()["data_load"][0]
    loads = [
        {
            **first,
            "load_id": number,
            "kind": kind,
            "as_of": day,
            "source": f"{number}",
            "loaded_at": first["loaded_at"] + timedelta(minutes=number),
        }
        for number, (kind, day) in enumerate(LOADS, start=1)
    ]
    # A file fills several tables: one load for each.
    loads += [{**loads[-2], "load_id": len(loads) + 1, "kind": None, "as_of": None}]
    return merged(village(), {"data_load": loads}, *homes)


def _gaps(chance: random.Random, begins: date) -> dict[str, Any]:
    """No sheet says anything of four columns, one begins to in the last year; of the others some are blank."""
    never = dict.fromkeys((column for *_, column in LISTS.values()), None) | {"disaster_type": None, "accident": None}
    water = {"water_problem": None if begins < date(2022, 1, 1) else chance.choice([False, False, None, True])}
    paid = {"compliant_self_pay": 30_000} if begins > date(2022, 1, 1) and chance.random() < 0.2 else {}
    blank = chance.choice(["chronic_n", "labor_n", "wage_income", "worker_months", "house_grade", "source"])
    ill = {"lost_main_labor": chance.random() < 0.5, "uninsured_n": chance.choice([0, 0, 2])}
    return never | water | paid | ill | {blank: None}


ROWS = district()
TABLES = tables_from_rows(ROWS)

CHANGES = ("2021-08", "2021-12", "2022-02", "2022-04", "2022-09")
"""Months in which a source is connected, names somebody, or is late; rules begin, or new sheets hold."""


@cache
def scores_of(month: str) -> dict[str, dict[str, Any]]:
    return scores_by_household(TABLES, on=last_day(month))


@cache
def reference() -> dict[str, pd.DataFrame]:
    return monthly_facts(TABLES, names=["lamps", "unchecked"])


def test_the_district_has_every_lamp() -> None:
    rows = (row for month in CHANGES for row in scores_of(month).values())
    seen = Counter(row["lamp"] for row in rows)
    assert min(seen[lamp] for lamp in ("red", "yellow", "none", "undetermined")) > 5


@pytest.mark.parametrize(
    ("database_kind", "months", "home"),  # without an interval, and with three
    [("embedded", CHANGES, "H34"), ("postgresql", CHANGES[2:3], "H13")],
)
def test_lamps_equal_the_reference_by_month_on_a_day_and_from_month_to_month(
    make_database: MakeDatabase, months: tuple[str, ...], home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monthly, "PARTS", [part for part in monthly.PARTS if "unchecked" in part.frames])
    store = FactsStore(make_database(ROWS))
    facts = store.current().facts
    keys = ["village_code", "month", "household_type", "state", "lamp"]
    expected = reference()
    pd.testing.assert_frame_equal(
        facts.frames["lamps"].sort_values(keys)[[*keys, "households", "filled"]].reset_index(drop=True),
        expected["lamps"].sort_values(keys)[[*keys, "households", "filled"]].reset_index(drop=True),
        check_dtype=False,
    )
    assert facts.frames["unchecked"]["households"].sum() == expected["unchecked"]["households"].sum() > 0
    for month in months:
        slow = scores_of(month)
        with store.snapshot() as snapshot:
            lamps = lamps_on(snapshot, scope=EVERYTHING, on=last_day(month))
            found = records(read_frame(snapshot.connection, select(lamps)))
        assert {row["household_id"]: _judged(row) for row in found} == {
            number: _judged(row, rules=[name for name in found[0] if name.startswith("points_")])
            for number, row in slow.items()
        }
    for month, judged in _history(store, home).items():
        slow = scores_of(month)
        assert judged == (slow[home]["score"], slow[home]["lamp"])


def _judged(row: dict[str, Any], rules: list[str] | None = None) -> dict[str, Any]:
    names = rules or [name for name in row if name.startswith("points_")]
    return {name: row[name] for name in (*names, "score", "lamp", "rules_not_assessed")}


def _history(store: FactsStore, household_id: str) -> dict[str, tuple[int, str]]:
    with store.snapshot() as snapshot:
        months = store.current().facts.months
        found = read_score_history(snapshot, scope=EVERYTHING, household_id=household_id, months=months)
    return {row["month"]: (row["score"] or 0, row["lamp"]) for row in records(found)}
