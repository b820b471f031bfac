"""The standing items of work: those known, each with its metrics, none invented."""

import pytest

from data_access.declarations import DeclarationError
from data_access.facts import standing_items
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from data_access.facts.standing_items import load_items


@pytest.fixture(autouse=True)
def read_anew() -> None:
    load_items.cache_clear()


def test_all_items_have_a_name() -> None:
    assert len(load_items().known) == load_items().count == 15


def test_every_metric_with_an_item_stands_under_it_and_no_other() -> None:
    under = {metric.key: item.key for item in load_items().known for metric in (*item.metrics, *item.records)}
    declared = load_metrics() | load_ledger_metrics()
    assert under == {key: metric.item for key, metric in declared.items() if metric.item is not None}


def test_an_item_that_is_not_declared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = load_metrics()
    strange = declared | {"households": declared["households"].model_copy(update={"item": "no_such_item"})}
    monkeypatch.setattr(standing_items, "load_metrics", lambda: strange)
    with pytest.raises(DeclarationError, match=r"households.item.*no_such_item"):
        load_items()
    load_items.cache_clear()
