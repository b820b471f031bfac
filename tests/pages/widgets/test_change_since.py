"""What a figure differs by from the last edition says how much of it is correction, or nobody can add it up."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from data_access import door
from pages.shell import view_state
from pages.widgets import change_since

FROZEN, NOW = {"2022-08": 775.0}, {"2022-08": 778.0, "2022-09": 699.0}


class Table:
    def __init__(self, values: dict[str, float]) -> None:
        self.value = lambda _key, *, place, month: values.get(month)
        self.compares = lambda _key, *, earlier, later: True


@pytest.mark.parametrize(
    ("day", "frozen", "said"),
    [
        (date(2022, 8, 31), FROZEN, "比8-31定稿 −76户（含更正+3）"),
        (date(2022, 8, 31), {"2022-08": 778.0}, "比8-31定稿 −79户"),
        (date(2022, 8, 25), FROZEN, "比8-25定稿 −76户"),
    ],
    ids=["corrected", "as it was", "of a day that the data of now have no figure for"],
)
def test_corrections_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, day: date, frozen: dict[str, float], said: str
) -> None:
    monkeypatch.setattr(door, "metric_table", lambda **_: Table(frozen))
    monkeypatch.setattr(view_state, "scope", lambda: None)
    edition = SimpleNamespace(day=day, edition_id="D1")
    view: Any = SimpleNamespace(last_edition=edition, place="610902", month="2022-09", on=date(2022, 9, 30))
    table: Any = Table(NOW)
    assert change_since.text(table, "open_households", view) == said
