"""Every role on every page, and what a page lets it do; who is not signed in sees nothing."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from sqlalchemy import make_url, select, union

from data_access import door
from data_access.access.roles import load_roles
from data_access.access.sessions import Sessions
from data_access.access.users import User, make_user
from data_access.database.engine import HouseholdDatabase
from data_access.errors import LedgerError, ScopeError
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.declaration import metadata
from data_access.ledger.ledger import Ledger, ledger_url
from data_access.schema.tables import clue, household, measure, need
from data_access.scope import Scope
from pages.shell import identity, menu
from tests.pages.conftest import OpenApp, label, says, tiles, wording, words
from tests.support import households

pytestmark = pytest.mark.opens_a_database

TOWNSHIP = "610902107"
REFUSED = wording("error.page_not_allowed", page="").partition("“")[0]
VILLAGE = f"{TOWNSHIP}201"
DEPARTMENT = "medical_insurance"
ROWS = households.merged(households.village(VILLAGE, township=TOWNSHIP), households.household(village_code=VILLAGE))
SECTION_OF = {page: section for section, pages in menu.SECTIONS.items() for page in pages}

SignIn = Callable[..., User]


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Somebody of a role looks at the pages; who needs places has one, or those given."""

    def sign_in(role: str, *places: str) -> User:
        declared = load_roles().by_key[role]
        if declared.needs_places and not places:
            places = (VILLAGE if declared.places_level == "village" else TOWNSHIP,)
        department = DEPARTMENT if declared.needs_department else None
        somebody = make_user(user_id=role, label="张三", role=role, places=places, department=department)
        monkeypatch.setattr(identity, "user", lambda: somebody)
        return somebody

    return sign_in


def audited(kind: str) -> list[dict]:
    ledger = Ledger(make_url(ledger_url()))
    rows = ledger.read(select(audit_entry).where(audit_entry.c.event == kind)).to_dict("records")
    ledger.dispose()
    return rows


def head_name(url: str, household_id: str) -> str:
    with HouseholdDatabase(make_url(url)).connect() as (connection, _):
        query = select(household.c.head_name).where(household.c.household_id == household_id)
        return str(connection.execute(query).scalar_one())


@pytest.mark.parametrize("role", list(load_roles().by_key))
def test_a_role_opens_its_pages_and_no_other(role: str, open_app: OpenApp, signed_in: SignIn) -> None:
    known = signed_in(role)
    app = open_app(ROWS)
    for page in load_roles().pages:
        app.switch_page(menu.page_path(SECTION_OF[page], page)).run()
        assert not app.exception, page
        said = words(app)
        assert (REFUSED in said) == (page not in known.role.pages), page
        built = [button.key for button in app.button if str(button.key).startswith("build_") and not button.disabled]
        assert not built or {"export_lists", "export_figures"} & known.role.actions, (page, built)
        others = [error.value for error in app.error if REFUSED not in error.value]
        assert others == [], page
    refused = {json.loads(row["detail"])["page"] for row in audited("page_refused")}
    assert refused == set(load_roles().pages) - known.role.pages


@pytest.mark.parametrize("role", list(load_roles().by_key))
def test_a_role_writes_what_its_actions_allow_and_nothing_else(role: str, signed_in: SignIn) -> None:
    scope = signed_in(role).scope
    ledger = Ledger(make_url(ledger_url()))
    for table in metadata.tables.values():
        action = table.info["action"]
        if action is None or table.name.startswith("trial"):
            continue
        if scope.may(action):
            ledger.append((table, []), recorded_by="张三", scope=scope)
        else:
            with pytest.raises(ScopeError, match=action):
                ledger.append((table, []), recorded_by="张三", scope=scope)
    ledger.dispose()


def test_township_staff_see_their_own_township_and_cannot_leave_it(
    sample_url: str, open_app: OpenApp, signed_in: SignIn
) -> None:
    signed_in("township")
    app = open_app(sample_url, place="610902108", month="2022-09")
    assert app.selectbox(key="bar_township").options == ["恒口镇"]
    assert not app.error
    app = open_app(sample_url, page="board/worklist", place="610902", list="red_households")
    assert not app.error
    assert set(app.dataframe[0].value["township"]) <= {"恒口镇"}


def test_who_has_several_places_sees_their_sum_as_one(sample_url: str, open_app: OpenApp, signed_in: SignIn) -> None:
    def open_cases(**link: str) -> int:
        tile = tiles(open_app(sample_url, month="2022-09", **link))[label("open_households")]
        return int(tile.partition("户")[0].replace(",", ""))

    own = (TOWNSHIP, "610902104")
    signed_in("leader")
    each = [open_cases(place=place) for place in own]
    assert all(each)
    signed_in("township", *own)
    assert open_cases() == sum(each)
    bar = open_app(sample_url).selectbox(key="bar_township")
    assert [bar.options[0], len(bar.options)] == [wording("bar.my_range"), 3]


def test_village_staff_read_their_people_in_full_once_they_noted_what_for(
    sample_url: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HouseholdDatabase(make_url(sample_url)).connect() as (connection, _):
        query = select(household.c.village_code).where(household.c.household_id == "6100000001")
        village = str(connection.execute(query).scalar_one())
    cadre = make_user(user_id="village", label="张三", role="village", places=(village,))
    monkeypatch.setattr(identity, "user", lambda: replace(cadre, unmasked=door.unmasked(cadre)))
    app = open_app(sample_url, household="6100000001", page="households/household")
    name = head_name(sample_url, "6100000001")
    assert name not in words(app)
    app.text_input(key="unmask_purpose").set_value("入户走访")
    next(button for button in app.button if button.label == wording("unmask.press")).click().run()
    assert name in words(app)
    assert wording("unmask.own") not in words(app)
    [entry] = audited("unmasked")
    assert (entry["place"], entry["recorded_by"]) == (village, cadre.signature)


def test_department_staff_read_the_figures_of_the_district_and_the_list_of_their_households(
    sample_url: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, signed_in: SignIn
) -> None:
    signed_in("leader")
    everybody = open_app(sample_url, month="2022-09")
    signed_in("department")
    app = open_app(sample_url, month="2022-09")
    assert tiles(app) == tiles(everybody)
    with HouseholdDatabase(make_url(sample_url)).connect() as (connection, _):
        parts = [
            select(table.c.household_id).where(table.c.department == "medical_insurance")
            for table in (clue, need, measure)
        ]
        theirs = set(connection.execute(union(*parts)).scalars())
    app = open_app(sample_url, page="board/worklist", list="open_households", month="2022-09")
    shown = set(app.dataframe[0].value["household_id"].str.extract(r"household=(\d+)")[0])
    assert shown
    assert shown <= theirs
    other = open_app(sample_url, page="households/household", household="6100000001")
    assert "6100000001" not in theirs
    assert says(other, "household.not_found")


@pytest.mark.parametrize("page", ["board/overview", "households/household", "data/downloads", "about/audit"])
def test_who_is_not_signed_in_sees_the_way_to_sign_in_and_nothing_else(
    page: str, sample_url: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGN_IN", "local")
    monkeypatch.setattr(identity, "secret", lambda: "forged")
    app = open_app(sample_url, page=page)
    assert says(app, "access.sign_in")
    assert not app.metric
    assert not app.dataframe
    assert not app.selectbox


def test_opening_a_household_is_entered_once_a_visit(sample_url: str, open_app: OpenApp, signed_in: SignIn) -> None:
    signed_in("staff")
    app = open_app(sample_url, household="6100000001", page="households/household")
    app.run()
    [entry] = audited("household_opened")
    assert (entry["household_id"], entry["recorded_by"]) == ("6100000001", "张三（staff）")


def test_names_are_read_where_they_were_opened_and_masked_elsewhere(
    sample_url: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = Scope(regions=None, unmasked_households=("6100000001",), actions=frozenset())
    monkeypatch.setattr(identity, "scope", lambda: scope)
    opened = words(open_app(sample_url, household="6100000001", page="households/household"))
    other = words(open_app(sample_url, household="6100000002", page="households/household"))
    names = [head_name(sample_url, household_id) for household_id in ("6100000001", "6100000002")]
    assert names[0] in opened
    assert names[1] not in other


def test_a_ledger_that_cannot_be_asked_whether_the_session_lasts_is_said_under_the_figures(
    open_app: OpenApp, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise LedgerError("ledger_unreachable", ledger="here", reason="locked")

    signed_in("leader")
    monkeypatch.setattr(identity, "secret", lambda: "shown")
    monkeypatch.setattr(Sessions, "find", fails)
    app = open_app(ROWS)
    assert not app.exception
    assert ["locked" in said.value for said in app.error] == [True]
    assert app.metric


@pytest.mark.parametrize(("role", "looks_only"), [("leader", True), ("inspector", False)])
def test_a_role_that_only_looks_is_told_so_in_the_place_of_the_form(
    role: str, looks_only: bool, sample_url: str, open_app: OpenApp, signed_in: SignIn
) -> None:
    signed_in(role)
    app = open_app(sample_url, page="inspection/draw", part="make")
    assert says(app, "access.looks_only", role=wording(f"role.{role}")) == looks_only
    assert ("draw_called" in [field.key for field in app.text_input]) != looks_only


def test_a_signed_in_reader_records_under_the_own_name_and_no_other(
    sample_url: str, open_app: OpenApp, signed_in: SignIn
) -> None:
    signed_in("inspector")
    app = open_app(sample_url, page="inspection/draw", part="make")
    assert "draw_by" not in [field.key for field in app.text_input]
    own = app.text_input(key="draw_by_signed")
    assert (own.value, own.disabled) == ("张三（inspector）", True)


@pytest.mark.parametrize(("role", "offered"), [("staff", True), ("department", False), ("village", False)])
def test_a_list_offers_to_send_it_out_to_who_may(
    role: str, offered: bool, open_app: OpenApp, signed_in: SignIn
) -> None:
    signed_in(role)
    app = open_app(ROWS, page="board/worklist", list="households")
    links = [link.proto.label for link in app.get("page_link")]
    assert (wording("list.split") in links) is offered


def test_the_product_is_named_after_the_district_for_who_sees_a_part_of_it(
    sample_url: str, open_app: OpenApp, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    monkeypatch.setattr(st, "logo", lambda picture, **_: named.append(picture))
    signed_in("township", TOWNSHIP, "610902104")
    open_app(sample_url)
    assert wording("app.title_of", place="汉滨区") in named[-1]
