"""The documents of the month say what the screen says, in both languages, in every format."""

import io
import os
import warnings
import zipfile
from datetime import UTC, date, datetime, timedelta

import docx
import pandas as pd
import pptx
import pypdf
import pytest
from docx.opc.coreprops import CoreProperties
from PIL import Image
from streamlit.testing.v1 import AppTest

from charts import printed
from charts.series import Series
from data_access import door
from data_access.clues.departments import read_departments
from data_access.dispatch.departments import read_department_work
from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import DocumentError
from data_access.inspection import draws
from data_access.inspection.problems import Problem, open_problems, read_problems
from data_access.scope import Scope
from pages.board.dispatch import archive as archive_of_papers
from pages.documents import pdf
from pages.documents.parts import Document, Section, Table, fitted
from pages.shell import gate
from tests.pages.conftest import OpenApp, freeze, label, told_of_export, wording, words
from tests.pages.inspection.test_draw import make
from tests.pages.inspection.test_villages import one_household, record
from tests.support.households import TOWNSHIP, household, merged, village
from tests.support.protected import opened_workbook


def built(app: AppTest, key: str) -> bytes:
    app.button(key=f"build_document_{key}").click().run()
    assert not app.exception, app.exception[0].message
    told = told_of_export()
    assert (told["region"][:6], told["as_of"][:2]) == ("610902", "20")
    kept = app.session_state[f"built_document_{key}"]
    with open(f"{kept['folder'].name}/{kept['name']}", "rb") as file:  # noqa: PTH123
        return file.read()


def page(open_app: OpenApp, database: object, **link: str) -> AppTest:
    return open_app(database, page="board/dispatch", part="documents", **link)


def docx_text(content: bytes) -> str:
    word = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def pdf_text(content: bytes) -> str:
    return "\n".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_briefing_and_slides_say_the_figures_of_the_month_in_every_format_and_who_built_them_when(
    open_app: OpenApp, sample_url: str
) -> None:
    app = page(open_app, sample_url)
    table = door.metric_table(scope=Scope.district())
    households = table.count("monitored_households", place="610902", month="2022-09")
    persons = table.count("monitored_persons", place="610902", month="2022-09")
    figure = wording("value.households_persons", households=households, persons=persons)
    content = built(app, "briefing_docx")
    said = docx_text(content)
    assert all(words in said for words in (figure, wording("badge.sample"), wording("metric.to_confirm")))
    word = docx.Document(io.BytesIO(content))
    assert len(word.inline_shapes) == 2
    assert wording("map.schematic") in said, "the second is a map"
    slides = pptx.Presentation(io.BytesIO(built(app, "meeting_pptx")))
    texts = [
        "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame) for slide in slides.slides
    ]
    assert figure in texts[1]
    questions = ("q_where", "q_changed", "q_why", "q_behind", "q_now")
    for text, question in zip(texts[1:], questions, strict=True):
        assert text.startswith(wording(f"documents.{question}"))
    pictures = [shape for slide in slides.slides for shape in slide.shapes if hasattr(shape, "image")]
    assert len(pictures) == 4
    for shape in pictures:
        assert 0 <= shape.left < shape.left + shape.width <= (slides.slide_width or 0)
        assert 0 <= shape.top < shape.top + shape.height <= (slides.slide_height or 0)
    paper = built(app, "briefing_pdf")
    assert figure in pdf_text(paper).replace("\n", "").replace(" ", "")
    assert "— 1 —" in pdf_text(paper)
    tell_who_built_them(word.core_properties, slides.core_properties, pypdf.PdfReader(io.BytesIO(paper)).metadata)


def tell_who_built_them(
    word: CoreProperties,
    slides: CoreProperties,
    paper: pypdf.DocumentInformation | None,
) -> None:
    assert paper is not None
    assert {word.author, slides.author, slides.last_modified_by, paper.author} == {wording("download.single_user")}
    assert word.title == paper.title
    assert "" not in (word.title, slides.title)
    for at in (word.created, slides.created, paper.creation_date):
        assert at is not None
        assert abs(at.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=10)


def test_the_notice_ranks_and_has_the_layout_of_official_papers(open_app: OpenApp, sample_url: str) -> None:
    content = built(page(open_app, sample_url), "notice_docx")
    assert wording("documents.h_townships") in docx_text(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        foot = archive.read("word/footer1.xml").decode()
    for font in ("font_title", "font_heading", "font_text"):
        assert f'w:eastAsia="{wording(f"documents.{font}")}"' in body
    assert ">PAGE<" in foot


def test_every_township_gets_its_own_assignment_with_the_figures_of_the_lists(
    open_app: OpenApp, sample_url: str
) -> None:
    content = built(page(open_app, sample_url), "assignments")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        text = docx_text(archive.read(next(name for name in names if name.startswith("关庙镇"))))
        papers = {name: docx_text(archive.read(name)) for name in names}
    table = door.metric_table(scope=Scope.district())
    assert len(names) == 28
    overdue = table.count("clues_overdue", place="610902100", month="2022-09")
    assert wording("unit.条", number=overdue) in text
    assert wording("documents.draft") in text
    for place in door.regions(scope=Scope.district()).children["610902"]:
        name = door.regions(scope=Scope.district()).names["zh"][place]
        said = next(text for file, text in papers.items() if file.startswith(name))
        for key, matter in load_dispatch_matters().items():
            amount = table.count(key, place=place, month="2022-09")
            listed = wording("documents.list_of", name=matter.metric.label["zh"], rows=amount)
            assert (listed in said) == (amount > 0), (name, key)


def test_a_paper_says_what_became_of_what_the_last_edition_ordered(open_app: OpenApp) -> None:
    rows = merged(
        village(),
        household("H1", cases=[{"identified_on": date(2022, 6, 1)}]),
        household("H2", cases=[{"identified_on": date(2022, 8, 10)}]),
    )
    app = page(open_app, rows)
    none = wording("documents.no_last")
    assert none in docx_text(built(app, "notice_docx"))
    freeze(on=date(2022, 8, 31), name="8月", metrics=("measures_overdue",))
    app.run()
    text = docx_text(built(app, "notice_docx"))
    name, one = label("measures_overdue"), wording("unit.户", number=1)
    became = wording("documents.last", name=name, frozen=one, listed=1, done=0, still=1, new=1)
    assert became in text
    assert none not in text


def test_every_department_gets_its_own_assignment(open_app: OpenApp, sample_url: str) -> None:
    content = built(page(open_app, sample_url), "departments")
    work = door.read(read_department_work, scope=Scope.district(), on=date(2022, 9, 30))
    row = work[work["item"] == "department_clues_in_time"].iloc[0]
    names = door.read(read_departments, scope=Scope.district(), on=date(2022, 9, 30), language="zh").set_index("code")[
        "name"
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == len(names)
        papers = {file.partition("_")[0]: docx_text(archive.read(file)) for file in archive.namelist()}
    assert wording("documents.in_time", base=row["base"], count=row["count"]) in papers[names[row["unit"]]]


def test_a_department_is_told_what_it_owes_and_where(open_app: OpenApp) -> None:
    owed = {"department": "D1", "started_on": None, "due_on": date(2022, 8, 1)}
    rows = merged(
        village(),
        {"department": [{"code": "D1", "name_zh": "民政局", "name_en": "Civil Affairs"}]},
        household("H1", cases=[{"identified_on": date(2022, 6, 1)}], measures=[owed]),
    )
    with zipfile.ZipFile(io.BytesIO(built(page(open_app, rows), "departments"))) as archive:
        [said] = (docx_text(archive.read(name)) for name in archive.namelist())
    assert f"{label('tasks_overdue')}{wording('unit.项', number=1)}" in said
    assert wording("documents.list_of", name=label("tasks_overdue"), rows=1) in said


def test_the_notice_of_an_inspection_says_what_the_screens_say(open_app: OpenApp) -> None:
    app = page(open_app, merged(village(), household("H1")))
    assert "build_document_inspection_docx" not in {button.key for button in app.button}, "nothing was drawn"
    on_site = one_household(open_app)
    assert wording("documents.i_nothing") in docx_text(
        built(page(open_app, os.environ["HOUSEHOLD_DATABASE_URL"]), "inspection_docx")
    )
    on_site.radio(key="villages_H1_water_answer").set_value("differs")
    on_site.text_input(key="villages_H1_water_text").input("已通自来水")
    on_site.radio(key="villages_H1_housing_answer").set_value("agrees")
    record(on_site)
    shown = next(part for part in words(on_site).split("**") if part.startswith("50.0%"))
    said = docx_text(built(page(open_app, os.environ["HOUSEHOLD_DATABASE_URL"]), "inspection_docx"))
    assert wording("documents.i_rate", rate=shown) in said
    assert wording("documents.i_seen", villages=1, households=1, projects=0, done=1, units=2) in said
    [found] = read_problems(door.ledger(), scope=Scope.district(), on=date(2022, 9, 30)).to_dict("records")
    assert (found["description"] in said, str(found["due_on"]) in said) == (True, True)
    assert wording("documents.i_no_last") in said


def test_a_picture_fits_its_place_whatever_its_shape() -> None:
    for across, down in ((10, 1000), (1000, 10), (100, 100)):
        drawn = io.BytesIO()
        Image.new("1", (across, down)).save(drawn, "PNG")
        width, height = fitted(drawn.getvalue(), width=150_000, height=200_000)
        assert width == pytest.approx(min(150_000, 200_000 * across / down), abs=1)
        assert height == pytest.approx(min(200_000, 150_000 * down / across), abs=1)


def test_a_long_annex_says_what_it_leaves_out(open_app: OpenApp) -> None:
    app = page(open_app, merged(village(), household("H1")))
    found = [
        Problem(f"W{number:03}", TOWNSHIP, f"问题{number}", "policy", "meeting", date(2022, 9, 1))
        for number in range(41)
    ]
    open_problems(door.ledger(), found[:40], recorded_by="王", scope=Scope.district())
    app.run()
    cut = wording("documents.annex_cut", shown=40, problems=41)
    assert cut.partition("40")[0] not in docx_text(built(app, "notice_docx"))
    open_problems(door.ledger(), found[40:], recorded_by="王", scope=Scope.district())
    app.run()
    assert cut in docx_text(built(app, "notice_docx"))


def test_the_briefing_of_a_township_has_no_map_and_can_be_had_in_english(open_app: OpenApp, sample_url: str) -> None:
    content = built(page(open_app, sample_url, place="610902107", lang="en"), "briefing_docx")
    assert len(docx.Document(io.BytesIO(content)).inline_shapes) == 1
    text = docx_text(content)
    assert "1. Where we stand" in text
    assert wording("badge.sample", language="en") in text
    assert "监测" not in text


@pytest.mark.parametrize("homes", [(), (household("H1"),)], ids=["empty", "one household"])
def test_an_empty_database_and_one_household_make_documents_too(open_app: OpenApp, homes: tuple) -> None:
    app = page(open_app, merged(village(), *homes))
    assert len(built(app, "briefing_docx")) > 1000
    assert len(built(app, "briefing_pdf")) > 1000
    with zipfile.ZipFile(io.BytesIO(built(app, "month"))) as archive:
        sizes = [entry.file_size for entry in archive.infolist() if not entry.filename.endswith(".txt")]
    assert len(sizes) == 5, "slides and notice, each as PDF too, and the order of the township"
    assert min(sizes) > 1000


def test_without_departments_nothing_is_offered_for_them(open_app: OpenApp) -> None:
    app = page(open_app, merged(village()))
    assert "build_document_departments" not in {button.key for button in app.button}


def test_a_text_is_never_read_as_markup() -> None:
    nasty = '#panic("x") $ [ ] * _ \\ #read("/etc/passwd") <a> @b'
    table = Table(heading=(nasty,), rows=((nasty,),))
    paper = Document(title=nasty, subtitle=nasty, sections=(Section(nasty, (nasty,), table=table),), notes=(nasty,))
    assert 'panic("x")' in pdf_text(pdf.write(paper, by="张三", language="zh"))


def test_without_a_chinese_font_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "CJK_FONTS", ("No such font",))
    printed.cjk_font.cache_clear()
    try:
        with pytest.raises(DocumentError, match="no_chinese_font"):
            pdf.write(Document(title="一", subtitle="", sections=()), by="张三", language="zh")
    finally:
        printed.cjk_font.cache_clear()


def test_a_machine_without_a_font_says_so_on_screen(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(open_app, merged(village(), household("H1")))
    monkeypatch.setattr(printed, "CJK_FONTS", ("No such font",))
    printed.cjk_font.cache_clear()
    try:
        app.button(key="build_document_briefing_docx").click().run()
    finally:
        printed.cjk_font.cache_clear()
    assert not app.exception
    assert "fonts-noto-cjk" in words(app)


def test_no_letter_is_missing_in_the_charts() -> None:
    values = pd.DataFrame({"month": ["2022-08", "2022-09"], "open": [3.0, 4.0]})
    series = [Series(column="open", name="未消除风险（监测对象）瀛湖镇", colour="#3f7fca")]
    square = [(108.0, 32.0), (109.0, 32.0), (109.0, 33.0), (108.0, 33.0)]
    place = printed.PrintedPlace(label="瀛湖", value_text="1.3%", colour="#cfe1f4", outlines=[square])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures = [
            printed.lines_by_month(values, series=series, unit="户"),
            printed.places_on_map([place], title="每百户未消除户数"),
        ]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_the_papers_of_a_month_hold_the_packages_of_its_draw_protected_for_who_may_have_them(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_of_papers, "whole", lambda _make: b"a paper")
    rows = merged(village(), household("H1"))
    folder, form = wording("package.name"), f"{wording('package.form')}.xlsx"

    def names(app: AppTest) -> list[str]:
        return zipfile.ZipFile(io.BytesIO(built(app, "month"))).namelist()

    with zipfile.ZipFile(io.BytesIO(built(page(open_app, rows), "month"))) as archive:
        said = archive.read(f"{folder}.txt").decode("utf-8-sig")
    assert said == wording("documents.month_no_draw", month="2022年9月")
    make(open_app(rows, page="inspection/draw"))
    app = page(open_app, rows)
    assert [name for name in names(app) if name.startswith(folder)] == [f"{folder}.txt"], "without a password"
    app.button(key="month_make").click().run()
    made = next(block.value for block in app.code)
    with zipfile.ZipFile(io.BytesIO(built(app, "month"))) as archive:
        [found] = [name for name in archive.namelist() if name.endswith(form)]
        assert found.startswith(f"{folder}/")
        assert opened_workbook(archive.read(found), password=made).startswith(b"PK")
    assert told_of_export()["draw"] == draws.read_draws(door.ledger(), scope=Scope.district())["draw_id"].item()
    monkeypatch.setattr(gate, "pages", lambda: frozenset({"dispatch"}))
    assert not [name for name in names(page(open_app, rows)) if name.startswith(folder)]
