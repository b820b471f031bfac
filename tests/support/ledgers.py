"""Empty ledgers: copies of one, so that the revisions run once in a test run and not for every test."""

import shutil
from pathlib import Path

from sqlalchemy import make_url

from data_access.ledger.keys import key_file
from data_access.ledger.ledger import Ledger
from tests.support.databases import empty_database


def make_ledger(url: str) -> str:
    """Make one at an address, as the app does; nobody is connected to it. Gives the address."""
    Ledger(make_url(url)).dispose()
    return url


def copy_ledger(template: str, file: Path) -> str:
    """Copy one in SQLite, with its key; gives the address of the copy."""
    url = f"sqlite:///{file.as_posix()}"
    shutil.copy(str(make_url(template).database), file)
    _copy_key(template, url)
    return url


def copy_ledger_on_a_server(template: str) -> str:
    """Copy one on PostgreSQL, with its key; gives the address of the copy."""
    url = empty_database(template, like=template)
    _copy_key(template, url)
    return url


def _copy_key(template: str, url: str) -> None:
    shutil.copy(key_file(make_url(template)), key_file(make_url(url)))  # nobody else may read it, nor the copy
