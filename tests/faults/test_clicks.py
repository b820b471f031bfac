"""A form sent twice is one record."""

from pathlib import Path

from sqlalchemy import make_url

from data_access.clock import today
from data_access.inspection.problems import read_problems
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope
from tests.conftest import StartServer
from tests.support.sessions import Session

QUERY = "lang=zh&part=new&place=610902107"


def test_a_button_pressed_twice_at_once_and_once_more_records_one_thing(
    start_server: StartServer, sample_url: str, tmp_path: Path
) -> None:
    ledger_url = f"sqlite:///{(tmp_path / 'clicked.sqlite').as_posix()}"
    server = start_server(env={"HOUSEHOLD_DATABASE_URL": sample_url, "LEDGER_DATABASE_URL": ledger_url})
    with Session(server.url, page="problems") as session:
        session.run(query=QUERY)
        session.set("problems_new_text", string_value="驻村工作队缺岗")
        session.set("problems_new_by", string_value="张干部")
        session.set("problems_new_press", trigger_value=True)
        session.ask(query=QUERY)
        session.run(query=QUERY)  # the second click, before the first was answered
        session.run(query=QUERY)  # and again, on the button that is no longer there
    ledger = Ledger(make_url(ledger_url))
    assert len(read_problems(ledger, scope=Scope.district(), on=today())) == 1
    ledger.dispose()
