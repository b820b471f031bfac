"""A table of the screen as a file: the same rows under the same headings."""

import csv
from pathlib import Path

from data_access import door
from data_access.dispatch.departments import read_department_work
from data_access.facts.metrics import load_metrics
from data_access.scope import Scope
from pages.widgets import download
from tests.pages.board.test_dispatch import opened
from tests.pages.conftest import OpenApp, build_file, open_sheet
from tests.support.households import merged, village


def test_the_table_of_townships_leaves_as_it_stands(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, part="five_lists")
    shown = app.dataframe[0].value
    build_file(app, "five_lists", kind="csv")
    kept = app.session_state["built_five_lists_csv"]
    text = (Path(kept["folder"].name) / kept["name"]).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(shown) == 28
    assert [next(iter(row.values())) for row in rows] == shown["name"].tolist()
    metric = load_metrics()["clues_overdue"].label["zh"]
    assert [row[metric] for row in rows] == [f"{value:g}" for value in shown["clues_overdue"]]


def test_departments_stand_in_the_five_lists_with_what_was_due(open_app: OpenApp, sample_url: str) -> None:
    app = opened(open_app, sample_url, part="five_lists")
    work = door.read(read_department_work, scope=Scope.district(), on=door.current_facts().facts.months.cut_off)
    shown = app.dataframe[1].value
    assert len(shown) == work["unit"].nunique()
    said = set(shown["department_clues_in_time"].dropna())
    clues = work[work["item"] == "department_clues_in_time"]
    assert said == {f"应办{row['base']}，按时{row['count']}" for row in clues.to_dict("records")}


def test_a_table_without_rows_offers_no_file(open_app: OpenApp) -> None:
    app = opened(open_app, merged(village()), part="five_lists")
    open_sheet(app, download.drawer_key("five_departments"))
    assert "download_format_five_departments" not in {radio.key for radio in app.radio}
