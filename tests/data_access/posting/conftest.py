"""Databases that reports are put into are those that files are loaded into."""

from collections.abc import Callable, Iterator

import pytest

from data_access.facts import store
from data_access.ledger.ledger import Ledger
from tests.data_access.load.conftest import LoadedInto
from tests.data_access.load.conftest import make_target as make_target
from tests.data_access.load.conftest import write_csv as write_csv
from tests.data_access.posting.district import MakeOffice, Office
from tests.support.households import Rows
from tests.support.rulebooks import FEW, of_rules


@pytest.fixture
def make_office(
    make_target: Callable[[Rows], LoadedInto], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeOffice]:
    """Makes a district that works from rows, and judges by few rules."""
    monkeypatch.setattr(store, "load_rulebook", lambda _: of_rules(*FEW, "house_unsafe"))
    made: list[Office] = []

    def make(rows: Rows) -> Office:
        made.append(Office(make_target(rows), ledger))
        return made[-1]

    yield make
    for office in made:
        office.database.dispose()
