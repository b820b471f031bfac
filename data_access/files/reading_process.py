"""Files from outside are read by processes of their own: a file may end, hang or fill one, and the board goes on.

    with conversation(name="人员.xlsx", size=path.stat().st_size, budget=load_limits().load) as reader:
        names = reader.one("check", path=str(path), kind="workbook")["names"]

A process reads one file at a time, within limits on memory, processor time and what it may answer. One that read its
files well is used again, a few times. What a process answers is JSON and plain numbers, see `parsing.messages`.
"""

import os
import queue
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from io import RawIOBase
from pathlib import Path
from typing import Any, cast

from data_access.files.errors import ReadError
from data_access.files.limits import Budget, load_limits
from data_access.files.parsing.messages import SIZES, packed, unpacked

_ROOT = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-P", "-s", "-m", "data_access.files.parsing")
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME")
_SECONDS_TO_END = 5
_MEGABYTE = 1 << 20

_LEAST = 1024
"""What a message counts for at least, so that not even empty ones come without end."""

_LOOK_SECONDS = 0.5
"""How often somebody who waits for an answer may give up."""

Waiting = Callable[[], None]
"""Called again and again while an answer is waited for; what it raises ends the conversation."""

Answer = tuple[dict[str, Any], bytearray]
"""What a message says, and its raw bytes."""

_ANSWERS = {
    "begin": frozenset[str](),
    "unprotected": frozenset({"part"}),
    "check": frozenset({"how", "names", "tables", "hidden", "since_1904", "formulas", "has_links"}),
    "open": frozenset[str](),
    "head": frozenset({"rows", "merged", "height", "hidden_rows"}),
    "rows": frozenset({"rows"}),
    "batches": frozenset({"cells", "beyond", "left_out", "beside", "short", "share"}),
    "outlines": frozenset({"features"}),
}
"""Question -> what its answers say."""
_WHY = {} if sys.platform == "win32" else {-signal.SIGXCPU: "reader_slow", -signal.SIGABRT: "reader_memory"}
"""Exit code of a process -> why it ended. A library that can get no more memory aborts."""
_END, _REFUSAL = frozenset({"end", "memory"}), frozenset({"refused", "details"})


class _EndedError(Exception):
    """The process has ended."""


class _SlowError(Exception):
    """The process has been silent for too long."""


class _Process:
    """A process that reads files, and the pipes to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a module of ours
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            start_new_session=True,  # Ctrl+C is for the board alone
            env=_environment(),
        )
        self.pid = self._process.pid
        self.files = 1
        """How many files it has been given."""
        self._questions = cast(RawIOBase, self._process.stdin)
        self._answers = cast(RawIOBase, self._process.stdout)
        if sys.platform != "win32":
            os.set_blocking(self._questions.fileno(), False)

    def send(self, message: bytes, *, seconds: int, waiting: Waiting) -> None:
        """Write a message. Raises _EndedError, _SlowError."""
        left = memoryview(message)
        try:
            while left:
                _wait(self._questions, seconds=seconds, waiting=waiting, writes=True)
                left = left[self._questions.write(left) or 0 :]
        except OSError as error:
            raise _EndedError from error

    def receive(self, size: int, *, seconds: int, waiting: Waiting) -> bytearray:
        """Read so many bytes. Raises _EndedError, _SlowError."""
        held = bytearray(size)
        left = memoryview(held)
        while left:
            _wait(self._answers, seconds=seconds, waiting=waiting)
            count = self._answers.readinto(left)
            if not count:
                raise _EndedError
            left = left[count:]
        return held

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def end(self, *, at_once: bool = True) -> int:
        """End it, or see it end; returns its exit code, which on POSIX names the signal that ended it."""
        if not at_once:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_END)
        self._process.kill()
        self._questions.close()
        self._answers.close()
        return self._process.wait()


def _environment() -> dict[str, str]:
    """What a process must know to start; addresses and passwords of databases are none of it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
    frugal = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}  # reserving addresses counts as memory
    return kept | own | frugal


def nothing() -> None:
    """Waits for an answer without giving up."""


def _wait(pipe: RawIOBase, *, seconds: int, waiting: Waiting, writes: bool = False) -> None:
    """Wait until a pipe can be used. Raises _SlowError. Windows cannot wait for pipes with a limit."""
    if sys.platform != "win32":
        ready, until = select.poll(), time.monotonic() + seconds
        ready.register(pipe, select.POLLOUT if writes else select.POLLIN)
        while not ready.poll(_LOOK_SECONDS * 1000):
            if time.monotonic() > until:
                raise _SlowError
            waiting()


class _Pool:
    """The processes that are idle, and how many may be at work. It has no lock: a process may come back wherever Python
    finds that nobody holds its conversation any more."""

    def __init__(self) -> None:
        self._limits = load_limits().readers
        self._places: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.idle: list[_Process] = []
        for _ in range(self._limits.at_once):
            self._places.put(None)

    def take(self, *, name: str) -> _Process:
        """A process, idle or new. Raises ReadError if too many files are being read."""
        try:
            self._places.get(timeout=self._limits.wait_seconds)
        except queue.Empty as error:
            raise ReadError("readers_busy", name=name) from error
        try:
            return self._idle() or _Process()
        except OSError as error:
            self._places.put(None)
            raise ReadError("reader_ended", name=name) from error

    def _idle(self) -> _Process | None:
        """An idle process; one that somebody has ended meanwhile is none."""
        with suppress(IndexError):
            while True:
                process = self.idle.pop()
                if process.is_alive():
                    process.files += 1
                    return process
                process.end()
        return None

    def give_back(self, process: _Process, *, memory: int | None) -> None:
        """Keep a process for the next file; `memory`: how much it has, None if it is not to be kept."""
        if memory is not None and memory <= self._limits.idle_memory and process.files < self._limits.files:
            self.idle.append(process)
        else:
            process.end()
        self._places.put(None)


@cache
def _pool() -> _Pool:
    return _Pool()


class _Lease:
    """A process while it reads a file."""

    def __init__(self, process: _Process) -> None:
        self.process = process
        self.memory: int | None = None
        """How much memory it has, as it said after the last question; None before it has answered."""

    def end(self) -> None:
        """Give the process back."""
        _pool().give_back(self.process, memory=self.memory)


class Conversation:
    """Questions about one file, and the answers of the process that reads it.

    Whatever ends the process is a ReadError of the question, and ends the conversation. The process goes back when the
    conversation is closed, or nobody holds it any more.
    """

    def __init__(self, *, name: str, size: int, budget: Budget, waiting: Waiting = nothing) -> None:
        """As `conversation`."""
        self._name, self._budget, self._waiting = name, budget, waiting
        self._memory = min(budget.memory + budget.memory_per_byte * size, budget.most_memory)
        self._left = budget.answer + budget.answer_per_byte * size
        self._lease = _Lease(_pool().take(name=name))
        self.close = weakref.finalize(self, self._lease.end)
        self.close.atexit = False  # a process ends by itself when its board has gone
        self.pid = self._lease.process.pid
        """The number of the process."""
        self.one(
            "begin",
            limits={
                **load_limits().model_dump(exclude={"readers", "load", "folder", "form"}),
                "cells": budget.cells,
                "unpacked": min(budget.unpacked, max(size * load_limits().xlsx_ratio, _MEGABYTE)),
            },
            memory=self._memory,
            seconds=budget.seconds + budget.seconds_per_mb * (size // _MEGABYTE),
        )

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self.close.alive

    def ask(self, question: str, **said: Any) -> Iterator[Answer]:
        """The answers to one of the questions in `_ANSWERS`. Raises ReadError."""
        self._lease.memory = None
        try:
            self._lease.process.send(
                packed(said | {"ask": question}), seconds=self._budget.silent_seconds, waiting=self._waiting
            )
            answer, raw = self._receive()
            while answer.keys() == _ANSWERS[question]:
                yield answer, raw
                answer, raw = self._receive()
        except _SlowError as error:
            raise self._error("reader_slow") from error
        except _EndedError as error:
            raise self._error(_WHY.get(self._lease.process.end(at_once=False), "reader_ended")) from error
        if answer.keys() == _REFUSAL:
            raise self._error(answer["refused"], **answer["details"])
        if answer.keys() != _END:
            raise self._error("reader_ended")
        self._lease.memory = answer["memory"]

    def one(self, question: str, **said: Any) -> dict[str, Any]:
        """The only answer to a question; empty where it has none. Raises ReadError."""
        held: dict[str, Any] = {}
        for answer, _ in self.ask(question, **said):
            held = answer
        if held.keys() != _ANSWERS[question]:
            raise self._error("reader_ended")
        return held

    def _receive(self) -> Answer:
        """The next message. Raises _EndedError, _SlowError, ReadError for more than a file may say."""
        receive = partial(self._lease.process.receive, seconds=self._budget.silent_seconds, waiting=self._waiting)
        sizes = SIZES.unpack(receive(SIZES.size))
        self._left -= max(sum(sizes), _LEAST)
        if self._left < 0 or sum(sizes) > load_limits().readers.message:
            raise self._error("zip_bomb")
        text, raw = (receive(size) for size in sizes)
        try:
            said = unpacked(text)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise self._error("reader_ended") from error
        return (said if isinstance(said, dict) else {}), raw

    def _error(self, key: str, **details: str) -> ReadError:
        """The error in which a question ends, and with it the conversation."""
        self.close()
        return ReadError(key, **details | {"name": self._name, "memory": str(self._memory // _MEGABYTE)})


@contextmanager
def conversation(*, name: str, size: int, budget: Budget, waiting: Waiting = nothing) -> Iterator[Conversation]:
    """A process that answers questions about a file.

    Args:
        name: the file's name in errors.
        size: its size in bytes; the budget grows with it.
        waiting: called again and again while an answer is waited for; what it raises ends the conversation.

    Raises ReadError if too many files are being read.
    """
    held = Conversation(name=name, size=size, budget=budget, waiting=waiting)
    try:
        yield held
    finally:
        held.close()
