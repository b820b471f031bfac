"""A ledger of another revision than the program: the reader is told so in words, and the figures still show."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from data_access.ledger.ledger import Ledger
from tests.data_access.ledger.test_migration import NEWEST
from tests.pages.conftest import OpenApp, words
from tests.support.databases import write_version
from tests.support.households import household, load, merged, village


@pytest.mark.parametrize(("lang", "sentence"), [("zh", f"比程序（{NEWEST}）新"), ("en", "newer revision (9999)")])
def test_it_is_said_on_the_page(
    open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, sentence: str
) -> None:
    url = f"sqlite:///{tmp_path / 'newer.sqlite'}"
    ledger = Ledger(make_url(url))
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ledger.dispose()
    monkeypatch.setenv("LEDGER_DATABASE_URL", url)
    write_version(tmp_path / "versions" / "household", merged(village(), household("H1"), load()))
    app = open_app(f"duckdb:///{tmp_path / 'versions' / 'household'}", lang=lang)
    assert sentence in words(app)
