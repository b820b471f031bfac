"""Samples that the tests of this folder read: one of 3,000 households, and the whole district, each built once."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.database.engine import EMBEDDED_OPTIONS
from data_access.database.versions import current_file
from data_access.schema.tables import metadata
from sample_data.build import build
from tests.support.shared import made_once

SMALL_SCALE, FULL_SCALE = 0.02, 1.0


class Sample:
    """A sample database, read by table or by query."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.frame = cache(self._frame)

    def _frame(self, name: str) -> pd.DataFrame:
        """A whole table; dates as timestamps."""
        table = metadata.tables[name]
        with self.engine.connect() as connection:
            rows = pd.DataFrame(
                connection.execute(sa.select(table)).mappings().all(), columns=list(table.columns.keys())
            )
        for column in table.columns:
            if isinstance(column.type, sa.Date):
                rows[column.name] = pd.to_datetime(rows[column.name])
        return rows

    def value(self, query: sa.Select) -> Any:
        """The only value of a query."""
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def rows(self, query: sa.Select) -> list[sa.Row]:
        """All rows of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(query))


def open_sample(url: str) -> Sample:
    """The version in force of an embedded sample."""
    file = current_file(Path(str(sa.make_url(url).database)))
    return Sample(sa.create_engine(f"duckdb:///{file}", connect_args=EMBEDDED_OPTIONS))


@pytest.fixture(scope="session")
def sample(folder_of_run: Path) -> Iterator[Sample]:
    """The small sample: twice what other tests read, so that every township has some of everything."""

    def make() -> str:
        url = f"duckdb:///{(folder_of_run / 'sample_of_3000' / 'household').as_posix()}"
        build(scale=SMALL_SCALE, url=url, quiet=True)
        return url

    opened = open_sample(made_once(folder_of_run, "sample_of_3000", make))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The whole district at scale 1."""
    url = f"duckdb:///{(tmp_path_factory.mktemp('district') / 'household').as_posix()}"
    build(scale=FULL_SCALE, url=url, quiet=True)
    opened = open_sample(url)
    yield opened
    opened.engine.dispose()
