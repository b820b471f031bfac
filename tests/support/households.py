"""Tiny databases made by hand: rows with sensible defaults, of which a test changes the one thing it is about.

    identified = {"identified_on": date(2022, 3, 1)}
    rows = merged(village(), household(indicators={"dropout_n": 1}), household("H2", cases=[identified]))
    create_database(engine, rows)

By default there is one county with one township and one village, the data end on 30 September 2022, and a household is
a general one of two persons whose indicators are all collected and all safe: score 0, no lamp.
"""

import pickle
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, create_engine, create_mock_engine, insert
from sqlalchemy.schema import ExecutableDDLElement

from data_access.schema.tables import metadata

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Changes = Mapping[str, Any]

COUNTY = "610902"
TOWNSHIP = "610902100"
VILLAGE = "610902100201"
REGISTERED_ON = date(2020, 1, 1)
COLLECTED_ON = date(2021, 5, 1)
CUT_OFF = date(2022, 9, 30)

SAFE_INDICATORS: Row = {
    "source": "collection",
    "income_period_end": date(2020, 9, 30),
    "income_persons": 2,
    "last_net_income": 60_000,
    "last_income_persons": 2,
    "family_size": 2,
    "resident_size": 2,
    "labor_n": 2,
    "weak_labor_n": 0,
    "elder_n": 0,
    "child_n": 0,
    "student_n": 0,
    "compulsory_edu_n": 0,
    "military_family": False,
    "no_labor_backstop": False,
    "farmland_mu": 2.5,
    "forest_mu": 10.0,
    "orchard_mu": 0.0,
    "grain_for_green_mu": 0.0,
    "house_m2": 120,
    "road_type": "concrete",
    "road_km": 0.2,
    "electricity": True,
    "tv": True,
    "toilet": True,
    "wage_income": 50_000,
    "business_income": 12_000,
    "property_income": 0,
    "transfer_income": 1_000,
    "business_cost": 3_000,
    "compliant_self_pay": 0,
    "major_illness_n": 0,
    "chronic_n": 0,
    "disabled_n": 0,
    "severe_n": 0,
    "new_disabled_n": 0,
    "house_grade": "A",
    "house_damaged": False,
    "water_problem": False,
    "dropout_n": 0,
    "post_edu_n": 0,
    "edu_self_pay": 0,
    "uninsured_n": 0,
    "disaster_type": "none",
    "disaster_loss": 0,
    "accident": "none",
    "business_failure": False,
    "business_loss": 0,
    "job_loss_n": 0,
    "lost_main_labor": False,
    "left_behind": False,
    "overdue_loan": 0,
    "workers_n": 0,
    "worker_months": 0,
    "welfare_job_n": 0,
    "welfare_job_months": 0,
    "workshop_n": 0,
    "skilled_n": 0,
    "coop": False,
    "leader_link": False,
    "industry_n": 0,
    "ci_rate": 100,
    "pension_n": 2,
    "extra_insurance": False,
    "assistance_amt": 0,
    "asset_flags": "none",
    "measures_n": 0,
    "last_visit": None,
}
"""Every indicator collected, none of them a risk and none a strength: no rule gives points, for or against."""


def village(code: str = VILLAGE, *, township: str = TOWNSHIP, county: str = COUNTY) -> Rows:
    """The regions down to one village. `merged` keeps one of each when several villages share a township."""
    return {
        "region": [
            {"code": county, "level": "county", "name_zh": "汉滨区", "name_en": "Hanbin"},
            {
                "code": township,
                "parent_code": county,
                "level": "township",
                "name_zh": f"镇{township}",
                "rural_26": True,
            },
            {"code": code, "parent_code": township, "level": "village", "name_zh": f"村{code}"},
        ]
    }


def load(*, load_id: int = 1, cut_off: date = CUT_OFF) -> Rows:
    """One load of data."""
    loaded_at = datetime.combine(cut_off, time(20))
    row = {"load_id": load_id, "source": "test", "cut_off": cut_off, "is_sample": True, "loaded_at": loaded_at}
    return {"data_load": [row]}


def household(
    household_id: str = "H1",
    *,
    indicators: Changes | Sequence[Changes] | None = (),
    members: int | Sequence[Changes] = 2,
    cases: Sequence[Changes] = (),
    measures: Sequence[Changes] = (),
    clues: Sequence[Changes] = (),
    screenings: Sequence[Changes] = (),
    jobs: Sequence[Changes] = (),
    calls: Sequence[Changes] = (),
    **columns: Any,
) -> Rows:
    """One household and everything below it, as rows.

    Args:
        household_id: its number; those of its members, cases and so on are made from it (`H1-P1`, `H1-C1`).
        indicators: what differs from `SAFE_INDICATORS`: once, for one interval that still lasts, or once per interval
            (then with `valid_from` and `valid_to`); empty: one safe interval; None: nothing was ever collected.
        members: how many, or what differs for each one.
        cases: what differs from a case found and identified on the same day; `identified_on` None: never identified.
        measures: what differs from a measure of the first case.
        clues: what differs from a clue of a department that is not yet checked.
        screenings: what differs from a screening without a finding.
        jobs: what differs from a job of the first member, in another province, that still lasts.
        calls: telephone checks, with `called_on` and `outcome`.
        columns: columns of the table `household`.
    """
    home: Row = {
        "household_id": household_id,
        "village_code": VILLAGE,
        "household_type": "general",
        "relocated": False,
        "registered_on": REGISTERED_ON,
        **columns,
    }
    persons = [{}] * members if isinstance(members, int) else members
    return {
        "household": [home],
        "member": [_member(home, n, person) for n, person in enumerate(persons, start=1)],
        "household_indicator": [_indicator(home, interval) for interval in _intervals(indicators)],
        "monitoring_case": [_case(home, n, case, persons=len(persons)) for n, case in enumerate(cases, start=1)],
        "measure": [_measure(home, n, measure) for n, measure in enumerate(measures, start=1)],
        "clue": [_clue(home, n, clue) for n, clue in enumerate(clues, start=1)],
        "screening": [_screening(home, n, screening) for n, screening in enumerate(screenings, start=1)],
        "employment": [_job(home, job) for job in jobs],
        "phone_check": [{"household_id": household_id, **call} for call in calls],
    }


def factory(workplace_id: str = "F1", **columns: Any) -> Rows:
    """One community factory that is open."""
    row = {"kind": "community_factory", "village_code": VILLAGE, "jobs": 30, "opened_on": REGISTERED_ON, **columns}
    return {"workplace": [{"workplace_id": workplace_id, **row}]}


def project(project_id: str = "XM1", **columns: Any) -> Rows:
    """One project that is under way."""
    row = {"village_code": VILLAGE, "kind": "industry", "fund": "central", "started_on": date(2022, 3, 1), **columns}
    return {"project": [{"project_id": project_id, **row}]}


def asset(asset_id: str = "ZC1", **columns: Any) -> Rows:
    """One operating asset of the village."""
    row = {"village_code": VILLAGE, "class": "operating", "owner": "village", **columns}
    return {"asset": [{"asset_id": asset_id, **row}]}


def quarters(household_id: str = "H1", *, first: date, count: int, **columns: Any) -> list[Row]:
    """Income records of one household: quarters one after the other, with no income but what `columns` names."""
    months = [first.year * 12 + first.month - 1 + 3 * n for n in range(count + 1)]
    starts = [date(month // 12, month % 12 + 1, 1) for month in months]
    nothing = dict.fromkeys((f"{kind}_income" for kind in ("wage", "business", "property", "transfer")), 0)
    return [
        {
            "household_id": household_id,
            "period_start": start,
            "period_end": end - timedelta(days=1),
            "persons": 2,
            **nothing,
            "business_cost": 0,
            **columns,
        }
        for start, end in pairwise(starts)
    ]


def merged(*parts: Rows) -> Rows:
    """All rows together; a region that two villages share is kept once. Without a load, the default one is added."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for part in parts:
        for table, its_rows in part.items():
            rows[table].extend(row for row in its_rows if table != "region" or row not in rows[table])
    return dict(rows) if rows["data_load"] else {**rows, **load()}


def create_database(engine: Engine, rows: Rows) -> None:
    """Creates all tables in an empty database and inserts the rows.

    Raises:
        KeyError: a row names a table or a column that is not declared.
    """
    for name, its_rows in rows.items():
        unknown = {column for row in its_rows for column in row} - set(metadata.tables[name].columns.keys())
        if unknown:
            raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    file = Path(engine.url.database or "")
    if engine.dialect.name == "duckdb" and file.is_absolute() and not file.exists():
        file.write_bytes(_file_of(pickle.dumps(rows)))
    else:
        _run_schema(engine)
        _insert(engine, rows)


_SMALLEST_BLOCK = 16384
"""Bytes: a file of few rows then has 400 KB, where it had 4 MB to write, copy and read."""


@lru_cache(maxsize=8)
def _file_of(pickled: bytes) -> bytes:
    """A DuckDB file with these rows: the next test of a module often wants the same."""
    rows: Rows = pickle.loads(pickled)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "households.duckdb"
        engine = create_engine(f"duckdb:///{file}", connect_args={"config": {"default_block_size": _SMALLEST_BLOCK}})
        if rows:
            file.write_bytes(_file_of(pickle.dumps({})))  # making all tables takes longer than a copy that has them
            _insert(engine, rows)
        else:
            _run_schema(engine)
        engine.dispose()
        return file.read_bytes()


def _insert(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            complete = [
                {column.name: row.get(column.name) for column in table.columns} for row in rows.get(table.name, [])
            ]
            if complete:
                connection.execute(insert(table), complete)


def _run_schema(engine: Engine) -> None:
    """All at once, and without a look whether the tables are there: a database that is not empty shall fail."""
    with engine.begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(_schema(engine.dialect.name))


@cache
def _schema(dialect: str) -> str:
    """The statements that create all tables. Sent one by one they would take longer than most tests."""
    statements: list[ExecutableDDLElement] = []
    engine = create_mock_engine(f"{dialect}://", lambda statement, *_, **__: statements.append(statement))
    metadata.create_all(engine, checkfirst=False)
    return ";\n".join(str(statement.compile(dialect=engine.dialect)) for statement in statements)


def _intervals(indicators: Changes | Sequence[Changes] | None) -> Sequence[Changes]:
    if indicators is None:
        return []
    if isinstance(indicators, Mapping):
        return [indicators]
    return indicators or [{}]


def _indicator(home: Row, changes: Changes) -> Row:
    return {
        "household_id": home["household_id"],
        "valid_from": COLLECTED_ON,
        "valid_to": None,
        **SAFE_INDICATORS,
        **changes,
    }


def _member(home: Row, n: int, changes: Changes) -> Row:
    return {
        "household_id": home["household_id"],
        "member_id": f"{home['household_id']}-P{n}",
        "relation": {1: "head", 2: "spouse"}.get(n, "other"),
        "gender": "male" if n % 2 else "female",
        "birth_date": date(1975, 1, 1),
        "school_stage": "none",
        "health": "healthy",
        "labour": "ordinary",
        "wants_work": False,
        "insurance": "resident",
        "relief": "none",
        "joined_on": home["registered_on"],
        "join_reason": "initial",
        **changes,
    }


def _case(home: Row, n: int, changes: Changes, *, persons: int) -> Row:
    identified_on = changes.get("identified_on", COLLECTED_ON)
    case: Row = {
        "household_id": home["household_id"],
        "case_id": f"{home['household_id']}-C{n}",
        "category": "unstable" if home["household_type"] == "lifted_out" else "marginal",
        "cause_1": "illness",
        "channel": "cadre",
        "discovered_on": identified_on or COLLECTED_ON,
        "identified_on": identified_on,
        "persons": persons,
        **changes,
    }
    return {"outcome": _outcome(case), **case}


def _outcome(case: Changes) -> str:
    """The outcome that the dates of a case tell, the last one first."""
    steps = {
        "rejected_on": "rejected",
        "ended_on": "ended",
        "rolled_back_on": "rolled_back",
        "eliminated_on": "eliminated",
    }
    return next((outcome for day, outcome in steps.items() if case.get(day) is not None), "open")


def _measure(home: Row, n: int, changes: Changes) -> Row:
    household_id = home["household_id"]
    return {
        "household_id": household_id,
        "measure_id": f"{household_id}-M{n}",
        "case_id": f"{household_id}-C1",
        "kind": "health",
        **changes,
    }


def _clue(home: Row, n: int, changes: Changes) -> Row:
    return {
        "household_id": home["household_id"],
        "clue_id": f"{home['household_id']}-L{n}",
        "way": "department",
        "kind": "medical_cost",
        "received_on": COLLECTED_ON,
        **changes,
    }


def _screening(home: Row, n: int, changes: Changes) -> Row:
    return {
        "household_id": home["household_id"],
        "round": f"round {n}",
        "screened_on": COLLECTED_ON,
        "result": "no_risk",
        **changes,
    }


def _job(home: Row, changes: Changes) -> Row:
    return {
        "household_id": home["household_id"],
        "member_id": f"{home['household_id']}-P1",
        "started_on": COLLECTED_ON,
        "ended_on": None,
        "place": "outside",
        "channel": "transfer",
        "industry": "manufacturing",
        "monthly_wage": 3_500,
        **changes,
    }
