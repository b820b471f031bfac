"""A database of another shape: an office that keeps households by year, persons in a wide table, months of work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Column, Integer, MetaData, Numeric, String, Table, create_engine, make_url, select, text

from data_access.connect.mapping import SourceMapping, read_mapping
from data_access.connect.refresh import Refreshed, refresh
from data_access.database import versions
from data_access.schema.tables import metadata as ours
from tests.support.databases import empty_database
from tests.support.mariadb import mariadb_server

office = MetaData()
qh = Table("sys_xzqh", office, *(Column(name, String(40)) for name in ("dm", "mc", "sj", "cj")))
ac01 = Table(
    "ac01",
    office,
    Column("aac001", Integer),
    *(Column(name, String(40)) for name in ("nd", "aad001", "aac006", "jdsj", "xhsj", "tx", "gxsj")),
    Column("gzxsr", Numeric(12, 2)),
)
rkxx = Table(
    "rkxx",
    office,
    *(Column(name, String(40)) for name in ("hbh", "rbh", "xm", "zjhm", "yhzgx", "ldjn", "zjsj", "jsrq")),
)
wgjc = Table("wgjc", office, *(Column(name, String(40)) for name in ("rbh", "ny", "qy")))
bmts = Table("bmts", office, Column("id", Integer), *(Column(name, String(40)) for name in ("sfzh", "lx", "sj", "je")))
project = Table("project", office, Column("id", Integer), *(Column(name, String(40)) for name in ("mc", "cdm", "ztz")))

MAPPING = """
cut_off: {day: 2022-09-30}
count_persons: true
tables:
  region:
    from: sys_xzqh
    columns:
      code: dm
      name_zh: mc
      parent_code: sj
      level: {column: cj, codes: {'3': county, '4': township, '5': village}}
  household:
    from: ac01
    newest: nd
    columns:
      household_id: aac001
      village_code: aad001
      household_type: {column: aac006, codes: {'01': lifted_out, '05': general}}
      registered_on: jdsj
      closed_on: xhsj
  member:
    from: rkxx
    columns:
      household_id: hbh
      member_id: rbh
      name: xm
      id_no: zjhm
      relation: yhzgx
      labour: ldjn
      joined_on: zjsj
      left_on: {column: jsrq, month: last}
  clue:
    from: bmts
    columns:
      household_id: {column: sfzh, household_of: id_no}
      clue_id: id
      kind: {column: lx, codes: {住院: medical_cost}}
      received_on: sj
      amount: je
  employment:
    from: wgjc
    month_of_work: ny
    columns: {household_id: {column: rbh, household_of: member_id}, member_id: rbh, place: qy}
  project:
    from: project
    columns: {project_id: id, name_zh: mc, village_code: cdm, budget: {column: ztz, times: 10000}}
indicators:
  - from: ac01
    since: gxsj
    columns: {household_id: aac001, toilet: tx, wage_income: gzxsr}
"""

TOWNSHIP, VILLAGE = "999902101000", "999902101200"
ID_ONE, ID_TWO = "610902199003071230", "610902198512120018"

Rows = dict[Table, list[dict[str, Any]]]


def home(number: int, *, year: str = "2022", **values: Any) -> dict[str, Any]:
    """A household in one year."""
    told = {"aad001": VILLAGE, "aac006": "01", "jdsj": "2014-05-01", "tx": "是", "gxsj": f"{year}0901", "gzxsr": 30000}
    return {"aac001": number, "nd": year, "xhsj": None, **told, **values}


def person(household: int, number: int, **values: Any) -> dict[str, Any]:
    """Somebody of a household."""
    told = {"xm": "张三", "zjhm": None, "yhzgx": "户主", "ldjn": "普通劳动力", "zjsj": "201405", "jsrq": None}
    return {"hbh": str(household), "rbh": f"{household}{number:02d}", **told, **values}


def rows(**more: list[dict[str, Any]]) -> Rows:
    """What the office holds: two households of one village, unless a table is given otherwise."""
    told: dict[str, list[dict[str, Any]]] = {
        "sys_xzqh": [
            {"dm": "999902000000", "mc": "安和县", "sj": None, "cj": "3"},
            {"dm": TOWNSHIP, "mc": "青石镇", "sj": "999902000000", "cj": "4"},
            {"dm": VILLAGE, "mc": "一村", "sj": TOWNSHIP, "cj": "5"},
        ],
        "ac01": [home(1), home(2, aac006="05")],
        "rkxx": [person(1, 1, zjhm=ID_ONE), person(2, 1, zjhm=ID_TWO)],
        "wgjc": [],
        "bmts": [],
        "project": [],
    }
    return {office.tables[name]: entries for name, entries in {**told, **more}.items()}


@dataclass(frozen=True)
class Connected:
    """An office's database, and the household database that it is read into."""

    source: URL
    target: URL
    folder: Path

    def fill(self, told: Rows) -> None:
        """Bring the office to hold these rows."""
        engine = create_engine(self.source)
        with engine.begin() as connection:
            office.drop_all(connection)
            office.create_all(connection)
            for table, entries in told.items():
                if entries:
                    connection.execute(table.insert(), entries)
        engine.dispose()

    def mapping(self, said: str = MAPPING) -> SourceMapping:
        file = self.folder / "connection.yaml"
        file.write_text(said, encoding="utf-8")
        return read_mapping(file)

    def refresh(self, said: str = MAPPING, **options: Any) -> Refreshed:
        return refresh(
            self.source, self.mapping(said), target=self.target, name="connect: connection.yaml", create=True, **options
        )

    def write(self, statement: str) -> None:
        """Change what the household database holds, as somebody does who is not the source."""
        engine = create_engine(self._current())
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def held(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """What the household database holds of a table, in the order of its key."""
        engine = create_engine(self._current())
        own = ours.tables[table]
        query = select(*(own.c[name] for name in columns)).order_by(*own.primary_key.columns)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(query)]
        engine.dispose()
        return found

    def _current(self) -> URL:
        if self.target.get_backend_name() != "duckdb":
            return self.target
        return self.target.set(database=str(versions.current_file(Path(str(self.target.database)))))


@pytest.fixture
def connected(tmp_path: Path) -> Connected:
    """An office on SQLite, read into an embedded database."""
    source = make_url(f"sqlite:///{(tmp_path / 'office.sqlite').as_posix()}")
    return Connected(source, make_url(f"duckdb:///{(tmp_path / 'household').as_posix()}"), tmp_path)


@pytest.fixture
def on_servers(tmp_path: Path, postgres_url: str) -> Iterator[Callable[[str], Connected]]:
    """Makes an office on PostgreSQL or MariaDB, read into PostgreSQL."""
    with mariadb_server(tmp_path) as mariadb:

        def make(kind: str) -> Connected:
            source = mariadb if kind == "mariadb" else make_url(empty_database(postgres_url))
            return Connected(source, make_url(empty_database(postgres_url)), tmp_path)

        yield make
