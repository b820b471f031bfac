"""The inspection draws every rural township alike, leaves out what was drawn lately, and no group goes home."""

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.errors import LedgerError
from data_access.inspection.draw_settings import STATUSES, settings_of
from data_access.inspection.draws import Draw, add_draw, read_draws, read_units, recently_drawn, replace_unit
from data_access.inspection.inspection_draw import (
    assign_groups,
    by_township,
    draw_inspection,
    draw_units,
    months_before,
    shares_of,
)
from data_access.inspection.sampling_frame import UNITED, leave_out, read_frame_units, strata
from data_access.ledger.ledger import Ledger
from data_access.risk.rulebook import load_rulebook
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.data_access.inspection.test_sampling import CHI_SQUARED_19
from tests.support.households import household, merged, village

DISTRICT = Scope.district()
AUTUMN = date(2022, 9, 30)
SETTINGS = settings_of("2022-09")


def frame_of(database: HouseholdDatabase, *, scope: Scope = DISTRICT) -> pd.DataFrame:
    with database.connect() as (connection, version):
        snapshot = Snapshot(connection=connection, version=version, rulebook=load_rulebook())
        return read_frame_units(snapshot, scope=scope, on=AUTUMN)


@pytest.fixture(scope="module")
def frame(sample_url: str) -> Iterator[pd.DataFrame]:
    database = HouseholdDatabase(make_url(sample_url))
    yield frame_of(database)
    database.dispose()


def drawn(frame: pd.DataFrame, *, seed: str = "抽签-2022-09", month: str = "2022-09") -> Draw:
    return draw_inspection(frame, month=month, seed=seed, settings=SETTINGS, data_version="22")


def test_each_of_the_26_rural_townships_gives_2_villages_10_households_and_its_projects(frame: pd.DataFrame) -> None:
    made = drawn(frame)
    counts = Counter((unit.township_code, unit.kind) for unit in made.units if not unit.replacement)
    townships = frame["township_code"].unique()
    assert len(townships) == 26
    available = Counter(frame["township_code"][frame["kind"] == "project"])
    sizes = Counter(frame["village_code"][frame["kind"] == "household"])
    for code in townships:
        chosen = [unit.code for unit in made.units if unit.stratum == code and unit.kind == "village"][:2]
        assert counts[code, "village"] == 2
        assert counts[code, "household"] == min(10, sum(sizes[village] for village in chosen))
        assert counts[code, "project"] == min(5, available[code])


def test_households_come_from_the_drawn_villages_and_their_chance_is_written_down(frame: pd.DataFrame) -> None:
    made = drawn(frame)
    villages = {unit.code: unit for unit in made.units if unit.kind == "village"}
    home_keys = frame.loc[frame["kind"] == "household", ["township_code", "village_code", "status"]]
    there = Counter(home_keys.itertuples(index=False, name=None))
    homes = [unit for unit in made.units if unit.kind == "household"]
    counts = Counter((unit.township_code, unit.status) for unit in homes if not unit.replacement)
    assert {status for _, status in counts} <= set(STATUSES)
    for unit in homes:
        home = villages[unit.village_code]
        assert unit.replacement or not home.replacement
        assert 0 < unit.probability <= home.probability
        if not home.replacement:
            of_it = [v.code for v in villages.values() if v.township_code == unit.township_code and not v.replacement]
            of = sum(there[unit.township_code, code, unit.status] for code in of_it)
            chance = counts[unit.township_code, unit.status] / of
            assert unit.probability == pytest.approx(home.probability * chance)


def homes_of(counts: dict[str, dict[str, int]]) -> pd.DataFrame:
    """A township of villages with so many households of each status."""
    units = [{"kind": "village", "code": code, "village_code": code, "status": ""} for code in counts]
    units += [
        {"kind": "household", "code": f"{village}{status}{number}", "village_code": village, "status": status}
        for village, own in counts.items()
        for status, of in own.items()
        for number in range(of)
    ]
    return pd.DataFrame(units).assign(township_code="T1")


def by_status(made: Draw) -> Counter:
    return Counter(unit.status for unit in made.units if unit.kind == "household" and not unit.replacement)


def test_each_status_has_its_share_and_what_one_lacks_comes_from_the_next() -> None:
    full = {"open": 9, "eliminated": 9, "red_never": 9, "lifted_out": 90, "general": 90}
    assert by_status(drawn(homes_of({"T1A": full, "T1B": full}))) == SETTINGS.shares
    none_red = full | {"red_never": 0, "open": 1}
    assert by_status(drawn(homes_of({"T1A": none_red, "T1B": none_red}))) == {
        "open": 2,
        "eliminated": 4,
        "lifted_out": 3,
        "general": 1,
    }
    assert by_status(drawn(homes_of({"T1A": {"open": 1, "general": 2}}))) == {"open": 1, "general": 2}
    assert by_status(drawn(homes_of({"T1A": {"open": 20}}))) == {"open": 10}, "after the last it begins again"


@given(st.dictionaries(st.sampled_from(STATUSES), st.integers(0, 30)), st.integers(len(STATUSES), 60))
def test_as_many_are_drawn_as_wanted_and_of_each_status_at_least_one(sizes: dict[str, int], total: int) -> None:
    given_ = shares_of(sizes, shares=SETTINGS.shares, total=total)
    assert sum(given_.values()) == min(total, sum(sizes.values()))
    assert all(1 <= given_[status] <= of for status, of in sizes.items() if of)


def test_of_one_status_everybody_in_the_drawn_villages_is_drawn_equally_often() -> None:
    townships = by_township(homes_of({"T1A": {"open": 5, "general": 40}, "T1B": {"open": 15, "general": 10}}))
    counts: Counter = Counter()
    for seed in range(1000):
        units = draw_units(townships, month="2022-09", seed=str(seed), settings=SETTINGS)
        counts.update(unit.code for unit in units if unit.status == "open" and not unit.replacement)
    expected = sum(counts.values()) / 20
    assert len(counts) == 20
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < CHI_SQUARED_19


def test_the_twenty_lines_of_the_documentation_give_the_same_draw(frame: pd.DataFrame, tmp_path: Path) -> None:
    made = drawn(frame)
    with (tmp_path / "frame.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kind", "stratum", "code"])
        writer.writerows(strata(frame, settings=SETTINGS).itertuples(index=False, name=None))
    script = Path(__file__).parents[3] / "docs" / "check_draw.py"
    assert UNITED in next(unit.stratum for unit in made.units if unit.kind == "household")
    for kind in ("village", "household", "project"):
        own = [unit for unit in made.units if unit.kind == kind]
        stratum = own[0].stratum
        same = [unit for unit in own if unit.stratum == stratum]
        size = sum(not unit.replacement for unit in same)
        command = [sys.executable, str(script), str(tmp_path / "frame.csv"), made.seed, kind, stratum, str(size)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
        assert lines[0] == f"frame {made.frame_hash}"
        assert [line.split()[2] for line in lines[1 : len(same) + 1]] == [unit.code for unit in same]
        assert [line.split()[1] for line in lines[1 : size + 1]] == ["drawn"] * size


def test_what_was_drawn_lately_is_not_drawn_again_unless_too_few_would_be_left(frame: pd.DataFrame) -> None:
    before = frozenset(unit.code for unit in drawn(frame).units if not unit.replacement)
    left = leave_out(frame, excluded=before, settings=SETTINGS)
    again = {unit.code for unit in drawn(left, seed="another").units}
    own = frame.assign(stratum=strata(frame, settings=SETTINGS)["stratum"], fresh=~frame["code"].isin(list(before)))
    own["fresh"] = own.groupby(["kind", "stratum"])["fresh"].transform("sum")
    twice = own[own["code"].isin(list(before & again))]
    wanted = twice["status"].map(SETTINGS.shares).fillna(twice["kind"].map(SETTINGS.size))
    assert (twice["fresh"] < wanted).all()


def test_a_stratum_that_would_run_dry_is_left_whole() -> None:
    whole = homes_of({"A": {}, "B": {}, "C": {}})
    assert len(leave_out(whole, excluded=frozenset({"A"}), settings=SETTINGS)) == 2
    assert len(leave_out(whole, excluded=frozenset({"A", "B"}), settings=SETTINGS)) == 3


@given(st.integers(0, 60), st.integers(2000, 2100), st.integers(1, 12))
def test_no_group_ever_inspects_its_own_unit_and_the_work_is_shared(townships: int, year: int, month: int) -> None:
    codes = [f"6109021{number:02}" for number in range(townships)]
    assigned = assign_groups(codes, month=f"{year}-{month:02}", own_unit=SETTINGS.own_unit)
    assert all(SETTINGS.own_unit[group] != code for code, group in assigned.items())
    loads = Counter(assigned.values())
    assert sum(loads.values()) == townships
    assert max(loads.values(), default=0) <= -(-townships // 8) + 8


def test_groups_go_round_from_month_to_month() -> None:
    codes = [f"6109029{number:02}" for number in range(26)]
    months = [assign_groups(codes, month=f"2022-{month:02}", own_unit=SETTINGS.own_unit) for month in range(1, 9)]
    assert all(len({month[code] for month in months}) == 8 for code in codes)


def test_the_months_before_reach_over_the_new_year() -> None:
    assert months_before("2022-02", count=3) == ["2022-01", "2021-12", "2021-11"]


def test_the_frame_holds_what_is_on_the_register_in_rural_townships_of_the_scope(make_database: MakeDatabase) -> None:
    rows = merged(
        village(),
        village("610902101201", township="610902101"),
        household("H1"),
        household("H2", closed_on=date(2022, 9, 30)),
        household("H3", village_code="610902101201"),
    )
    database = make_database(rows)
    found = frame_of(database)
    assert sorted(found.loc[found["kind"] == "household", "code"]) == ["H1", "H3"]
    assert sorted(found.loc[found["kind"] == "village", "code"]) == ["610902100201", "610902101201"]
    inside = frame_of(database, scope=Scope(regions=("610902101",)))
    assert set(inside["township_code"]) == {"610902101"}


@pytest.mark.parametrize(("told", "taking_part"), [((None, None), 2), ((True, None), 1), ((False, False), 0)])
def test_where_nothing_says_which_townships_are_rural_all_take_part(
    make_database: MakeDatabase, told: tuple[bool | None, ...], taking_part: int
) -> None:
    rows = merged(
        village(),
        village("610902101201", township="610902101"),
        household("H1"),
        household("H2", village_code="610902101201"),
    )
    townships = [region for region in rows["region"] if region["level"] == "township"]
    for region, rural in zip(townships, told, strict=True):
        region["rural_26"] = rural
    assert frame_of(make_database(rows))["township_code"].nunique() == taking_part


def test_a_draw_is_kept_as_it_was_made(ledger: Ledger, frame: pd.DataFrame) -> None:
    made = drawn(frame)
    number = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    [kept] = read_draws(ledger, scope=DISTRICT).to_dict("records")
    assert (kept["draw_id"], kept["seed"], kept["frame_hash"]) == (number, made.seed, made.frame_hash)
    units = read_units(ledger, scope=DISTRICT, draw_id=number)
    assert units["code"].tolist() == [unit.code for unit in made.units]
    assert units["active"].tolist() == [not unit.replacement for unit in made.units]
    assert recently_drawn(ledger, kind="inspection", months=["2022-09"]) == {
        unit.code for unit in made.units if not unit.replacement
    }
    assert recently_drawn(ledger, kind="inspection", months=["2022-08"]) == frozenset()


def test_what_was_visited_in_place_of_another_counts_as_drawn(ledger: Ledger, frame: pd.DataFrame) -> None:
    number = add_draw(ledger, drawn(frame), recorded_by="张干部", scope=DISTRICT)
    before = recently_drawn(ledger, kind="inspection", months=["2022-09"])
    units = read_units(ledger, scope=DISTRICT, draw_id=number)
    gone = units[(units["kind"] == "village") & units["active"]]["code"].iloc[0]
    replace_unit(ledger, draw_id=number, code=gone, reason="路断", recorded_by="张干部", scope=DISTRICT)
    now = read_units(ledger, scope=DISTRICT, draw_id=number)
    visited = set(now[now["active"]]["code"])
    assert len(visited - before) > 1, "the village, and its households"
    assert recently_drawn(ledger, kind="inspection", months=["2022-09"]) == before | visited


def test_a_township_sees_its_own_units_only(ledger: Ledger, frame: pd.DataFrame) -> None:
    number = add_draw(ledger, drawn(frame), recorded_by="张干部", scope=DISTRICT)
    own = read_units(ledger, scope=Scope(regions=("610902104",)), draw_id=number)
    assert set(own["township_code"]) == {"610902104"}


def test_a_unit_that_cannot_be_inspected_is_replaced_by_the_next_in_order_until_none_is_left(
    ledger: Ledger, frame: pd.DataFrame
) -> None:
    made = drawn(frame)
    number = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    stratum = next(unit.stratum for unit in made.units if unit.kind == "household")
    same = [unit for unit in made.units if unit.kind == "household" and unit.stratum == stratum]
    reserve = [unit.code for unit in same if unit.replacement]
    code = same[0].code
    for expected in reserve:
        got = replace_unit(ledger, draw_id=number, code=code, reason="整户外出", recorded_by="李组长", scope=DISTRICT)
        assert got == expected
        units = read_units(ledger, scope=DISTRICT, draw_id=number).set_index("code")
        assert units["active"].sum() == sum(not unit.replacement for unit in made.units)
        assert units.loc[code, "replaced_by"] == got
        code = got
    with pytest.raises(LedgerError, match="draw_no_reserve"):
        replace_unit(ledger, draw_id=number, code=code, reason="整户外出", recorded_by="李组长", scope=DISTRICT)


def test_the_households_of_a_village_go_and_come_with_it(ledger: Ledger, frame: pd.DataFrame) -> None:
    few = replace(SETTINGS, size={**SETTINGS.size, "household": 2})
    made = draw_inspection(frame, month="2022-09", seed="抽签", settings=few, data_version="22")
    number = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    at = Counter(unit.village_code for unit in made.units if unit.kind == "household" and not unit.replacement)
    village, each = at.most_common()[-1]
    came = replace_unit(ledger, draw_id=number, code=village, reason="路断", recorded_by="李组长", scope=DISTRICT)
    units = read_units(ledger, scope=DISTRICT, draw_id=number)
    homes = units[units["kind"] == "household"]
    assert not homes[homes["village_code"] == village]["active"].any()
    own = homes[homes["village_code"] == came].sort_values("position")
    assert own["active"].tolist() == [position <= each for position in own["position"]]
    first = own["code"].iloc[0]
    got = replace_unit(ledger, draw_id=number, code=first, reason="外出", recorded_by="李组长", scope=DISTRICT)
    assert got == own["code"].iloc[each], "the next in order that does not stand yet"
    again = read_units(ledger, scope=DISTRICT, draw_id=number).set_index("code")["active"]
    assert (again[first], again[got]) == (False, True)


def test_the_village_that_comes_brings_as_many_of_each_status_as_far_as_it_has_them(
    ledger: Ledger, frame: pd.DataFrame
) -> None:
    number = add_draw(ledger, drawn(frame), recorded_by="张干部", scope=DISTRICT)
    before = read_units(ledger, scope=DISTRICT, draw_id=number)
    homes = before[before["active"] & (before["kind"] == "household")]
    by_village = [(str(code), own) for code, own in homes.groupby("village_code")]
    left, own = max(by_village, key=lambda village: village[1]["status"].nunique())
    came = replace_unit(ledger, draw_id=number, code=left, reason="路断", recorded_by="李组长", scope=DISTRICT)
    units = read_units(ledger, scope=DISTRICT, draw_id=number)
    homes = units[units["active"] & (units["village_code"] == came) & (units["kind"] == "household")]
    lost, brought = (Counter(rows["status"]) for rows in (own, homes))
    there = Counter(frame["status"][(frame["village_code"] == came) & (frame["kind"] == "household")])
    assert sum(brought.values()) == min(len(own), sum(there.values()))
    assert all(brought[status] >= min(lost[status], there[status]) for status in lost)
    gone = units[(units["village_code"] == left) & (units["kind"] == "household")]
    assert not gone["active"].any()
    for code in homes["code"]:
        with suppress(LedgerError):
            got = replace_unit(ledger, draw_id=number, code=code, reason="外出", recorded_by="李组长", scope=DISTRICT)
            assert got not in gone["code"].tolist(), "whose village is not visited"


def test_the_first_draw_of_a_month_binds_and_another_needs_a_reason(ledger: Ledger, frame: pd.DataFrame) -> None:
    made = replace(drawn(frame), units=drawn(frame).units[:3])
    first = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    with pytest.raises(LedgerError, match="draw_again_without_reason"):
        add_draw(ledger, replace(made, reason=" "), recorded_by="张干部", scope=DISTRICT)
    again = add_draw(ledger, replace(made, reason="两村撤并"), recorded_by="张干部", scope=DISTRICT)
    before = add_draw(ledger, replace(made, month="2022-08"), recorded_by="张干部", scope=DISTRICT)
    kept = read_draws(ledger, scope=DISTRICT)
    assert kept["draw_id"].tolist() == [first, again, before]
    assert kept["turn"].tolist() == [1, 2, 1]


def test_who_sees_one_village_sees_that_it_was_replaced(ledger: Ledger, frame: pd.DataFrame) -> None:
    made = drawn(frame)
    number = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    village = next(unit.code for unit in made.units if unit.kind == "village" and not unit.replacement)
    replace_unit(ledger, draw_id=number, code=village, reason="路断", recorded_by="李组长", scope=DISTRICT)
    own = read_units(ledger, scope=Scope(regions=(village,)), draw_id=number)
    assert len(own) > 0
    assert not own["active"].any()


@pytest.mark.parametrize(("code", "reason", "problem"), [("x", "外出", "not_active"), (None, " ", "reason_missing")])
def test_nobody_is_replaced_without_being_drawn_or_without_a_reason(
    ledger: Ledger, frame: pd.DataFrame, code: str | None, reason: str, problem: str
) -> None:
    made = replace(drawn(frame), units=drawn(frame).units[:40])
    number = add_draw(ledger, made, recorded_by="张干部", scope=DISTRICT)
    with pytest.raises(LedgerError, match=problem):
        replace_unit(
            ledger, draw_id=number, code=code or made.units[0].code, reason=reason, recorded_by="李组长", scope=DISTRICT
        )
