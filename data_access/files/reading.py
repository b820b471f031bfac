"""Files from outside, and their sheets. They are read by a process of its own, in pieces: see `reading_process`.

A CSV file is never in memory as a whole; a workbook is, in that process, which is why its size is limited. Macros and
links to other files are never followed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data_access.files.errors import ReadError
from data_access.files.file_hash import file_hash
from data_access.files.headings import HEAD_ROWS
from data_access.files.limits import load_limits
from data_access.files.parsing.batches import Layout
from data_access.files.parsing.messages import Cell
from data_access.files.reading_process import Answer, Conversation, conversation

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


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

    def read(self) -> Iterator[Sequence[Cell]]:
        """Its rows from the top, empty ones included, so that the n-th is row n of the sheet."""
        return self._source.read(self._position)

    def batches(self, layout: Layout) -> Iterator[Answer]:
        """The rows below its heading, as the process that reads them sends them: see `batches.read_batches`."""
        return self._source.batches(self._position, layout)


@dataclass(frozen=True)
class _Look:
    """The first rows of a sheet, and how many it has."""

    rows: list[Sequence[Cell]]
    height: int | None


@dataclass
class SourceFile:
    """A file that was checked and can be read."""

    path: Path
    name: str
    """Its original name."""
    sha256: str
    encoding: str
    """The text encoding of a CSV file; empty for a workbook."""
    sheet_names: list[str]
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What the user should know: (`note_formulas` or `note_links`, detail)."""
    _looks: dict[int, _Look] = field(default_factory=dict)
    _reader: Conversation | None = None
    _share: float = 0.0

    def sheets(self) -> list[Sheet]:
        """The sheets of the file."""
        return [Sheet(name, self, position) for position, name in enumerate(self.sheet_names)]

    def look(self, position: int) -> _Look:
        """The first rows of a sheet, which include its heading; cached. Raises ReadError."""
        if position not in self._looks:
            found = self._opened().one("head", position=position, rows=HEAD_ROWS)
            self._looks[position] = _Look(found["rows"], height=found["height"])
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
            self._reader = Conversation(name=self.name, size=size, budget=load_limits().load)
            self._reader.one("open", path=str(self.path), encoding=self.encoding)
        return self._reader


def read_first_sheet(content: bytes, *, name: str) -> list[list[Cell]]:
    """The cells of the first sheet of a filled-in form, row by row, including empty rows, so that positions match the
    sheet. Raises ReadError as `open_file` does."""
    with conversation(name=name, size=len(content), budget=load_limits().form) as reader:
        return reader.one("form", content=content)["rows"]


def open_file(path: Path, *, name: str | None = None) -> SourceFile:
    """Check a file and prepare it for reading.

    Args:
        name: its original name; by default the name on disk.

    Raises ReadError for a file that is too large, is not what its name says, holds macros, or is encrypted,
    damaged or empty.
    """
    name = name or path.name
    kind, size = _suffix(name), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise ReadError("empty_file", name=name)
    if head.startswith(_OLD_OFFICE):
        raise ReadError("old_or_encrypted", name=name)
    if size > _largest(kind):
        raise ReadError("too_large", name=name, most=str(_largest(kind) // 2**20))
    if (kind == "xlsx") != head.startswith(_ZIP):
        raise ReadError("wrong_extension", name=name)
    with conversation(name=name, size=size, budget=load_limits().load) as reader:
        found = reader.one("check", path=str(path.absolute()), kind=kind)
    notes = [("note_formulas", str(found["formulas"]))] if found["formulas"] else []
    notes += [("note_links", "")] if found["has_links"] else []
    return SourceFile(
        path=path.absolute(),
        name=name,
        sha256=file_hash(path),
        encoding=found["encoding"],
        sheet_names=found["names"],
        notes=notes,
    )


def _largest(kind: str) -> int:
    limits = load_limits()
    return {"csv": limits.csv_bytes, "xlsx": limits.xlsx_bytes}[kind]


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix in (".csv", ".txt"):
        return "csv"
    if suffix == ".xlsx":
        return "xlsx"
    if suffix in (".xls", ".xlsm", ".xlsb", ".et"):
        raise ReadError("other_workbook", name=name, suffix=suffix)
    raise ReadError("unknown_kind", name=name, suffix=suffix or "—")
