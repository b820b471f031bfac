"""The draw of the month: made with a seed, shown by group and township, checked again from its frame."""

import csv
import hashlib
import io
import zipfile

import pypdf
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from streamlit.testing.v1 import AppTest

from data_access import door
from data_access.inspection import draws
from data_access.scope import Scope
from tests.pages.conftest import OpenApp, says, told_of_export, wording, words
from tests.support.households import household, merged, village
from tests.support.protected import opened_workbook
from tests.support.sheets import read_first_sheet

pytestmark = pytest.mark.facts("households")

DISTRICT = Scope.district()

PASSWORD = "督查-open-2022"


def make(app: AppTest, *, called: str = "3712", reason: str = "") -> AppTest:
    app.query_params["part"] = "make"
    app.run()
    fields = {str(field.key).rstrip("_0123456789"): field for field in app.text_input}
    fields["draw_called"].input(called)
    if reason:
        fields["draw_reason"].input(reason)
    app.text_input(key="draw_by").input("张干部").run()
    next(button for button in app.button if str(button.key).startswith("draw_press")).click().run()
    assert not app.exception, app.exception[0].message
    return app


def test_without_a_draw_the_page_says_how_to_make_one(open_app: OpenApp) -> None:
    assert says(open_app(merged(village()), page="inspection/draw"), "draw.none_inspection")


def test_a_single_household_is_drawn_and_nothing_more(open_app: OpenApp) -> None:
    app = make(open_app(merged(village(), household("H1")), page="inspection/draw"))
    assert says(app, "draw.reading", townships=1, villages=1, households=1, projects=0)


def test_nobody_draws_without_a_name_and_a_number_and_what_is_no_number_is_told(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household("H1")), page="inspection/draw", part="make")
    app.text_input(key="draw_by").input("张干部").run()
    assert app.button(key="draw_press").disabled
    app.text_input(key="draw_called").input("三七").run()
    app.button(key="draw_press").click().run()
    assert [shown.value for shown in app.error] == [wording("error.draw_number_missing", longest=20)]
    assert draws.read_draws(door.ledger(), scope=DISTRICT).empty


def test_the_full_sample_is_drawn_and_the_page_says_how_to_repeat_it(open_app: OpenApp, sample_url: str) -> None:
    app = make(open_app(sample_url, page="inspection/draw"))
    said = words(app)
    assert says(app, "draw.reading", townships=26, villages=52)
    [kept] = draws.read_draws(door.ledger(), scope=DISTRICT).to_dict("records")
    assert f"种子 `{kept['seed']}`" in said
    assert (kept["seed_from"], kept["seed"].rpartition("+")[2]) == ("data", "3712")
    assert says(app, "draw.was_called", number=3712)
    assert wording("draw.binds") in said
    assert kept["frame_hash"] in said
    app.button(key="build_draw_frame").click().run()
    assert told_of_export()["draw"] == kept["draw_id"]
    built = app.session_state["built_draw_frame"]
    path = f"{built['folder'].name}/{built['name']}"
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        lines = [",".join(row) for row in list(csv.reader(file))[1:]]
    assert hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() == kept["frame_hash"]


def test_the_draw_is_on_one_page_by_which_anybody_checks_it(open_app: OpenApp, sample_url: str) -> None:
    app = make(open_app(sample_url, page="inspection/draw"))
    app.button(key="build_draw_paper").click().run()
    assert not app.exception, app.exception[0].message
    built = app.session_state["built_draw_paper"]
    [page] = pypdf.PdfReader(f"{built['folder'].name}/{built['name']}").pages
    said = "".join(page.extract_text().split())
    [kept] = draws.read_draws(door.ledger(), scope=DISTRICT).to_dict("records")
    units = draws.read_units(door.ledger(), scope=DISTRICT, draw_id=kept["draw_id"])
    drawn = units[~units["replacement"]]
    lines = sorted(f"{kind},{code}" for kind, code in zip(drawn["kind"], drawn["code"], strict=True))
    for fact in (kept["seed"], kept["frame_hash"], hashlib.sha256("\n".join(lines).encode()).hexdigest()):
        assert fact in said
    assert wording("draw.was_called", number=3712).replace(" ", "") in said
    townships = drawn["township_code"].unique()
    assert all(door.regions(scope=DISTRICT).names["zh"][code] in said for code in townships)


def test_the_same_number_draws_the_same_another_something_else_and_the_first_binds(
    open_app: OpenApp, sample_url: str
) -> None:
    app = open_app(sample_url, page="inspection/draw")
    for called, reason in (("1", ""), ("1", "两村撤并"), ("2", "人手不够")):
        make(app, called=called, reason=reason)
    assert says(app, "draw.stands_beside", turn=3, reason="人手不够")
    known = draws.read_draws(door.ledger(), scope=DISTRICT)["draw_id"]
    codes = [draws.read_units(door.ledger(), scope=DISTRICT, draw_id=number)["code"].tolist() for number in known]
    assert codes[0] == codes[1] != codes[2]
    again = open_app(sample_url, page="inspection/draw", part="make")
    assert says(again, "draw.again")
    again.text_input(key="draw_called").input("4")
    again.text_input(key="draw_by").input("张干部").run()
    assert again.button(key="draw_press").disabled, "without a reason"


def test_a_township_sees_what_was_drawn_there(open_app: OpenApp, sample_url: str) -> None:
    make(open_app(sample_url, page="inspection/draw"))
    assert says(open_app(sample_url, page="inspection/draw", place="610902104"), "draw.reading", townships=1)
    assert says(open_app(sample_url, page="inspection/draw", place="610902001"), "draw.nothing_here", whole="汉滨区")


def test_a_forged_number_of_a_draw_falls_back_to_the_newest(open_app: OpenApp) -> None:
    app = make(open_app(merged(village(), household("H1")), page="inspection/draw"))
    app.query_params["draw"] = "C202209-'; drop table draw"
    app.run()
    assert not app.exception
    assert says(app, "draw.reading", households=1)


@pytest.mark.facts()
def test_a_group_takes_its_sheets_along_encrypted(open_app: OpenApp) -> None:
    home = household("H1", indicators=[{"water_problem": True}], head_name="王小明")
    app = make(open_app(merged(village(), home), page="inspection/draw"))
    app.text_input(key="package_password").input("short").run()
    assert not [button for button in app.button if button.key == "build_package"]
    app.text_input(key="package_password").input(PASSWORD).run()
    app.text_input(key="package_again").input(PASSWORD).run()
    app.button(key="build_package").click().run()
    assert not app.exception, app.exception[0].message
    told = told_of_export()
    assert (told["group"], bool(told["draw"])) == (app.selectbox(key="package_group").value, True)
    assert "code" in told["columns"]
    built = app.session_state["built_package"]
    with zipfile.ZipFile(f"{built['folder'].name}/{built['name']}") as archive:
        assert sorted(archive.namelist()) == [
            "入户核查表（一户一页）.pdf",
            "名单.xlsx",
            "核查表.pdf",
            "核查表_离线填写后上传.xlsx",
        ]
        for name in ("核查表.pdf", "入户核查表（一户一页）.pdf"):
            paper = pypdf.PdfReader(io.BytesIO(archive.read(name)))
            assert paper.is_encrypted
            assert paper.decrypt("wrong") == pypdf.PasswordType.NOT_DECRYPTED
            paper.decrypt(PASSWORD)
        pages = paper.pages
        for name in ("名单.xlsx", "核查表_离线填写后上传.xlsx"):
            with pytest.raises(InvalidKeyError):
                opened_workbook(archive.read(name), password="wrong")
            assert opened_workbook(archive.read(name), password=PASSWORD).startswith(b"PK")
        _, _, heading, *form = read_first_sheet(opened_workbook(archive.read(name), password=PASSWORD), name=name)
    named = {row[heading.index(wording("findings.column.name"))] for row in form}
    assert named == {"王小明", "村610902100201"}, "a group knows whom it writes about"
    text = "".join(page.extract_text() for page in pages)
    assert "H1" in text
    assert wording("sheet.marked", label="饮水安全") in text
    assert wording("sheet.not_held") in text.replace("\n", "")
    assert "红色预警" in text
