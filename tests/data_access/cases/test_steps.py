"""The steps of a case: which one it waits for, since when, who takes it, and from which day it is late."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from data_access.access.purposes import columns_of
from data_access.cases.procedure import load_steps
from data_access.cases.steps import read_steps
from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.facts.store import FactsStore
from data_access.lists.lists import ListRequest, count_list, read_list
from data_access.schema.indicators import load_codes
from data_access.schema.limits import limit, limit_if_any
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import TOWNSHIP, Changes, Rows, household, load, merged, village

DISCOVERED = date(2022, 3, 1)
LAID_DOWN = date(2023, 2, 14)
"""The day from which identification has a limit."""
WHOLE_WAY: dict[str, Any] = {
    "discovered_on": DISCOVERED,
    "checked_on": date(2022, 3, 4),
    "compared_on": date(2022, 3, 6),
    "reviewed_on": date(2022, 3, 7),
    "publicised_from": date(2022, 3, 7),
    "publicised_on": date(2022, 3, 12),
    "township_reviewed_on": date(2022, 3, 14),
    "approved_on": date(2022, 3, 15),
    "identified_on": date(2022, 3, 16),
}


def waiting(database: HouseholdDatabase, on: date, *, scope: Scope | None = None) -> dict[str, tuple[int, ...]]:
    """Per step: households, overdue, median and longest days."""
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        rows = read_steps(snapshot, scope=scope or Scope.district(), on=on)
    columns = ["households", "overdue", "median_days", "longest_days"]
    return {row["step"]: tuple(row[columns]) for _, row in rows.iterrows()}


def count(database: HouseholdDatabase, metric: str, on: date, *, scope: Scope | None = None, **filters: str) -> int:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        pairs = tuple(filters.items())
        request = ListRequest(metric=metric, on=on, filters=pairs)
        return count_list(snapshot, scope=scope or Scope.district(), request=request).amount


def one_case(case: Changes, *measures: Changes, cut_off: date = date(2023, 9, 30)) -> Rows:
    return merged(village(), load(cut_off=cut_off), household(cases=[case], measures=measures))


def test_every_declared_step_is_named_and_counts_a_column() -> None:
    steps = load_steps(on=LAID_DOWN)
    assert [step.key for step in steps.steps] == list(load_codes()["case_step"])
    assert [step.key for step in steps.elimination] == list(load_codes()["elimination_step"])
    assert steps.name("reviewed", language="zh") == load_codes()["case_step"]["reviewed"]["zh"]
    assert load_steps(on=date(2020, 1, 1)) == load_steps(on=date(2021, 1, 1))  # before the first procedure: the first


def test_clue_and_steps_together_take_no_longer_than_identification_may() -> None:
    """Fifteen days count from the discovery: the check of the household is the clue's own limit."""
    for day in (LAID_DOWN, date(2026, 1, 1)):
        waits = [step.within for step in load_steps(on=day).steps if step.within is not None]
        assert waits[0] == "clue_within_days"
        assert sum(limit(key, on=day) for key in waits) <= limit("identify_within_days", on=day)
        assert limit("publicise_within_days", on=day) >= limit("publicity_at_least_days", on=day)


def test_who_is_helped_before_the_procedure_is_over_is_a_list(make_database: MakeDatabase) -> None:
    begun = {"discovered_on": DISCOVERED, "identified_on": None}
    homes = {"H1": True, "H2": False, "H3": None}
    rows = [household(home, cases=[{**begun, "helped_first": said}]) for home, said in homes.items()]
    database = make_database(merged(village(), load(cut_off=date(2022, 9, 30)), *rows))
    on = date(2022, 9, 30)
    assert [count(database, "step_open", on, helped_first=said) for said in ("True", "False")] == [1, 1]
    assert count(database, "step_open", on) == 3, "of one it is not known"


def test_a_case_waits_for_the_step_after_its_last_one(make_database: MakeDatabase) -> None:
    measure = {"started_on": date(2022, 3, 30)}
    database = make_database(one_case({**WHOLE_WAY, "eliminated_on": date(2022, 10, 1)}, measure))
    expected = {
        date(2022, 2, 28): None,
        date(2022, 3, 1): "checked",
        date(2022, 3, 3): "checked",
        date(2022, 3, 4): "compared",
        date(2022, 3, 6): "reviewed",
        date(2022, 3, 7): "publicised",
        date(2022, 3, 12): "township_reviewed",
        date(2022, 3, 14): "approved",
        date(2022, 3, 15): "identified",
        date(2022, 3, 16): "helped",
        date(2022, 3, 29): "helped",
        date(2022, 3, 30): "eliminated",
        date(2022, 9, 30): "eliminated",
        date(2022, 10, 1): None,
    }
    found = {day: next(iter(waiting(database, day)), None) for day in expected}
    assert found == expected


def test_days_are_counted_from_the_step_before(make_database: MakeDatabase) -> None:
    database = make_database(
        merged(
            village(),
            *(
                household(f"H{n}", cases=[{"discovered_on": DISCOVERED - timedelta(days=n), "identified_on": None}])
                for n in (0, 3, 20)
            ),
        )
    )
    assert waiting(database, DISCOVERED) == {"checked": (3, 0, 3, 20)}


def test_a_step_that_was_never_dated_is_skipped(make_database: MakeDatabase) -> None:
    case = {"discovered_on": DISCOVERED, "publicised_on": date(2022, 3, 12), "identified_on": None}
    assert waiting(make_database(one_case(case)), date(2022, 3, 20)) == {"township_reviewed": (1, 0, 8, 8)}


def test_help_before_identification_counts_from_identification(make_database: MakeDatabase) -> None:
    database = make_database(one_case(WHOLE_WAY, {"started_on": date(2022, 3, 2)}))
    assert list(waiting(database, date(2022, 3, 15))) == ["identified"]
    assert waiting(database, date(2022, 3, 18)) == {"eliminated": (1, 0, 2, 2)}


def test_a_rejected_or_ended_case_waits_until_the_day_before(make_database: MakeDatabase) -> None:
    homes = [
        household(left, cases=[{"discovered_on": DISCOVERED, "identified_on": None, left: date(2022, 3, 10)}])
        for left in ("rejected_on", "ended_on")
    ]
    database = make_database(merged(village(), *homes))
    assert waiting(database, date(2022, 3, 9))["checked"][0] == 2
    assert waiting(database, date(2022, 3, 10)) == {}


def test_a_case_rolled_back_waits_again_as_the_case_that_follows_it(make_database: MakeDatabase) -> None:
    back = date(2022, 4, 1)
    first = {"identified_on": date(2021, 5, 3), "eliminated_on": date(2021, 12, 1), "rolled_back_on": back}
    second = {"identified_on": back, "follows_case_id": "H1-C1"}
    database = make_database(merged(village(), household(cases=[first, second])))
    assert waiting(database, date(2022, 3, 31)) == {}
    assert waiting(database, date(2022, 4, 3)) == {"helped": (1, 0, 2, 2)}


LATE: tuple[tuple[Changes, str, date], ...] = (
    ({}, "checked", date(2023, 3, 6)),
    ({"checked_on": date(2023, 3, 3)}, "compared", date(2023, 3, 4)),
    ({"checked_on": date(2023, 3, 3), "compared_on": date(2023, 3, 4)}, "reviewed", date(2023, 3, 5)),
    ({"compared_on": date(2023, 3, 4), "reviewed_on": date(2023, 3, 5)}, "publicised", date(2023, 3, 10)),
    ({"publicised_on": date(2023, 3, 10)}, "township_reviewed", date(2023, 3, 11)),
    ({"township_reviewed_on": date(2023, 3, 14)}, "approved", date(2023, 3, 15)),
    ({"approved_on": date(2023, 3, 16)}, "identified", date(2023, 3, 16)),
)
"""Steps taken, the one that the case then waits for, and the last day on which it is in time."""


def test_a_step_is_late_from_the_day_after_its_own_limit_or_after_the_fifteenth_day(
    make_database: MakeDatabase,
) -> None:
    discovered = date(2023, 3, 1)
    villages = [f"{TOWNSHIP}{number}" for number in range(201, 201 + len(LATE))]
    homes = [
        household(code, village_code=code, cases=[{"discovered_on": discovered, "identified_on": None, **taken}])
        for code, (taken, *_) in zip(villages, LATE, strict=True)
    ]
    database = make_database(merged(load(cut_off=date(2023, 9, 30)), *map(village, villages), *homes))
    for code, (taken, step, last) in zip(villages, LATE, strict=True):
        scope = Scope(regions=(code,))
        known = max([discovered, *taken.values()])
        for day, overdue in ((max(last, known), 0), (max(last, known) + timedelta(days=1), 1)):
            assert waiting(database, day, scope=scope)[step][:2] == (1, overdue), step
            assert count(database, "step_overdue", day, scope=scope, step=step) == overdue, step


def test_before_identification_had_a_limit_no_step_was_late(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"discovered_on": DISCOVERED, "identified_on": None}))
    found = [waiting(database, on)["checked"][1] for on in (LAID_DOWN - timedelta(days=1), LAID_DOWN)]
    assert found == [0, 1]


def test_who_takes_a_step_divides_what_waits(make_database: MakeDatabase) -> None:
    days = {"H1": {}, "H2": {"checked_on": DISCOVERED}, "H3": {"publicised_on": DISCOVERED}}
    cases = {home: {"discovered_on": DISCOVERED, "identified_on": None, **taken} for home, taken in days.items()}
    database = make_database(merged(village(), *(household(home, cases=[case]) for home, case in cases.items())))
    found = {acts: count(database, "step_open", DISCOVERED, acts=acts) for acts in load_codes()["step_level"]}
    assert found == {"village": 1, "township": 1, "county": 1}


def test_a_step_that_the_database_does_not_keep_is_left_out(make_database: MakeDatabase) -> None:
    database = make_database(one_case({**WHOLE_WAY, "identified_on": None}))
    with database.connect() as (connection, version):
        lacks = frozenset({"monitoring_case.reviewed_on", "monitoring_case.approved_on"})
        snapshot = Snapshot(
            connection=connection,
            version=replace(version, not_kept=lacks),
            rulebook=FactsStore(database).rulebook(),
        )
        steps = [
            read_steps(snapshot, scope=Scope.district(), on=day)["step"].tolist()
            for day in (date(2022, 3, 6), date(2022, 3, 15))
        ]
    assert steps == [["publicised"], ["identified"]]


def test_an_elimination_has_steps_of_its_own_and_ends_with_the_mark(make_database: MakeDatabase) -> None:
    days = {
        "elimination_checked_on": date(2022, 9, 1),
        "elimination_publicised_on": date(2022, 9, 8),
        "elimination_reviewed_on": date(2022, 9, 10),
        "elimination_approved_on": date(2022, 9, 12),
        "eliminated_on": date(2022, 9, 15),
    }
    database = make_database(one_case({"identified_on": date(2021, 9, 1), **days}))
    assert count(database, "elimination_open", date(2022, 8, 31)) == 0
    for taken, following in pairwise(days):
        code = following.removesuffix("_on")
        assert count(database, "elimination_open", days[taken], elimination_step=code) == 1
        assert count(database, "elimination_open", days[taken]) == 1
    assert count(database, "elimination_open", days["eliminated_on"]) == 0


def test_a_case_is_named_when_it_has_been_open_for_a_year(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"identified_on": date(2021, 9, 30)}))
    assert count(database, "long_open_households", date(2022, 9, 29)) == 0
    assert count(database, "long_open_households", date(2022, 9, 30)) == 1


def test_the_first_measure_is_overdue_when_the_month_is_full(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"identified_on": date(2022, 1, 31)}))
    assert waiting(database, date(2022, 2, 27))["helped"][1] == 0
    assert waiting(database, date(2022, 2, 28))["helped"][1] == 1
    assert count(database, "step_overdue", date(2022, 2, 28)) == count(database, "measures_overdue", date(2022, 2, 28))


def test_waiting_for_elimination_is_never_overdue(make_database: MakeDatabase) -> None:
    database = make_database(one_case({"identified_on": date(2021, 1, 1)}, {"started_on": date(2021, 1, 5)}))
    assert waiting(database, date(2023, 9, 1))["eliminated"][:2] == (1, 0)


def test_an_elimination_before_six_months_is_early_and_one_on_the_day_is_not(make_database: MakeDatabase) -> None:
    identified = date(2022, 1, 31)
    days = {"H1": date(2022, 7, 30), "H2": date(2022, 7, 31)}
    rows = merged(
        village(),
        *(household(home, cases=[{"identified_on": identified, "eliminated_on": day}]) for home, day in days.items()),
    )
    database = make_database(rows)
    assert count(database, "early_eliminations", date(2022, 7, 29)) == 0
    assert count(database, "early_eliminations", date(2022, 8, 31)) == 1


def test_the_steps_of_another_place_are_not_counted(make_database: MakeDatabase) -> None:
    other = "610902101201"
    case = {"discovered_on": DISCOVERED, "identified_on": None}
    rows = merged(
        village(),
        village(other, township="610902101"),
        household(cases=[case]),
        household("H2", village_code=other, cases=[case]),
    )
    database = make_database(rows)
    assert waiting(database, DISCOVERED)["checked"][0] == 2
    assert waiting(database, DISCOVERED, scope=Scope(regions=("610902101",)))["checked"][0] == 1
    assert waiting(database, DISCOVERED, scope=Scope(regions=())) == {}


def test_before_its_first_entry_a_limit_is_none() -> None:
    assert limit_if_any("identify_within_days", on=date(2023, 2, 13)) is None
    assert limit_if_any("identify_within_days", on=date(2023, 2, 14)) == limit(
        "identify_within_days", on=date(2023, 2, 14)
    )


def test_the_list_for_publicity_carries_nothing_that_must_not_be_hung_up(make_database: MakeDatabase) -> None:
    posted = {**WHOLE_WAY, "publicised_on": None, "township_reviewed_on": None, "approved_on": None}
    rows = one_case({**posted, "identified_on": None, "cause_1": "illness"})
    rows["household"][0] |= {"head_id_no": "610902198001011234", "phone": "13812345678", "head_name": "欧阳小明"}
    database = make_database(rows)
    opened = replace(Scope.district(), opened=frozenset({"head_name", "head_id_no", "phone"}))
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=FactsStore(database).rulebook())
        request = ListRequest(metric="in_publicity", on=date(2022, 3, 9))
        found = read_list(snapshot, scope=opened, request=request, language="zh")
    assert not {"head_id_no", "phone", "cause"} & set(found.columns)
    text = found.to_string()
    assert "欧阳小明" in text
    assert not any(secret in text for secret in ("610902198001011234", "13812345678", "illness"))
    assert not {"head_id_no", "phone"} & set(columns_of("in_publicity"))  # no purpose can be approved for them
    [row] = found.to_dict("records")
    assert (str(row["publicised_from"])[:10], str(row["publicised_until"])[:10]) == ("2022-03-07", "2022-03-12")
