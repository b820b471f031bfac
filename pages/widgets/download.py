"""Downloads: files are built only on a click, with their progress, then handed to the browser."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import streamlit as st

from data_access import clock, door
from data_access.access import purposes
from data_access.access.purposes import Purpose
from data_access.errors import AppError
from data_access.files import export
from data_access.files.export import About, Chunks, FileColumn, Progress, Written
from data_access.files.temporary import temporary_folder
from data_access.ledger.audit_chain import Event
from pages.shell import gate, identity, notices
from pages.shell.texts import language, t
from pages.widgets import drawer, numbers

FORMATS = ("xlsx", "csv", "csv_about", "parquet")
"""The formats of a file; the first two are what everyone needs."""

SUFFIXES = {"xlsx": "xlsx", "csv": "csv", "csv_about": "zip", "parquet": "parquet"}


@dataclass(frozen=True)
class FileSource:
    """What a file is built from."""

    name: tuple[str, ...]
    """Parts of the file's name: place, list, cut-off."""
    columns: tuple[FileColumn, ...]
    about: About
    rows: int
    """How many rows there will be, for the progress."""
    open: Callable[[], AbstractContextManager[Chunks]]
    asked: Hashable
    """What its rows are: the question that gives them, or they themselves."""
    purpose: Purpose | None = None
    """The purpose under which it shows names or numbers."""


def of_rows(
    shown: pd.DataFrame,
    *,
    name: tuple[str, ...],
    columns: Sequence[FileColumn],
    about: About,
) -> FileSource:
    """A file of rows that are on the screen. The arguments are the fields of `FileSource`."""

    @contextmanager
    def opened() -> Iterator[Chunks]:
        yield [shown]

    text = shown.reindex(columns=[column.key for column in columns]).to_csv()
    return FileSource(
        name=name,
        columns=tuple(columns),
        about=about,
        rows=len(shown),
        open=opened,
        asked=hashlib.sha256(text.encode()).hexdigest(),
    )


def offer(what: Callable[[], FileSource], *, key: str, action: str = "export_lists") -> None:
    """A choice of formats and a button that builds the file; then a button that saves it. Nothing if the reader may not
    download it.

    Args:
        what: says what the file is built from, once somebody asks for it.
        action: what the reader must be allowed to do.
    """
    if not identity.may(action):
        return
    sheet = drawer.opened(t("download.open"), icon=":material/download:", key=drawer_key(key))
    if sheet is None:
        return
    with sheet:
        source, labels = what(), {name: t(f"download.format_{name}") for name in FORMATS}
        chosen = st.radio(
            t("download.format"),
            FORMATS,
            format_func=labels.__getitem__,
            captions=[t(f"download.caption_{name}") for name in FORMATS],
            key=f"download_format_{key}",
        )
        chosen = chosen if chosen in FORMATS else FORMATS[0]
        name = export.file_name(*source.name, suffix=SUFFIXES[chosen])
        build(
            t("download.build", rows=numbers.exact(source.rows)),
            name=name,
            rows=source.rows,
            write=lambda path, progress: _write(source, path=path, kind=chosen, progress=progress),
            key=f"{key}_{chosen}",
            stamp=_stamp(source),
            action=action,
            purpose=source.purpose,
            told=told_of(source.columns, about=source.about),
        )


def drawer_key(key: str) -> str:
    """The key of the sheet in which a file is offered."""
    return f"download_{key}"


def told_of(columns: Iterable[FileColumn], *, about: About) -> dict[str, Any]:
    """What the audit record says about a file with rows: its columns, and what the file says about itself (place, day,
    filters, rules)."""
    return {"columns": [column.key for column in columns], "about": [" ".join(line) for line in about.lines]}


def build(
    label: str,
    *,
    name: str,
    rows: int,
    write: Callable[[Path, Progress], Written],
    key: str,
    told: Mapping[str, Any],
    stamp: Hashable = None,
    action: str = "export_lists",
    purpose: Purpose | None = None,
) -> Written | None:
    """A button that builds a file, with its progress; afterwards a second one that saves it. The build is entered into
    the audit record, and the file's name says who built it and when.

    Args:
        name: of the file.
        rows: how many there will be.
        write: writes the file to a path and reports its progress.
        told: what the audit record says about it besides its name, rows and hash: the choices made for it, its columns.
        stamp: what the file depends on besides the reader's language and rights, the data and the rules; a file built
        for another stamp is not handed out.
        action: what the reader must be allowed to do.
        purpose: the purpose under which it shows names or numbers; its use is recorded.

    Returns what was written, in the run that built it.
    """
    written = None
    stamp = (stamp, *_circumstances())
    if st.button(label, key=f"build_{key}", type="primary", disabled=not identity.may(action)):
        gate.require(action)
        written = _build(name, rows=rows, write=write, key=key, stamp=stamp, purpose=purpose, told=told)
    built: dict[str, Any] | None = st.session_state.get(f"built_{key}")
    if built is not None and (built["name"], built["stamp"]) == (name, stamp):
        made: Written = built["written"]
        marked: str = built["marked"]
        st.markdown(
            t("download.built", name=marked, rows=numbers.exact(made.rows), sha256=made.sha256[:16], at=built["at"])
        )
        st.download_button(
            t("download.save"),
            data=lambda: _opened(built["folder"].name, name),
            file_name=marked,
            key=f"save_{key}",
            on_click="ignore",
            icon=":material/save:",
        )
    return written


def _stamp(source: FileSource) -> Hashable:
    """What a file from a source depends on, except the moment it is made."""
    made = t("download.at")
    lines = tuple(line for line in source.about.lines if line[0] != made)
    return (source.asked, source.rows, tuple(column.title for column in source.columns), lines)


def _circumstances() -> tuple[Hashable, ...]:
    """What every file depends on."""
    try:
        version, rules = door.current_facts().facts.version, door.rulebook().hash
    except AppError:  # where there are no figures yet, no file has any
        version, rules = None, None
    return (language(), identity.scope(), version, rules)


def _build(
    name: str,
    *,
    rows: int,
    write: Callable[[Path, Progress], Written],
    key: str,
    stamp: Hashable,
    purpose: Purpose | None,
    told: Mapping[str, Any],
) -> Written | None:
    # The folder is removed when the session ends, or when another file takes its place.
    folder = temporary_folder("file_")
    bar = st.progress(0.0, text=t("download.building"))

    def tell(done: int) -> None:
        said = t("download.progress", done=numbers.exact(done), rows=numbers.exact(rows))
        bar.progress(min(done / max(rows, 1), 1.0), text=said)

    marked = marked_name(name)
    try:
        written = write(Path(folder.name) / name, tell)
        _note(written, file=marked, purpose=purpose, told=told)
    except AppError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return None
    finally:
        bar.empty()
    at = clock.local_now().strftime("%H:%M")
    st.session_state[f"built_{key}"] = {
        "name": name,
        "marked": marked,
        "folder": folder,
        "written": written,
        "stamp": stamp,
        "at": at,
    }
    return written


def _note(written: Written, *, file: str, purpose: Purpose | None, told: Mapping[str, Any]) -> None:
    detail = {"file": file, "rows": written.rows, "sha256": written.sha256, **told}
    if purpose is None:
        gate.note(Event(kind="exported", detail=detail))
        return
    purposes.note_use(
        door.ledger(),
        purpose,
        file=file,
        rows=written.rows,
        sha256=written.sha256,
        events=[Event(kind="exported", detail=detail | {"purpose": purpose.purpose_id} | _by_whom())],
        recorded_by=identity.signature(),
        scope=identity.scope(),
    )


def _by_whom() -> dict[str, bool]:
    """Whether whoever approved the purpose is whoever uses it."""
    return {"one_person": True} if identity.is_alone() else {}


def marked_name(name: str) -> str:
    """The name of a file with who built it and when; unchanged where nobody signs in."""
    known = identity.user()
    if known is None:
        return name
    path = Path(name)
    return f"{path.stem}_{known.user_id}_{clock.local_now():%Y%m%d-%H%M}{path.suffix}"


def _opened(folder: str, name: str) -> BinaryIO:
    return (Path(folder) / name).open("rb")


def _write(source: FileSource, *, path: Path, kind: str, progress: Progress) -> Written:
    with source.open() as chunks:
        if kind == "xlsx":
            return export.write_xlsx(
                path,
                sheet=t("download.sheet"),
                columns=source.columns,
                chunks=chunks,
                about=source.about,
                progress=progress,
            )
        if kind == "parquet":
            return export.write_parquet(path, columns=source.columns, chunks=chunks, progress=progress)
        if kind == "csv":
            return export.write_csv(path, columns=source.columns, chunks=chunks, progress=progress)
        return _write_csv_and_about(source, path=path, chunks=chunks, progress=progress)


def _write_csv_and_about(source: FileSource, *, path: Path, chunks: Chunks, progress: Progress) -> Written:
    with temporary_folder("file_") as folder:
        rows, about = Path(folder) / "rows.csv", Path(folder) / "about.txt"
        written = export.write_csv(rows, columns=source.columns, chunks=chunks, progress=progress)
        text = export.about_text(source.about, columns=source.columns, written=written)
        about.write_text(text, encoding="utf-8-sig", newline="")
        inside = export.file_name(*source.name, suffix="csv")
        export.write_zip(path, files=[(inside, rows), (f"{source.about.title}.txt", about)])
    return written
