"""Documents in one ZIP file, written one after the other."""

from collections.abc import Callable, Mapping
from pathlib import Path

from charts.printed import CJK_FONTS, NoFontError
from data_access.errors import DocumentError
from data_access.files import export
from data_access.files.export import Progress, Written
from data_access.files.file_hash import file_hash
from data_access.files.temporary import temporary_folder
from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import download

Made = Mapping[str, Callable[[], bytes]]
"""Names, of files or of their formats, and what writes them."""


def many(view: View, kind: str, label: str, papers: Made) -> None:
    """A button that builds several documents."""
    download.build(
        label,
        name=file_name(view, kind, "zip"),
        rows=len(papers),
        write=lambda path, progress: _zipped(papers, path=path, progress=progress),
        key=f"document_{kind}",
        told=told(view),
        stamp=tuple(told(view).items()),
    )


def _zipped(papers: Made, *, path: Path, progress: Progress) -> Written:
    with temporary_folder("papers_") as folder:
        files = write_each(papers, folder=Path(folder), progress=progress)
        export.write_zip(path, files=files)
    return Written(rows=len(files), sha256=file_hash(path))


def write_each(papers: Made, *, folder: Path, progress: Progress) -> list[tuple[str, Path]]:
    """Write documents into a folder; their names and files. Raises DocumentError where no Chinese font is installed."""
    files = []
    for done, (name, make) in enumerate(papers.items(), start=1):
        file = folder / f"{done}"
        file.write_bytes(whole(make))
        files.append((name, file))
        progress(done)
    return files


def whole(make: Callable[[], bytes]) -> bytes:
    """What a document's maker makes. Raises DocumentError where no Chinese font is installed."""
    try:
        return make()
    except NoFontError as error:
        raise DocumentError("no_chinese_font", fonts=", ".join(CJK_FONTS)) from error


def told(view: View) -> dict[str, str]:
    """What the audit record says about documents: place, day, edition."""
    edition = {} if view.edition is None else {"edition": view.edition.edition_id}
    return {"region": view.place, "as_of": view.on.isoformat(), **edition}


def file_name(view: View, kind: str, suffix: str) -> str:
    """The name of a document's file."""
    return export.file_name(view.name(view.place), t(f"documents.name_{kind}"), view.on.isoformat(), suffix=suffix)
