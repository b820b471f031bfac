"""What attacks share: a board with accounts; databases, ledgers and pages as in the folders that test them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url

from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from data_access.ledger.ledger import Ledger
from tests.data_access.conftest import database_kind as database_kind
from tests.data_access.conftest import ledger as ledger
from tests.data_access.conftest import make_database as make_database
from tests.data_access.conftest import shared_database as shared_database
from tests.pages.conftest import components_looked_for_once as components_looked_for_once
from tests.pages.conftest import household_database as household_database
from tests.pages.conftest import open_app as open_app
from tests.support.households import create_database
from tests.support.server import Server, running_server
from tests.support.worlds import VILLAGES, rows_of

PEOPLE = ("zhang", "li", "wang")
"""Leaders who are signed in; what their browsers present is `secret of NAME`."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over three townships, in which several people are signed in."""
    folder = tmp_path_factory.mktemp("attacks")
    database, ledger_url = f"duckdb:///{folder / 'household.duckdb'}", f"sqlite:///{folder / 'ledger.sqlite'}"
    engine = create_engine(database)
    create_database(engine, rows_of(frozenset(VILLAGES)))
    engine.dispose()
    ledger = Ledger(make_url(ledger_url))
    for name in PEOPLE:
        Sessions(ledger).start(f"secret of {name}", make_user(user_id=name, label=name, role="leader", places=()))
    ledger.dispose()
    environment = {"HOUSEHOLD_DATABASE_URL": database, "LEDGER_DATABASE_URL": ledger_url, "SIGN_IN": "local"}
    with running_server(env=environment) as made:
        yield made
