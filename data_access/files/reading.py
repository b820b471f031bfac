"""Files from outside, and their sheets. They are read by a process of its own, in pieces: see `reading_process`.

Neither a text nor a workbook is in memory as a whole; an old workbook (.xls) is, in that process. Macros and links to
other files are never followed.
"""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data_access.files.errors import ReadError
from data_access.files.file_hash import file_hash
from data_access.files.headings import HEAD_ROWS, Headed, Recognised, recognise
from data_access.files.limits import Budget, load_limits
from data_access.files.parsing.batches import Layout
from data_access.files.parsing.merged import Merged
from data_access.files.parsing.messages import Cell
from data_access.files.reading_process import Answer, Conversation, Waiting, conversation, nothing
from data_access.files.temporary import temporary_folder

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TEXT_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TEXTS, _OLD_WORKBOOKS = (".csv", ".txt", ".tsv"), (".xls", ".et")
_WORKBOOKS = (".xlsx", *_OLD_WORKBOOKS)

READABLE = (*_TEXTS, *_WORKBOOKS)
"""The endings of files that can be read."""

Note = tuple[str, str]
"""Key of a sentence, and the detail in it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or a whole CSV file (without a name)."""

    name: str
    _source: "SourceFile"
    _position: int

    @property
    def rows(self) -> int | None:
        """How many rows it has; None if that is only known at the end."""
        return self._source.look(self._position).height

    def head(self) -> list[Sequence[Cell]]:
        """Its first rows, which include the heading."""
        return self._source.look(self._position).rows

    def merged(self) -> list[Merged]:
        """The merged cells among its first rows."""
        return self._source.look(self._position).merged

    def hidden_rows(self) -> list[int]:
        """The row numbers of rows that do not show; they are read all the same."""
        return self._source.look(self._position).hidden_rows

    def recognise(self, fields: Sequence[Headed], *, mapped: Mapping[str, str] | None = None) -> Recognised:
        """What its headings mean, see `headings.recognise`."""
        return recognise(self.head(), fields=fields, mapped=mapped, merged=self.merged())

    def read(self) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included, so that the n-th is row n of the sheet."""
        return self._source.read(self._position)

    def batches(self, layout: Layout) -> Iterator[Answer]:
        """The rows below its heading, as the process that reads them sends them: see `batches.read_batches`."""
        return self._source.batches(self._position, layout)


@dataclass(frozen=True)
class _Look:
    """The first rows of a sheet, and how many it has and hides."""

    rows: list[Sequence[Cell]]
    merged: list[Merged]
    height: int | None
    hidden_rows: list[int]


@dataclass
class SourceFile:
    """A file that was checked and can be read."""

    path: Path
    name: str
    """Its original name."""
    sha256: str
    how: dict[str, Any]
    """How it is to be opened, as the process that reads it found."""
    sheet_names: list[str]
    shown: list[int]
    """The positions of sheets with cells that show; hidden ones are not read."""
    since_1904: bool = False
    """Whether a bare number in a column of days counts from 1904."""
    budget: Budget = field(default_factory=lambda: load_limits().load)
    waiting: Waiting = nothing
    """Called again and again while the file is read; what it raises ends the reading."""
    notes: list[Note] = field(default_factory=list)
    """What the user should know of the file: key of a sentence, detail."""
    _looks: dict[int, _Look] = field(default_factory=dict)
    _reader: Conversation | None = None
    _share: float = 0.0

    def sheets(self) -> list[Sheet]:
        """The sheets of the file that show."""
        return [Sheet(self.sheet_names[position], self, position) for position in self.shown]

    def look(self, position: int) -> _Look:
        """The first rows of a sheet, which include its heading; cached. Raises ReadError."""
        if position not in self._looks:
            found = self._opened().one("head", position=position, rows=HEAD_ROWS)
            merged = [(top, left, bottom, right) for top, left, bottom, right in found["merged"]]
            self._looks[position] = _Look(found["rows"], merged, found["height"], found["hidden_rows"])
        return self._looks[position]

    def read(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet. Raises ReadError for one that cannot be read to its end."""
        for found, _ in self._opened().ask("rows", position=position):
            yield from found["rows"]

    def batches(self, position: int, layout: Layout) -> Iterator[Answer]:
        """The rows below the heading of a sheet. Raises ReadError for one that cannot be read to its end."""
        for found, numbers in self._opened().ask("batches", position=position, layout=asdict(layout)):
            self._share = found["share"]
            yield found, numbers

    def read_share(self) -> float:
        """How much of a CSV file has been read in batches (0 to 1)."""
        return self._share

    def close(self) -> None:
        """Let the process that reads the file go, with the cells that it holds; it is opened again when needed."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _opened(self) -> Conversation:
        if self._reader is None or not self._reader.is_open:
            size = self.path.stat().st_size
            self._reader = Conversation(name=self.name, size=size, budget=self.budget, waiting=self.waiting)
            self._reader.one("open", path=str(self.path), how=self.how)
        return self._reader


@contextmanager
def opened_form(content: bytes, *, name: str, passwords: Sequence[str] = ()) -> Iterator[SourceFile]:
    """A file that was uploaded and is read at once, such as a filled-in form.

    Args:
        passwords: one of them opens it if it is protected; a file that is not is read without.

    Raises ReadError as `open_file` does, and if none of the passwords opens it.
    """
    with temporary_folder("form-") as folder:
        path = Path(folder) / f"form{Path(name).suffix}"
        path.write_bytes(content)
        if passwords and content.startswith(_OLD_OFFICE) and path.suffix.lower() == ".xlsx":
            _take_protection_off(path, name=name, passwords=passwords)
        with closing(open_file(path, name=name, budget=load_limits().form)) as source:
            yield source


def _take_protection_off(path: Path, *, name: str, passwords: Sequence[str]) -> None:
    with conversation(name=name, size=path.stat().st_size, budget=load_limits().form) as reader:
        parts = [bytes(part) for _, part in reader.ask("unprotected", path=str(path), passwords=list(passwords))]
    path.write_bytes(b"".join(parts))


def open_file(
    path: Path, *, name: str | None = None, budget: Budget | None = None, waiting: Waiting = nothing
) -> SourceFile:
    """Check a file and prepare it for reading.

    Args:
        name: its original name; by default the name on disk.
        budget: what reading it may take; by default that of a file that was uploaded.
        waiting: called again and again while it is read; what it raises ends the reading.

    Raises ReadError for a file that is too large, is not what its name says, holds macros, or is encrypted,
    damaged or empty.
    """
    name, budget = name or path.name, budget or load_limits().load
    suffix, size = _suffix(name), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise ReadError("empty_file", name=name)
    kind = _kind(name, suffix=suffix, head=head)
    most = load_limits().csv_bytes if kind == "text" else load_limits().xlsx_bytes
    if size > most:
        raise ReadError("too_large", name=name, most=str(most // 2**20))
    with conversation(name=name, size=size, budget=budget, waiting=waiting) as reader:
        found = reader.one("check", path=str(path.absolute()), kind=kind)
    hidden = [at for at in found["tables"] if at in found["hidden"]]
    notes = [("note_formulas", str(found["formulas"]))] if found["formulas"] else []
    notes += [("note_links", "")] if found["has_links"] else []
    notes += [("note_sheet_hidden", found["names"][at]) for at in hidden]
    return SourceFile(
        path=path.absolute(),
        name=name,
        sha256=file_hash(path),
        how=found["how"],
        sheet_names=found["names"],
        shown=[at for at in found["tables"] if at not in hidden],
        since_1904=found["since_1904"],
        budget=budget,
        waiting=waiting,
        notes=notes,
    )


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix in READABLE:
        return suffix
    if suffix in (".xlsm", ".xlsb", ".xlt", ".xltx", ".ett", ".ods"):
        raise ReadError("other_workbook", name=name, suffix=suffix)
    raise ReadError("unknown_kind", name=name, suffix=suffix or "—")


def _kind(name: str, *, suffix: str, head: bytes) -> str:
    """What a file is by its first bytes: text, workbook or old_workbook. A workbook of either kind and a text may have
    the name of an old one, as many systems write it. Raises ReadError for what is not what its name says."""
    if head.startswith(_OLD_OFFICE):
        if suffix in _OLD_WORKBOOKS:
            return "old_workbook"
        raise ReadError("old_or_encrypted", name=name)
    if head.startswith(_ZIP) and suffix in _WORKBOOKS:
        return "workbook"
    is_text = head.startswith(_TEXT_MARKS) or b"\0" not in head
    if not head.startswith(_ZIP) and (suffix in _TEXTS or (suffix in _OLD_WORKBOOKS and is_text)):
        return "text"
    raise ReadError("wrong_extension", name=name)
