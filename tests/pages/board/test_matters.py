"""One matter is one number: on the first screen, in meeting mode, in the five lists, in the papers, in its list and in
what is sent out, whatever people have concluded."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.database.engine import HouseholdDatabase
from data_access.dispatch import editions, matters
from data_access.facts.store import FactsStore
from data_access.handouts.consequences import consequences
from data_access.handouts.handouts import Answer
from data_access.handouts.reported import Reporting
from data_access.lists import figures, lists
from data_access.reports import records
from data_access.reports.records import FieldReport
from data_access.scope import Scope
from data_access.warnings import dispositions
from data_access.warnings.dispositions import Disposition
from tests.pages.conftest import DatabaseOf, OpenApp, freeze, label, says, tiles, wording
from tests.support.editions import of_metrics
from tests.support.households import TOWNSHIP, VILLAGE, Rows, household, merged, village

DISTRICT, ON = Scope.district(), date(2022, 9, 30)
OTHER = "610902101201"
MATTER = "red_unchecked"
NAME = label(MATTER)


def world(*, checked: tuple[str, ...] = ()) -> Rows:
    """Four red households that nobody looked at in one township, three in another; and an open case. Overdue clues, but
    for those that are checked: three of one household and two of another in one township, one in the other."""
    red = {"water_problem": True}
    here = [household(f"A{number}", indicators=red) for number in range(4)]
    there = [household(f"B{number}", indicators=red, village_code=OTHER) for number in range(3)]
    case = household("C", cases=[{"identified_on": date(2022, 9, 10), "cause_1": "illness"}])
    came = {"received_on": date(2022, 8, 1), "due_on": date(2022, 8, 16)}
    done = {"checked_on": ON, "result": "helped"}
    late = [
        household(
            home,
            village_code=village_of(home),
            clues=[{**came, "clue_id": number, **(done if number in checked else {})} for number in numbers],
        )
        for home, numbers in CLUES.items()
    ]
    return merged(village(), village(OTHER, township=OTHER[:9]), *here, *there, case, *late)


CLUES = {"K": ("K-0", "K-1", "K-2"), "L": ("L-0", "L-1"), "M": ("M-0",)}
LATE, LATE_NAME = "clues_overdue", label("clues_overdue")


def village_of(number: str) -> str:
    return OTHER if number[0] == "M" else VILLAGE


def conclude(*names: str) -> None:
    seen = door.read(dispositions.read_fingerprints, scope=DISTRICT, on=ON, household_ids=tuple(sorted(names)))
    records = [
        Disposition(row["household_id"], row["village_code"], "watch", row["lamp"], row["fingerprint"])
        for row in seen.to_dict("records")
    ]
    dispositions.add_dispositions(door.ledger(), records, recorded_by="张干部", scope=DISTRICT)


def built(app: AppTest, key: str) -> list[docx.document.Document]:
    """What a button builds: a document, or an archive of them."""
    app.button(key=f"build_document_{key}").click().run()
    assert not app.exception, app.exception[0].message
    kept = app.session_state[f"built_document_{key}"]
    file = Path(kept["folder"].name) / kept["name"]
    files = [file.read_bytes()]
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            files = [archive.read(name) for name in archive.namelist()]
    return [docx.Document(io.BytesIO(file)) for file in files]


def rows(table: docx.table.Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def slides(app: AppTest) -> tuple[str, list[list[str]]]:
    """What the meeting's slides say, and the rows of their tables."""
    app.button(key="build_document_meeting_pptx").click().run()
    assert not app.exception, app.exception[0].message
    kept = app.session_state["built_document_meeting_pptx"]
    shown = pptx.Presentation(str(Path(kept["folder"].name) / kept["name"])).slides
    shapes = [shape for slide in shown for shape in slide.shapes]
    said = "".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    tables = [shape.table for shape in shapes if shape.has_table]
    return said, [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def test_the_papers_of_an_edition_say_what_it_froze(open_app: OpenApp) -> None:
    """Whatever was concluded since, and whatever the data are now."""
    open_app(world())
    counted = (f"{state}_{unit}" for state in ("monitored", "eliminated", "open") for unit in ("households", "persons"))
    frozen = freeze(on=ON, name="9月", metrics=(*matters.load_dispatch_matters(), *counted))
    conclude("A1", "B0")
    of_edition = wording("documents.edition", day=ON, sha256="|").split("|")
    for data, edition, here, there in ((world(), {}, 3, 2), (world(checked=("K-0", "L-0")), {"edition": frozen}, 4, 3)):
        app = open_app(data, page="board/dispatch", part="documents", **edition)
        said = ["".join(line.text for line in word.paragraphs) for word in built(app, "notice_docx")]
        orders = built(app, "assignments")
        said += ["".join(line.text for line in word.paragraphs) for word in orders]
        for text, amount in zip(said, (here + there, here, there), strict=True):
            assert f"{NAME}{wording('unit.户', number=amount)}" in text
            assert all(part in text for part in of_edition) == bool(edition)
        said_in_meeting, cells = slides(app)
        assert wording("documents.causes", cause="因病", number=1) in said_in_meeting
        [matter] = (row for row in cells if row[0] == NAME)
        assert matter[1] == wording("unit.户", number=here + there)
        assert matter[2] == wording("list.separator").join((f"镇{TOWNSHIP}{here}", f"镇{OTHER[:9]}{there}"))
    assert not any(word.tables for word in orders), "the lists are those of today"


def test_what_was_concluded_since_takes_nothing_off_the_list_of_an_older_edition(open_app: OpenApp) -> None:
    open_app(world())
    frozen = freeze(on=date(2022, 8, 31), name="8月", metrics=(MATTER,))
    conclude("A1", "B0")
    for edition in ({}, {"edition": frozen}):
        app = open_app(world(), page="board/worklist", list=MATTER, month="2022-08", **edition)
        assert says(app, "list.heading", rows=7)


@pytest.mark.parametrize(("concluded", "here", "there"), [((), 4, 3), (("A1", "B0", "B2"), 3, 1)])
def test_a_matter_reads_the_same_everywhere(
    open_app: OpenApp, concluded: tuple[str, ...], here: int, there: int
) -> None:
    app = open_app(world())
    if concluded:
        conclude(*concluded)
        app.run()
    both = wording("unit.户", number=here + there)
    said = [link.proto.label for link in app.get("page_link")]
    assert wording("strip.matter", name=NAME, number=both) in said

    for place, own in ((TOWNSHIP, here), (OTHER[:9], there)):
        narrowed = open_app(world(), place=place)
        here_said = wording("strip.matter", name=NAME, number=wording("unit.户", number=own))
        assert here_said in [one.proto.label for one in narrowed.get("page_link")]

    meeting = open_app(world(), page="board/meeting", slide="waiting")
    assert tiles(meeting)[NAME] == both

    five = open_app(world(), page="board/dispatch", part="five_lists")
    assert f"{NAME} **{both}**" in [link.proto.label for link in five.get("page_link")]
    assert list(five.dataframe[0].value[MATTER]) == [here, there]

    warned = open_app(world(), page="households/warnings")
    assert tiles(warned)[NAME] == both

    request = lists.ListRequest(MATTER, ON, without=concluded)
    assert door.read(lists.count_list, scope=DISTRICT, request=request).rows == here + there
    assert says(open_app(world(), page="board/worklist", list=MATTER), "list.heading", rows=here + there)

    sent = open_app(world(), page="data/returns", part="send_out", list=MATTER)
    sent.text_input(key="returns_sent_by").input("张干部").run()
    assert wording("returns.build", rows=here + there) in [button.label for button in sent.button]


def report(number: str, *, day: date = date(2022, 10, 8)) -> None:
    known = FieldReport(
        kind="clue_result",
        household_id=number[0],
        village_code=village_of(number),
        thing=number,
        happened_on=day,
        reported_by="李村干",
        values={"result": "helped"},
    )
    records.add_reports(door.ledger(), [known], recorded_by="张干部", scope=DISTRICT)


@pytest.mark.parametrize("reported", [(), ("K-1", "M-0")])
def test_what_was_reported_is_off_every_number_and_list_and_says_that_it_waits(
    open_app: OpenApp, reported: tuple[str, ...]
) -> None:
    app = open_app(world())
    for number in reported:
        report(number)
    app.run()
    left, here = 6 - len(reported), 5 - len([one for one in reported if one[0] != "M"])
    text = wording("unit.条", number=left)
    assert wording("strip.matter", number=text, name=LATE_NAME) in [link.proto.label for link in app.get("page_link")]
    assert says(app, "reports.to_enter", count=len(reported)) is bool(reported)
    meeting = open_app(world(), page="board/meeting", slide="waiting")
    assert tiles(meeting)[LATE_NAME] == text
    five = open_app(world(), page="board/dispatch", part="five_lists").dataframe[0].value[LATE]
    assert [count for count in five if count] == [count for count in (here, left - here) if count]
    assert tiles(open_app(world(), page="households/clues"))[LATE_NAME] == text
    listed = open_app(world(), page="board/worklist", list=LATE)
    assert says(listed, "list.heading", rows=left)
    assert says(listed, "reports.to_enter", count=len(reported)) is bool(reported)
    sent = open_app(world(), page="data/returns", part="send_out", list=LATE)
    sent.text_input(key="returns_sent_by").input("张干部").run()
    assert wording("returns.build", rows=left) in [button.label for button in sent.button]


def test_what_comes_back_with_the_data_waits_no_more(open_app: OpenApp) -> None:
    open_app(world(checked=("K-0", "L-0")))
    report("K-0")
    report("L-0", day=ON)
    assert set(door.waiting_reports(scope=DISTRICT)["thing"]) == {"K-0"}, "the other is held as it was reported"


@pytest.fixture
def store(household_database: DatabaseOf) -> FactsStore:
    return FactsStore(HouseholdDatabase(make_url(household_database(world()))))


SOME = st.frozensets(st.sampled_from([number for numbers in CLUES.values() for number in numbers]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reported=SOME, taken_back=SOME, concluded=st.frozensets(st.sampled_from(["A0", "A1", "B0", "K"])))
def test_number_and_list_agree_whatever_is_reported_and_taken_back(
    store: FactsStore, reported: frozenset[str], taken_back: frozenset[str], concluded: frozenset[str]
) -> None:
    waits = sorted(reported - taken_back)
    said = [{"result": "helped"} for _ in waits]
    waiting = pd.DataFrame(
        {"kind": "clue_result", "household_id": [one[0] for one in waits], "thing": waits, "content": said}
    )
    held = pd.DataFrame({"household_id": sorted(concluded)})
    for metric in (LATE, "clues_open", MATTER):
        without = matters.left_out(metric, concluded=held, reported=waiting)
        with store.snapshot() as snapshot:
            counted = figures.read_amounts(snapshot, scope=DISTRICT, metric=metric, on=ON, without=without)
            request = lists.ListRequest(metric, ON, without=without)
            listed = lists.count_list(snapshot, scope=DISTRICT, request=request)
        assert counted["count"].sum() == listed.amount == listed.rows
        assert listed.rows == (7 - len(concluded - {"K"}) if metric == MATTER else 6 - len(waits))


@pytest.mark.parametrize(("concluded", "here", "there"), [(("A1", "B0", "B2"), 3, 1)])
def test_the_papers_say_the_same_number(open_app: OpenApp, concluded: tuple[str, ...], here: int, there: int) -> None:
    app = open_app(world(), page="board/dispatch", part="documents")
    conclude(*concluded)
    app.run()
    [paper] = built(app, "notice_docx")
    [places] = [rows(table) for table in paper.tables if NAME in rows(table)[0]]
    column = places[0].index(NAME)
    assert [row[column] for row in places[1:]] == [wording("unit.户", number=own) for own in (here, there)]
    for paper, own in zip(built(app, "assignments"), (here, there), strict=True):
        assert f"{NAME}{wording('unit.户', number=own)}" in "\n".join(line.text for line in paper.paragraphs)
        assert any(len(table.rows) == own + 1 and NAME not in rows(table)[0] for table in paper.tables), "its list"


def answer(number: str) -> None:
    """The result of a clue as it comes back in a returned form."""
    own = Answer(1, number[0], village_of(number), "helped", "李村干", thing=number, checked_on=date(2022, 10, 8))
    told: dict[str, Any] = {
        "metric": LATE,
        "handout_id": "H1",
        "day": ON,
        "read_lamps": pd.DataFrame,
        "note": str,
        "problem": str,
    }
    reporting = Reporting(on=ON, scope=DISTRICT)
    [(_, rows)] = consequences(door.ledger(), [own], reporting=reporting, **told)
    door.ledger().append((records.field_report, rows), recorded_by="张干部", scope=DISTRICT)


def found(open_app: OpenApp, place: str, edition: dict[str, str]) -> dict[str, set[str]]:
    """What is said of each matter at a place: on the first screen, in meeting mode, in the five lists; live in its
    list, too."""
    opened = partial(open_app, world(), place=place, **edition)
    strip = [one.proto.label for one in opened().get("page_link")]
    meeting = tiles(opened(page="board/meeting", slide="waiting"))
    five = [one.proto.label for one in opened(page="board/dispatch", part="five_lists").get("page_link")]
    said: dict[str, set[str]] = {}
    for metric, unit in ((LATE, "条"), (MATTER, "户")):
        name = label(metric)
        said[metric] = {text.split("**")[1] for text in (*strip, *five) if name in text} | {meeting[name]}
        if not edition:
            listed = opened(page="board/worklist", list=metric)
            rows = next(one for one in range(20) if says(listed, "list.heading", rows=one))
            said[metric].add(wording(f"unit.{unit}", number=rows))
    return said


def test_whatever_is_recorded_in_random_order_one_number_is_said_live_and_in_an_edition(open_app: OpenApp) -> None:
    open_app(world())
    deeds: list[Callable[[], None]] = [
        *(partial(report, number) for number in ("K-0", "M-0")),
        *(partial(answer, number) for number in ("K-1", "L-1")),
        *(partial(conclude, name) for name in ("A0", "B0")),
    ]
    random.shuffle(deeds)
    for deed in deeds[:3]:
        deed()
    places = ("610902", OTHER[:9])
    before = {place: found(open_app, place, {}) for place in places}
    assert all(len(told) == 1 for one in before.values() for told in one.values()), before
    app = open_app(world(), page="board/dispatch", part="edition")
    app.text_input(key="edition_by").input("张主任").run()
    with of_metrics("open_households", *matters.load_dispatch_matters(), *matters.taken_off()):
        next(one for one in app.button if str(one.key).startswith("edition_freeze")).click().run()
    assert not app.exception, app.exception[0].message
    for deed in deeds[3:]:
        deed()
    [edition] = editions.read_heads(door.ledger(), scope=DISTRICT)
    frozen = {place: found(open_app, place, {"edition": edition.edition_id}) for place in places}
    assert frozen == before, "what it froze stays, whatever is recorded since"
    after = {place: found(open_app, place, {}) for place in places}
    assert after["610902"] == {LATE: {wording("unit.条", number=2)}, MATTER: {wording("unit.户", number=5)}}
    assert all(len(told) == 1 for one in after.values() for told in one.values()), after
