"""Whatever stands in the state of widgets, township staff get nothing of another township and no name or number in
full: as tests/e2e/test_forged.py over the websocket, here with what a run draws."""

from collections.abc import Callable, Mapping
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from data_access.access.users import make_user
from pages.shell import identity, menu
from tests.pages.conftest import OpenApp
from tests.support.forging import ELSEWHERE, FORBIDDEN, NOT_WIDGETS, OWN, PAGES, links, values
from tests.support.sessions import LISTS
from tests.support.worlds import VILLAGES, households_of, rows_of

SECTION_OF = {page: section for section, pages in menu.SECTIONS.items() for page in pages}


Visit = Callable[[str, Mapping[str, str]], AppTest]


@pytest.fixture
def visit(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Opens a page with a link, over three townships, as staff of one of them."""
    staff = make_user(user_id="town", label="张三", role="township", places=(OWN,))
    monkeypatch.setattr(identity, "user", lambda: staff)
    rows = rows_of(frozenset(VILLAGES))

    def open_(page: str, link: Mapping[str, str]) -> AppTest:
        return open_app(rows, page=f"{SECTION_OF[page]}/{page}", **link)

    return open_


def drawn(app: AppTest) -> bytes:
    """Everything that the last run sent: tables too."""
    protos = [node.proto for node in app._tree if getattr(node, "proto", None) is not None]
    return b"\n".join(proto.SerializeToString() for proto in protos)


def check(app: AppTest, *, of: str) -> None:
    sent = drawn(app)
    leaked = [text.decode() for text in FORBIDDEN if text in sent]
    assert not leaked, (of, leaked[:3])


def forged(ids: list[str], data: st.DataObject) -> WidgetStates:
    """States of some widgets, and of something that is no widget but has the name of what the program remembers."""
    states = WidgetStates()
    chosen = data.draw(st.lists(st.sampled_from(ids), max_size=4, unique=True)) if ids else []
    for widget_id in (*chosen, data.draw(st.sampled_from(NOT_WIDGETS))):
        state = states.widgets.add(id=widget_id)
        for name, value in data.draw(values).items():
            if name in LISTS:
                getattr(state, name).data.extend(value)
            else:
                setattr(state, name, value)
    return states


def widget_ids(app: AppTest) -> list[str]:
    """The widgets that the last run drew, but not the way out."""
    ids = {str(getattr(node.proto, "id", "")) for node in app._tree if getattr(node, "proto", None) is not None}
    return sorted(one for one in ids if one.startswith("$$ID-") and not one.endswith("-sign_out"))


def test_the_check_sees_what_is_drawn(visit: Visit) -> None:
    sent = drawn(visit("worklist", {"list": "households"}))
    assert [home for home in households_of(VILLAGES[0]) if home.encode() in sent], "households of the own township"
    assert not [home for home in ELSEWHERE if home.encode() in sent]


@given(data=st.data())
@settings(
    max_examples=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_forged_widgets_and_links_draw_nothing_of_another_township(visit: Visit, data: st.DataObject) -> None:
    """Thirty visits of two runs: as the link says, then with forged widgets: they may end the forger's page."""
    page, link = data.draw(st.sampled_from(PAGES)), data.draw(links)
    app = visit(page, link)
    check(app, of=f"{page} {link}")
    states = forged(widget_ids(app), data)
    with patch.object(app._tree, "get_widget_states", lambda: states):
        app.run()
    check(app, of=f"{page} {link} {states}")
