"""A click on a bar opens the list of what the bar counts."""

from typing import Any
from unittest.mock import patch

import pytest

from data_access import door
from data_access.clock import last_day
from data_access.lists import lists
from data_access.lists.lists import ListRequest
from data_access.scope import Scope
from pages.widgets import chart
from pages.widgets.list_link import FACET
from tests.pages.conftest import OpenApp

PAGES = {
    "households/employment": ("wage_bands", "post_kinds", "months_worked", "returned", "destinations", "duty_reasons"),
    "households/income": ("income_bands",),
    "households/clues": ("clues_waiting",),
    "households/clues?case_help": ("help_overdue",),
    "data/comparison": ("comparison_stages", "comparison_agreement"),
    "data/quality?completeness": ("quality_indicators",),
    "data/quality?collection": ("quality_ages",),
    "board/projects": ("projects_by_progress",),
}
"""Page and part -> charts whose bars are numbers of things."""


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_a_bar_is_the_length_of_its_list(page: str, open_app: OpenApp, sample_url: str) -> None:
    drawn: dict[str, tuple[Any, chart.Lists]] = {}
    show = chart.show

    def noted(figure: Any, *, key: str, lists: chart.Lists | None = None, **rest: Any) -> None:
        drawn[key] = figure, lists or {}
        show(figure, key=key, lists=lists, **rest)

    address, _, part = page.partition("?")
    with patch.object(chart, "show", noted):
        open_app(sample_url, page=address, month="2022-09", **({"part": part} if part else {}))
    for key in PAGES[page]:
        figure, links = drawn[key]
        assert links, key
        for (series, row), link in list(links.items())[:: max(1, len(links) // 4)]:
            filters = tuple((name.removeprefix(FACET), link[name]) for name in link if name.startswith(FACET))
            request = ListRequest(link["list"], last_day(link["month"]), filters=filters)
            size = door.read(lists.count_list, scope=Scope.district().narrowed(link["place"]), request=request)
            assert size.amount == figure.data[series].x[row], (key, filters)
