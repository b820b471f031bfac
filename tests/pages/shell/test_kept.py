"""Parts that are drawn once: what is sent again is what was drawn, and nobody gets what is another's."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access import clock, door
from data_access.access.users import make_user
from data_access.reports import records
from data_access.reports.kinds import load_report_kinds
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from pages.shell import identity, kept
from pages.widgets import tile
from tests.pages.conftest import OpenApp, conclude, label, tiles, wording
from tests.support.databases import write_version
from tests.support.households import household, merged, village

HERE, THERE, BESIDE = "610902107", "610902110", "610902119"
RED = {"dropout_n": 1}
ROWS = merged(
    village(f"{HERE}201", township=HERE),
    village(f"{THERE}201", township=THERE),
    village(f"{BESIDE}201", township=BESIDE),
    household(
        "H1", village_code=f"{HERE}201", cases=[{"identified_on": date(2022, 9, 5)}], indicators={"dropout_n": 1}
    ),
    household("H2", village_code=f"{THERE}201", indicators={"dropout_n": 1}),
)
CHARTS = {"board/overview": ("case_trend", "cause_bars"), "households/warnings": ("lamps_by_place",)}


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_kept()
    began = clock.local_now()  # a page says its minute
    monkeypatch.setattr(clock, "local_now", lambda: began)


def nothing_kept() -> None:
    kept._store().clear()
    kept._values().clear()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tiles that were drawn, and not sent again."""
    made: list[str] = []
    draw = tile.draw

    def noting(name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(name)
        return draw(name, *args, **kwargs)

    monkeypatch.setattr(tile, "draw", noting)
    return made


def pieces(block: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str, bytes]]:
    """Everything on a page: where, what, and its content."""
    for place, child in block.children.items():
        yield (*path, place), child.type, child.proto.SerializeToString(deterministic=True) if child.proto else b""
        if hasattr(child, "children"):
            yield from pieces(child, (*path, place))


def seen(app: AppTest) -> list[tuple[tuple[int, ...], str, bytes]]:
    return list(pieces(app.main))


@pytest.mark.parametrize("page", CHARTS)
def test_what_is_sent_again_is_what_was_drawn(page: str, open_app: OpenApp, drawn: list[str]) -> None:
    first = open_app(ROWS, page=page)
    once = len(drawn)
    second = open_app(ROWS, page=page)
    assert len(drawn) == once > 0, "nothing is drawn twice"
    assert seen(second) == seen(first)
    for chart in CHARTS[page]:
        assert second.session_state[chart]["selection"]["points"] == [], "it can be selected in"


def test_another_month_place_or_language_is_drawn_anew(open_app: OpenApp, drawn: list[str]) -> None:
    for link in ({}, {"month": "2022-08"}, {"place": HERE}, {"lang": "en"}):
        drawn.clear()
        open_app(ROWS, **link)
        assert drawn, link


def test_who_sees_less_gets_nothing_of_who_sees_more(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    for places, households in (((HERE, THERE), 1), ((THERE, BESIDE), 0)):
        somebody = make_user(user_id="li", label="李四", role="township", places=places)
        monkeypatch.setattr(identity, "user", lambda somebody=somebody: somebody)
        said = wording("tile.both", households=households, persons=2 * households)
        assert tiles(open_app(ROWS))[label("monitored_households")] == said


def test_of_a_household_whose_names_are_open_nothing_is_kept(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Scope(regions=None, unmasked_households=("H1",), actions=frozenset())
    for scope, is_kept in ((opened, False), (Scope.district(), True)):
        monkeypatch.setattr(identity, "scope", lambda scope=scope: scope)
        open_app(ROWS, page="households/household", household="H1")
        parts = [part for part, *_ in kept._store().newest_first() if "households.household" in part]
        values = [name for name, *_ in kept._values().newest_first() if "H1" in name]
        assert (bool(parts), bool(values)) == (is_kept, is_kept), scope


CLUES = [{"clue_id": number, "received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)} for number in ("T1", "T2")]


def _report(about: str, thing: str | None = None, **values: str) -> None:
    day, kind = date(2022, 9, 20), load_report_kinds()[about]
    number = thing or kind.number("H1", on=day, values=values)
    report = FieldReport(about, "H1", f"{HERE}201", number, day, "李村干", values=values)
    records.add_reports(door.ledger(), [report], recorded_by="李村干", scope=Scope.district())


CHANGES: dict[str, tuple[Callable[[], Any], set[str]]] = {
    "a visit is reported": (lambda: _report("visit", kind="home", result="stable"), {"dispatch_strip"}),
    "it comes into the data": (door.post_waiting_reports, {"tiles"}),
    "another visit": (lambda: _report("visit", kind="phone", result="stable"), set()),
    "a clue is checked": (lambda: _report("clue_result", "T1", result="helped"), {"dispatch_strip", "list_table"}),
    "that comes into the data": (door.post_waiting_reports, {"dispatch_strip", "list_table"}),
    "a conclusion": (lambda: conclude(["H1"], month="2022-09"), {"list_table"}),
}
"""What happens -> the parts that are drawn anew; with the first report there are any."""


def test_what_people_report_is_seen_at_once_and_what_it_does_not_touch_is_sent_again(
    open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was kept, a page is the one that is drawn with nothing kept."""
    write_version(tmp_path / "household", merged(ROWS, {"clue": household("H1", clues=CLUES)["clue"]}))
    url = f"duckdb:///{(tmp_path / 'household').as_posix()}"

    def look() -> list[Any]:
        return [seen(open_app(url)), seen(open_app(url, page="board/worklist", list="clues_overdue"))]

    look()
    made: list[str] = []
    keep = kept._store().keep

    def noting(key: Any, part: Any) -> None:
        made.append(key[0])
        keep(key, part)

    monkeypatch.setattr(kept._store(), "keep", noting)
    for change, (make, touched) in CHANGES.items():
        make()
        made.clear()
        now = look()
        assert {name.rpartition(".")[2] for name in made} == touched, change
        nothing_kept()
        assert look() == now, change


def test_a_part_that_tells_of_an_error_is_not_kept(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @kept.part
    def part() -> None:
        told.append("drawn")
        st.error("broken") if len(told) == 1 else st.markdown("whole")

    monkeypatch.setattr("pages.board.overview.tiles.show", lambda *_: part())
    for drawn in (1, 2, 2):
        open_app(ROWS)
        assert len(told) == drawn
