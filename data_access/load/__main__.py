"""The command line of imports: `python -m data_access.load FILE… --kind KIND --as-of DAY`."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import URL

from data_access import registry as registry
from data_access.addresses import read_address
from data_access.database.engine import in_schema
from data_access.declarations import DeclarationError
from data_access.errors import AppError, read_texts
from data_access.files.limits import load_limits
from data_access.ledger.audit_chain import Event
from data_access.ledger.ledger import Ledger, command_line_user, ledger_url
from data_access.load.columns import title_of
from data_access.load.differences.found import Differences
from data_access.load.differences.matters import load_matters
from data_access.load.errors import LoadError, note_text
from data_access.load.kept_results import finish_older
from data_access.load.kinds import FileKind, load_kinds
from data_access.load.loading import load_file, undo
from data_access.load.map_file import read_map_file
from data_access.load.report import Report, load_event
from data_access.load.rules import rule_text
from data_access.load.steps import LoadStep
from data_access.load.target import load_url
from data_access.load.templates import template

_SHOWN = 20
_BAR = 30


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 if everything is loaded or unchanged, 1 if rows were rejected or a
    file could not be read, 2 for a wrong option."""
    try:
        options = _options(arguments)
    except DeclarationError as error:  # in a file that the options are made from: before the language is known
        print(f"data_access.load: {error.text('zh')}\n{error.text('en')}", file=sys.stderr)
        return 1
    if options.template:
        return _write_template(options.template, language=options.language)
    try:
        url = in_schema(read_address(options.url)) if options.url else load_url()
        if options.undo:
            _note(Event(kind="undo_started"))
            source = undo(url=url)
            _note(Event(kind="load_undone", detail={"source": source}))
            print(read_texts(LoadError.texts)["taken_back"][options.language].format(source=source))
            return 0
        kind = load_kinds()[options.kind]
        mapped = read_map_file(options.map, kind=kind) if options.map else {}
        if not options.check:  # what cannot be recorded must not happen
            _note(*(Event("load_started", detail={"file": file.name, "kind": kind.key}) for file in options.files))
        return max(_load(file, url=url, kind=kind, mapped=mapped, options=options) for file in options.files)
    except AppError as error:
        print(f"data_access.load: {error.text(options.language)}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"data_access.load: {error}", file=sys.stderr)
        return 1
    finally:
        finish_older()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m data_access.load", description="Load files into the household database; see docs/import.md."
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--kind", choices=sorted(load_kinds()), metavar="KIND", help=", ".join(load_kinds()))
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY", help="the day the file speaks of: 2022-09-30"
    )
    parser.add_argument("--url", help="address of the database; else HOUSEHOLD_LOAD_URL or HOUSEHOLD_DATABASE_URL")
    parser.add_argument("--map", type=Path, help="YAML file: heading -> table.column, for headings not recognised")
    parser.add_argument("--partial", action="store_true", help="load the right rows even where others are rejected")
    parser.add_argument(
        "--part", action="store_true", help="the list of a department is that of some townships or villages alone"
    )
    parser.add_argument("--check", action="store_true", help="look only, change nothing")
    parser.add_argument("--create", action="store_true", help="make an empty database where there is none")
    parser.add_argument("--undo", action="store_true", help="take back the last load")
    parser.add_argument(
        "--template", choices=sorted(load_kinds()), metavar="KIND", help="write an empty workbook of a kind"
    )
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    if options.map and not options.map.is_file():
        parser.error(f"there is no file {options.map}")
    if not options.undo and not options.template and not (options.files and options.kind and options.as_of):
        parser.error("FILE, --kind and --as-of are needed (or --undo, or --template)")
    return options


def _load(file: Path, *, url: URL, kind: FileKind, mapped: Mapping[str, str], options: argparse.Namespace) -> int:
    """Load one file and print what became of it. Ctrl+C cancels it, and is entered into the audit record."""
    try:
        report = load_file(
            file,
            url=url,
            kind=kind,
            as_of=options.as_of,
            mapped=mapped,
            partial=options.partial,
            part=options.part,
            dry_run=options.check,
            create=options.create,
            rejects=file.with_name(f"{file.stem}.rejects.xlsx"),
            problems=file.with_name(f"{file.stem}.problems.xlsx"),
            differences=file.with_name(f"{file.stem}.differences.xlsx"),
            language=options.language,
            budget=load_limits().folder,
            progress=_bar,
        )
    except KeyboardInterrupt as stopped:
        _note(Event("load_cancelled", detail={"file": file.name, "kind": kind.key}))
        raise LoadError("cancelled", name=file.name) from stopped
    finally:
        print(file=sys.stderr)
    return _show(report, language=options.language)


def _write_template(key: str, *, language: str) -> int:
    path = Path(f"{key}.xlsx")
    try:
        path.write_bytes(template(load_kinds()[key], language=language))
    except OSError as error:
        print(f"data_access.load: {error}", file=sys.stderr)
        return 1
    print(path)
    return 0


def _bar(step: LoadStep) -> None:
    filled = round(_BAR * step.share)
    rows = f"{step.rows:,} / {step.of:,}" if step.of else ""
    told = f"[{'#' * filled}{' ' * (_BAR - filled)}] {step.share:4.0%} {step.key:10} {rows:24}"
    print(f"\r{told}", end="", file=sys.stderr, flush=True)


def _note(*events: Event) -> None:
    Ledger(ledger_url()).note(*events, recorded_by=command_line_user())


def _show(report: Report, *, language: str) -> int:
    if report.published:
        _note(load_event(report))
    print(
        f"{report.name}: {report.rows} rows = {report.loaded} loaded + {report.unchanged} unchanged"
        f" + {report.rejected} rejected; {'published' if report.published else 'nothing changed'}"
    )
    if report.left_out:
        print(f"  {report.left_out} rows left out: no data")
    for table, (added, changed) in report.tables.items():
        print(f"  {table}: {added} added, {changed} changed")
    for note in report.notes:
        print(f"  {note_text(note, language=language)}")
    if report.differences is not None:
        for line in _differences(report.differences, language=language):
            print(f"  {line}")
    for row in report.problems.head(_SHOWN).astype(str).to_dict("records"):
        column = title_of(row["column"], headings=report.headings, language=language)
        where = " ".join(part for part in (row["sheet"], row["row"], column) if part)
        print(f"  {where} 「{row['value']}」 {rule_text(row['rule'], row['said'], language=language)}")
    if len(report.problems) > _SHOWN:
        print("  …")
        for row in report.rules.to_dict("records"):
            column = title_of(row["column"], headings=report.headings, language=language)
            print(f"  {row['rows']} × {column} {rule_text(row['rule'], row['said'], language=language)}")
    return 1 if report.rejected else 0


def _differences(found: Differences, *, language: str) -> Iterator[str]:
    """How many differences there are of each matter, by township; and what was not listed."""
    matters, counts, words = load_matters().matters, found.counts, read_texts(LoadError.texts)
    for matter, rows in counts.groupby("matter", sort=False):
        places = ", ".join(
            f"{found.place(code, language=language)} {count}"
            for code, count in zip(rows["township_code"], rows["rows"], strict=True)
        )
        yield f"{rows['rows'].sum()} × {matters[str(matter)].label[language]}: {places}"
    for row in found.compared.unheld.to_dict("records"):
        place = found.place(row["township_code"], language=language) or words["nowhere"][language]
        yield note_text(("note_unheld", f"{place} {row['households']}, {row['persons']}"), language=language)


if __name__ == "__main__":
    sys.exit(main())
