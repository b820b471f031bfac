"""The command line of connections: `python -m data_access.connect draft | columns | check | refresh |
sql`; see docs/connect.md.

The address of the source is read from CONNECT_SOURCE_URL, so that no password stands on a command line."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import cache, reduce
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from data_access import registry as registry
from data_access.addresses import read_address
from data_access.connect.checking import Checked, check
from data_access.connect.drafting import draft
from data_access.connect.errors import ConnectError
from data_access.connect.fetching import Progress
from data_access.connect.listing import counted_from, list_columns
from data_access.connect.mapping import ROW_BY_ROW, SourceMapping, read_mapping
from data_access.connect.refresh import refresh
from data_access.connect.rights import scripts
from data_access.connect.runs import (
    CHECK,
    REFRESH,
    REFRESHED,
    is_read_otherwise,
    newest_runs,
    record_run,
    removed_rows,
    report_again,
    report_of,
    state_of,
)
from data_access.connect.telling import sentences
from data_access.declarations import DeclarationError, Words, load_sentences
from data_access.errors import AppError
from data_access.facts.metrics import load_metrics
from data_access.ledger.ledger import Ledger, command_line_user, ledger_url
from data_access.load.kept_results import finish_older
from data_access.load.target import load_url
from data_access.schema.tables import household_indicator, metadata

_MOST_RULES = 6
"""How many of the rules that could not be assessed are named."""

SOURCE = "CONNECT_SOURCE_URL"
_TARGETS = ("HOUSEHOLD_LOAD_URL", "HOUSEHOLD_DATABASE_URL")
_FILE = Path(__file__).with_name("command.yaml")
_BAR = 30


@cache
def load_words(file: Path = _FILE) -> dict[str, Words]:
    """The sentences of the command. Raises DeclarationError."""
    return load_sentences(file)


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 if it was done and nothing is wrong, 1 if something is wrong with
    data, 2 if it could not be done."""
    options = _options(arguments)
    language = options.language
    try:
        match options.command:
            case "draft":
                return _write(
                    {options.mapping: draft(_source(), schema=options.schema, language=language)}, language=language
                )
            case "sql":
                source = _source() if os.environ.get(SOURCE) else None
                target = load_url() if any(map(os.environ.get, _TARGETS)) else None
                files = scripts(read_mapping(options.mapping), source=source, target=target)
                return _write({Path(name): text for name, text in files.items()}, language=language)
            case "columns":
                print("\n".join(list_columns(load_words(), language=language)))
                return 0
            case "check":
                return _check(options)
            case _:
                return _refresh(options)
    except BrokenPipeError:  # whoever read it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DeclarationError as error:
        print(f"data_access.connect: {error.text(language, command=True)}", file=sys.stderr)
    except AppError as error:
        print(f"data_access.connect: {error.text(language)}", file=sys.stderr)
    except OSError as error:
        print(f"data_access.connect: {error}", file=sys.stderr)
    finally:
        finish_older()
    return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data_access.connect", description=__doc__)
    parser.add_argument("command", choices=("draft", "columns", "check", "refresh", "sql"))
    parser.add_argument("--mapping", type=Path, default=Path("connection.yaml"), help="default: connection.yaml")
    parser.add_argument("--schema", help="draft: the schema of the source tables")
    parser.add_argument("--create", action="store_true", help="refresh: make the household database if there is none")
    parser.add_argument("--accept-loss", action="store_true", help="refresh: even if many rows are gone")
    parser.add_argument("--anew", action="store_true", help="refresh: write the history of indicators again")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser.parse_args(arguments)


def _source() -> URL:
    text = os.environ.get(SOURCE)
    if not text:
        raise ConnectError("no_source")
    return read_address(text)


def _write(files: dict[Path, str], *, language: str) -> int:
    """Write files that are not there yet: what somebody has edited is never overwritten."""
    for file, text in files.items():
        if file.exists():
            print(load_words()["exists"][language].format(file=file), file=sys.stderr)
            return 2
        file.write_text(text, encoding="utf-8")
        print(load_words()["wrote"][language].format(file=file))
    return 0


def _check(options: argparse.Namespace) -> int:
    mapping = read_mapping(options.mapping)
    with _recorded(CHECK) as bar:
        checked = check(_source(), mapping, progress=bar)
    report = report_of(checked.assembled, mapping, figures=checked.figures)
    _record(CHECK, done=True, cut_off=checked.assembled.cut_off, report=report)
    print("\n".join(_checked(checked, mapping, report, language=options.language)), flush=True)
    return 1 if checked.assembled.told.counts or len(checked.judged.found) else 0


@contextmanager
def _recorded(command: str) -> Iterator[Progress]:
    """A run, and where it says how far it has come. One that cannot be carried out is recorded as such: the board says
    that the night failed."""
    try:
        with closing(_Bar()) as bar:
            yield bar
    except AppError as error:
        _record(command, done=False, cut_off=None, report={"error": {"key": error.key, "details": error.details}})
        raise


def _record(command: str, *, done: bool, cut_off: date | None, report: dict[str, Any]) -> None:
    ledger = Ledger(ledger_url())
    who = command_line_user()
    record_run(ledger, command=command, done=done, cut_off=cut_off, report=report, recorded_by=who)


def _refresh(options: argparse.Namespace) -> int:
    mapping, language = read_mapping(options.mapping), options.language
    name = f"connect: {options.mapping.name}"
    before = newest_runs(Ledger(ledger_url())).get(REFRESHED)
    with _recorded(REFRESH) as bar:
        done = refresh(
            _source(),
            mapping,
            target=load_url(),
            name=name,
            last=state_of(before),
            create=options.create,
            accept_loss=options.accept_loss,
            anew=options.anew,
            progress=bar,
        )
    if done.assembled is not None:
        report = report_of(done.assembled, mapping, done=done)
    else:
        report = {} if before is None else report_again(before)
    _record(REFRESH, done=True, cut_off=done.cut_off, report=report)
    words = load_words()
    for table, one in done.written.items():
        if any(vars(one).values()):
            title = metadata.tables[table].info[language]
            print(words["written"][language].format(title=title, table=table, **vars(one)))
    for title, rows in removed_rows(report, language=language):
        print(words["removed"][language].format(title=title, rows=f"{rows:,}"))
    print("\n".join(_faults(report, language=language)))
    if not options.anew and is_read_otherwise(before, mapping) and done.changed_in(household_indicator.name):
        print(words["read_otherwise"][language].format(day=done.cut_off))
    said = "done" if done.changed else "nothing_new"
    print(words[said][language].format(changed=done.changed, day=done.cut_off))
    return 0


def _checked(checked: Checked, mapping: SourceMapping, report: dict[str, Any], *, language: str) -> Iterator[str]:
    words, assembled = load_words(), checked.assembled
    yield words["cut_off"][language].format(day=assembled.cut_off)
    for table, rows in assembled.tables.items():
        title = metadata.tables[table].info[language]
        yield words[_made_of(table, mapping)][language].format(
            title=title, table=table, read=assembled.read.get(table, 0), rows=len(rows)
        )
    missing = [f"{metadata.tables[name].info[language]} {name}" for name in ROW_BY_ROW if name not in assembled.tables]
    if missing:
        yield words["not_kept"][language].format(tables=_listed(missing, language=language))
    yield from _faults(report, language=language)
    judged = checked.judged
    yield words["findings"][language].format(
        rules=len(judged.asked), findings=len(judged.found), not_asked=len(judged.not_asked)
    )
    on = assembled.cut_off
    here, everywhere = len(checked.rules.rules_in_force(on=on)), len(checked.rules.rules_laid_down(on=on))
    yield words["rules"][language].format(here=here, all=everywhere)
    figures = [
        words["figure"][language].format(label=load_metrics()[name].label[language], value=f"{value:,}")
        for name, value in checked.figures.items()
    ]
    for rule, households in checked.silent[:_MOST_RULES]:
        lacking = [_indicator(name, mapping, language=language) for name in checked.lacks(rule)]
        yield words["silent"][language].format(
            households=f"{households:,}", rule=rule.label[language], columns=_listed(lacking, language=language)
        )
    if figures:
        yield words["overview"][language].format(figures=_listed(figures, language=language))


def _indicator(name: str, mapping: SourceMapping, *, language: str) -> str:
    """An indicator in words, with the columns of persons that it can be counted from."""
    title = f"{name} {household_indicator.c[name].info[language]}"
    counted = counted_from([name]) if mapping.count_persons else []
    return f"{title} ({', '.join(counted)})" if counted else title


def _made_of(table: str, mapping: SourceMapping) -> str:
    """The sentence about the rows of a table: not everywhere does one of theirs become one of ours."""
    if table == household_indicator.name:
        return "table_intervals"
    part = mapping.tables.get(table)
    return "table_jobs" if part is not None and part.month_of_work else "table"


def _faults(report: dict[str, Any], *, language: str) -> Iterator[str]:
    words = load_words()
    for one in sentences(report["faults"], language=language):
        shown = words["examples"][language].format(rows=one.examples) if one.examples else ""
        yield (
            words["fault"][language]
            .format(count=one.count, title=one.title, column=one.column, text=one.text, examples=shown)
            .rstrip()
        )
        if one.codes:
            yield f"{'':10}{one.codes}"


def _listed(parts: list[str], *, language: str) -> str:
    both = load_words()["list"][language]
    return reduce(lambda some, another: both.format(some=some, another=another), parts) if parts else ""


class _Bar:
    """A line that says how far a run has come; whatever ends the run ends the line."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, done: float, what: str) -> None:
        filled, self._begun = round(_BAR * done), True
        line = f"\r[{'#' * filled}{' ' * (_BAR - filled)}] {done:4.0%} {what:20}"
        print(line, end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the line, if it was begun."""
        if self._begun:
            print(file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
