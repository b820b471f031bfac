"""Behind the form: a new password ends every session that was begun with the old one."""

import pytest

from data_access import door
from data_access.access import accounts
from data_access.access.users import make_user
from pages.server import sign_in_form

pytestmark = pytest.mark.opens_a_database

NEW = "correct horse battery"


def test_a_new_password_ends_the_sessions_of_the_old_one() -> None:
    told = {"user_id": "zhang", "label": "张三", "role": "leader", "places": ()}
    first = accounts.add_account(door.ledger(), **told, recorded_by="管理员")  # type: ignore[arg-type]
    other = {**told, "user_id": "li"}
    for name, somebody in (("his", told), ("hers", other)):
        door.sessions().start(name, make_user(**somebody))  # type: ignore[arg-type]
    sent = {"user": "zhang", "password": first, "new": NEW, "again": NEW, "code": "", "secret": "", "next": "/"}
    sign_in_form._signed_in(sent, change=True, origin=accounts.NOWHERE, fresh="")
    door.sessions()._held.clear()  # what a server knows of a session may be a second old
    assert door.sessions().find("his") is None
    assert door.sessions().find("hers") is not None
