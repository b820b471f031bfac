"""The files about a load: the rejected rows as they were, to be corrected and loaded again, the list of all broken
rules, and the differences from what is held."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import field_validator
from sqlalchemy import Connection, select

from data_access.declarations import Declared, Text, only_of, read_declared
from data_access.files.export import CHUNK_ROWS, About, FileColumn, write_xlsx
from data_access.files.headings import Recognised
from data_access.files.parsing.messages import Cell
from data_access.load.columns import title_of
from data_access.load.differences.found import Differences
from data_access.load.differences.matters import load_matters
from data_access.load.rules import rule_text
from data_access.load.staging import Staged

_FILE = Path(__file__).with_suffix(".yaml")
_ROW, _PROBLEM = "row", "problem"
_PROBLEM_COLUMNS = {"sheet": None, "row": None, "column": 24, "value": 24, "outcome": None, "problem": 70}
"""Columns of the list of broken rules, and their widths."""
_WORDS = (
    *("sheet", "row", "problem", "problems", "differences", "rejected", "noted", "about", "file", "as_of", "rows"),
    *("hash", "columns"),
    *(f"column_{name}" for name in _PROBLEM_COLUMNS),
)
"""The texts used in the files."""


class _FileWords(Declared):
    """The texts in both languages."""

    zh: dict[str, Text]
    en: dict[str, Text]

    @field_validator("zh", "en")
    @classmethod
    def _are_all(cls, words: dict[str, str]) -> dict[str, str]:
        return only_of(words, _WORDS, every=True)


@cache
def load_words(file: Path = _FILE) -> dict[str, dict[str, str]]:
    """The texts of the files: language -> key -> text. Raises DeclarationError."""
    declared = read_declared(file, _FileWords)
    return {"zh": declared.zh, "en": declared.en}


@dataclass(frozen=True)
class LoadFiles:
    """What the files about one load say about themselves."""

    about: About
    words: Mapping[str, str]
    language: str


def files_about(staged: Staged, *, name: str, language: str) -> LoadFiles:
    """What the files about a load say about themselves; `name`: the name of the loaded file."""
    words = load_words()[language]
    about = About(
        title=words["about"],
        lines=((words["file"], name), (words["as_of"], staged.as_of.isoformat())),
        rows_label=words["rows"],
        hash_label=words["hash"],
        columns_label=words["columns"],
    )
    return LoadFiles(about=about, words=words, language=language)


def write_rejects(path: Path, connection: Connection, staged: Staged, *, files: LoadFiles) -> None:
    """Write the rejected rows as an Excel file: every column of the file, then the row number and what is wrong.

    Raises ExportError if the disk refuses or the rows do not fit on a sheet.
    """
    headings = list(dict.fromkeys(key for _, found in staged.parts for key in _keys(found)))
    columns = [FileColumn(key=f"c{at}", title=heading) for at, (heading, _) in enumerate(headings)]
    columns.append(FileColumn(key=_ROW, title=files.words["row"], kind="number"))
    columns.append(FileColumn(key=_PROBLEM, title=files.words["problem"], width=60))
    chunks = _chunks(connection, staged, headings=headings, language=files.language)
    write_xlsx(path, sheet=files.words["sheet"], columns=columns, chunks=chunks, about=files.about)


def write_problems(path: Path, problems: Iterable[pd.DataFrame], *, files: LoadFiles) -> None:
    """Write every broken rule as an Excel file: sheet, row, column, value, whether the row was rejected, what to do.

    Args:
        problems: frames as returned by `problem_rows`.

    Raises ExportError as `write_rejects` does.
    """
    words = files.words
    columns = [FileColumn(key, words[f"column_{key}"], width=width) for key, width in _PROBLEM_COLUMNS.items()]
    chunks = (_told(frame, files=files) for frame in problems)
    write_xlsx(path, sheet=words["problems"], columns=columns, chunks=chunks, about=files.about)


def write_differences(path: Path, found: Differences, *, files: LoadFiles) -> None:
    """Write every difference as an Excel file, in words. Raises ExportError as `write_rejects` does."""
    columns = [FileColumn(name, title[files.language]) for name, title in load_matters().columns.items()]
    rows = found.in_words(found.listed(), language=files.language)
    write_xlsx(path, sheet=files.words["differences"], columns=columns, chunks=[rows], about=files.about)


def _told(problems: pd.DataFrame, *, files: LoadFiles) -> pd.DataFrame:
    pairs = zip(problems["rule"], problems["said"], strict=True)
    return problems.assign(
        row=problems["row"].astype("str"),
        outcome=[files.words["rejected"] if rejects else files.words["noted"] for rejects in problems["rejects"]],
        problem=[rule_text(rule, said, language=files.language) for rule, said in pairs],
    )


def _keys(found: Recognised) -> list[tuple[str, int]]:
    """The columns of a sheet by heading; repeated headings are numbered."""
    seen: dict[str, int] = {}
    keys = []
    for heading in found.headings:
        seen[heading] = seen.get(heading, 0) + 1
        keys.append((heading, seen[heading]))
    return keys


def _chunks(
    connection: Connection, staged: Staged, *, headings: list[tuple[str, int]], language: str
) -> Iterator[pd.DataFrame]:
    position = {key: f"c{at}" for at, key in enumerate(headings)}
    for sheet, found in staged.parts:
        names = [position[key] for key in _keys(found)]
        rows = enumerate(sheet.read(), start=1)
        while batch := list(itertools.islice(rows, CHUNK_ROWS)):
            span = (batch[0][0], batch[-1][0])
            problems = _problems(connection, staged, sheet=sheet.name, span=span, language=language)
            kept = [{**_cells(row, names), _ROW: at, _PROBLEM: problems[at]} for at, row in batch if at in problems]
            if kept:
                yield pd.DataFrame(kept, columns=[*position.values(), _ROW, _PROBLEM], dtype=object)


def _cells(row: Sequence[Cell], names: list[str]) -> dict[str, str]:
    return {name: _shown(cell) for name, cell in zip(names, row, strict=False)}


def _shown(cell: Cell) -> str:
    """A cell as displayed; a long number without an exponent."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell if cell is not None else "").strip()


def _problems(
    connection: Connection, staged: Staged, *, sheet: str, span: tuple[int, int], language: str
) -> dict[int, str]:
    """What is wrong with the rejected rows among some rows of a sheet, by the position of the row."""
    own, rows = staged.problems, staged.rows
    query = (
        select(rows.c.row, own.c.column, own.c.rule, own.c.said)
        .join_from(own, rows, rows.c.row_no == own.c.row_no)
        .where(rows.c.sheet == sheet, rows.c.row.between(*span), own.c.rejects)
        .order_by(rows.c.row, own.c.column, own.c.rule)
    )
    labels = {one.key: one.label(language) for one in staged.kind.fields}
    found: dict[int, str] = {}
    for row in connection.execute(query):
        text = rule_text(row.rule, row.said, language=language)
        place = f"{title_of(row.column, headings=labels, language=language)}：" if row.column else ""
        found[row.row] = f"{found[row.row]} {place}{text}" if row.row in found else f"{place}{text}"
    return found
