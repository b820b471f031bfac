"""Local accounts and the audit record from the command line: `python -m data_access.access COMMAND`."""

import argparse
import sys
from datetime import UTC, datetime

from sqlalchemy import select

from data_access import registry as registry
from data_access.access import accounts
from data_access.access.audit_log import check_chain
from data_access.access.retention import erase_expired
from data_access.access.roles import load_roles
from data_access.access.second_factor import SecondFactors
from data_access.access.sessions import Sessions
from data_access.access.tries import Tries
from data_access.clock import in_place
from data_access.errors import AppError
from data_access.ledger.anchors import read_doubts
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger, command_line_user, ledger_url
from data_access.ledger.record_error import RecordError
from data_access.ledger.rekey import change_key, print_key
from data_access.scope import Scope


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 for success, 1 for failure, 3 for a broken audit record."""
    try:
        options = _parser().parse_args(arguments)
        if getattr(options, "lost", None) is not None:  # a ledger whose key is lost does not open
            change_key(ledger_url(), lost=options.lost, recorded_by=command_line_user())
            return 0
        return int(options.run(Ledger(ledger_url()), options) or 0)
    except AppError as error:
        said = "\n".join(dict.fromkeys(error.text(language) for language in ("zh", "en")))
        print(f"data_access.access: {said}", file=sys.stderr)
        return 1


def _add(ledger: Ledger, options: argparse.Namespace) -> None:
    told = {"user_id": options.user, "label": options.label or options.user, "role": options.role}
    told |= {"places": tuple(options.place), "department": options.department}
    password = accounts.add_account(ledger, **told, recorded_by=command_line_user())
    _tell(options.user, password)


def _reset(ledger: Ledger, options: argparse.Namespace) -> None:
    password = accounts.reset_password(ledger, user_id=options.user, recorded_by=command_line_user())
    Sessions(ledger).end_all(options.user, recorded_by=command_line_user())
    _tell(options.user, password)


def _disable(ledger: Ledger, options: argparse.Namespace) -> None:
    accounts.disable_account(ledger, user_id=options.user, recorded_by=command_line_user())
    ended = Sessions(ledger).end_all(options.user, recorded_by=command_line_user())
    print(f"{options.user}: closed, {ended} sessions ended")


def _enable(ledger: Ledger, options: argparse.Namespace) -> None:
    accounts.disable_account(ledger, user_id=options.user, recorded_by=command_line_user(), enable=True)
    print(f"{options.user}: open")


def _unlock(ledger: Ledger, options: argparse.Namespace) -> None:
    lane = {"address": options.user} if options.address else {"user_id": options.user}
    Tries(ledger).lift(**lane, recorded_by=command_line_user(), scope=Scope.everything())
    print(f"{options.user}: no longer locked")


def _locks(ledger: Ledger, _options: argparse.Namespace) -> None:
    for lock in Tries(ledger).locks(scope=Scope.everything()):
        print("\t".join((lock.user_id or "-", lock.address or "-", in_place(lock.until).isoformat(timespec="minutes"))))


def _reset_factor(ledger: Ledger, options: argparse.Namespace) -> None:
    who = command_line_user()
    SecondFactors(ledger).reset(user_id=options.user, recorded_by=who, scope=Scope.everything())
    ended = Sessions(ledger).end_all(options.user, recorded_by=who)
    print(f"{options.user}: a second factor is set up at the next sign-in, {ended} sessions ended")


def _list(ledger: Ledger, _options: argparse.Namespace) -> None:
    for account in accounts.read_accounts(ledger):
        state = "closed" if account.disabled else "must change the password" if account.must_change else "open"
        where = " ".join((*account.places, *filter(None, [account.department]))) or "-"
        print("\t".join((account.user_id, account.label, account.role, where, state)))


def _verify(ledger: Ledger, options: argparse.Namespace) -> int:
    verdict = check_chain(ledger, scope=Scope.everything())
    if verdict.broken_at is not None:
        where = "" if verdict.table is None else f", in what it says of {verdict.table}"
        print(f"BROKEN at entry {verdict.broken_at}{where}: {verdict.entries} before it hold", file=sys.stderr)
        return 3
    print(f"{verdict.entries} entries hold; newest hash {verdict.newest_hash}")
    doubts = [doubt.error for doubt in read_doubts(ledger)]
    doubts += [
        RecordError("head_missing", ledger=str(ledger), entry=head[:64], at="--head")
        for head in options.head
        if ledger.read(select(audit_entry.c.record_id).where(audit_entry.c.hash == head)).empty
    ]
    for error in doubts:
        print(f"{error.text('zh')}\n{error.text('en')}", file=sys.stderr)
    return 3 if doubts else 0


def _print_key(ledger: Ledger, _options: argparse.Namespace) -> None:
    print(print_key(ledger, recorded_by=command_line_user()))


def _erase(_ledger: Ledger, _options: argparse.Namespace) -> None:
    counts = erase_expired(ledger_url(), now=datetime.now(UTC), recorded_by=command_line_user())
    print("\n".join(f"{name}: {count} erased" for name, count in counts.items()))


def _tell(user: str, password: str) -> None:
    print(f"{user}: first password {password} (to be changed at the first sign-in)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data_access.access", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="make a local account")
    add.add_argument("user")
    add.add_argument("--label", help="the name that people read")
    add.add_argument("--role", required=True, choices=sorted(load_roles().by_key))
    add.add_argument("--place", action="append", default=[], help="region code; several times for several")
    add.add_argument("--department", help="department code, for department staff")
    add.set_defaults(run=_add)
    for name, run, said in (
        ("reset", _reset, "give an account a new password, and end its sessions"),
        ("disable", _disable, "close an account, and end its sessions"),
        ("enable", _enable, "open a closed account"),
        ("reset-factor", _reset_factor, "forget a second factor, and end the sessions of the account"),
    ):
        command = commands.add_parser(name, help=said)
        command.add_argument("user")
        command.set_defaults(run=run)
    unlock = commands.add_parser("unlock", help="lift the locks of an account, or of an address")
    unlock.add_argument("user", help="the account; with --address the address")
    unlock.add_argument("--address", action="store_true")
    unlock.set_defaults(run=_unlock)
    commands.add_parser("locks", help="accounts and addresses that are locked now").set_defaults(run=_locks)
    commands.add_parser("list", help="every account").set_defaults(run=_list)
    verify = commands.add_parser("verify", help="recount the audit record, and compare it with what was noted of it")
    verify.add_argument("--head", action="append", default=[], help="a hash from another book or log; several times")
    verify.set_defaults(run=_verify)
    erase = commands.add_parser("erase", help="take out words about people whose time is over (retention.yaml)")
    erase.set_defaults(run=_erase)
    key = commands.add_parser("key", help="print the key of the audit record for the safe, once; or change it")
    key.set_defaults(run=_print_key)
    change = key.add_mutually_exclusive_group()
    for option, lost, said in (("--change", False, "sign with a new key"), ("--lost", True, "the key is lost")):
        change.add_argument(option, dest="lost", action="store_const", const=lost, help=said)
    return parser


if __name__ == "__main__":
    sys.exit(main())
