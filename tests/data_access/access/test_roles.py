"""What people read in docs/security.md is what the program does."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import data_access
from data_access.access.roles import load_roles
from data_access.ledger.declaration import metadata
from pages.shell import menu

SECURITY = (Path(__file__).parents[3] / "docs/security.md").read_text(encoding="utf-8")


def matrix(heading: str) -> dict[str, set[str]]:
    """A table of docs/security.md: role -> what it has."""
    rows = re.findall(r"^\|(.+)\|$", SECURITY.split(f"### {heading}\n")[1].strip().split("\n\n")[0], re.MULTILINE)
    roles = [cell.strip() for cell in rows[0].split("|")][1:]
    granted: dict[str, set[str]] = {role: set() for role in roles}
    for row in rows[2:]:
        name, *cells = (cell.strip() for cell in row.split("|"))
        assert set(cells) <= {"●", "—"}, name
        for role, cell in zip(roles, cells, strict=True):
            if cell == "●":
                granted[role].add(name.strip("`"))
    return granted


def test_the_pages_of_the_matrix_are_those_of_the_program() -> None:
    assert matrix("Pages") == {key: set(role.pages) for key, role in load_roles().by_key.items()}


def test_the_actions_of_the_matrix_are_those_of_the_program() -> None:
    assert matrix("Actions") == {key: set(role.actions) for key, role in load_roles().by_key.items()}


def test_every_page_of_the_menu_is_in_the_matrix() -> None:
    assert sorted(page for pages in menu.SECTIONS.values() for page in pages) == sorted(load_roles().pages)


def test_every_table_of_records_asks_for_an_action_that_is_declared() -> None:
    for found in pkgutil.walk_packages(data_access.__path__, "data_access."):
        importlib.import_module(found.name)  # every subject declares its tables
    asked = {name: table.info["action"] for name, table in metadata.tables.items() if not name.startswith("trial")}
    assert {action for action in asked.values() if action is not None} <= set(load_roles().actions)
    own = {"audit_entry", "erased_value", "account_event", "session_event", "unmasking", "connection_run"}
    assert {name for name, action in asked.items() if action is None} == own


@pytest.mark.parametrize("role", list(load_roles().by_key))
def test_nobody_has_a_page_without_the_first_one(role: str) -> None:
    assert menu.FIRST in load_roles().by_key[role].pages


def test_who_approves_purposes_does_not_use_them() -> None:
    for role in load_roles().by_key.values():
        assert not {"approve_purposes", "unmask_for_purpose"} <= role.actions
