"""Answers one question after another about files, over its standard input and output.

The public methods of `Reader` are the questions. The first message about a file gives the limits; what is too much for
them ends this process, or is refused.
"""

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if __name__ == "__main__":
    # pyarrow can do without, and is there in a third of the time.
    sys.modules["numpy"] = None  # type: ignore[assignment]

from data_access.files.parsing.batches import Layout, RawBatch
from data_access.files.parsing.merged import Merged
from data_access.files.parsing.messages import SIZES, Cell, RefusedError, packed, unpacked

if TYPE_CHECKING:
    from data_access.files.parsing.old_workbooks import OldWorkbook
    from data_access.files.parsing.workbooks import Workbook

if sys.platform != "win32":
    import resource

_ROWS_OF_A_MESSAGE = 1_000
_STATM = Path("/proc/self/statm")
"""Linux alone has it: how many pages a process has reserved, and more."""

Answers = Iterator[tuple[object, bytes]]


class OpenedFile(Protocol):
    """A file with sheets, as the modules beside this one open it."""

    def height(self, position: int) -> int | None:
        """How many rows a sheet has; None if that is only known at the end."""

    def merged(self, position: int) -> Sequence[Merged]:
        """The merged cells of a sheet."""

    def hidden_rows(self, position: int) -> Sequence[int]:
        """The row numbers of rows that do not show."""

    def share(self) -> float:
        """How much of the file has been read in batches (0 to 1)."""

    def rows(self, position: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet from the top, empty ones included."""

    def batches(self, position: int, layout: Layout) -> Iterator[RawBatch]:
        """The rows below the heading of a sheet."""


class Reader:
    """What is known of the file that is being read."""

    def __init__(self) -> None:
        self._limits: dict[str, Any] = {}
        self._source: OpenedFile | None = None

    def begin(self, *, limits: dict[str, Any], memory: int, seconds: int) -> Answers:
        """A new file."""
        self._limits, self._source = limits, None
        _limit(memory=memory, seconds=seconds)
        yield from ()

    def unprotected(self, *, path: str, passwords: list[str]) -> Answers:
        """A workbook that one of some passwords opens, in parts."""
        from data_access.files.parsing.protected import opened

        yield from (({"part": number}, part) for number, part in enumerate(opened(path, passwords=passwords)))

    def check(self, *, path: str, kind: str) -> Answers:
        """What is in a file, and how it is to be opened: its kind, the encoding and separator of a text, what was
        seen of the sheets of a workbook."""
        how: dict[str, Any] = {"kind": kind}
        formulas, has_links = 0, False
        names, tables, hidden, since_1904 = [""], [0], list[int](), False
        if kind == "text":
            from data_access.files.parsing.csv_files import look_through as look_through_text

            how["encoding"], how["separator"] = look_through_text(path, limits=self._limits)
        else:
            if kind == "workbook":
                from data_access.files.parsing.workbooks import look_through, told_of

                seen, has_links, how["trimmed"] = look_through(path, limits=self._limits)
                formulas, how["sheets"] = seen.formulas, told_of(seen)
            book = self._workbook(path, **how)
            names, tables, hidden, since_1904 = book.names, book.tables, book.hidden, book.since_1904
        yield (
            {
                "how": how,
                "names": names,
                "tables": tables,
                "hidden": hidden,
                "since_1904": since_1904,
                "formulas": formulas,
                "has_links": has_links,
            },
            b"",
        )

    def open(self, *, path: str, how: dict[str, Any]) -> Answers:
        """A file that was checked, for the questions below."""
        if how["kind"] == "text":
            from data_access.files.parsing.csv_files import CsvFile

            self._source = CsvFile(path, encoding=how["encoding"], separator=how["separator"], limits=self._limits)
        else:
            self._source = self._workbook(path, **how)
        yield from ()

    def _workbook(self, path: str, *, kind: str, **how: Any) -> "Workbook | OldWorkbook":
        if kind == "old_workbook":
            from data_access.files.parsing.old_workbooks import OldWorkbook

            return OldWorkbook(path, limits=self._limits)
        from data_access.files.parsing.workbooks import Workbook

        return Workbook(path, limits=self._limits, **how)

    def head(self, *, position: int, rows: int) -> Answers:
        """The first rows of a sheet, its merged cells among them, and how many rows it has and hides."""
        first = list(itertools.islice(self._opened.rows(position), rows))
        merged = [one for one in self._opened.merged(position) if one[0] < rows]
        height, hidden = self._opened.height(position), self._opened.hidden_rows(position)
        yield {"rows": first, "merged": merged, "height": height, "hidden_rows": hidden}, b""

    def rows(self, *, position: int) -> Answers:
        """All rows of a sheet."""
        rows = self._opened.rows(position)
        while taken := list(itertools.islice(rows, _ROWS_OF_A_MESSAGE)):
            yield {"rows": taken}, b""

    def batches(self, *, position: int, layout: dict[str, Any]) -> Answers:
        """The rows below the heading of a sheet, in columns."""
        for batch in self._opened.batches(position, Layout(**layout)):
            said = {
                "cells": [cells for cells, _ in batch.columns],
                "beyond": batch.beyond,
                "left_out": batch.left_out,
                "beside": batch.beside,
                "short": batch.short,
                "share": self._opened.share(),
            }
            yield said, b"".join([batch.rows.tobytes(), *(index.tobytes() for _, index in batch.columns)])

    def outlines(self, *, path: str) -> Answers:
        """The outlines of places."""
        from data_access.files.parsing.outlines import read_outlines

        yield {"features": read_outlines(path)}, b""

    @property
    def _opened(self) -> OpenedFile:
        assert self._source is not None  # noqa: S101 - the board opens a file before it asks
        return self._source


def main() -> None:
    """Answer until nobody asks any more."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    _give_up_rights()
    reader = Reader()
    while head := questions.read(SIZES.size):
        text, _ = SIZES.unpack(head)  # a question has nothing raw
        said: dict[str, Any] = unpacked(questions.read(text))
        _answer(getattr(reader, said.pop("ask")), said, answers)


def _answer(question: Callable[..., Answers], said: dict[str, Any], answers: BinaryIO) -> None:
    try:
        answers.writelines(packed(*one) for one in question(**said))
        end: dict[str, Any] = {"end": True, "memory": _memory()}
    except RefusedError as refused:
        end = {"refused": refused.key, "details": refused.details}
    except MemoryError:
        end = {"refused": "reader_memory", "details": {}}
    except OSError:
        end = {"refused": "no_file", "details": {}}
    answers.write(packed(end))
    answers.flush()


def _give_up_rights() -> None:
    """No files are written, not even a core, and of all processes this one is ended first where memory runs out."""
    if sys.platform != "win32":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
            resource.setrlimit(limit, (0, 0))


def _limit(*, memory: int, seconds: int) -> None:
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + seconds
        for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, until)):
            hard = resource.getrlimit(limit)[1]
            resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _memory() -> int:
    """How much memory this process has reserved, which is what its limit counts, in bytes; 0 where that cannot be
    told."""
    try:
        return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
