"""Whatever command starts, it knows every code list and every table of the ledger that it may meet."""

import json
import pkgutil
import subprocess
import sys
from functools import cache

import pytest

import data_access
from tests.support.server import ROOT

START = """
import json, runpy, sys
from contextlib import suppress
sys.argv = [sys.argv[1], "--help"]
with suppress(SystemExit):
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
LOOK = """
from data_access.schema.indicators import load_codes
from data_access.schema.tables import metadata
from data_access.ledger import declaration
needed = {one.info["codes"] for table in metadata.tables.values() for one in table.c} - {None}
print(json.dumps({
    "codes": sorted(name for name in load_codes() if load_codes()[name]),
    "missing": sorted(needed - set(load_codes())),
    "ledger": sorted(declaration.metadata.tables),
}))
"""


Known = dict[str, list[str]]


def known_after(code: str, *arguments: str) -> list[Known]:
    """What a process of its own knows whenever it looks while it runs some code, the last time at its end."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOOK}", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith('{"codes"')]


@cache
def registered_and_everything() -> tuple[Known, Known]:
    """What is known once the registry is imported, and once every module of data_access is, in one process."""
    modules = [
        one.name
        for one in pkgutil.walk_packages(data_access.__path__, "data_access.")
        if not one.name.endswith("__main__") and ".migrations." not in one.name  # Alembic runs those
    ]
    imports = "\n".join(f"import {name}" for name in modules)
    registered, everything = known_after(f"import json, data_access.registry\n{LOOK}\n{imports}")
    return registered, everything


def test_the_registry_knows_what_all_modules_together_know() -> None:
    registered, everything = registered_and_everything()
    assert registered == everything
    assert {"audit_rule", "person_item", "indicator", "lamp"} <= set(everything["codes"])
    assert {"audit_entry", "edition", "disposition"} <= set(everything["ledger"])


@pytest.mark.parametrize("command", ["data_access.load", "data_access.access", "data_access.backup"])
def test_a_command_that_opens_the_ledger_knows_everything(command: str) -> None:
    assert known_after(START, command)[-1] == registered_and_everything()[1]


@pytest.mark.parametrize("command", ["data_access.check", "data_access.distribute", "sample_data.build"])
def test_a_command_that_knows_the_household_database_alone_has_every_code_list_of_its_columns(command: str) -> None:
    """These look at the declared tables and open no ledger: they need no registry."""
    assert known_after(f"{START}\nassert 'data_access.ledger.ledger' not in sys.modules", command)[-1]["missing"] == []
