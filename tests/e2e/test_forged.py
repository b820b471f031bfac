"""Whatever a browser sends instead of what it was offered, township staff get nothing of another township and no name
or number in full: widgets with values that were never on offer, links, and widgets that do not exist. More of them,
without a server: tests/pages/shell/test_forged.py."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from pages.shell.identity import COOKIE
from tests.e2e.conftest import Board
from tests.support.forging import ELSEWHERE, FORBIDDEN, NOT_WIDGETS, OWN, PAGES, links, values
from tests.support.server import Server
from tests.support.sessions import Run, Session
from tests.support.worlds import VILLAGES, households_of

SECRET = "a secret that only this test knows"


@pytest.fixture(scope="module")
def server(board: Board) -> Server:
    """The app with sign-in; township staff have signed in."""
    user = make_user(user_id="town", label="张三", role="township", places=(OWN,))
    Sessions(board.ledger).start(SECRET, user)
    return board.server


def visit(server: Server, page: str) -> Session:
    return Session(server.url, page=page, cookie=f"{COOKIE}={SECRET}")


def check(run: Run, *, of: str, whole: bool = True) -> None:
    """Nothing forbidden came; and, where the page is to be `whole`, it did not fail."""
    leaked = [text.decode() for text in FORBIDDEN if text in run.raw]
    assert not leaked, (of, leaked[:3])
    assert not (whole and [kind for kind, _ in run.elements if kind == "exception"]), (of, run.errors)


def test_the_check_sees_what_is_shown(server: Server) -> None:
    with visit(server, "worklist") as session:
        run = session.run(query="list=households&lang=zh")
        shown = [home for home in households_of(VILLAGES[0]) if home.encode() in run.raw]
    assert shown, "households of the own township stand there"
    with pytest.raises(AssertionError):
        check(Run(0, None, 0, [], [], (run.raw + ELSEWHERE[0].encode(),)), of="worklist")


@given(data=st.data())
@settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate])
def test_forged_widgets_and_links_show_nothing_of_another_township(server: Server, data: st.DataObject) -> None:
    """Twelve visits of three runs: as the link says, then twice with forged widgets and with something that is no
    widget but has the name of what the program remembers. A value of a wrong type may end the forger's own page."""
    page = data.draw(st.sampled_from(PAGES))
    link = "&".join(f"{key}={value}" for key, value in data.draw(links).items()).replace(" ", "%20")
    with visit(server, page) as session:
        check(session.run(query=link), of=f"{page}?{link}")
        for _ in range(2):
            if session.widgets:
                chosen = data.draw(st.lists(st.sampled_from(sorted(session.widgets)), min_size=1, max_size=4))
                for key in (key for key in chosen if key != "sign_out"):
                    session.set(key, **data.draw(values))
            session.send_as(data.draw(st.sampled_from(NOT_WIDGETS)), **data.draw(values))
            check(session.run(query=link), of=f"{page}?{link} {session.sent}", whole=False)
