"""Whatever bytes a file has, it is read or refused with a sentence, and the next one is read as ever.

Workbooks, texts and outlines with bytes changed, cut out and repeated by chance, inside the parts of the archive and in
the archive itself: 1,000 files, two minutes. `make fuzz` runs them, pytest alone does not. The short form is
`attacks/test_files_from_outside.py`.
"""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from data_access.files.errors import ReadError
from data_access.polygons import SCHEMATIC, load_polygons
from tests.attacks.test_files_from_outside import GOOD, read_to_its_end
from tests.support.sheets import read_first_sheet

CASES = 200
PIECES = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"\n",
    b",",
    b"[" * 500,
    b"9" * 30,
    b'r="XFD1048576"',
    b"-1",
    b"<a>" * 200,
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with up to five pieces of it changed."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(changed) + 1), chance.choice((0, 1, 4, 200))
        part = chance.choice((*PIECES, bytes(changed[at : at + 300]) * chance.choice((1, 50))))
        changed[at : at + length] = part
    return bytes(changed)


def book() -> bytes:
    content = BytesIO()
    made = xlsxwriter.Workbook(content)
    sheet = made.add_worksheet("人员")
    for row in range(40):
        sheet.write_row(row, 0, ["户编号", "人编号", row, row / 7, row % 2 == 0, f"第{row}户"])
    sheet.write_formula(41, 0, "=1+1", None, 2)
    sheet.merge_range(42, 0, 43, 3, "合并")
    made.close()
    return content.getvalue()


def inside_damaged(content: bytes, chance: random.Random) -> bytes:
    """The archive with one of its parts damaged."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damaged(part, chance) if name == chosen else part)
    return made.getvalue()


TEXT = "户编号,人编号,姓名,备注\n" + "".join(f'H{at},H{at}-1,"第{at}人",\n' for at in range(200))
SOURCES = {
    "inside.xlsx": (book(), inside_damaged),
    "outside.xlsx": (book(), damaged),
    "text.csv": (TEXT.encode(), damaged),
    "old.csv": (TEXT.encode("gb18030"), damaged),
    "outlines.geojson": (SCHEMATIC.read_bytes(), damaged),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    good, damage = SOURCES[name]
    path = tmp_path / f"发来-{name}"
    refused = 0
    for _ in range(CASES):
        path.write_bytes(damage(good, chance))
        try:
            if path.suffix == ".geojson":
                load_polygons.__wrapped__(path)
            else:
                read_to_its_end(path)
                if path.suffix == ".xlsx":
                    read_first_sheet(path.read_bytes(), name=path.name)
        except ReadError as error:
            refused += 1
            assert all(path.name in error.text(language) for language in ("zh", "en"))
    assert refused
    assert read_first_sheet(GOOD, name="good.xlsx") == [[1.0]]
