"""The app without a browser, over a database that a test makes."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from sqlalchemy import create_engine, select
from streamlit import dataframe_util
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from data_access import door
from data_access.clock import last_day
from data_access.dispatch import editions
from data_access.facts import monthly, store
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from data_access.ledger.audit_chain import audit_entry
from data_access.risk.rulebook import RuleBook
from data_access.scope import Scope
from data_access.warnings.dispositions import Disposition, add_dispositions, read_fingerprints
from pages.shell.texts import LANGUAGE_KEY, load_catalogue
from pages.widgets import download, drawer
from tests.support.editions import of_metrics
from tests.support.households import Rows, create_database
from tests.support.pages import open_first
from tests.support.rulebooks import FEW, FEW_VALIDATIONS, of_rules, of_validations

ROOT = Path(__file__).parents[2]

DatabaseOf = Callable[[Rows], str]
OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components whenever an app is opened; there are none."""
    assert manifest_scanner.scan_component_manifests() == []
    with patch.object(manifest_scanner, "scan_component_manifests", lambda *_, **__: []):
        yield


@pytest.fixture(scope="session", autouse=True)
def runs_waited_for() -> Iterator[None]:
    """A run is waited for, where AppTest looks every millisecond whether it is done."""

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        if runner._script_thread is not None:
            runner._script_thread.join(timeout)
        assert runner.script_stopped(), f"the page is not drawn after {timeout} seconds"

    with patch.object(local_script_runner, "require_widgets_deltas", wait):
        yield


@pytest.fixture(scope="session")
def household_database(tmp_path_factory: pytest.TempPathFactory) -> DatabaseOf:
    """Gives the URL of a database with some rows. The app only reads it, so that tests with equal rows and rules share
    one, and the facts counted from it."""
    folder = tmp_path_factory.mktemp("households")
    made: dict[str, str] = {}

    def url_of(rows: Rows) -> str:
        content = repr((rows, vars(store)["load_rulebook"], [part.frames for part in monthly.PARTS]))
        if content not in made:
            made[content] = f"duckdb:///{folder / f'{len(made)}.duckdb'}"
            engine = create_engine(made[content])
            create_database(engine, rows)
            engine.dispose()
        return made[content]

    return url_of


@pytest.fixture(autouse=True)
def columns_of_one_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a table with words among its numbers Streamlit makes text, and writes a traceback into the journal."""

    def refuse(table: pd.DataFrame, *_: object) -> None:
        raise AssertionError(f"a column of the table holds values of several types: {table.dtypes.to_dict()}")

    monkeypatch.setattr(dataframe_util, "fix_arrow_incompatible_column_types", refuse)


@pytest.fixture(autouse=True)
def few_facts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mark `facts`, those alone are counted that it names: all take a second for every world. A page that asks
    for another fails; `facts()` counts all again. The sample is counted whole, once for all tests."""
    named = request.node.get_closest_marker("facts")
    if named is not None and named.args and "sample_url" not in request.fixturenames:
        few = tuple(part for part in monthly.PARTS if not set(part.frames).isdisjoint(named.args))
        monkeypatch.setattr(monthly, "PARTS", few)


@pytest.fixture(autouse=True)
def few_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """A world of rows is judged by few rules, and searched for doubtful data by few, unless the test has
    the mark `every_rule`: that is half of what counting a world takes. In the sample every rule counts."""
    if request.node.get_closest_marker("every_rule") is not None or "sample_url" in request.fixturenames:
        yield
        return
    with patch.object(store, "load_rulebook", _few_rules), of_validations(*FEW_VALIDATIONS):
        yield


def _few_rules(_: Path) -> RuleBook:
    return of_rules(*FEW, "house_unsafe", "school_dropout")


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, household_database: DatabaseOf) -> OpenApp:
    """Opens a page with a link, as a browser does, over a database: at a URL, or made from rows."""

    def open_(database: str | Rows, *, page: str = "board/overview", **link: str) -> AppTest:
        url = database if isinstance(database, str) else household_database(database)
        monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", url)
        app = AppTest.from_file(str(ROOT / "pages/shell/entry.py"), default_timeout=180)
        app.query_params.update({"lang": "zh"} | link)
        if page != "board/overview":
            open_first(app, page.rpartition("/")[2])
        app.run()
        assert not app.exception, app.exception[0].message
        return app

    return open_


def wording(key: str, *, language: str = "zh", **values: object) -> str:
    """A text of the interface as its catalogue has it, with `values` filled in. Raises KeyError where it has none."""
    text = load_catalogue(language).gettext(key)
    if text == key:
        raise KeyError(key)
    return text.format(**values)


def label(metric: str) -> str:
    """What a metric is called in Chinese."""
    return (load_metrics() | load_ledger_metrics())[metric].label["zh"]


def words(app: AppTest) -> str:
    """Everything a page says in running text, tiles and notices."""
    said = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.subheader]
    return "\n".join(
        [*(str(element.value) for element in said), *(f"{tile.label} {tile.value}" for tile in app.metric)]
    )


def says(app: AppTest, key: str, **values: object) -> bool:
    """Whether a page says a text of the catalogue of its language; a value that is not named may be any.

    Raises KeyError where the catalogue has no such text, or the text has no such value.
    """
    text = load_catalogue(app.session_state[LANGUAGE_KEY]).gettext(key)
    pieces = [(literal, field) for literal, field, *_ in Formatter().parse(text)]
    unknown = values.keys() - {field for _, field in pieces}
    if text == key or unknown:
        raise KeyError(key, *unknown)
    pattern = "".join(
        re.escape(literal) + ("" if field is None else re.escape(str(values[field])) if field in values else ".*?")
        for literal, field in pieces
    )
    return re.search(pattern, words(app)) is not None


def tiles(app: AppTest) -> dict[str, str]:
    """The tiles of a page: label -> value."""
    return {tile.label: tile.value for tile in app.metric}


def open_sheet(app: AppTest, key: str) -> AppTest:
    """The page with the sheet behind a button opened (`pages.widgets.drawer`)."""
    app.session_state[drawer.was_opened(key)] = True
    return app.run()


def build_file(app: AppTest, key: str, *, kind: str = "xlsx") -> AppTest:
    """The page once the file that it offers was built."""
    open_sheet(app, download.drawer_key(key))
    if kind != "xlsx":
        app.radio(key=f"download_format_{key}").set_value(kind).run()
    app.button(key=f"build_{key}_{kind}").click().run()
    assert not app.exception, app.exception[0].message
    return app


def told_of_export() -> dict[str, Any]:
    """What the audit record says of the file built last."""
    newest = select(audit_entry.c.detail).where(audit_entry.c.event == "exported")
    rows = door.ledger().read(newest.order_by(audit_entry.c.record_id.desc()).limit(1))
    return json.loads(rows["detail"].item())


def conclude(households: list[str], *, month: str) -> None:
    """Record that households go on being watched, as the form does."""
    scope = Scope.district()
    seen = door.read(read_fingerprints, scope=scope, on=last_day(month), household_ids=tuple(households))
    entries = [
        Disposition(
            household_id=row["household_id"],
            village_code=row["village_code"],
            conclusion="watch",
            lamp=row["lamp"],
            fingerprint=row["fingerprint"],
        )
        for row in seen.to_dict("records")
    ]
    add_dispositions(door.ledger(), entries, recorded_by="张干部", scope=scope)


def freeze(*, on: date, name: str, metrics: Collection[str]) -> str:
    """An edition of a day, with a few metrics: all are counted in tests/data_access/dispatch/test_editions.py."""
    scope = Scope.district()
    with of_metrics("open_households", *metrics):
        facts, content = door.run(editions.read_all, scope=scope, on=on)
    judged = door.run(editions.read_judged, scope=scope, on=on)
    return editions.freeze(
        door.ledger(), content, facts=facts, judged=judged, name=name, recorded_by="张主任", scope=scope
    )
