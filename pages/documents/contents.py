"""What the documents of the month say: sentences from the catalogues, with metrics of the chosen month."""

from typing import Any

import pandas as pd

from charts.classes import classes_of
from charts.palette import STATE_DASHES, STATES
from charts.printed import PrintedPlace, lines_by_month, places_on_map
from charts.series import Series
from data_access import clock
from data_access.dispatch.matters import DispatchMatter, load_dispatch_matters
from data_access.dispatch.ranking import Kind
from data_access.errors import NotCollectedError
from data_access.facts.flow_bridge import flow_bridge
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.polygons import are_schematic, load_polygons, polygons_file
from data_access.schema.indicators import code_label
from data_access.schema.limits import limit, load_limits
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import error_sentence, language, t
from pages.shell.view_state import View
from pages.widgets import departments, metric_words, numbers, township_picker
from pages.widgets import ranks as standing
from pages.widgets.problems import board, records

WARNED = ("red_households", "yellow_households", "undetermined_households")
JOBS = ("off_farm_workers", "share_of_last_year", "public_post_workers", "factories")
_LINES = ("monitored_households", "eliminated_households", "open_households")
_MAPPED = "open_share"
"""What the map shows: a rate, because a count mostly shows where many people live."""
_MOST_PROBLEMS = 40


def briefing(view: View) -> Document:
    """The month's briefing of the chosen place."""
    table = view_state.metric_table()
    sections = (
        Section(t("documents.h_where"), _where(table, view), picture=_lines(table, view)),
        *_map_section(table, view),
        Section(t("documents.h_warnings"), (_sentence(WARNED, table=table, view=view),)),
        Section(t("documents.h_waiting"), (_sentence(_waiting(), table=table, view=view),), table=_places(table, view)),
        Section(t("documents.h_jobs"), (_sentence(JOBS, table=table, view=view),)),
        Section(t("documents.h_problems"), _problems(view)),
    )
    used = (*_LINES, _MAPPED, *WARNED, *_waiting(), *JOBS)
    title = t("documents.briefing_title", place=view.name(view.place), month=view.month_name())
    return Document(title=title, subtitle=_subtitle(view), sections=sections, notes=_notes(used, view=view))


def _waiting() -> tuple[str, ...]:
    """The matters of the meeting."""
    return tuple(load_dispatch_matters())


def _due(matter: DispatchMatter, *, view: View) -> str:
    """By when a matter was to be done, in words."""
    if matter.due is None:
        return t("documents.due_listed")
    label = load_limits()[matter.due].label[language()]
    return t("documents.due_limit", label=label, value=limit(matter.due, on=view.on))


def notice(view: View) -> Document:
    """《调度通报》: what stands out, the ranking, and the problems in an annex."""
    table, known = view_state.metric_table(), records.all_problems(view)
    sections = (
        Section(t("documents.h_where"), _where(table, view)),
        Section(t("documents.h_townships"), (standing.scheme_words(view),), table=_ranking(view, kind="townships")),
        Section(t("documents.h_departments"), (t("documents.year_to_date"),), table=_ranking(view, kind="departments")),
        Section(t("documents.h_waiting"), (_sentence(_waiting(), table=table, view=view),), table=_places(table, view)),
        Section(
            t("documents.h_annex"),
            (*_problems(view), *_annex_note(known)),
            table=_problem_table(known, view=view),
        ),
    )
    title = t("documents.notice_title", place=view.name(view.place), month=view.month_name())
    return Document(title=title, subtitle=_subtitle(view), sections=sections, notes=_notes(_waiting(), view=view))


def assignment(view: View, *, place: str) -> Document:
    """交办单: what waits in one township, and its problems."""
    table = view_state.metric_table()
    rows = tuple(
        (matter.metric.label[language()], _value(table, key, place=place, view=view), _due(matter, view=view))
        for key, matter in load_dispatch_matters().items()
    )
    known = records.all_problems(view)
    own = known[(known["township_code"] == place) & (known["state"] != "struck_off")]
    sections = (
        Section(
            t("documents.h_tasks"),
            (t("documents.tasks_intro", place=view.name(place), day=view.on),),
            table=Table(heading=(t("documents.item"), t("documents.amount"), t("documents.due")), rows=rows),
        ),
        Section(
            t("documents.h_rectify"),
            _rectify(own),
            table=_problem_table(own, view=view),
        ),
    )
    title = t("documents.assignment_title", place=view.name(place), month=view.month_name())
    return Document(title=title, subtitle=_subtitle(view), sections=sections, notes=_notes(_waiting(), view=view))


def department_assignment(view: View, *, department: str) -> Document:
    """交办单: a department's waiting clues, what it did in time of what was due, and its problems."""
    figures = standing.departments(view, month=view.month)[0]
    own = figures[figures["unit"] == department]
    rows = tuple(
        (standing.item_label(row["item"]), t("documents.in_time", count=row["count"], base=row["base"]))
        for row in own.to_dict("records")
    )
    name = departments.names().get(department, department)
    known = records.all_problems(view)
    problems = known[(known["department"] == department) & (known["state"] != "struck_off")]
    sections = (
        Section(
            t("documents.h_tasks"),
            (t("documents.department_intro", department=name, day=view.on),),
            table=Table(heading=(t("documents.item"), t("documents.amount")), rows=rows) if rows else None,
        ),
        Section(t("documents.h_rectify"), _rectify(problems), table=_problem_table(problems, view=view)),
    )
    title = t("documents.assignment_title", place=name, month=view.month_name())
    return Document(title=title, subtitle=_subtitle(view), sections=sections)


def _rectify(problems: pd.DataFrame) -> tuple[str, ...]:
    if problems.empty:
        return (t("documents.no_problems"),)
    return (t("documents.rectify_intro", problems=len(problems)), *_annex_note(problems))


def _subtitle(view: View) -> str:
    facts = view.current.facts
    sample = t("documents.sample") if facts.version.is_sample else ""
    frozen = view.edition
    edition = t("documents.live") if frozen is None else t("documents.edition", day=frozen.day, sha256=frozen.sha256)
    return t(
        "documents.subtitle",
        cut_off=facts.months.cut_off,
        rules=facts.rules_version,
        at=clock.local_now().strftime("%Y-%m-%d %H:%M"),
        sample=sample,
        edition=edition,
    ).strip()


def _where(table: MetricTable, view: View) -> tuple[str, ...]:
    """Households and persons, and how they changed since the previous month."""
    both = {
        name: numbers.both_in_unit(
            table.value(f"{name}_households", place=view.place, month=view.month),
            table.value(f"{name}_persons", place=view.place, month=view.month),
            metric=load_metrics()[f"{name}_households"],
        )
        for name in ("monitored", "eliminated", "open")
    }
    head = t("documents.where", place=view.name(view.place), day=view.on, **both)
    if view.months.index(view.month) == 0:
        return (head, t("documents.first_month"))
    try:
        moved = flow_bridge(table, unit="households", place=view.place, first=view.month, last=view.month)
    except NotCollectedError as error:
        return (head, error_sentence(error, language=language()))
    return (
        head,
        t(
            "documents.moved",
            start=moved.start,
            identified=moved.came["identified"],
            rolled_back=moved.came["rolled_back"],
            eliminated=moved.went["eliminated"],
            ended=moved.went["ended"],
            end=moved.end,
        ),
    )


def _sentence(keys: tuple[str, ...], *, table: MetricTable, view: View) -> str:
    """Figures side by side in one sentence."""
    values = {key: _value(table, key, place=view.place, view=view) for key in keys}
    parts = [
        t("documents.figure", name=load_metrics()[key].label[language()], value=value) for key, value in values.items()
    ]
    return t("documents.sentence", figures=t("documents.separator").join(parts))


def _value(table: MetricTable, key: str, *, place: str, view: View) -> str:
    return numbers.in_unit(table.value(key, place=place, month=view.month), metric=load_metrics()[key])


def _places(table: MetricTable, view: View) -> Table | None:
    below = view.children(view.place)
    if not below:
        return None
    matters = load_dispatch_matters()
    rows = tuple((view.name(code), *(_value(table, key, place=code, view=view) for key in matters)) for code in below)
    labels = (matter.metric.label[language()] for matter in matters.values())
    return Table(heading=(t("documents.place"), *labels), rows=rows)


def _ranking(view: View, *, kind: Kind) -> Table:
    """The units that have a place, then those of which too little is judged."""
    of = {"townships": standing.townships, "departments": standing.departments}[kind]
    names = view.names if kind == "townships" else departments.names()
    rows = tuple(
        (
            t("dispatch.too_few") if pd.isna(row["rank"]) else str(row["rank"]),
            names.get(row["unit"], row["unit"]),
            t("value.none") if pd.isna(row["score"]) else f"{row['score']:.1f}",
        )
        for row in of(view, month=view.month)[1].to_dict("records")
    )
    return Table(heading=(t("dispatch.rank"), t("dispatch.unit"), t("dispatch.score")), rows=rows)


def _problems(view: View) -> tuple[str, ...]:
    rows = records.all_problems(view)
    if rows.empty:
        return (t("documents.no_problems"),)
    counted = board.count(rows)
    texts = {key: board.text(key, value) for key, value in counted.items()}
    return (t("documents.problems", **texts),)


def _open_problems(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["state"] != "struck_off"].sort_values("due_on", na_position="last")


def _annex_note(rows: pd.DataFrame) -> tuple[str, ...]:
    """Says how many problems an annex leaves out; empty where it includes all."""
    left = len(_open_problems(rows))
    return (t("documents.annex_cut", shown=_MOST_PROBLEMS, problems=left),) if left > _MOST_PROBLEMS else ()


def _problem_table(rows: pd.DataFrame, *, view: View) -> Table | None:
    """The problems that are not struck off, the most overdue first."""
    left = _open_problems(rows).head(_MOST_PROBLEMS)
    if left.empty:
        return None
    names = departments.names()
    cells = tuple(
        (
            view.names.get(row["township_code"], row["township_code"]),
            row["description"],
            code_label(codes="problem_class", code=row["problem_class"], language=language()),
            names.get(row["department"] or "", t("problems.nobody")),
            "" if pd.isna(row["due_on"]) else str(row["due_on"]),
        )
        for row in left.to_dict("records")
    )
    heading = ("township", "description", "problem_class", "department", "due_on")
    return Table(heading=tuple(t(f"problems.column_{name}") for name in heading), rows=cells)


def _lines(table: MetricTable, view: View) -> bytes:
    months = view.months[: view.months.index(view.month) + 1]
    values = pd.DataFrame({key: table.series(key, place=view.place)[months] for key in _LINES})
    values["month"] = months
    series = [
        Series(
            column=f"{state}_households",
            name=load_metrics()[f"{state}_households"].label[language()],
            colour=STATES[state],
            dash=STATE_DASHES[state],
        )
        for state in STATES
    ]
    return lines_by_month(values, series=series, unit=t("documents.unit_households"))


def _map_section(table: MetricTable, view: View) -> tuple[Section, ...]:
    """The map of the townships, only for the whole district; a note says what the outlines are."""
    if view.place != view.county:
        return ()
    metric = load_metrics()[_MAPPED]
    values = {code: table.value(_MAPPED, place=code, month=view.month) for code in view.children(view.county)}
    classes = classes_of([value for value in values.values() if value is not None], direction=metric.direction)
    outlines = {feature["properties"]["code"]: feature["geometry"] for feature in load_polygons(polygons_file())}
    places = [
        PrintedPlace(
            label=township_picker.short_name(view.name(code)),
            value_text=numbers.in_unit(value, metric=metric),
            colour=classes.colour(value),
            outlines=_outlines(outlines[code]),
        )
        for code, value in values.items()
        if code in outlines
    ]
    if not places:
        return ()
    picture = places_on_map(places, title=metric.label[language()])
    said = (t("map.schematic"),) if are_schematic() else ()
    return (Section(t("documents.h_map"), said, picture=picture),)


def _outlines(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The outer rings of a GeoJSON polygon or multipolygon."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(corner[0], corner[1]) for corner in part[0]] for part in parts]


def _notes(keys: tuple[str, ...], *, view: View) -> tuple[str, ...]:
    """The definition of every figure used, and what is still to be confirmed."""
    return tuple(
        t("documents.note", name=metric.label[language()], definition=metric_words.definition(metric, gap=" "))
        for metric in (load_metrics()[key] for key in dict.fromkeys(keys))
    )
