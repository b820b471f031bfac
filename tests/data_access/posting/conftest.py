"""Databases that reports are put into are those that files are loaded into."""

from collections.abc import Callable, Iterator

import pytest

from data_access.ledger.ledger import Ledger
from tests.data_access.load.conftest import LoadedInto
from tests.data_access.load.conftest import make_target as make_target
from tests.data_access.load.conftest import write_csv as write_csv
from tests.data_access.posting.district import MakeOffice, Office
from tests.support.households import Rows


@pytest.fixture
def make_office(make_target: Callable[[Rows], LoadedInto], ledger: Ledger) -> Iterator[MakeOffice]:
    """Makes a district that works from rows."""
    made: list[Office] = []

    def make(rows: Rows) -> Office:
        made.append(Office(make_target(rows), ledger))
        return made[-1]

    yield make
    for office in made:
        office.database.dispose()
