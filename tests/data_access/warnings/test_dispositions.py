"""A conclusion is kept as it was recorded; it holds until its date, and while what the rules saw stays the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from data_access.clock import start_of
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import LedgerError
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.ledger.ledger import Ledger
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from data_access.warnings.dispositions import (
    Disposition,
    add_dispositions,
    in_force,
    read_dispositions,
    read_fingerprints,
)
from tests.data_access.conftest import MakeDatabase
from tests.support.databases import ON_BOTH
from tests.support.households import TOWNSHIP, VILLAGE, household, merged, village

SPRING, AUTUMN = date(2022, 3, 31), date(2022, 9, 30)
WATER = {"water_problem": True}


def prints(database: HouseholdDatabase, *, on: date, ids: tuple[str, ...] = ("H1",)) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return read_fingerprints(snapshot, scope=Scope.district(), on=on, household_ids=ids)


def said(
    fingerprint: str, *, until: date | None = None, on: datetime = datetime(2022, 4, 2, tzinfo=UTC)
) -> pd.DataFrame:
    row = {"record_id": 1, "household_id": "H1", "village_code": "v", "conclusion": "watch", "lamp": "red"}
    return pd.DataFrame([row | {"until": until, "fingerprint": fingerprint, "recorded_at": on}])


def test_a_picture_is_new_where_a_fired_rule_looks_at_what_changed_or_another_rule_fires(
    make_database: MakeDatabase,
) -> None:
    changes: dict[str, dict[str, object]] = {
        "looked at by no rule": {"house_m2": 90},
        "another source": {"source": "department"},
        "a strength": {"skilled_n": 1},
        "nothing": {},
        "no longer": {"water_problem": False},
        "another one, too": {"major_illness_n": 1},
        "not known any more": {"water_problem": None},
    }
    before = {"valid_to": date(2022, 7, 1), **WATER}
    homes = [
        household(name, indicators=[before, {"valid_from": date(2022, 7, 1), **WATER, **changed}])
        for name, changed in changes.items()
    ]
    database = make_database(merged(village(), *homes))
    spring, autumn = (
        prints(database, on=on, ids=tuple(changes)).set_index("household_id")["fingerprint"] for on in (SPRING, AUTUMN)
    )
    assert {name for name in changes if spring[name] != autumn[name]} == {
        "no longer",
        "another one, too",
        "not known any more",
    }


def test_a_household_of_another_place_or_off_the_register_has_no_picture(make_database: MakeDatabase) -> None:
    rows = merged(village(), household("H1", closed_on=date(2022, 9, 30)), household("H2"))
    database = make_database(rows)
    assert prints(database, on=AUTUMN, ids=("H1", "H2"))["household_id"].tolist() == ["H2"]
    assert prints(database, on=AUTUMN, ids=()).empty


@pytest.mark.parametrize(
    ("until", "on", "holds"),
    [
        (None, AUTUMN, True),
        (date(2022, 9, 30), AUTUMN, True),
        (date(2022, 9, 29), AUTUMN, False),
    ],
)
def test_a_conclusion_holds_to_its_last_day(until: date | None, on: date, holds: bool) -> None:
    seen = pd.DataFrame([{"household_id": "H1", "village_code": "v", "lamp": "red", "fingerprint": "f"}])
    assert (len(in_force(said("f", until=until), seen, on=on, newest=False)) == 1) is holds


def test_only_the_newest_conclusion_of_a_household_counts() -> None:
    seen = pd.DataFrame([{"household_id": "H1", "village_code": "v", "lamp": "red", "fingerprint": "new"}])
    both = pd.concat([said("old"), said("new")])
    assert in_force(both, seen, on=AUTUMN, newest=False).empty
    assert len(in_force(both.iloc[::-1], seen, on=AUTUMN, newest=False)) == 1


def test_an_earlier_month_knows_nothing_of_what_was_concluded_after_it_and_the_newest_knows_all() -> None:
    seen = pd.DataFrame([{"household_id": "H1", "village_code": "v", "lamp": "red", "fingerprint": "f"}])
    later = said("f", on=start_of(date(2022, 10, 1)))  # midnight in the place
    assert in_force(later, seen, on=AUTUMN, newest=False).empty
    assert len(in_force(later, seen, on=AUTUMN, newest=True)) == 1
    earlier = said("f", on=start_of(date(2022, 10, 1)) - timedelta(minutes=1))
    assert len(in_force(earlier, seen, on=AUTUMN, newest=False)) == 1


LOOKED_AT = Disposition(
    household_id="H1",
    village_code=VILLAGE,
    conclusion="watch",
    lamp="red",
    fingerprint="abc",
    until=date(2022, 12, 31),
)
DISTRICT = Scope.district()


@ON_BOTH
def test_a_conclusion_is_kept_with_who_and_a_new_one_follows_it(ledger: Ledger) -> None:
    assert add_dispositions(ledger, [LOOKED_AT], recorded_by="张干部", scope=DISTRICT) == 1
    add_dispositions(ledger, [replace(LOOKED_AT, conclusion="include")], recorded_by="李干部", scope=DISTRICT)
    history = read_dispositions(ledger, scope=DISTRICT, household_ids=["H1"]).to_dict("records")
    assert [(row["conclusion"], row["recorded_by"]) for row in history] == [("include", "李干部"), ("watch", "张干部")]
    assert {name: history[1][name] for name in vars(LOOKED_AT)} == vars(LOOKED_AT)


@ON_BOTH
def test_nobody_reads_conclusions_outside_the_scope(ledger: Ledger) -> None:
    add_dispositions(ledger, [LOOKED_AT], recorded_by="张干部", scope=Scope(regions=(TOWNSHIP,), actions=None))
    assert read_dispositions(ledger, scope=Scope(regions=("610902101",))).empty
    assert len(read_dispositions(ledger, scope=DISTRICT)) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"conclusion": "drop table"}, "ledger_unknown_conclusion"),
        ({"conclusion": "not_include"}, "ledger_reason_missing"),
        ({"reason": "assets"}, "ledger_reason_missing"),
        ({"conclusion": "not_include", "reason": "because"}, "ledger_unknown_conclusion"),
        ({"note": "x" * (LONGEST_TEXT + 1)}, "ledger_text_too_long"),
    ],
)
def test_a_conclusion_that_is_not_right_is_refused_and_nothing_is_kept(
    ledger: Ledger, change: dict, problem: str
) -> None:
    with pytest.raises(LedgerError, match=problem):
        add_dispositions(ledger, [LOOKED_AT, replace(LOOKED_AT, **change)], recorded_by="张干部", scope=DISTRICT)
    assert read_dispositions(ledger, scope=DISTRICT).empty
