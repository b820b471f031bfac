"""Rosters of departments compared with the persons held: by certificate, within their villages, never by a name."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.load.differences import rosters
from data_access.load.differences.rosters import HELD, LISTED
from tests.data_access.load.conftest import AS_OF, LoadedInto, WriteCsv
from tests.data_access.load.differences.test_found import A, B, certificate, said
from tests.support.databases import ON_BOTH
from tests.support.households import Rows, household, load, merged, village

MakeTarget = Callable[[Rows], LoadedInto]


def listed(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame([{"village_code": A, "clue": 0, **row} for row in rows], columns=list(LISTED))
    types = dict.fromkeys(LISTED, "str") | {"amount": "float64", "day": "datetime64[s]", "clue": "int64"}
    return frame.astype(types)


def held(*rows: dict[str, Any]) -> pd.DataFrame:
    year = {"income_from": "2021-10-01", "income_to": "2022-09-30"}
    plain = {"household_id": "H1", "member_id": "1", "village_code": A, **year}
    frame = pd.DataFrame([{**plain, **row} for row in rows], columns=list(HELD))
    days = dict.fromkeys(("left_on", "income_from", "income_to"), "datetime64[s]")
    return frame.astype(dict.fromkeys(HELD, "str") | days | {"transfer_income": "float64"})


def found(there: pd.DataFrame, here: pd.DataFrame, kind: str) -> list[tuple[str, ...]]:
    compared = rosters.compare_roster(there, here, kind=kind, as_of=pd.Timestamp(AS_OF))
    columns = ["matter", "household_id", "there", "here", "effect"]
    return sorted(compared.rows[columns].itertuples(index=False, name=None))


DIED = {"left_on": "2022-03-01", "leave_reason": "died"}


@pytest.mark.parametrize(
    ("there", "here", "kind", "expected"),
    [
        ({}, {}, "residents", []),
        ({"certificate": "x"}, {"certificate": None}, "residents", [("in_no_household", "", "", "", "kept")]),
        ({}, DIED, "residents", [("left_and_registered", "H1", "", "2022-03-01 died", "kept")]),
        ({}, {**DIED, "leave_reason": "married_out"}, "residents", []),
        ({"reason": "died"}, {}, "residents", [("gone_there", "H1", "died", "", "kept")]),
        ({"day": "2022-05-01"}, {}, "residents", [("gone_there", "H1", "2022-05-01", "", "kept")]),
        ({"reason": "died"}, DIED, "residents", []),
        ({"certificate": "x", "reason": "died"}, {"certificate": None}, "residents", []),  # gone, and nowhere
        ({"certificate": "x", "village_code": B}, {}, "residents", [("in_no_household", "", "", "", "kept")]),
        ({}, {"relief": "dibao"}, "dibao", []),
        ({"clue": 1}, {"relief": "none"}, "dibao", [("relief_only_there", "H1", "dibao", "none", "clue")]),
        ({}, {"relief": "dibao"}, "tekun", [("relief_only_there", "H1", "tekun", "dibao", "kept")]),
        ({}, {**DIED, "relief": "dibao"}, "dibao", [("left_on_relief", "H1", "", "2022-03-01 died", "kept")]),
        ({"amount": 900}, {"transfer_income": 899}, "payments", [("paid_more", "H1", "900", "899", "kept")]),
        ({"amount": 900}, {"transfer_income": 900}, "payments", []),
        ({"amount": 900}, {}, "payments", []),  # an income that is not collected is not zero
        ({"amount": 900, "day": "2022-10-01"}, {"transfer_income": 0}, "payments", []),  # not of that year
        ({"amount": 9, "day": "2022-03-01"}, DIED, "payments", []),  # on the day itself
        ({"amount": 9}, DIED, "payments", [("left_and_paid", "H1", "9", "2022-03-01 died", "kept")]),
    ],
)  # fmt: skip
def test_one_person_of_a_roster(there: Any, here: Any, kind: str, expected: list[tuple[str, ...]]) -> None:
    rows = listed({"certificate": "a", **there}), held({"certificate": "a", **here})
    assert found(*rows, kind) == expected


def test_who_is_not_on_a_roster_is_told_within_its_villages() -> None:
    there = listed({"certificate": "a"})
    here = held(
        {"certificate": "a", "relief": "dibao"},
        {"certificate": "b", "relief": "dibao", "member_id": "2"},
        {"certificate": None, "relief": "dibao", "member_id": "3"},  # nothing to compare by
        {"certificate": "c", "relief": "dibao", "village_code": B},
    )
    assert found(there, here, "dibao") == [("relief_only_here", "H1", "", "dibao", "kept")]
    assert found(there, here, "residents") == [("not_on_roster", "H1", "", "", "kept")]
    nowhere = there.assign(village_code=pd.Series([None], dtype="str"))
    assert found(nowhere, here, "dibao") == found(there, here, "dibao"), "the village of whom it names"


def test_payments_of_a_household_are_summed_up_once() -> None:
    there = listed(
        {"certificate": "a", "amount": 300}, {"certificate": "a", "amount": 300}, {"certificate": "b", "amount": 300}
    )
    here = held(
        {"certificate": "a", "transfer_income": 800}, {"certificate": "b", "member_id": "2", "transfer_income": 800}
    )
    assert found(there, here, "payments") == [("paid_more", "H1", "900", "800", "kept")]
    again = pd.concat([here, here.assign(household_id="H2")])  # a person whom two households hold counts in one
    assert len(found(there, again, "payments")) == 1


HERE = merged(
    village(A),
    {"department": [{"code": "civil_affairs", "name_zh": "民政局", "name_en": "Civil affairs"}]},
    load(cut_off=date(2022, 8, 31)),
    household("H1", members=[{"id_no": certificate(1), "relief": "dibao"}, {"id_no": certificate(2)}]),
    household("H2", members=[{"id_no": certificate(3), "left_on": date(2022, 3, 1), "leave_reason": "died"}]),
)


@pytest.mark.opens_a_database
@ON_BOTH
def test_a_roster_of_relief_makes_clues_of_what_is_not_marked(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(HERE)
    before = {name: rows for name, rows in target.state().items() if name not in ("clue", "clue_unmatched")}
    rows = [["证件号码", "行政村"], *([certificate(one), f"村{A}"] for one in (1, 2, 3, 4))]
    kind = "roster_dibao_civil_affairs"
    report = target.load(write_csv(rows), kind)
    assert (report.loaded, report.unchanged, report.rejected) == (3, 1, 0)
    assert said(report) == {
        ("relief_only_there", "H1", "dibao", "none", "clue"),
        ("left_on_relief", "H2", "", "2022-03-01 died", "kept"),
        ("in_no_household", "", "", "", "clue"),
    }
    [clue], unmatched = target.rows("clue"), target.rows("clue_unmatched")
    assert (clue["household_id"], clue["kind"], clue["department"]) == ("H1", "relief_change", "civil_affairs")
    assert (clue["received_on"], len(unmatched)) == (AS_OF, 2)
    assert {name: rows for name, rows in target.state().items() if name in before} == before
    # While it waits to be checked, the next roster adds none, and is recorded all the same.
    loads = len(target.rows("data_load"))
    again = target.load(write_csv(rows), kind)
    assert (again.loaded, again.published, len(target.rows("data_load"))) == (0, False, loads)


@pytest.mark.opens_a_database
@pytest.mark.parametrize("kind", ["roster_residents", "roster_payments"])
def test_a_roster_that_is_only_compared_changes_nothing_and_is_recorded(
    make_target: MakeTarget, write_csv: WriteCsv, kind: str
) -> None:
    target = make_target(HERE)
    before = target.state()
    rows = [["证件号码", "行政村", "发放金额"], *([certificate(one), f"村{A}", "2000"] for one in (1, 3, 4))]
    report = target.load(write_csv(rows), kind)
    assert (report.loaded, report.unchanged, report.rejected, report.published) == (0, 3, 0, True)
    assert target.state() == before
    newest = target.rows("data_load")[-1]
    assert (newest["kind"], newest["as_of"], newest["rows"]) == (kind, AS_OF, 0)
    matters = {matter for matter, *_ in said(report)}
    assert matters == (
        {"paid_more", "left_and_paid", "in_no_household"}
        if kind == "roster_payments"
        else {"not_on_roster", "left_and_registered", "in_no_household"}
    )
