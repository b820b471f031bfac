"""Rule book and dictionary: rendered from the declarations, in both languages."""

import pytest

from data_access.facts.metrics import load_ledger_metrics, load_metrics
from data_access.risk.rulebook import load_rulebook
from data_access.schema.indicators import load_indicators
from data_access.schema.tables import metadata
from tests.pages.conftest import OpenApp, wording, words
from tests.support.households import household, merged, village

pytestmark = [pytest.mark.facts("households"), pytest.mark.every_rule]

ROWS = merged(village(), household())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_stands_in_the_rule_book_with_its_points(open_app: OpenApp, lang: str) -> None:
    app = open_app(ROWS, page="about/rulebook", lang=lang)
    shown = "\n".join(table.value.to_csv() for table in app.table)
    for rule in load_rulebook().rules:
        assert rule.label[lang] in shown
        assert rule.description[lang] in shown


def test_bands_and_lines_say_what_is_published_and_what_is_a_placeholder(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="about/rulebook")
    assert "高于 30" in words(app)
    lines = app.table[3].value
    status = dict(zip(lines.iloc[:, 0], lines.iloc[:, 3], strict=True))
    assert wording("badge.published") in status["2021"]
    assert wording("badge.placeholder") in status["2022"]


def test_the_rule_book_can_be_read_without_a_database(open_app: OpenApp) -> None:
    app = open_app("duckdb:////nowhere/household", page="about/rulebook")
    assert "高于 30" in words(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_metric_and_indicator_stands_in_the_dictionary(open_app: OpenApp, lang: str) -> None:
    app = open_app(ROWS, page="about/dictionary", lang=lang)
    assert len(app.table[0].value) == len(load_metrics()) + len(load_ledger_metrics())
    app.segmented_control(key="dictionary_part").set_value("indicators").run()
    assert len(app.dataframe[0].value) == len(load_indicators()) == 72


def test_every_table_can_be_opened_in_the_dictionary(open_app: OpenApp) -> None:
    app = open_app(ROWS, page="about/dictionary")
    app.segmented_control(key="dictionary_part").set_value("tables").run()
    for position, table in enumerate(metadata.tables.values()):
        app.selectbox(key="dictionary_table").select_index(position).run()
        assert not app.exception
        assert len(app.dataframe[0].value) == len(table.c)


def test_where_a_mapping_fills_the_database_the_rule_book_says_what_to_map(open_app: OpenApp) -> None:
    loads = [{**load, "kind": "connected"} for load in ROWS["data_load"]]
    shown = {}
    for rows in (ROWS, {**ROWS, "data_load": loads}):
        app = open_app(rows, page="about/rulebook")
        shown[rows is ROWS] = "\n".join(table.value.to_csv() for table in app.table)
    assert "connection.yaml" not in shown[True]
    assert "人员宽表" not in shown[False]
    assert "`chronic_n`" in shown[False]
    assert "`member.health`" in shown[False]  # it can be counted
