"""The app without a browser, over a database that a test makes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine, select
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from data_access import cached
from data_access.access.audit import audit_entry
from data_access.dispositions import Disposition, add_dispositions, read_fingerprints
from data_access.months import last_day
from data_access.scope import Scope
from tests.support.households import Rows, create_database

ROOT = Path(__file__).parents[2]

OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components whenever an app is opened; there are none."""
    assert manifest_scanner.scan_component_manifests() == []
    with patch.object(manifest_scanner, "scan_component_manifests", lambda *_, **__: []):
        yield


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OpenApp:
    """Opens the app on a database: at a URL, or made from rows."""

    def open_(database: str | Rows, *, page: str = "board/overview", **link: str) -> AppTest:
        if not isinstance(database, str):
            file = tmp_path / "household.duckdb"
            engine = create_engine(f"duckdb:///{file}")
            create_database(engine, database)
            engine.dispose()
            database = f"duckdb:///{file}"
        monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", database)
        app = AppTest.from_file(str(ROOT / "pages/components/frame.py"), default_timeout=180)
        for key, value in ({"lang": "zh"} | link).items():
            app.query_params[key] = value
        app.run()
        if page != "board/overview":
            # A click in the menu clears the link; what the session remembers is written back into it.
            app.switch_page(str(ROOT / f"pages/{page}.py")).run()
        assert not app.exception, app.exception[0].message
        return app

    return open_


def words(app: AppTest) -> str:
    """Everything a page says in running text, tiles and notices."""
    said = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.subheader]
    return "\n".join(
        [*(str(element.value) for element in said), *(f"{tile.label} {tile.value}" for tile in app.metric)]
    )


def told_of_export() -> dict[str, Any]:
    """What the audit record says of the file built last."""
    newest = select(audit_entry.c.detail).where(audit_entry.c.event == "exported")
    rows = cached.ledger().read(newest.order_by(audit_entry.c.record_id.desc()).limit(1))
    return json.loads(rows["detail"].item())


def conclude(households: list[str], *, month: str) -> None:
    """Record that households go on being watched, as the form does."""
    scope = Scope.district()
    seen = cached.read(read_fingerprints, scope=scope, on=last_day(month), household_ids=tuple(households))
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
    add_dispositions(cached.ledger(), entries, by="张干部", scope=scope)
