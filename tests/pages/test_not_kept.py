"""Every page opens over a database that keeps regions, households and loads alone, and says what is not collected where
its figures would stand: no error, and no figure that would be 0, no or all."""

import re

import pytest
from sqlalchemy import create_engine, text

from data_access.facts.metrics import load_metrics
from data_access.schema.tables import metadata
from pages.shell.menu import SECTIONS
from tests.data_access.facts.test_collected import JUDGED
from tests.pages.conftest import OpenApp, label, tiles, wording, words
from tests.support.households import create_database
from tests.support.query_walk import ROWS

pytestmark = pytest.mark.opens_a_database

NOT_COLLECTED = wording("figure.not_collected")
PARTS = {
    "board/overview": ({},),
    "board/trends": ({}, {"split": "groups"}),
    "board/dispatch": tuple({"part": part} for part in ("ranking", "five_lists", "weekly", "assessment")),
    "board/meeting": ({"slide": "standing"}, {"slide": "jobs"}),
    "board/worklist": ({"list": "clues_overdue"}, {"list": "households"}),
    "households/warnings": tuple({"part": part} for part in ("places", "rules", "shortfalls", "changes")),
    "households/cases": tuple({"part": p} for p in ("steps", "elimination", "endings")),
    "households/clues": tuple({"part": p} for p in ("work_list", "self_reports", "case_help", "visits", "misfits")),
    "households/household": ({"household": "H1"},),
    "data/quality": tuple({"part": part} for part in ("completeness", "collection", "audit", "effect")),
    "data/comparison": tuple({"part": part} for part in ("departments", "months", "places")),
}
"""Pages with the parts that their links choose; all others are opened as they are."""

LEFT_OUT = {"data/imports", "data/start", "inspection/draw", "inspection/villages", "inspection/records"}
"""Pages that show no figure."""

PAGES = [f"{section}/{page}" for section, pages in SECTIONS.items() for page in pages]


@pytest.fixture(scope="module")
def bare_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the tables and columns that none does without."""
    url = f"duckdb:///{tmp_path_factory.mktemp('bare') / 'household.duckdb'}"
    engine = create_engine(url)
    create_database(engine, ROWS)
    with engine.begin() as connection:
        for name, table in metadata.tables.items():
            if not table.info["needed"]:
                connection.execute(text(f"DROP TABLE {name}"))
                continue
            for part in table.c:
                if part.nullable and part.name != "parent_code":
                    connection.execute(text(f"ALTER TABLE {name} DROP COLUMN {part.name}"))
    engine.dispose()
    return url


@pytest.mark.parametrize("page", [page for page in PAGES if page not in LEFT_OUT])
def test_a_page_opens_and_says_what_is_not_collected(open_app: OpenApp, bare_url: str, page: str) -> None:
    for link in PARTS.get(page, ({},)):
        app = open_app(bare_url, page=page, **link)
        assert not app.error, (link, [error.value for error in app.error])
        said = words(app)
        assert not re.search(r"\*\*\s*—|—\s*\*\*(户|人|条)", said), link
        by_label = {metric.label["zh"]: metric for metric in load_metrics().values()}
        for name, value in tiles(app).items():
            metric = by_label.get(name)
            if metric is not None and metric.key != "households" and metric.numerator.fact not in JUDGED:
                assert value == NOT_COLLECTED, (link, name, value)


def test_the_first_screen_of_such_a_database(open_app: OpenApp, bare_url: str) -> None:
    shown = tiles(open_app(bare_url))
    assert shown[label("zero_employment_households")] == NOT_COLLECTED
    assert shown[label("off_farm_workers")] == NOT_COLLECTED
    assert shown[label("open_households")] == NOT_COLLECTED
