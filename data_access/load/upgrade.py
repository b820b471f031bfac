"""Brings the household database and the ledger to the versions that the program knows; see docs/operations.md.

An embedded household database gets a new version beside the current one; a server is changed in one transaction. If its
tables are views, the lines that its administrator must add are printed.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Table
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import read_address, shown
from data_access.database.engine import in_schema, open_engine
from data_access.errors import AppError, WordedError, read_texts
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import ledger_url, opened
from data_access.ledger.migration import State, bring_up, refusal, standing
from data_access.load.kept_results import finish_older, lacking_results
from data_access.load.target import load_url, open_target
from data_access.quality.compliance import proposed_column, proposed_view
from data_access.schema.contract import (
    FIRST_VERSION,
    Part,
    check_contract,
    contract,
    is_connected,
    missing_parts,
    name_of,
    newest_version,
    present_tables,
    read_version,
    since,
)
from data_access.schema.statistics import lacking_statistics
from data_access.schema.tables import household

_TEXTS = Path(__file__).with_suffix(".yaml")

DONE, TO_DO, UNREADABLE = 0, 1, 2
"""Exit codes of the command."""


Step = Callable[..., "Iterator[Outcome]"]
"""Upgrades the databases at an address, or says what would be done; takes `check`."""


class UpgradeError(WordedError):
    """An address names nothing that can be upgraded."""

    texts = _TEXTS


@dataclass(frozen=True)
class Outcome:
    """The message about a database: a key of `upgrade.yaml`, its details, and whether something is left to do."""

    kind: str
    database: str
    found: str
    wanted: str
    missing: str = ""
    lines: tuple[str, ...] = ()
    """What the administrator of a connected database must add."""
    left_to_do: bool = False

    def text(self, language: str) -> str:
        """One sentence and the lines to add."""
        said = read_texts(_TEXTS)[self.kind][language].format(
            database=self.database, found=self.found, wanted=self.wanted, missing=self.missing
        )
        return "\n\n".join((said, *self.lines))


def upgrade_household(url: URL, *, check: bool) -> Outcome:
    """Upgrade a household database, or say what would be done.

    Raises DatabaseError if it cannot be read or lacks what none does without, LoadError if it cannot be written.
    """
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            check_contract(present_tables(connection))
            missing, found = missing_parts(connection), read_version(connection)
            connected = is_connected(connection)
            if connected:  # what it did not have at first it does not keep
                missing = [part for part in missing if since(part) > FIRST_VERSION]
            lines = tuple(_lines(missing, connection=connection)) if connected else ()
            untold = [] if connected else lacking_statistics(connection)
            if not connected and not missing:
                untold += lacking_results(connection)
    finally:
        engine.dispose()
    wanted = newest_version()
    names = ", ".join([*map(name_of, missing), *untold]) or "-"

    def outcome(kind: str, *, left_to_do: bool = False, lines: tuple[str, ...] = ()) -> Outcome:
        return Outcome(f"household_{kind}", shown(url), str(found), str(wanted), names, lines, left_to_do)

    if found > wanted:
        return outcome("newer", left_to_do=True)
    if not missing and not untold and found == wanted:
        return outcome("current")
    if connected:
        return outcome("connected", left_to_do=True, lines=lines)
    if check:
        return outcome("older", left_to_do=True)
    with open_target(url, create=True) as target:
        target.publish()
    return outcome("brought_up")


def _lines(missing: list[Part], *, connection: Connection) -> Iterator[str]:
    """What the views of a connected database lack."""
    for part in missing:
        if isinstance(part, Table):
            yield proposed_view(part, connection=connection)
        else:
            yield proposed_column(part, connection=connection)
    yield f"CREATE OR REPLACE VIEW {contract.name} AS SELECT {newest_version()} AS {contract.c.version.name};"


def upgrade_ledger(url: URL, *, check: bool) -> Outcome:
    """Upgrade or create a ledger, or say what would be done.

    Raises LedgerError if it cannot be opened, is newer than the program, or a revision fails.
    """
    new_file = url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()
    with opened(url.set(database=":memory:") if check and new_file else url) as engine:  # a check must not create it
        with engine.connect() as connection:
            there = standing(connection)
        if there.state is State.NEWER:
            raise refusal("ledger_newer", engine, there)
        kind = {State.NONE: "none", State.OLDER: "older", State.CURRENT: "current"}[there.state]
        left = there.state is not State.CURRENT
        if left and not check:
            bring_up(engine)
            kind, left = ("made" if there.state is State.NONE else "brought_up"), False
        return Outcome(f"ledger_{kind}", shown(url), there.found or "-", there.wanted, left_to_do=left)


def _upgrade_own_household(*, check: bool) -> Iterator[Outcome]:
    yield upgrade_household(load_url(), check=check)


def _upgrade_own_ledger(*, check: bool) -> Iterator[Outcome]:
    yield upgrade_ledger(ledger_url(), check=check)


def _upgrade_at(address: str, *, check: bool) -> Iterator[Outcome]:
    """Upgrade what is at an address: on a server the household database, the ledger, or both."""
    url = read_address(address)
    kinds = {"sqlite": [audit_entry.name], "duckdb": [household.name]}
    there = kinds.get(url.get_backend_name()) or {*_tables(url), *_tables(in_schema(url))}
    if household.name in there:
        yield upgrade_household(in_schema(url), check=check)
    if audit_entry.name in there:
        yield upgrade_ledger(url, check=check)
    if household.name not in there and audit_entry.name not in there:
        raise UpgradeError("nothing_there", database=shown(url))


def _tables(url: URL) -> list[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return list(present_tables(connection))
    finally:
        engine.dispose()


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 if nothing is left to do, 1 if something is, 2 if a database cannot be
    read or upgraded; the worst of all databases counts."""
    parser = argparse.ArgumentParser(prog="python -m data_access.upgrade", description="See docs/operations.md.")
    parser.add_argument("urls", nargs="*", metavar="URL", help="of a database; else both of the environment")
    parser.add_argument("--check", action="store_true", help="look only: 1 where something is to do")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    steps: list[Step] = [partial(_upgrade_at, address) for address in options.urls]
    codes = [
        _run(step, check=options.check, language=options.language)
        for step in steps or [_upgrade_own_household, _upgrade_own_ledger]
    ]
    finish_older()
    return max(codes)


def _run(step: Step, *, check: bool, language: str) -> int:
    """Print the outcome of a step. A failure of one database does not stop the next."""
    code = DONE
    try:
        for outcome in step(check=check):
            print(outcome.text(language))
            code = max(code, TO_DO if outcome.left_to_do else DONE)
    except (AppError, SQLAlchemyError) as error:
        said = error.text(language) if isinstance(error, AppError) else str(error).splitlines()[0]
        print(f"data_access.upgrade: {said}", file=sys.stderr)
        return UNREADABLE
    return code
