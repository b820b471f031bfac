"""Whoever sees names in full sees whose they are: on the screen, in a workbook, on paper."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from streamlit.testing.v1 import AppTest

from data_access import clock, door
from data_access.access.purposes import Purpose, approve
from data_access.access.users import Unmasked, User, make_user
from pages.documents import pdf
from pages.documents.parts import Document
from pages.shell import identity
from tests.pages.conftest import OpenApp, build_file
from tests.support.households import CUT_OFF, VILLAGE, household, merged, village

pytestmark = pytest.mark.facts("households")

ROWS = merged(village(), household("H1", indicators=[{"water_problem": True}], head_name="张小明"))
LABEL = "李<b>&四"


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch):
    def sign_in(role: str, **opened: tuple[str, ...]) -> User:
        user = make_user(user_id=role, label=LABEL, role=role, places=())
        somebody = replace(user, unmasked=Unmasked(**opened))
        monkeypatch.setattr(identity, "user", lambda: somebody)
        return somebody

    return sign_in


def marks(app: AppTest) -> list[str]:
    return [shown.proto.body for shown in app.get("html") if "data-watermark" in shown.proto.body]


def marked_workbook(app: AppTest, *, key: str) -> tuple[bool, str]:
    """Whether a sheet has a picture behind it, and what stands above it on paper."""
    built = build_file(app, key).session_state[f"built_{key}_xlsx"]
    with zipfile.ZipFile(Path(built["folder"].name) / built["name"]) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        return any(name.startswith("xl/media/") for name in book.namelist()), sheet


def test_a_page_is_marked_while_names_are_open_and_not_otherwise(open_app: OpenApp, reader) -> None:
    for opened in ({"households": ("H1",)}, {"places": (VILLAGE,)}):
        user = reader("manager", **opened)
        app = open_app(ROWS, page="households/household", household="H1")
        assert "张小明" in "".join(str(shown.value) for shown in app.subheader)
        [mark] = marks(app)
        assert f"{clock.today():%Y-%m-%d} " in mark
        assert "李&lt;b&gt;&amp;四（manager）" in mark
        assert user.signature not in mark, "what somebody is called is no markup"
    reader("manager")
    assert marks(open_app(ROWS, page="households/household", household="H1")) == []


def test_a_workbook_is_marked_where_names_are_open(open_app: OpenApp, reader) -> None:
    link = {"page": "board/worklist", "list": "red_households", "place": VILLAGE}
    key = "list_red_households"
    reader("manager")
    assert marked_workbook(open_app(ROWS, **link), key=key)[0] is False
    reader("manager", places=(VILLAGE,))
    pictured, sheet = marked_workbook(open_app(ROWS, **link), key=key)
    assert pictured
    assert "李&lt;b&gt;&amp;&amp;四（manager）" in sheet


def test_a_workbook_under_a_purpose_is_marked_if_it_shows_names(open_app: OpenApp, reader) -> None:
    manager = make_user(user_id="m", label="主管", role="manager", places=()).scope
    asked = Purpose(
        "入户核查", "逐户核查红色预警", "red_households", ("score",), until=clock.today(),
        place=VILLAGE, day=CUT_OFF, rows=1,
    )  # fmt: skip
    for columns, expected in ((("score",), False), (("score", "head_name"), True)):
        named = replace(asked, columns=columns, purpose_id=f"P{len(columns)}")
        approve(door.ledger(), named, on=clock.today(), recorded_by="主管", scope=manager)
        reader("staff")
        app = open_app(ROWS, page="board/worklist", list="red_households", place=VILLAGE)
        app.selectbox(key="purpose_red_households").select(named.purpose_id).run()
        assert marked_workbook(app, key="list_red_households")[0] is expected


def test_every_page_of_a_paper_is_marked_and_says_what_it_said() -> None:
    paper = Document("题", "副题", sections=(), notes=tuple("很长的说明。" * 30 for _ in range(12)))
    plain, marked = (
        pypdf.PdfReader(io.BytesIO(pdf.write(paper, by="李四", language="zh", watermark=words))).pages
        for words in (None, "李四（li） 2026-03-02 10:00")
    )
    assert len(plain) == len(marked) > 1
    assert all("2026-03-02" in page.extract_text() for page in marked)
    assert not any("2026-03-02" in page.extract_text() for page in plain)
