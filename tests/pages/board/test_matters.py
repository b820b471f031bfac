"""One matter is one number: on the first screen, in meeting mode, in the five lists, in the papers, in its list and in
what is sent out, whatever people have concluded."""

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.lists import lists
from data_access.scope import Scope
from data_access.warnings import dispositions
from data_access.warnings.dispositions import Disposition
from tests.pages.conftest import OpenApp, label, says, tiles, wording
from tests.support.households import TOWNSHIP, Rows, household, merged, village

DISTRICT, ON = Scope.district(), date(2022, 9, 30)
OTHER = "610902101201"
MATTER = "red_unchecked"
NAME = label(MATTER)


def world() -> Rows:
    """Four red households that nobody looked at in one township, three in another."""
    red = {"water_problem": True}
    here = [household(f"A{number}", indicators=red) for number in range(4)]
    there = [household(f"B{number}", indicators=red, village_code=OTHER) for number in range(3)]
    return merged(village(), village(OTHER, township=OTHER[:9]), *here, *there)


def conclude(*names: str) -> None:
    seen = door.read(dispositions.read_fingerprints, scope=DISTRICT, on=ON, household_ids=tuple(sorted(names)))
    records = [
        Disposition(row["household_id"], row["village_code"], "watch", row["lamp"], row["fingerprint"])
        for row in seen.to_dict("records")
    ]
    dispositions.add_dispositions(door.ledger(), records, recorded_by="张干部", scope=DISTRICT)


def papers(app: AppTest, key: str) -> list[list[list[str]]]:
    """The rows of every table in what a button builds: a document, or an archive of them."""
    app.button(key=f"build_document_{key}").click().run()
    assert not app.exception, app.exception[0].message
    kept = app.session_state[f"built_document_{key}"]
    file = Path(kept["folder"].name) / kept["name"]
    files = [file.read_bytes()]
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            files = [archive.read(name) for name in archive.namelist()]
    tables = [table for file in files for table in docx.Document(io.BytesIO(file)).tables]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


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


@pytest.mark.parametrize(("concluded", "here", "there"), [(("A1", "B0", "B2"), 3, 1)])
def test_the_papers_say_the_same_number(open_app: OpenApp, concluded: tuple[str, ...], here: int, there: int) -> None:
    app = open_app(world(), page="board/dispatch", part="documents")
    conclude(*concluded)
    app.run()
    [places] = [table for table in papers(app, "notice_docx") if NAME in table[0]]
    column = places[0].index(NAME)
    assert [row[column] for row in places[1:]] == [wording("unit.户", number=own) for own in (here, there)]
    tasks = [row for table in papers(app, "assignments") for row in table if row[0] == NAME]
    assert [row[1] for row in tasks] == [wording("unit.户", number=own) for own in (here, there)]
