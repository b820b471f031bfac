"""Every word of the interface is in both catalogues, every entry is used, and no page holds words of its own."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from charts.palette import INCOME
from data_access import errors
from data_access.access import account_event as happened
from data_access.access import audit_log
from data_access.access.roles import load_roles
from data_access.cases import elimination, procedure_rules, visits
from data_access.disclosure import PERSONAL
from data_access.dispatch.weekly import DONE
from data_access.facts.dictionary import SOURCE_STATES
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from data_access.handouts import forms as handout_forms
from data_access.handouts import recorded
from data_access.handouts.asked import asked_besides
from data_access.households import search, timeline
from data_access.income.incomes import BASES
from data_access.inspection import call_forms, draw_settings, finding_forms
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.findings import load_questions
from data_access.ledger.audit_chain import CAUSES
from data_access.lists import signature, village_parts
from data_access.lists.lists import LISTINGS, MONTH, TEXT_FILTERS
from data_access.lists.selection import OPERATORS
from data_access.load.steps import STEPS
from data_access.region_codes import LEVELS
from data_access.risk import rule
from data_access.risk.answers import INCOMES
from data_access.schema.indicators import load_codes, load_indicators
from pages.about.audit import details as audit_details
from pages.about.audit import entries as audit_entries
from pages.board.dispatch import five_lists
from pages.board.meeting import slides
from pages.data.imports import history as import_history
from pages.data.purposes import table as purpose_table
from pages.data.reports import doubts as report_doubts
from pages.data.reports import running as report_running
from pages.data.returns import form as return_form
from pages.data.start import regions as start_regions
from pages.data.start import steps as start_steps
from pages.documents import docx
from pages.households.cases import mine
from pages.households.household import origins
from pages.households.household.members import COLUMNS as MEMBER_COLUMNS
from pages.households.places import sections
from pages.households.warnings import figures as warnings
from pages.households.warnings import shortfalls
from pages.inspection.recheck import progress as records_progress
from pages.inspection.telephone import figures as telephone
from pages.inspection.telephone import form as call_form
from pages.shell import heading, menu
from pages.shell.texts import LOCALES, load_file
from pages.widgets import column_meaning, download, field_reports, list_file
from pages.widgets.draw import finding_form, form_file
from pages.widgets.draw import opened as opened_draw
from pages.widgets.problems import table as problem_table

PAGES = Path(__file__).parents[3] / "pages"
PROBLEMS = {name for name in vars(errors) if name.endswith("Error")}

QUANTITIES = sorted({column.unit for indicator in load_indicators() for column in indicator.columns if column.unit})

DYNAMIC: dict[str, Iterable[str]] = {
    "menu.": list(menu.SECTIONS),
    "draw_paper.": ["drew", "watched", "noted", "day"],
    "telephone.who_": telephone.WHO,
    "meaning.": sorted(column_meaning.WHO | column_meaning.FORMS),
    "page.": [page for pages in menu.SECTIONS.values() for page in pages],
    "answers.": [
        page for pages in menu.SECTIONS.values() for page in pages if page not in (*menu.BARE, *heading.ANSWERED)
    ],
    "bar.": ["township", "village"],
    "unit.": sorted(
        {metric.unit for metric in load_metrics().values() if metric.unit != "%"}
        | {metric.unit for metric in load_ledger_metrics().values() if metric.unit != "%"}
    ),
    "trend.reading_": ["up", "down", "same"],
    "employment.trend_": ["up", "down", "same"],
    "employment.base_": ["lifted_out", "last_year", "able_households"],
    "family.": list(rule.FAMILIES),
    "audit.cause_": CAUSES,
    "role.": list(load_roles().by_key),
    "purposes.": [f"column_{name}" for name in purpose_table.COLUMNS],
    "audit.": [
        *(f"event_{kind}" for kind in audit_log.EVENTS),
        *(f"alert_{kind}" for kind in audit_log.ALERTS),
        *(f"column_{name}" for name in (*audit_entries.COLUMNS, *audit_entries.AS_RECORDED, "day", "alert", "count")),
        *(f"detail_{key}" for key in audit_details.KEYS),
        *(f"searched_by_{by}" for by in search.BY),
        *(f"what_{what}" for what in (happened.MADE, happened.PASSWORD, happened.DISABLED, happened.ENABLED)),
    ],
    "dimension.": list(rule.DIMENSIONS),
    "test.": list(rule.TESTS),
    "sources.state.": SOURCE_STATES,
    "breaks.": ["rule", "bands", "connected", "late"],
    "dictionary.": ["metrics", "indicators", "tables", "metrics_intro", "indicators_intro", "tables_intro"],
    "direction.": ["good", "bad", "neutral"],
    "indicator_family.": sorted({indicator.family for indicator in load_indicators()}),
    "indicator_source.": sorted({indicator.source for indicator in load_indicators()}),
    "imports.": [
        *(f"count_{name}" for name in ("rows", "loaded", "unchanged", "rejected")),
        *(f"step_{name}" for name in STEPS),
        *(f"load_{name}" for name in import_history.COLUMNS),
    ],
    "start.": [
        *(f"step_{step.key}" for step in start_steps.STEPS),
        *(f"why_{step.key}" for step in start_steps.STEPS),
        *(f"count_{name}" for step in start_steps.STEPS for name in step.counts),
        *(f"state_{state}" for state in start_steps.STATES),
        *(f"level_{level}" for level in LEVELS),
        *(f"column_{name}" for name in (*start_regions.COLUMNS, *start_regions.DOUBTFUL)),
        *(f"file_{table}" for table in start_regions.FILES),
    ],
    "income.basis_": list(BASES),
    "income.part_": list(INCOME),
    "projects.reading_": ["fund", "kind"],
    "list.": sorted(
        {
            "rule",
            "rule_alone",
            *PERSONAL,
            *(name for listing in LISTINGS.values() for name in (*listing.details, *listing.facets)),
        }
    ),
    "warnings.": [*warnings.STANDING],
    "warnings.part_": ["places", "rules", "shortfalls", "changes", "households"],
    "warnings.matrix_": list(shortfalls.COLUMNS),
    "quality.": [
        *(f"part_{name}" for name in ("completeness", "collection", "audit", "trend", "outliers", "near", "effect")),
        *(
            f"rule_{name}"
            for name in (
                "label",
                "findings",
                "households",
                "severity",
                "about",
                "corrector",
                "description",
                "status",
                "source",
            )
        ),
        *(f"outlier_{name}" for name in ("indicator", "low", "high", "times", "median", "lower", "upper")),
    ],
    "disposition.": ["conclusion", "state", "reason", "until", "note", "by", "at"],
    "download.": [f"{part}_{name}" for part in ("format", "caption") for name in download.FORMATS],
    "signature.part_": signature.PARTS,
    "draw.": [
        *(f"{part}_{kind}" for part in ("size", "kind") for kind in draw_settings.KINDS),
        *(f"column_{name}" for name in ("group", "township", "villages", "households", "projects", "reserve")),
        *(f"file_{name}" for name in ("group_no", "township", "village", "unit", "code", "standing", "position")),
        *(f"file_{name}" for name in ("status", "stratum", "chance", "replaced_by")),
        *(f"opened_{name}" for name in opened_draw.COLUMNS),
    ],
    "records.": [
        *(f"by_{name}" for name in records_progress.PARTS),
        *(f"column_{name}" for name in ("part", "collected", "drawn", "checked", "rate")),
    ],
    "draw.none_": ["inspection", "records"],
    "villages.": [
        *(f"answer_{answer}" for answer in (finding_form.NOT_CHECKED, *finding_form.ANSWERS)),
        *(f"column_{name}" for name in ("unit", "name", "lamp", "reasons")),
        *(f"project_{name}" for asked in load_questions()["project"].values() for name in asked.columns),
    ],
    "problems.": [
        *(f"part_{name}" for name in ("table", "board", "look_back", "new")),
        *(f"column_{name}" for name in problem_table.COLUMNS),
        *(
            f"step_{name}"
            for name in ("step", "done_on", "department", "owner", "due_on", "measures", "evidence", "by")
        ),
    ],
    "dispatch.": [
        *(f"five_{name}{suffix}" for name in five_lists.LISTS for suffix in ("", "_intro")),
        *(f"week_{kind}" for kind in DONE),
        *(f"compare_{name}" for name in ("metric", "frozen", "recounted", "correction", "now")),
        *(f"part_{name}" for name in ("ranking", "five_lists", "weekly", "assessment", "edition", "documents")),
        *("file_townships", "file_departments"),
    ],
    "documents.": [
        *(
            f"name_{name}"
            for name in ("briefing", "meeting", "notice", "inspection", "assignments", "departments", "month")
        ),
        *("acts_township", "acts_department", "item", "amount", "places", "acts", "due"),
        *(
            f"column_{name}"
            for name in ("village", "household_id", "head_name", "clue_id", "need_id", "measure_id", "due")
        ),
        *(f"font_{use}" for use in (docx.TITLE, docx.HEADING, docx.TEXT)),
    ],
    "error.": [
        *("ranking_neutral", "ranking_not_rankable", "ranking_count"),
        *(f"step_{rule}" for rule in procedure_rules.RULES),
    ],
    "downloads.": sorted({f"op_{name}" for names in OPERATORS.values() for name in names}),
    "returns.column.": [
        *(*handout_forms.COLUMNS, *asked_besides(), "position"),
        *(f"{name}_of_thing" for name in return_form.OF_CLUES),
        *(f"{name}_of_report" for name in return_form.OF_REPORTS),
        *(f"{name}_of_correction" for name in return_form.OF_CORRECTIONS),
        *(return_form.NEW, return_form.INDICATOR, return_form.HELD),
    ],
    "returns.means_": ["position", "number"],
    "reports.": [
        *(f"state_{state}" for state in field_reports.STATES),
        *(f"why_{why}" for why in report_doubts.WHYS),
        *(f"running_{name}" for name in report_running.LINES),
        *(f"column_{name}" for name in ("household_id", "kind", "thing", "said", "held", "why", "by", "at", "state")),
    ],
    "streamlit.": [key.removeprefix("streamlit.") for key in load_file("en", "streamlit.po")],
    "calls.column.": [name for name in call_form.COLUMNS if name not in load_call_questions()],
    "calls.rule.": sorted(call_forms.RULES),
    "findings.column.": [*form_file.COLUMNS],
    "findings.rule.": sorted(finding_forms.RULES),
    "meeting.view_": [*slides.VIEWS],
    "returns.rule.": sorted(handout_forms.RULES),
    "places.by_": list(village_parts.PARTS),
    "places.all_": list(village_parts.PARTS),
    "places.parts_": list(village_parts.PARTS),
    "places.section_": list(sections.SECTIONS),
    "search.way_": list(search.WAYS),
    "household.": [
        *(f"kind.{kind}" for kind in timeline.EVENTS),
        *(f"event.{kind}.{event}" for kind, (_, events, _) in timeline.EVENTS.items() for event in events),
        *(f"kind.{kind}" for kind in recorded.RECORDED),
        *(
            f"event.{kind}.{event}"
            for kind, events in recorded.RECORDED.items()
            if kind != "problem"
            for event in events
        ),
        *(f"{part}_undeclared" for part in ("help", "verify")),
        *(f"origin_{name}" for name in origins.COLUMNS),
        *(f"holds.{answer}" for answer in ("yes", "no", "unknown")),
        *(f"income.{name}" for name in (*INCOMES, "business_cost")),
        *(f"member.{name}" for name in MEMBER_COLUMNS),
    ],
    "elimination.": list(elimination.CONDITIONS),
    "comparison.part_": ["departments", "months", "places"],
    "cases.ending_": list(load_codes()["ending"]),
    "cases.part_": ["steps", "mine", "entry", "elimination", "endings"],
    "cases.mine_": list(mine.METRICS),
    "clues.part_": ["work_list", "self_reports", "case_help", "visits", "misfits"],
    "clues.by_": list(visits.PARTS),
    "quantity.": QUANTITIES,
    "quantity_one.": QUANTITIES,
}
"""Keys put together while the app runs: their beginning, and all they can end in."""


def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((PAGES / "locales" / LOCALES[language]).glob("*.po")):
        with path.open("rb") as file:
            found = {str(message.id): str(message.string) for message in read_po(file) if message.id}
        assert not texts.keys() & found.keys(), f"{path.name} repeats keys of another file"
        texts |= found
    return texts


def calls(folder: Path, *names: str) -> Iterator[ast.Call]:
    """Every call of a function of one of these names in the Python files of a folder."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


@cache
def keys_used() -> set[str]:
    used = {f"{start}{end}" for start, ends in DYNAMIC.items() for end in ends}
    used |= {f"list.{name}" for name in (*list_file.WHO, "disposition", *TEXT_FILTERS, MONTH)}
    for call in calls(PAGES, "t", "every", "in_all_languages"):
        key = call.args[0]
        assert isinstance(key, ast.Constant | ast.JoinedStr), "write two calls, so that each key can be found"
        if isinstance(key, ast.Constant):
            used.add(str(key.value))
    for template in PAGES.rglob("*.html"):
        used |= set(re.findall(r'word\("([\w.]+)"\)', template.read_text(encoding="utf-8")))
    used.add("access.differ")  # named where the form to sign in is answered
    used |= {"server.old_browser", "server.no_script"}  # named in the one page that is sent before any run
    table = (PAGES / "about/dictionary/tables.py").read_text(encoding="utf-8")
    for names in re.findall(r"names ?= ?\(([^)]*)\)", table):
        used |= {f"dictionary.column.{name}" for name in re.findall(r'"(\w+)"', names)}
    return used | {f"error.{key}" for key in error_keys()}


def error_keys() -> set[str]:
    found = [call.args[0] for folder in (PAGES, PAGES.parent / "data_access") for call in calls(folder, *PROBLEMS)]
    own = errors.read_texts(errors.AppError.texts)
    return {str(key.value) for key in found if isinstance(key, ast.Constant)} - set(own)


@pytest.mark.parametrize("language", list(LOCALES))
def test_every_key_in_use_has_its_words(language: str) -> None:
    texts = catalogue(language)
    assert sorted(key for key in keys_used() if not texts.get(key)) == []


@pytest.mark.parametrize("language", list(LOCALES))
def test_no_file_says_a_key_twice(language: str) -> None:
    for path in sorted((PAGES / "locales" / LOCALES[language]).glob("*.po")):
        keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(key for key, times in Counter(keys).items() if times > 1) == [], path.name


@pytest.mark.parametrize("language", list(LOCALES))
def test_no_entry_is_left_over(language: str) -> None:
    assert sorted(set(catalogue(language)) - keys_used()) == []


def test_both_languages_fill_in_the_same_values() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    fields = {key: [set(re.findall(r"{(\w+)}", texts[key])) for texts in (zh, en)] for key in zh}
    # Chinese names a change that English leaves to the figure itself, and does not read out what an icon is called.
    differing = {key: found for key, found in fields.items() if found[0] != found[1]}
    assert set(differing) <= {
        *("tile.monitored", "streamlit.icon"),
        *("error.not_kept", "error.not_collected", "error.no_history"),
    }


DATA_DICTIONARY = ("Column", "_records", "column", "create_table", "household_key", "record_table", "table")
"""Functions that declare a table with its columns, also as a migration knew it: what a column means is said there, in
both languages."""

UNITS = {
    *(metric.unit for metric in load_metrics().values()),
    *(metric.unit for metric in load_ledger_metrics().values()),
    *(column.unit for indicator in load_indicators() for column in indicator.columns),
}
"""Keys, though they are Chinese: metrics and indicators are declared in them."""

NOT_OF_THE_INTERFACE = {
    # Both languages are offered in their own words, whichever is shown.
    "中文",
    # What an amount of money is called, whichever metric it is of.
    "unit.元",
    # How Chinese writes a large number: 14.8万.
    "万",
    # Read in what people write, never shown: dates in cells, and surnames of two characters, which a mask keeps whole.
    "月",
    r"(?P<year>\d{4})[-/.\\,、年](?P<month>\d{1,2})(?:[-/.\\,、月](?P<day>\d{1,2})[日号]?|月)?"
    r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    r"(?:(?:[ T]|(?<=\D)|(?=[上下中凌早晚]))"
    r"(?:上午|下午|中午|凌晨|早上|晚上|AM|PM)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::\d{2}(?:\.\d+)?)?"
    r"(?:AM|PM)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    r"(\d{2})([-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?)",
    r"([〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月" r"(?:([一二三四五六七八九十]{1,3})[日号])?",
    "零○Ｏ",
    r"(?<=[-/.年月日号])\s+|\s+(?=[-/.年月日号(星周礼上下中凌早晚AP])",
    # Numbers of groups of villagers, and what stands between several telephones or several answers.
    *("第", "十", "〇一二三四五六七八九", r"第?(\d+|[〇一二三四五六七八九十]+)("),
    *(r"[,;、/|+&]|和|及", r"[/,;|、]|或|和"),
    *("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "令狐", "慕容", "东方"),
}
"""Chinese in the program that no catalogue could hold, and why."""


def chinese_in(source: str) -> list[str]:
    """Chinese that a source holds outside comments, docstrings and the data dictionary."""
    tree = ast.parse(source)
    declared = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None))
        in DATA_DICTIONARY
    ]
    apart = {id(part) for call in declared for part in ast.walk(call)}
    apart |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in apart
        and re.search(r"[\u4e00-\u9fff]", node.value)
    ]


def test_no_word_of_the_interface_stands_in_the_program_and_every_exception_somewhere() -> None:
    found = {
        file.relative_to(PAGES.parent): set(chinese_in(file.read_text(encoding="utf-8")))
        for folder in ("pages", "charts", "data_access")
        for file in (PAGES.parent / folder).rglob("*.py")
    }
    allowed = NOT_OF_THE_INTERFACE | UNITS
    assert {str(file): texts - allowed for file, texts in found.items() if not texts <= allowed} == {}
    assert set().union(*found.values()) >= NOT_OF_THE_INTERFACE


@pytest.mark.parametrize(
    "source",
    ['label = "户数"', 'label = f"共{count}户"', 'st.markdown("户数")', 'names = {"zh": "得分"}', 'column = "户数"'],
)
def test_a_word_of_the_interface_is_found(source: str) -> None:
    assert chinese_in(source)


@pytest.mark.parametrize("source", ['"""户数。"""', "count = 1  # 户数", 'table("a", "一户", "a household")'])
def test_comments_and_the_data_dictionary_are_no_words_of_the_interface(source: str) -> None:
    assert chinese_in(source) == []
