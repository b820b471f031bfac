"""The command line of backups: `python -m data_access.backup save|check|restore FOLDER`; see docs/operations.md."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from data_access import registry as registry
from data_access.backup.manifest import PARTS, Manifest, check
from data_access.backup.restoring import restore
from data_access.backup.saving import save
from data_access.clock import in_place
from data_access.errors import AppError


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 for success, 1 for failure or an unusable backup."""
    options = _options(arguments)
    try:
        manifest = _run(options)
    except AppError as error:
        print(f"data_access.backup: {error.text(options.language)}", file=sys.stderr)
        return 1
    kinds = ", ".join(f"{name} ({part.kind})" for name, part in manifest.parts.items())
    made_at = in_place(datetime.fromisoformat(manifest.made_at))
    print(f"{options.command}: {kinds}; {manifest.audit_entries} audit entries, {made_at:%Y-%m-%d %H:%M}")
    return 0


def _run(options: argparse.Namespace) -> Manifest:
    if options.command == "restore":
        return restore(options.folder, only=options.only)
    if options.command == "save":
        save(options.folder)
    return check(options.folder)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data_access.backup", description="See docs/operations.md.")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, said in (("save", "back up both databases"), ("check", "recount a backup"), ("restore", "restore one")):
        command = commands.add_parser(name, help=said)
        command.add_argument("folder", type=Path)
        if name == "restore":
            command.add_argument("--only", choices=PARTS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
