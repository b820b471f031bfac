"""Whatever command starts, it knows every code list and every table of the ledger that it may meet."""

import json
import pkgutil
import subprocess
import sys
from functools import cache

import pytest

import data_access
from tests.support.server import ROOT

LIBRARIES = "alembic.command, duckdb_engine, pandas, psycopg, pyarrow, pydantic, sqlalchemy, streamlit, xlsxwriter"
"""What others wrote is imported once; each code then runs in a copy of that process, with none of our modules yet."""

IN_COPIES = """
import gc, json, os, sys
gc.disable()
import {libraries}
assert not any(name.startswith("data_access") for name in sys.modules)
codes = json.loads(sys.stdin.read())
for name in codes:
    if os.fork() == 0:
        def look(codes=codes, name=name):
            from data_access.ledger import declaration
            from data_access.schema.indicators import load_codes
            from data_access.schema.tables import metadata
            needed = {{one.info["codes"] for table in metadata.tables.values() for one in table.c}} - {{None}}
            print(json.dumps([name, {{
                "codes": sorted(code for code in load_codes() if load_codes()[code]),
                "missing": sorted(needed - set(load_codes())),
                "ledger": sorted(declaration.metadata.tables),
            }}]))
        exec(codes[name], {{"look": look}})
        look()
        sys.stdout.flush()
        os._exit(0)
    assert os.wait()[1] == 0, name
"""
START = """
import runpy, sys
from contextlib import suppress
sys.argv = [{command!r}, "--help"]
with suppress(SystemExit):
    runpy.run_module({command!r}, run_name="__main__", alter_sys=True)
"""
OPEN_THE_LEDGER = ["data_access.load", "data_access.access", "data_access.backup"]
HOUSEHOLDS_ALONE = ["data_access.check", "data_access.distribute", "sample_data.build"]
REVISIONS_ALONE = "data_access.upgrade"
"""Knows the ledger by its revisions."""

Known = dict[str, list[str]]


@cache
def known() -> dict[str, list[Known]]:
    """Code -> what a process of its own knows whenever it looks while it runs that, the last time at its end: the
    commands, and the registry and then every module of data_access."""
    modules = [
        one.name
        for one in pkgutil.walk_packages(data_access.__path__, "data_access.")
        if not one.name.endswith("__main__") and ".migrations." not in one.name  # Alembic runs those
    ]
    codes = {command: START.format(command=command) for command in (*OPEN_THE_LEDGER, REVISIONS_ALONE)}
    alone = "import sys\nassert 'data_access.ledger.ledger' not in sys.modules"
    codes |= {command: f"{START.format(command=command)}\n{alone}" for command in HOUSEHOLDS_ALONE}
    codes["modules"] = "\n".join(["import data_access.registry", "look()", *(f"import {name}" for name in modules)])
    ran = subprocess.run(
        [sys.executable, "-c", IN_COPIES.format(libraries=LIBRARIES)],
        cwd=ROOT,
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, list[Known]] = {}
    for name, looked in (json.loads(line) for line in ran.stdout.splitlines() if line.startswith('["')):
        found.setdefault(name, []).append(looked)
    return found


def test_the_registry_knows_what_all_modules_together_know() -> None:
    registered, everything = known()["modules"]
    assert registered == everything
    assert {"audit_rule", "person_item", "indicator", "lamp"} <= set(everything["codes"])
    assert {"audit_entry", "edition", "disposition"} <= set(everything["ledger"])


@pytest.mark.parametrize("command", OPEN_THE_LEDGER)
def test_a_command_that_opens_the_ledger_knows_everything(command: str) -> None:
    assert known()[command][-1] == known()["modules"][-1]


@pytest.mark.parametrize("command", [*HOUSEHOLDS_ALONE, REVISIONS_ALONE])
def test_a_command_that_knows_the_household_database_alone_has_every_code_list_of_its_columns(command: str) -> None:
    """These look at the declared tables and open no ledger: they need no registry."""
    assert known()[command][-1]["missing"] == []
