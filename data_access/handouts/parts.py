"""The file of a handout: one workbook per township or village, all in one ZIP file."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_access.errors import ExportError
from data_access.files.export import About, FileColumn, Progress, Written, protect_all, write_xlsx, write_zip
from data_access.files.temporary import temporary_folder


@dataclass(frozen=True)
class PartWords:
    """The name of the workbook of a part, and the lines above its headings."""

    file_name: str
    heading: tuple[str, ...]


def write_parts(
    path: Path,
    rows: pd.DataFrame,
    *,
    words: Callable[[str, int], PartWords],
    sheet: str,
    columns: Sequence[FileColumn],
    about: About,
    progress: Progress,
    password: str | None = None,
) -> Written:
    """Write a ZIP file with one workbook per part; its hash is the hash of the parts' hashes, in the order of their
    codes.

    Args:
        rows: as returned by `handouts.split`.
        words: of a part, given its code and number of rows.
        sheet, columns, about: as for `write_xlsx`.
        password: each workbook asks for it.

    Raises ExportError as `write_xlsx` does, and when the parts do not have all the rows.
    """
    done, hashes, files = 0, [], []
    with temporary_folder("handout_") as folder:
        for part, own in rows.groupby("part"):
            said, file = words(str(part), len(own)), Path(folder) / f"{part}.xlsx"
            written = write_xlsx(file, sheet=sheet, columns=columns, chunks=[own], about=about, heading=said.heading)
            files.append((said.file_name, file))
            hashes.append(written.sha256)
            done += written.rows
            progress(done)
        if done != len(rows):
            raise ExportError("file_rows_lost", rows=str(len(rows)), written=str(done))
        if password is not None:
            protect_all((file for _, file in files), password=password)
        write_zip(path, files=files)
    return Written(rows=done, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest())
