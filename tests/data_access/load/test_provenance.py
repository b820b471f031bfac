"""Which load brought an interval or a case, and what it said before it was replaced or taken back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine, Table, create_engine, make_url, select

from data_access.database import versions
from data_access.database.engine import HouseholdDatabase
from data_access.facts.store import FactsStore
from data_access.load.loading import undo
from data_access.load.origins import read_origins, read_replaced
from data_access.load.provenance import BROUGHT, REPLACED
from data_access.scope import Scope
from tests.data_access.load.conftest import AS_OF, LoadedInto, WriteCsv
from tests.data_access.load.test_loading import BASE, HEADING, person
from tests.support.households import Rows

pytestmark = pytest.mark.opens_a_database

MakeTarget = Callable[[Rows], LoadedInto]
EARLIER = date(2021, 9, 30)


def open_file(target: LoadedInto) -> Engine:
    """The current version of an embedded database, to look into and to change."""
    return create_engine(f"duckdb:///{versions.current_file(Path(str(make_url(target.url).database)))}")


def read(target: LoadedInto, table: Table, *columns: str) -> list[tuple]:
    engine = open_file(target)
    with engine.connect() as connection:
        rows = connection.execute(select(*table.c[columns]).order_by(*table.c[columns])).all()
    engine.dispose()
    return [tuple(row) for row in rows]


def origins(target: LoadedInto, query: Callable[..., pd.DataFrame], **arguments: Any) -> list[tuple]:
    """What a household's page says of where values come from, without days."""
    database = HouseholdDatabase(make_url(target.url))
    store = FactsStore(database)
    with store.snapshot() as snapshot:
        found = query(snapshot, scope=Scope.district(), household_id="H1", **arguments)
        nobody = query(snapshot, scope=Scope(regions=()), household_id="H1", **arguments)
    database.dispose()
    assert nobody.empty
    rows = found.drop(columns=["kind", "loaded_at", "replaced_at"], errors="ignore")
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_an_interval_carries_its_load_and_what_a_load_or_its_undo_replaced_is_kept(
    make_target: MakeTarget, write_csv: WriteCsv
) -> None:
    brought, replaced = BROUGHT["household_indicator"], REPLACED["household_indicator"]
    target = make_target(BASE)
    loads = []
    for wage, as_of in (("30000", EARLIER), ("40000", AS_OF), ("50000", AS_OF)):
        loads.append(max(row["load_id"] for row in target.rows("data_load")) + 1)
        target.load(write_csv([HEADING, person("H1-1", 工资性收入=wage)]), as_of=as_of)
    first, second, third = loads
    own = ("valid_from", "load_id")
    assert read(target, brought, *own) == [(EARLIER, first), (AS_OF, third)]
    kept = ("valid_from", "valid_to", "wage_income", "brought_by", "replaced_by")
    # The first interval ended when the second began; the second was corrected on its own day.
    until_now = [(EARLIER, None, 30_000, first, second), (AS_OF, None, 40_000, second, third)]
    assert read(target, replaced, *kept) == until_now

    assert origins(target, read_origins, on=AS_OF) == [("household_indicator", AS_OF, "rows.csv")]
    assert origins(target, read_origins, on=EARLIER) == [("household_indicator", EARLIER, "rows.csv")]
    wages = [("household_indicator", AS_OF, "wage_income", 40_000, 50_000, "rows.csv", "rows.csv")]
    assert origins(target, read_replaced) == wages

    undo(url=make_url(target.url))
    assert origins(target, read_replaced)[0][3:5] == (50_000, 40_000), "an undo replaces, too"
    last = max(row["load_id"] for row in target.rows("data_load"))
    assert read(target, brought, *own) == [(EARLIER, first), (AS_OF, second)]
    assert read(target, replaced, *kept) == [*until_now, (AS_OF, None, 50_000, third, last)]


def test_what_was_there_before_loads_were_recorded_says_so(make_target: MakeTarget, write_csv: WriteCsv) -> None:
    target = make_target(BASE)
    target.load(write_csv([HEADING, person("H1-1")]))
    engine = open_file(target)
    with engine.begin() as connection:
        for table in (*BROUGHT.values(), *REPLACED.values()):
            table.drop(connection, checkfirst=True)
    engine.dispose()
    target.load(write_csv([HEADING, person("H1-1", 工资性收入="40000")]))
    kept = read(target, REPLACED["household_indicator"], "wage_income", "brought_by")
    assert kept == [(30_000, None)]
