"""Draws are recorded as they were made, and of two made at one moment one binds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from data_access.errors import LedgerError
from data_access.inspection.draws import Draw, Unit, add_draw, read_draws
from data_access.ledger.ledger import Ledger, utc_now
from data_access.scope import Scope
from tests.support.databases import ON_BOTH
from tests.support.households import TOWNSHIP, VILLAGE

pytestmark = pytest.mark.opens_a_database

UNIT = Unit("village", VILLAGE, TOWNSHIP, VILLAGE, TOWNSHIP, 1, replacement=False, probability=1.0)
MADE = Draw("inspection", "2022-09", "1", "2", "x", 1, {}, "22", (UNIT,))


@ON_BOTH
def test_of_two_first_draws_at_one_moment_one_binds_and_the_other_is_told(ledger: Ledger) -> None:
    """Both writers, on servers of their own, are past everything they look at before they write."""
    ready = Barrier(2)

    def when_both_are() -> datetime:
        ready.wait(timeout=30)
        return utc_now()

    def draw(own: Ledger) -> str:
        try:
            return add_draw(own, MADE, recorded_by="张干部", scope=Scope.district())
        except LedgerError as error:
            return error.key
        finally:
            own.dispose()

    servers = [Ledger(ledger.engine.url, now=when_both_are) for _ in range(2)]
    with ThreadPoolExecutor(2) as people:
        told = sorted(people.map(draw, servers))
    kept = read_draws(ledger, scope=Scope.district())
    assert told == [kept["draw_id"].item(), "draw_again_without_reason"]
    assert kept["turn"].tolist() == [1]
