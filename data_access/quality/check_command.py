"""`python -m data_access.check URL`: whether a database keeps the contract, and what in its data is wrong by the
validation rules. It reads and never writes."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy.exc import SQLAlchemyError

from data_access.addresses import AddressError, read_address
from data_access.database.engine import in_schema, open_engine
from data_access.declarations import DeclarationError, Words, load_sentences
from data_access.errors import DatabaseError, ExportError
from data_access.files.export import About, FileColumn, write_xlsx
from data_access.quality.compliance import check_database, proposed_views
from data_access.quality.external import Judgement, judge
from data_access.schema.indicators import code_label

_FILE = Path(__file__).with_name("check_command.yaml")
_CODED = {
    "audit_rule": "audit_rule",
    "severity": "audit_severity",
    "corrector": "corrector",
    "about": "finding_about",
    "checked_column": "checked_column",
}
"""Columns of findings that hold codes -> their list."""

_COLUMNS = {
    "audit_rule": "text",
    "severity": "text",
    "corrector": "text",
    "village_code": "text",
    "household_id": "text",
    "about": "text",
    "subject": "text",
    "checked_column": "text",
    "found": "number",
    "against": "number",
}
"""Columns of the file of findings -> their kind."""


@cache
def load_words(file: Path = _FILE) -> dict[str, Words]:
    """The sentences of the command. Raises DeclarationError."""
    return load_sentences(file)


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0 if the database keeps the contract and no rule finds anything, 1 if it
    does not or one does, 2 if the database cannot be read or the file not be written."""
    parser = argparse.ArgumentParser(prog="python -m data_access.check", description=__doc__)
    parser.add_argument("url", help="address of the database, as HOUSEHOLD_DATABASE_URL takes it")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="of what is said")
    parser.add_argument("--contract-only", action="store_true", help="leave the validation rules out")
    parser.add_argument("--on", type=date.fromisoformat, help="the day to judge; by default the cut-off of the data")
    parser.add_argument("--findings", type=Path, metavar="FILE.xlsx", help="write what the rules find to this file")
    options = parser.parse_args(arguments)
    language = options.language
    try:
        engine = open_engine(in_schema(read_address(options.url)))
        with engine.connect() as connection:
            breaches = check_database(connection)
            views = list(proposed_views(connection))
            judged = None if options.contract_only else judge(connection, on=options.on)
        engine.dispose()
        print("\n".join(breach.text(language) for breach in breaches))
        if judged is not None:
            print("\n" + "\n".join(_said(judged, language=language)))
            if options.findings is not None:
                _write(options.findings, judged, language=language)
    except (DeclarationError, ExportError) as error:
        print(f"data_access.check: {error}", file=sys.stderr)
        return 2
    except (AddressError, DatabaseError) as error:
        print(f"data_access.check: {error.text(language)}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"data_access.check: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    if views:
        print("\n" + "\n\n".join(views))
    return 1 if breaches or (judged is not None and len(judged.found)) else 0


def _said(judged: Judgement, *, language: str) -> Iterator[str]:
    """What the rules found, by rule, most findings first; and which could not be asked."""
    words = load_words()
    counts = judged.found["audit_rule"].value_counts()
    day = "judged" if judged.cut_off_known else "judged_today"
    yield words[day][language].format(on=judged.on, rules=len(judged.asked), findings=len(judged.found))
    by_id = {rule.id: rule for rule in judged.asked}
    for rule_id, number in counts.items():
        rule = by_id[str(rule_id)]
        yield words["found"][language].format(
            number=number,
            rule=rule.label[language],
            severity=code_label(codes="audit_severity", code=rule.severity, language=language),
            corrector=code_label(codes="corrector", code=rule.corrector, language=language),
        )
    if judged.not_asked:
        yield words["not_asked"][language].format(rules=len(judged.not_asked))
        for rule_id, why in judged.not_asked.items():
            label = code_label(codes="audit_rule", code=rule_id, language=language)
            yield words["lacks"][language].format(rule=label, columns=why)


def _write(path: Path, judged: Judgement, *, language: str) -> None:
    """The findings as an Excel file, one row per finding. Raises ExportError."""
    words = {name: text[language] for name, text in load_words().items()}
    rows = pd.DataFrame({name: judged.found[name] for name in _COLUMNS})
    for name, codes in _CODED.items():
        rows[name] = [
            None if pd.isna(code) else code_label(codes=codes, code=code, language=language) for code in rows[name]
        ]
    for name in ("found", "against"):
        rows[name] = rows[name].astype("Int64")
    about = About(
        title=words["about"],
        lines=((words["day"], str(judged.on)),),
        rows_label=words["rows"],
        hash_label="SHA-256",
        columns_label=words["columns"],
    )
    columns = [FileColumn(name, words[f"column_{name}"], kind) for name, kind in _COLUMNS.items()]
    write_xlsx(path, sheet=words["title"], columns=columns, chunks=[rows], about=about)
