"""Masking in the select list: what is hidden never leaves the database."""

from datetime import date

import pytest
from sqlalchemy import Date, String, cast, literal, null, select

from data_access import disclosure
from data_access.database.engine import HouseholdDatabase
from data_access.scope import Scope
from tests.data_access.conftest import MakeDatabase
from tests.support.households import merged, village

MASKED = Scope.district()
UNMASKED = Scope.everything()


@pytest.fixture(scope="module")
def database(shared_database: MakeDatabase) -> HouseholdDatabase:
    return shared_database(merged(village()))


@pytest.fixture
def shown(database: HouseholdDatabase):
    def show(mask, text: str | None, *, scope: Scope = MASKED) -> str | None:
        value = null() if text is None else literal(text, String)
        with database.connect() as (connection, _):
            return connection.execute(select(mask(value, scope=scope))).scalar()

    return show


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小明", "张**"),
        ("买买提江", "买**"),
        ("欧阳修", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("张", "张"),
        (None, None),
    ],
)
def test_a_name_keeps_its_surname(shown, name: str | None, masked: str | None) -> None:
    assert shown(disclosure.name, name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("610902198001011234", "610902**********34"),
        ("61090219800101123443", "610902**********43"),
        ("61090219800101", "**********"),
        ("", "**********"),
        (None, None),
    ],
)
def test_an_id_number_keeps_its_county_and_its_last_two_digits(shown, number: str | None, masked: str | None) -> None:
    assert shown(disclosure.id_number, number) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("5678", "****"), (None, None)])
def test_a_telephone_keeps_its_first_three_and_last_four_digits(shown, phone: str | None, masked: str | None) -> None:
    assert shown(disclosure.phone, phone) == masked


def test_an_unmasked_scope_sees_everything(shown) -> None:
    assert shown(disclosure.name, "欧阳小明", scope=UNMASKED) == "欧阳小明"
    assert shown(disclosure.id_number, "610902198001011234", scope=UNMASKED) == "610902198001011234"
    assert shown(disclosure.phone, "13812345678", scope=UNMASKED) == "13812345678"


@pytest.mark.parametrize(
    ("born", "seen", "years"),
    [
        (date(2022, 10, 1), "<15", "-1"),
        (date(2007, 10, 1), "<15", "14"),
        (date(2007, 9, 30), "15–19", "15"),
        (date(1982, 10, 1), "35–39", "39"),
        (date(1982, 9, 30), "40–44", "40"),
        (date(1932, 9, 30), "90+", "90"),
        (date(1910, 1, 1), "90+", "112"),
        (None, None, None),
    ],
)
def test_an_age_is_a_band_of_years(database: HouseholdDatabase, born: date | None, seen: str, years: str) -> None:
    value = cast(literal(born, Date), Date)
    with database.connect() as (connection, _):
        asked = [disclosure.age(value, on=date(2022, 9, 30), scope=scope) for scope in (MASKED, UNMASKED)]
        assert tuple(connection.execute(select(*asked)).one()) == (seen, years)
