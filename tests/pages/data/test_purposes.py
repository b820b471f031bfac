"""A manager approves a purpose beside a list; district staff take files under it, and only with its columns."""

import io
import zipfile
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from data_access import clock, door
from data_access.access.purposes import in_force, read_purposes, withdraw
from data_access.access.users import User, make_user
from pages.shell import identity
from tests.pages.conftest import ROOT, OpenApp, build_file, conclude, open_sheet, wording, words
from tests.support.households import household, merged, village
from tests.support.protected import opened_workbook

pytestmark = pytest.mark.facts("households")

METRIC = "red_households"
ROWS = merged(
    village(),
    household(
        "H1",
        indicators=[{"water_problem": True}],
        head_name="张小明",
        head_id_no="610902199001011234",
        phone="13812345678",
    ),
)

SignIn = Callable[[str], User | None]


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> SignIn:
    def as_role(role: str) -> User:
        somebody = make_user(user_id=role, label="张三", role=role, places=())
        monkeypatch.setattr(identity, "user", lambda: somebody)
        return somebody

    return as_role


COLUMNS = ("head_name", "head_id_no", "score")


@pytest.fixture
def nobody_signs_in() -> SignIn:
    """One user takes every role."""
    return lambda _role: identity.user()


def approved(
    open_app: OpenApp,
    sign_in: SignIn,
    *,
    page: str = "board/worklist",
    subject: str = METRIC,
    columns: tuple[str, ...] = COLUMNS,
    by: str | None = None,
) -> AppTest:
    """Approve a purpose for a list as a manager does, or somebody who gives their name where nobody signs in."""
    sign_in("manager")
    app = open_sheet(open_app(ROWS, page=page, list=METRIC, f="lamp.is.red"), f"purpose_{subject}_approve")
    app.text_input(key=f"purpose_name_{subject}").input("入户核查")
    app.text_input(key=f"purpose_reason_{subject}").input("逐户核查红色预警")
    app.multiselect(key=f"purpose_columns_{subject}").set_value([*columns])
    if by is not None:
        app.text_input(key=f"purpose_by_{subject}").input(by)
    [press] = [button for button in app.button if button.label == wording("purpose.press")]
    press.click().run()
    assert wording("purpose.approved", name="入户核查") in "".join(said.value for said in app.success)
    return app


def chosen_by_staff(app: AppTest, sign_in: SignIn, *, subject: str = METRIC) -> AppTest:
    """Go on as district staff who choose the purpose that was approved."""
    [held] = in_force(door.ledger(), subject, on=clock.today())
    sign_in("staff")
    app.run()
    return app.selectbox(key=f"purpose_{subject}").select(held.purpose_id).run()


def cells_of(app: AppTest, *, key: str, sheet: int = 0) -> list[list]:
    built = app.session_state[f"built_{key}"]
    return CalamineWorkbook.from_path(f"{built['folder'].name}/{built['name']}").get_sheet_by_index(sheet).to_python()


def test_a_file_under_a_purpose_has_its_columns_in_full_and_no_other(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in)
    chosen_by_staff(app, sign_in)
    build_file(app, f"list_{METRIC}")
    titles, row = cells_of(app, key=f"list_{METRIC}_xlsx")
    told = dict(zip(titles, row, strict=True))
    assert (told[wording("list.head_name")], told[wording("list.head_id_no")]) == ("张小明", "610902199001011234")
    assert wording("list.phone") not in titles
    assert wording("list.reasons") not in titles
    [known] = read_purposes(door.ledger(), on=clock.today()).to_dict("records")
    assert known["uses"] == 1
    assert "138" not in words(app)
    assert "张小明" not in str(app.dataframe[0].value), "the screen stays masked"


def test_where_nobody_signs_in_the_file_and_the_record_say_one_person(
    open_app: OpenApp, nobody_signs_in: SignIn
) -> None:
    app = chosen_by_staff(approved(open_app, nobody_signs_in, by="李四"), nobody_signs_in)
    build_file(app, f"list_{METRIC}")
    titles, row = cells_of(app, key=f"list_{METRIC}_xlsx")
    assert dict(zip(titles, row, strict=True))[wording("list.head_name")] == "张小明"
    about = dict(line[:2] for line in cells_of(app, key=f"list_{METRIC}_xlsx", sheet=1))
    assert about[wording("download.masking")].endswith(wording("purpose.by_one_person", said=""))
    assert "李四" in about[wording("download.masking")]
    [used] = door.ledger().signed_entries("exported")
    assert used["detail"]["one_person"] is True


def test_without_a_purpose_the_file_is_masked_and_no_use(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in)
    sign_in("staff")
    app.run()
    build_file(app, f"list_{METRIC}")
    titles, row = cells_of(app, key=f"list_{METRIC}_xlsx")
    assert dict(zip(titles, row, strict=True))[wording("list.head_name")] == "张**"
    assert read_purposes(door.ledger(), on=clock.today())["uses"].tolist() == [0]


@pytest.mark.parametrize("role", ["leader", "inspector", "manager"])
def test_others_are_not_offered_a_purpose(open_app: OpenApp, sign_in: SignIn, role: str) -> None:
    app = approved(open_app, sign_in)
    sign_in(role)
    app.run()
    assert not [box for box in app.selectbox if box.key == f"purpose_{METRIC}"]


def test_a_purpose_taken_back_meanwhile_opens_nothing(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in)
    [held] = in_force(door.ledger(), METRIC, on=clock.today())
    sign_in("staff")
    app.run()
    app.selectbox(key=f"purpose_{METRIC}").select(held.purpose_id).run()
    withdraw(
        door.ledger(),
        held.purpose_id,
        recorded_by="主管",
        scope=make_user(user_id="m", label="主管", role="manager", places=()).scope,
    )
    build_file(app, f"list_{METRIC}")
    titles, row = cells_of(app, key=f"list_{METRIC}_xlsx")
    assert dict(zip(titles, row, strict=True))[wording("list.head_name")] == "张**"
    assert read_purposes(door.ledger(), on=clock.today())["uses"].tolist() == [0]


def test_the_page_of_purposes_shows_them_and_takes_one_back(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in)
    app.switch_page(str(ROOT / "pages/data/purposes/page.py")).run()
    assert app.dataframe[0].value["name"].tolist() == ["入户核查"]
    assert app.dataframe[0].value["state"].tolist() == [wording("disposition.holds")]
    sign_in("staff")
    assert not [button for button in app.run().button if button.key == "purposes_withdraw_press"]
    sign_in("manager")
    app.run().button(key="purposes_withdraw_press").click().run()
    assert app.dataframe[0].value["state"].tolist() == [wording("audit.detail_withdrawn")]


def test_a_selection_is_taken_with_the_columns_of_its_purpose(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in, page="data/downloads", subject="selection")
    chosen_by_staff(app, sign_in, subject="selection")
    build_file(app, "selection")
    titles, row = cells_of(app, key="selection_xlsx")
    assert row[titles.index(wording("list.head_id_no"))] == "610902199001011234"
    app.button(key="downloads_off_0").click().run()
    assert not [box for box in app.selectbox if box.key == "purpose_selection"], (
        "without its condition it does not hold"
    )


def test_a_column_that_the_screen_does_not_show_is_filled_under_a_purpose_too(
    open_app: OpenApp, sign_in: SignIn
) -> None:
    app = approved(open_app, sign_in, page="data/downloads", subject="selection", columns=("head_name", "disposition"))
    conclude(["H1"], month="2022-09")
    chosen_by_staff(app, sign_in, subject="selection")
    build_file(app, "selection")
    titles, row = cells_of(app, key="selection_xlsx")
    assert row[titles.index(wording("list.disposition"))] == "继续关注"


def test_townships_get_names_in_a_list_that_is_split_under_a_purpose(open_app: OpenApp, sign_in: SignIn) -> None:
    app = approved(open_app, sign_in)
    [held] = in_force(door.ledger(), METRIC, on=clock.today())
    sign_in("staff")
    app.query_params.clear()
    app.query_params["list"] = METRIC
    app.switch_page(str(ROOT / "pages/data/returns/page.py")).run()
    app.selectbox(key=f"purpose_{METRIC}").select(held.purpose_id).run()
    app.button(key="returns_make").click().run()
    password = app.code[0].value
    app.button(key="build_handout").click().run()
    assert not app.exception, app.exception[0].message
    built = app.session_state["built_handout"]
    with zipfile.ZipFile(f"{built['folder'].name}/{built['name']}") as archive:
        [part] = archive.namelist()
        plain = opened_workbook(archive.read(part), password=password)
    cells = CalamineWorkbook.from_filelike(io.BytesIO(plain)).get_sheet_by_index(0).to_python()
    assert "张小明" in cells[3]
    assert "610902199001011234" in cells[3]
    assert "13812345678" not in str(cells)
