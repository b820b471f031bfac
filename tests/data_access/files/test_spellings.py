"""How a day, a number, a yes or no and a code may be spelled in a cell: an import and every kind of returned form
understand the same, and refuse the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from data_access.files.cells import words_of
from data_access.files.forms import Filled
from data_access.handouts.forms import KEYS, OF_HOUSEHOLDS, Form, read_returned
from data_access.handouts.handouts import Answer
from data_access.inspection import call_forms, finding_forms
from data_access.inspection.call_forms import CallForm, read_call_sheet
from data_access.inspection.calls import CallResult
from data_access.inspection.finding_forms import FindingForm, read_findings_form
from data_access.inspection.findings import Finding, load_questions
from data_access.schema.indicators import load_codes
from tests.data_access.load.conftest import embedded
from tests.support.households import TOWNSHIP, VILLAGE, household, load, merged, village

AS_OF = date(2022, 10, 31)
EARLIEST = date(2022, 10, 1)

DAYS: list[tuple[Any, date | str]] = [
    (AS_OF, AS_OF),
    (datetime(2022, 10, 31, 8), AS_OF),  # noqa: DTZ001 (as spreadsheets give it)
    ("2022-10-31", AS_OF),
    ("2022/10/31", AS_OF),
    ("2022.10.31", AS_OF),
    ("2022年10月31日", AS_OF),
    ("２０２２－１０－３１", AS_OF),
    ("'2022-10-31", AS_OF),
    ('="2022-10-31"', AS_OF),
    ("2022-10-31 08:00", AS_OF),
    ("2022-10-31T08:00:00", AS_OF),
    ("20221031", AS_OF),
    (20221031, AS_OF),
    (44865, AS_OF),  # as a spreadsheet counts days
    ("44865", AS_OF),
    (44865.4, AS_OF),
    ("2022年10月", EARLIEST),  # a month is its first day
    ("2022-10", EARLIEST),
    (202210, EARLIEST),
    ("22.10.31", AS_OF),
    ("22年10月31日", AS_OF),
    ("2022 10 31", AS_OF),
    ("2022 10 31 08:00", AS_OF),
    ("二〇二二年十月三十一日", AS_OF),
    ("二○二二年十月三十一号", AS_OF),
    ("二零二二年十月", EARLIEST),
    ("二〇二二年十三月一日", "not_a_date"),
    ("40.10.31", "not_a_date"),  # 1940 or 2040
    ("10.31", "not_a_date"),
    ("10月31日", "not_a_date"),
    ("2022-02-30", "not_a_date"),
    ("月底", "not_a_date"),
    (31, "not_a_date"),
    ("=TODAY()", "formula"),
]
NUMBERS: list[tuple[Any, int | str]] = [
    (12, 12),
    (12.0, 12),
    ("12", 12),
    ("１２", 12),
    ("'12", 12),
    (" 12 ", 12),
    ("12.0", 12),
    ("1,200", 1200),
    ("1,20", "not_a_number"),
    ("十二", "not_a_number"),
    ("12户", "not_a_number"),
    (True, "not_a_number"),
]
YES_AND_NO: list[tuple[Any, bool | str]] = [
    (True, True),
    (False, False),
    ("是", True),
    ("否", False),
    ("yes", True),
    ("no", False),
    ("True", True),
    (" 是 ", True),
    ("是。", True),
    ("'否", False),
    ('="是"', True),
    ("也许", "unknown_word"),
]
OUTCOMES: list[tuple[Any, str]] = [
    ("接通", "reached"),
    ("reached", "reached"),
    ("无人接听", "no_answer"),
    ("no answer", "no_answer"),
    ("未接通", "no_answer"),  # words.yaml
    ("关机", "switched_off"),
    ("wrong_number", "wrong_number"),
    (" 拒访 ", "refused"),
    ("接　通。", "reached"),
    ("No  Answer", "no_answer"),
    ("'空号", "wrong_number"),
    ('="接通"', "reached"),
    ("大概接通", "unknown_word"),
    ("=A1", "formula"),
]
BLANKS = ["/", "—", "未采集", "  "]


def workbook(*rows: Sequence[Any]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for position, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(position, column, cell)
                else:
                    sheet.write(position, column, cell)
    return stream.getvalue()


@dataclass(frozen=True)
class Import:
    """Imports into a household database; every cell stands in a row of its own."""

    folder: Path

    def read(self, table: str, column: str, cells: Sequence[Any], **others: Any) -> list[Any]:
        """The values of a column; where a cell breaks a rule, the rule."""
        homes = [household(f"H{number}") for number in range(len(cells))]
        target = embedded(self.folder, merged(village(), load(cut_off=AS_OF), *homes))
        key = "household_id" if table == "phone_check" else "project_id"
        rows = [[f"H{number}", *others.values(), cell] for number, cell in enumerate(cells)]
        path = self.folder / "import.xlsx"
        path.write_bytes(workbook([key, *others, column], *rows))
        report = target.load(path, kind=f"table_{table}", as_of=AS_OF, partial=True)
        assert report.rows == len(cells) == report.loaded + report.unchanged + report.rejected
        found = {f"H{row - 2}": rule for row, rule in zip(report.problems["row"], report.problems["rule"], strict=True)}
        found |= {row[key]: row[column] for row in target.rows(table)}
        return [found[f"H{number}"] for number in range(len(cells))]


@pytest.fixture
def imports(tmp_path: Path) -> Iterator[Import]:
    yield Import(tmp_path)


def said(filled: Filled, meaning: Callable[[Any], Any], *, column: str) -> Any:
    """What the one row of a form says; where it breaks a rule, the rule; None where the cell says nothing."""
    assert filled.rows == 1 == len(filled.entries) + filled.blank + len(filled.rejected)
    for wrong in filled.rejected:
        assert wrong.column == column
        return wrong.rule
    return meaning(filled.entries[0]) if filled.entries else None


def titles(*keys: str) -> dict[str, frozenset[str]]:
    return {key: frozenset({key}) for key in keys}


def handout(meaning: Callable[[Answer], Any], *, form: Form | None = None, **cells: Any) -> Any:
    """What a row of a returned handout says; `cells`: the one that differs from a plain answer."""
    plain = {"number": 12, "household_id": "H1", "verdict": "属实", "reason": "", "settle_by": "", "checked_by": "李"}
    row, columns = {**plain, "phone": "", **cells}, (*KEYS, *OF_HOUSEHOLDS)
    form = form or Form(titles(*columns), verdicts="handout_verdict", needs_reason="not_true", earliest=EARLIEST)
    blank = dict.fromkeys(("verdict", "reason", "settle_by", "checked_by", "phone"))
    sent = pd.DataFrame(
        [{"number": number, "household_id": "H1", "village_code": VILLAGE, **blank} for number in (12, 1200)]
    )
    content = workbook(["H20221031-ABCDEF"], columns, [row[key] for key in columns])
    filled = read_returned(content, name="x.xlsx", handout_id="H20221031-ABCDEF", form=form, sent=sent)
    return said(filled, meaning, column=next(iter(cells)))


def finding(meaning: Callable[[Finding], Any], **cells: Any) -> Any:
    """What a row of a filled-in form of an inspection says."""
    keys = (*finding_forms.KEYS, *finding_forms.FILLED)
    water = load_questions()["household"]["water"].label["zh"]
    row = {"code": "H1", "question": water, "answer": "一致", "found_value": "x", "found_on": AS_OF, "checked_by": ""}
    unit = {"code": "H1", "kind": "household", "township_code": TOWNSHIP, "village_code": VILLAGE, "village": ""}
    filled = read_findings_form(
        workbook(["C202210-ABCDEF"], keys, [(row | cells)[key] for key in keys]),
        name="x.xlsx",
        draw_id="C202210-ABCDEF",
        form=FindingForm(titles(*keys), answers={"一致": True, "不一致": False}, earliest=EARLIEST, latest=date.max),
        units=pd.DataFrame([unit]),
        known=pd.DataFrame(columns=["code", "question", "agrees", "found_value"]),
    )
    return said(filled, meaning, column=next(iter(cells)))


def call(meaning: Callable[[CallResult], Any], **cells: Any) -> Any:
    """What a row of a call sheet says."""
    keys = ("caller", "household_id", *call_forms.FILLED)
    row = dict.fromkeys(keys, "") | {"household_id": "H1", "called_on": AS_OF, "outcome": "接通"} | cells
    filled = read_call_sheet(
        workbook(keys, [row[key] for key in keys]),
        name="x.xlsx",
        form=CallForm(titles(*keys), earliest=EARLIEST, latest=date.max),
        homes=pd.DataFrame({"household_id": ["H1"], "village_code": [VILLAGE], "village": [""]}),
        known=pd.DataFrame(columns=["household_id", "called_on", "outcome"]),
    )
    return said(filled, meaning, column=next(iter(cells)))


@pytest.mark.opens_a_database
def test_an_import_reads_days(imports: Import) -> None:
    found = imports.read("phone_check", "called_on", [cell for cell, _ in DAYS], outcome="接通")
    assert found == [expected for _, expected in DAYS]


@pytest.mark.parametrize(("cell", "expected"), DAYS)
def test_returned_forms_read_the_same_days(cell: Any, expected: date | str) -> None:
    due = AS_OF if expected == EARLIEST else expected  # the month is over on its last day
    assert handout(lambda answer: answer.settle_by, settle_by=cell) == due
    assert finding(lambda one: one.found_on, found_on=cell) == expected
    assert call(lambda one: one.called_on, called_on=cell) == expected


@pytest.mark.opens_a_database
def test_an_import_reads_numbers(imports: Import) -> None:
    found = imports.read("project", "budget", [cell for cell, _ in NUMBERS], village_code=VILLAGE)
    assert found == [expected for _, expected in NUMBERS]


@pytest.mark.parametrize(("cell", "expected"), NUMBERS)
def test_a_returned_handout_reads_the_same_numbers(cell: Any, expected: int | str) -> None:
    """What is no number is the number of no row."""
    found = handout(lambda answer: answer.number, number=cell)
    assert found == ("row_not_sent" if isinstance(expected, str) else expected)


@pytest.mark.opens_a_database
def test_an_import_reads_yes_and_no(imports: Import) -> None:
    ticks: list[tuple[Any, bool | str]] = [("√", True), ("×", False), ("Y", True), (1, True), (0.0, False)]
    cells = [cell for cell, _ in YES_AND_NO + ticks]
    found = imports.read("phone_check", "water_problem", cells, called_on="2022-10-31", outcome="接通")
    assert found == [expected for _, expected in YES_AND_NO + ticks]


@pytest.mark.parametrize(("cell", "expected"), [*YES_AND_NO, ("一致", True), ("不一致", False), ("有", "unknown_word")])
def test_a_form_of_an_inspection_reads_the_same_yes_and_no(cell: Any, expected: bool | str) -> None:
    """有 is a yes to an import; as the result of a comparison it says nothing."""
    found = finding(lambda one: one.agrees, answer=cell)
    assert found == ("answer_unknown" if expected == "unknown_word" else expected)


@pytest.mark.opens_a_database
def test_an_import_reads_codes(imports: Import) -> None:
    cells = [cell for cell, _ in OUTCOMES]
    assert imports.read("phone_check", "outcome", cells, called_on="2022-10-31") == [code for _, code in OUTCOMES]


@pytest.mark.parametrize(("cell", "expected"), OUTCOMES)
def test_a_call_sheet_reads_the_same_codes(cell: Any, expected: str) -> None:
    found = call(lambda one: one.outcome, outcome=cell)
    assert found == ("word_unknown" if expected == "unknown_word" else expected)


@pytest.mark.parametrize("codes", ["handout_verdict", "disposition"])
def test_a_returned_handout_reads_every_word_of_its_code_list(codes: str) -> None:
    needs_reason = {"handout_verdict": "not_true", "disposition": "not_include"}[codes]
    form = Form(titles(*KEYS, *OF_HOUSEHOLDS), verdicts=codes, needs_reason=needs_reason, earliest=EARLIEST)
    for code, label in load_codes()[codes].items():
        reason = "说明" if code == needs_reason else ""
        for word in (code, label["zh"], label["en"], f" {label['zh']} ", f"'{label['zh']}"):
            assert handout(lambda answer: answer.verdict, form=form, verdict=word, reason=reason) == code
    assert handout(lambda answer: answer.verdict, form=form, verdict="大概") == "verdict_unknown"


@pytest.mark.parametrize("cell", BLANKS)
def test_a_blank_cell_of_a_form_says_nothing(cell: str) -> None:
    assert handout(lambda answer: answer.settle_by, settle_by=cell) is None
    assert handout(lambda answer: answer.phone, phone=cell) is None
    assert finding(lambda one: one.agrees, answer=cell) == "answer_missing"
    assert call(lambda one: one.complaint, complaint=cell) is None


@pytest.mark.opens_a_database
def test_a_blank_cell_of_an_import_says_nothing(imports: Import) -> None:
    found = imports.read("phone_check", "water_problem", BLANKS, called_on="2022-10-31", outcome="接通")
    assert found == [None] * len(BLANKS)


def test_words_of_files_go_before_the_labels_of_a_list() -> None:
    """Their order says which of several is graver."""
    assert list(words_of("health"))[:2] == ["患有大病", "大病"]
    assert words_of("relief")["未享受"] == "none"
