"""Files made to end, hang or fill the board: each is a sentence for who sent it, and the next file is read as ever."""

import json
import os
import resource
import signal
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from data_access.files import reading_process
from data_access.files.batches import read_batches
from data_access.files.errors import ReadError
from data_access.files.headings import recognise
from data_access.files.limits import load_limits
from data_access.files.reading import open_file
from data_access.files.reading_process import Conversation, conversation
from data_access.load.kinds import load_kinds
from data_access.polygons import load_polygons
from tests.support.hostile_files import SHEET, sheet, two_cells, workbook
from tests.support.sheets import read_first_sheet

GOOD = workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
A_FEW_MB = 64 << 20
"""What the board itself may need for a file that it refuses."""


@pytest.fixture(autouse=True)
def the_next_file_is_read():
    """Whatever a test has sent, the board is there."""
    yield
    assert read_first_sheet(GOOD, name="good.xlsx") == [[1.0]]


def most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def as_form(content: bytes, _folder: Path) -> None:
    read_first_sheet(content, name="发来.xlsx")


def as_import(content: bytes, folder: Path, name: str = "发来.xlsx") -> None:
    path = folder / name
    path.write_bytes(content)
    read_to_its_end(path)


def read_to_its_end(path: Path) -> None:
    source = open_file(path)
    for one in source.sheets():
        for batch in read_batches(one, recognise(one.head(), fields=load_kinds()["persons"].fields)):
            assert len(batch.rows)
        for _ in one.read():
            pass


def refused(read: Callable[..., object], *arguments: object, **named: object) -> str:
    """Why a file is not read; the sentence names it in both languages, and no word of a parser is in it."""
    with pytest.raises(ReadError) as caught:
        read(*arguments, **named)
    for language in ("zh", "en"):
        said = caught.value.text(language)
        assert "发来" in said
        assert not any(word in said for word in ("Error", "error:", "Traceback", "parse", "b'"))
    return caught.value.key


EITHER = pytest.mark.parametrize("read", [as_form, as_import])


@EITHER
@pytest.mark.parametrize("last", ["XFD1048576", "GR100000", "ZZZZ9", "A99999999999999999999", "B4294967296"])
def test_two_cells_far_apart(tmp_path: Path, read: Callable, last: str) -> None:
    content, before = two_cells(last), most_memory()
    assert len(content) < 1_800
    assert refused(read, content, tmp_path) == "too_spread"
    assert most_memory() - before < A_FEW_MB


@EITHER
def test_a_few_cells_that_ask_for_a_rectangle_unseen(tmp_path: Path, read: Callable) -> None:
    """Cells written so that only the reader of workbooks finds them: it is ended by its limit on memory."""
    content = two_cells("XFD1048576", cell='<x:c r="{}"><x:v>1</x:v></x:c>')
    assert refused(read, content, tmp_path) == "reader_memory"


@EITHER
def test_a_long_text_that_every_cell_repeats(tmp_path: Path, read: Callable) -> None:
    text = f"<si><t>{'长' * 1_000_000}</t></si>"
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 20_001))
    content = workbook(sheet(cells), strings=text)
    assert refused(read, content, tmp_path) == "reader_memory"


@EITHER
def test_one_tag_of_many_megabytes_and_many_sheets(tmp_path: Path, read: Callable) -> None:
    tag = workbook(sheet(f'<row r="1"><c r="A1" {"x" * 30_000_000}="1"><v>1</v></c></row>'))
    assert refused(read, tag, tmp_path) == "zip_bomb"
    sheets = workbook(sheet(""), names=(f"S{at}" for at in range(load_limits().xlsx_sheets + 1)))
    assert refused(read, sheets, tmp_path) == "not_workbook"


def test_deep_xml_is_an_empty_sheet() -> None:
    assert read_first_sheet(workbook(sheet("<a>" * 100_000)), name="发来.xlsx") == []


@EITHER
@pytest.mark.parametrize("entity", ["&b;", "&c;"])
def test_entities_are_not_followed(tmp_path: Path, read: Callable, entity: str) -> None:
    entities = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c "ccccc">]>'
    cell = f'<row r="1"><c r="A1" t="str"><v>{entity}</v></c></row>'
    assert refused(read, workbook(entities + sheet(cell)), tmp_path) == "not_workbook"


@cache
def _bomb() -> bytes:
    return workbook(sheet("<a/>" * 20_000_000))


@EITHER
def test_an_archive_that_lies_about_its_size(tmp_path: Path, read: Callable) -> None:
    """What it unpacks to counts, whatever it says; of two parts of one name both count."""
    content = _bomb()
    size = (80_000_000 + len(sheet(""))).to_bytes(4, "little")
    assert content.count(size) == 2
    assert refused(read, content, tmp_path) == "zip_bomb"
    assert refused(read, content.replace(size, (100).to_bytes(4, "little")), tmp_path) in ("zip_bomb", "not_workbook")
    twice = BytesIO(two_cells("XFD1048576"))
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, sheet(""))
    assert refused(read, twice.getvalue(), tmp_path) == "too_spread"


def csv_file(folder: Path, *pieces: bytes | int) -> Path:
    """A CSV file of pieces; a number stands for a hole of so many bytes, which takes no room on the disk."""
    path = folder / "发来.csv"
    with path.open("wb") as file:
        for piece in pieces:
            if isinstance(piece, bytes):
                file.write(piece)
            else:
                file.truncate(file.seek(piece, os.SEEK_CUR))
    return path


HEADING = "户编号,人编号,姓名\n".encode()


@pytest.mark.parametrize(
    ("pieces", "key"),
    [
        ([HEADING, 1 << 30], "line_too_long"),
        ([1 << 30, b"\n", HEADING], "line_too_long"),
        ([b",".join([b"x"] * 16_385), b"\n"], "too_many_columns"),
        ([b"," * (15 << 20), b"\n"], "too_many_columns"),
        ([HEADING, b'H1,1,"', b"x\n" * 600_000], "quote_open"),
        ([HEADING, b"H1,1,x\n" * 40, b'H1,1,"', (b"x" * 1_000 + b"\n") * 35_000], "quote_open"),
        ([HEADING, b"H1,1,\xff\xff\n"], "unknown_encoding"),
    ],
    ids=["a gigabyte", "first", "columns", "commas", "quote", "rows in a quote", "bytes"],
)
def test_text_without_end(tmp_path: Path, pieces: list[bytes | int], key: str) -> None:
    assert refused(read_to_its_end, csv_file(tmp_path, *pieces)) == key


def outlines(folder: Path, content: bytes) -> Path:
    path = folder / "发来.geojson"
    path.write_bytes(content)
    return path


def feature(**said: object) -> bytes:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
    return json.dumps({"features": [{"properties": {"code": "1"}, "geometry": square | said}]}).encode()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"[" * 1_000_000, "no_outlines"),
        (b'{"features":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "no_outlines"),
        (b'{"features":[' + b"1" * 10_000_000, "no_outlines"),
        (b'{"features": {}}', "no_outlines"),
        (b"\xff\xfe\x00", "no_outlines"),
        (b'{"features": [7]}', "no_outline"),
        (b'{"features": [{"properties": {"XZQDM": "1"}, "geometry": null}]}', "outline_without_code"),
        (feature(type="Point", coordinates=[0, 0]), "outline_no_area"),
        (feature(coordinates=[[[32.7, 109.0], [32.8, 109.0], [32.8, 109.1]]]), "outline_turned"),
        (feature(coordinates=[[["a", "b"]]]), "no_outline"),
        (feature(coordinates=[[[float("nan"), 1.0]]]), "no_outline"),
        (feature(coordinates=[[[10**400, 1.0]]]), "no_outline"),
        (feature(coordinates=[[]]), "flat_outline"),
        (feature(coordinates=[[[0, 0], [1, 1], [2, 2], [0, 0]]]), "flat_outline"),
        (feature(coordinates=[[[11_000_000, 0], [0, 1], [1, 1]]]), "outline_in_metres"),
    ],
)
def test_outlines_that_are_none(tmp_path: Path, content: bytes, key: str) -> None:
    assert refused(load_polygons, outlines(tmp_path, content)) == key


@pytest.mark.parametrize("code", ["610902107", 610902107, 610902107.0, "610902107000", " 610902107 "])
def test_outlines_with_codes_and_heights_as_programs_write_them(tmp_path: Path, code: object) -> None:
    content = json.loads(feature(coordinates=[[[0, 0, 310.5], [0, 1, 311], [1, 1, 312]]]))
    content["features"][0]["properties"]["code"] = code
    [read] = load_polygons(outlines(tmp_path, json.dumps(content).encode()))
    assert read["properties"]["code"] == "610902107"
    assert read["geometry"]["coordinates"] == [[[0, 0], [0, 1], [1, 1]]]


def test_what_has_no_shape_is_left_out_and_the_letters_of_older_programs_are_read(tmp_path: Path) -> None:
    content = json.loads(feature())
    content["features"] += [{"properties": {"code": "2", "name": "关庙镇"}, "geometry": None}]
    content["features"] += [{"properties": {"code": "3"}, "geometry": {"type": "MultiPolygon", "coordinates": []}}]
    written = json.dumps(content, ensure_ascii=False).encode("gb18030")
    assert [one["properties"]["code"] for one in load_polygons(outlines(tmp_path, written))] == ["1"]


def test_outlines_that_answer_with_more_than_they_may(tmp_path: Path) -> None:
    path = outlines(tmp_path, feature(coordinates=[[[0, 0], [0, 1], [1, 1]] * 3_333]))
    little = load_limits().form.model_copy(update={"answer": 10_000})
    with conversation(name=path.name, size=1, budget=little) as held:
        assert refused(held.one, "outlines", path=str(path)) == "zip_bomb"


@pytest.fixture
def reader(tmp_path: Path):
    """A conversation that has begun, with nothing else of its process to be heard for a second."""
    budget = load_limits().form.model_copy(update={"silent_seconds": 1})
    with conversation(name="发来.xlsx", size=1, budget=budget) as held:
        yield held


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (signal.SIGKILL, "reader_ended"),
        (signal.SIGSEGV, "reader_ended"),
        (signal.SIGABRT, "reader_memory"),
        (signal.SIGXCPU, "reader_slow"),
        (signal.SIGSTOP, "reader_slow"),
    ],
)
def test_a_process_that_is_ended_or_held(reader: Conversation, number: int, key: str) -> None:
    os.kill(reader.pid, number)
    assert refused(reader.one, "check", path="", kind="workbook") == key
    reader.close()
    assert not psutil.pid_exists(reader.pid)


def test_an_idle_process_that_was_ended_is_not_asked(reader: Conversation) -> None:
    reader.close()
    os.kill(reader.pid, signal.SIGKILL)
    psutil.Process(reader.pid).wait()
    assert read_first_sheet(GOOD, name="发来.xlsx") == [[1.0]]


def test_processor_time_is_limited(tmp_path: Path) -> None:
    """Rows that take long to look through, within all limits of size."""
    path = tmp_path / "发来.xlsx"
    path.write_bytes(workbook(sheet('<row><c r="A1"><v>1</v></c></row>' * 1_500_000)))
    budget = load_limits().form.model_copy(update={"seconds": 1, "seconds_per_mb": 0})
    with conversation(name="发来.xlsx", size=1 << 20, budget=budget) as held:
        assert refused(held.one, "check", path=str(path), kind="workbook") == "reader_slow"


def test_a_process_knows_no_password_and_writes_no_file(reader: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    process = psutil.Process(reader.pid)
    assert set(process.environ()) <= {*reading_process._environment(), "LC_CTYPE"}
    assert not [name for name in reading_process._environment() if "URL" in name or "PASSWORD" in name]
    assert process.rlimit(psutil.RLIMIT_FSIZE) == process.rlimit(psutil.RLIMIT_CORE) == (0, 0)


@pytest.mark.parametrize(
    ("does", "key"),
    [
        ("send(0xffffffff, 0xffffffff)", "zip_bomb"),
        ("send(0, 0x0fffffff)", "zip_bomb"),
        ("send(100_000, 0, b'[' * 100_000)", "reader_ended"),
        ("send(2, 0, b'nu')", "reader_ended"),
        ("send(7, 0, b'{\"\":[]}')", "reader_ended"),
        ("send(4, 0, b'null')", "zip_bomb"),
        ("send(2, 0, b'{}')", "zip_bomb"),
        ("send(11, 0, b'{\"rows\":[]}')", "reader_ended"),
    ],
)
def test_a_process_that_a_file_has_taken_over(monkeypatch: pytest.MonkeyPatch, does: str, key: str) -> None:
    """Whatever it answers is too much, or nonsense, and does nothing."""
    start = "import os,struct\ndef send(text, raw, said=b''): os.write(1, struct.pack('>II', text, raw) + said)\n"
    monkeypatch.setattr(reading_process, "_COMMAND", (sys.executable, "-c", f"{start}while True: {does}"))
    monkeypatch.setattr(reading_process._pool(), "idle", [])
    assert refused(read_first_sheet, GOOD, name="发来.xlsx") == key
    monkeypatch.undo()


def test_more_files_at_once_than_may_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = load_limits()
    few = limits.model_copy(update={"readers": limits.readers.model_copy(update={"at_once": 1, "wait_seconds": 1})})
    monkeypatch.setattr(reading_process, "load_limits", lambda: few)
    pool = reading_process._Pool()
    monkeypatch.setattr(reading_process, "_pool", lambda: pool)
    with conversation(name="first", size=1, budget=limits.form):
        assert refused(read_first_sheet, GOOD, name="发来.xlsx") == "readers_busy"
    assert read_first_sheet(GOOD, name="发来.xlsx") == [[1.0]]
