"""Every number that a paper of the month says is a metric of its place and month, or follows from them; what stands
beside the name of a metric is that metric. Annexes say it place by place, unit by unit and row by row."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from data_access.dispatch.matters import load_dispatch_matters
from pages.documents.parts import Document
from tests.pages.conftest import wording

COUNTY, TOWNSHIP, VILLAGE = "610902", "610902107", "610902107201"


def papers_and_figures() -> None:
    """Builds every paper, and collects what the metrics of its place say: texts, and numbers."""
    import re
    from collections.abc import Iterator

    import streamlit as st

    from data_access import door
    from data_access.clock import month_number, month_text
    from data_access.dispatch.matters import load_dispatch_matters
    from data_access.facts.metrics import load_metrics
    from data_access.warnings.rule_counts import read_rule_counts
    from pages.documents import contents, papers, questions
    from pages.shell import gate, language_switch, menu, view_state
    from pages.shell.texts import t
    from pages.widgets import change_since, departments, numbers, township_picker
    from pages.widgets import ranks as standing

    language_switch.adopt()
    st.navigation(menu.sections(gate.pages()), position="hidden")
    view_state.settle("dispatch")
    view = view_state.current()
    table = view_state.metric_table()
    before = month_text(month_number(view.on) - 1)

    counted = door.metric_table(scope=view_state.scope())
    metrics = {
        key: metric
        for key, metric in load_metrics().items()
        if key in load_dispatch_matters() or (counted.collects(key) and counted.knows(key))
    }

    def values(place: str) -> Iterator[str]:
        for key, metric in metrics.items():
            now = table.value(key, place=place, month=view.month)
            yield numbers.in_unit(now, metric=metric)
            if before in view.months and now is not None and metric.unit != "%":
                then = counted.value(key, place=place, month=before) if counted.knows(key) else None
                yield from (numbers.count(then), numbers.change(now - (then or 0)))

    def parts(place: str) -> Iterator[str]:
        may_be_red = door.amounts(metric="may_be_red", on=view.on, scope=view_state.scope())
        yield numbers.count(may_be_red.count(place=place))
        for metric in ("open_households", "open_persons"):
            for column in ("category", "cause"):
                split = view_state.breakdown(metric=metric, by=(column,))
                yield from map(numbers.count, split.at(place=place, month=view.month))

    def rules() -> Iterator[str]:
        scope = view_state.scope().narrowed(view.place)
        days = (view.on, change_since.before(view))
        now, then = (door.read(read_rule_counts, scope=scope, on=day).set_index("rule")["red"] for day in days)
        yield from map(numbers.change, now.sub(then, fill_value=0))

    inside = [code for township in view.children(view.place) for code in view.children(township)]
    below = [*view.children(view.place), *inside]
    matters = {
        code: {key: table.value(key, place=code, month=view.month) or 0 for key in load_dispatch_matters()}
        for code in below
    }
    below_by_name: dict[str, set[str]] = {}  # villages of two townships may have one name
    for code in below:
        below_by_name.setdefault(view.name(code), set()).update(map(numbers.count, matters[code].values()))
    for code in view.children(view.place) if before in view.months else ():
        now, then = (table.value("open_households", place=code, month=month) or 0 for month in (view.month, before))
        short = township_picker.short_name(view.name(code))
        below_by_name.setdefault(short, set()).add(numbers.change(now - then))
    how_many = {
        str(sum(matters[code][key] > 0 for code in codes))
        for codes in (view.children(view.place), inside)
        for key in load_dispatch_matters()
    }
    ranks = {"townships": standing.townships(view, month=view.month)[1]}
    work, ranks["departments"] = standing.departments(view, month=view.month)
    ranked, called = ranks["townships"].dropna(subset="rank"), {**view.names, **departments.names()}
    owes_most = (work["base"] - work["count"]).groupby(work["unit"]).sum().idxmax()
    found = re.findall
    st.session_state["read"] = {
        "papers": [
            contents.briefing(view),
            papers.notice(view),
            questions.meeting(view),
            *(papers.assignment(view, place=view.place) for _ in range(view.place != view.county)),
        ],
        "to_department": papers.department_assignment(view, department=str(owes_most)),
        "by_place": {
            view.name(code): {
                metric.label["zh"]: numbers.in_unit(table.value(key, place=code, month=view.month), metric=metric)
                for key, metric in metrics.items()
            }
            for code in view.children(view.place)
        },
        "ranks": {
            kind: {called[one["unit"]]: (str(one["rank"]), f"{one['score']:.1f}") for one in frame.to_dict("records")}
            for kind, frame in ranks.items()
        },
        "named": {
            metric.label["zh"]: numbers.in_unit(table.value(key, place=view.place, month=view.month), metric=metric)
            for key, metric in metrics.items()
        },
        "numbers": {
            number
            for text in (*values(view.place), *parts(view.place), *rules(), *how_many, str(len(ranked)))
            for number in found(r"[+−]?\d[\d,.]*万?%?", text)
        },
        "below": below_by_name,
        "without_figures": [
            t("map.schematic"),
            standing.scheme_words(view),
            *(papers.due(matter, view=view) for matter in load_dispatch_matters().values()),
        ],
    }


@pytest.fixture(params=[(COUNTY, "2022-09"), (TOWNSHIP, "2022-06"), (VILLAGE, "2021-05")], ids=str)
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sample_url: str) -> dict:
    monkeypatch.setenv("HOUSEHOLD_DATABASE_URL", sample_url)
    app = AppTest.from_function(papers_and_figures, default_timeout=180)
    app.query_params.update({"lang": "zh"} | dict(zip(("place", "month"), request.param, strict=True)))
    app.run()
    assert not app.exception, app.exception[0].message
    return app.session_state["read"]


def test_every_number_is_a_metric_of_the_place_and_month(read: dict) -> None:
    said = [
        (paper.title, text)
        for paper in read["papers"]
        for section in paper.sections
        for text in (*section.paragraphs, *(cell for row in getattr(section.table, "rows", ()) for cell in row))
    ]
    assert len(said) > 20
    seen, below = 0, sorted(read["below"], key=len, reverse=True)
    for title, text in said:
        left = re.sub(r"\d{4}(-\d\d-\d\d|年\d+月)", "", text)
        for words in read["without_figures"]:
            left = left.replace(words, "")
        for label in sorted(read["named"], key=len, reverse=True):
            for beside in re.findall(re.escape(label) + r"([+−]?\d[\d,.]*万?[%户人条个次]?)", left):
                assert read["named"][label].startswith(beside), (title, text, label)
                seen += 1
            left = left.replace(label, "")
        for name in (name for name in below if name in left):
            for number in re.findall(re.escape(name) + r" ?([+−]?\d[\d,.]*万?)", left):
                assert number in read["below"][name], (title, text, name)
                seen += 1
            left = re.sub(re.escape(name) + r" ?[+−]?\d[\d,.]*万?", "", left)
        for number in re.findall(r"[+−]?\d[\d,.]*万?%?", left):
            assert number.rstrip(".,") in read["numbers"], (title, text, number)
            seen += 1
    assert seen > 10
    annexes_say_the_same(read)


def annexes_say_the_same(read: dict) -> None:
    """A place its metrics, a unit its place and points; a list as many rows as the text says beside its name."""
    briefing, notice, meeting, *orders = read["papers"]
    for section in (*briefing.sections, *notice.annexes, *meeting.sections):
        heading, *rows = (section.table.heading, *section.table.rows) if section.table else ((),)
        if heading[:1] == (wording("documents.place"),):
            said = {name: dict(zip(heading[1:], cells, strict=True)) for name, *cells in rows}
            assert said.keys() == read["by_place"].keys(), section.heading
            for name, figures in said.items():
                assert figures == {key: read["by_place"][name][key] for key in figures}, (section.heading, name)
    for kind, units in read["ranks"].items():
        [annex] = (one for one in notice.annexes if one.heading == wording(f"documents.h_{kind}"))
        words = {"None": wording("dispatch.too_few"), "nan": wording("value.none")}
        expected = [(words.get(rank, rank), name, words.get(score, score)) for name, (rank, score) in units.items()]
        assert list(annex.table.rows) == expected, kind
    matters = [matter.metric.label["zh"] for matter in load_dispatch_matters().values()]
    waits = {name for name in matters if re.match("[1-9]", read["named"][name])}
    assert [listed(order) for order in orders] == [waits for _ in orders]
    _, *owed = read["to_department"].sections[0].paragraphs
    assert len(listed(read["to_department"])) == len(owed)


def listed(order: Document) -> set[str]:
    """What an order lists: each with as many rows as its heading and the text say, or the first of them."""
    text = "".join(sentence for section in order.sections for sentence in section.paragraphs)
    found = set()
    for annex in order.annexes:
        if of := re.fullmatch(r"(.+)名单（(\d+)条）", annex.heading):
            name, rows = of[1], int(of[2])
            assert re.findall(re.escape(name) + r"(\d+)", text) == [of[2]], (order.title, annex.heading)
            assert annex.table is not None
            assert [row[0] for row in annex.table.rows] == [str(number + 1) for number in range(min(rows, 200))]
            assert (rows > 200) == bool(annex.paragraphs), annex.heading
            found.add(name)
    return found
