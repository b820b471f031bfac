"""What the documents of the month say: sentences from the catalogues, every figure a metric of the chosen month."""

from typing import Any

import pandas as pd

from charts.classes import classes_of
from charts.palette import STATE_DASHES, STATES
from charts.printed import PrintedPlace, lines_by_month, places_on_map
from charts.series import Series
from data_access.facts.flow_bridge import flow_bridge
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.files import export
from data_access.polygons import are_schematic, load_polygons, polygons_file
from data_access.schema.indicators import code_label
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View
from pages.widgets import numbers, township_picker
from pages.widgets import ranks as standing
from pages.widgets.problems import board, records

WAITING = ("measures_overdue", "clues_overdue", "red_not_included", "zero_employment_households")
WARNED = ("red_households", "yellow_households", "undetermined_households")
JOBS = ("off_farm_workers", "share_of_last_year", "public_post_workers", "factories")
_LINES = ("monitored_households", "eliminated_households", "open_households")
_MAPPED = "open_share"
"""What the map shows: a rate, for a count shows where many people live."""
_MOST_PROBLEMS = 40


def briefing(now: View) -> Document:
    """The month's briefing of the chosen place."""
    table = view_state.metric_table()
    sections = (
        Section(t("documents.h_where"), _where(table, now), picture=_lines(table, now)),
        *_map_section(table, now),
        Section(t("documents.h_warnings"), (_sentence(WARNED, table=table, now=now),)),
        Section(t("documents.h_waiting"), (_sentence(WAITING, table=table, now=now),), table=_places(table, now)),
        Section(t("documents.h_jobs"), (_sentence(JOBS, table=table, now=now),)),
        Section(t("documents.h_problems"), _problems(now)),
    )
    used = (*_LINES, _MAPPED, *WARNED, *WAITING, *JOBS)
    title = t("documents.briefing_title", place=now.name(now.place), month=month_name(now.month))
    return Document(title=title, subtitle=_subtitle(now), sections=sections, notes=_notes(used, now=now))


def notice(now: View) -> Document:
    """《调度通报》: what stands out, the ranking, and the problems as an annex."""
    table, known = view_state.metric_table(), records.all_problems(now)
    sections = (
        Section(t("documents.h_where"), _where(table, now)),
        Section(t("documents.h_townships"), (t("dispatch.scheme_placeholder"),), table=_ranking(now)),
        Section(t("documents.h_waiting"), (_sentence(WAITING, table=table, now=now),), table=_places(table, now)),
        Section(
            t("documents.h_annex"),
            (*_problems(now), *_annex_note(known)),
            table=_problem_table(known, now=now),
        ),
    )
    title = t("documents.notice_title", place=now.name(now.place), month=month_name(now.month))
    return Document(title=title, subtitle=_subtitle(now), sections=sections, notes=_notes(WAITING, now=now))


def assignment(now: View, *, place: str) -> Document:
    """交办单: what waits in one township, and its problems."""
    table = view_state.metric_table()
    rows = tuple((load_metrics()[key].label[language()], _value(table, key, place=place, now=now)) for key in WAITING)
    known = records.all_problems(now)
    own = known[(known["township_code"] == place) & (known["state"] != "struck_off")]
    sections = (
        Section(
            t("documents.h_tasks"),
            (t("documents.tasks_intro", place=now.name(place), day=now.on),),
            table=Table(heading=(t("documents.item"), t("documents.amount")), rows=rows),
        ),
        Section(
            t("documents.h_rectify"),
            _rectify(own),
            table=_problem_table(own, now=now),
        ),
    )
    title = t("documents.assignment_title", place=now.name(place), month=month_name(now.month))
    return Document(title=title, subtitle=_subtitle(now), sections=sections, notes=_notes(WAITING, now=now))


def department_assignment(now: View, *, department: str) -> Document:
    """交办单: the clues that a department sent and that wait, what it is due in time, and its problems."""
    figures = standing.departments(now, month=now.month)[0]
    own = figures[figures["unit"] == department]
    rows = tuple(
        (standing.item_label(row["item"]), t("documents.in_time", count=row["count"], base=row["base"]))
        for row in own.to_dict("records")
    )
    name = records.departments().get(department, department)
    known = records.all_problems(now)
    problems = known[(known["department"] == department) & (known["state"] != "struck_off")]
    sections = (
        Section(
            t("documents.h_tasks"),
            (t("documents.department_intro", department=name, day=now.on),),
            table=Table(heading=(t("documents.item"), t("documents.amount")), rows=rows) if rows else None,
        ),
        Section(t("documents.h_rectify"), _rectify(problems), table=_problem_table(problems, now=now)),
    )
    title = t("documents.assignment_title", place=name, month=month_name(now.month))
    return Document(title=title, subtitle=_subtitle(now), sections=sections)


def _rectify(problems: pd.DataFrame) -> tuple[str, ...]:
    if problems.empty:
        return (t("documents.no_problems"),)
    return (t("documents.rectify_intro", problems=len(problems)), *_annex_note(problems))


def _subtitle(now: View) -> str:
    facts = now.current.facts
    sample = t("documents.sample") if facts.version.is_sample else ""
    frozen = now.edition
    edition = t("documents.live") if frozen is None else t("documents.edition", day=frozen.day, sha256=frozen.sha256)
    return t(
        "documents.subtitle",
        cut_off=facts.months.cut_off,
        rules=facts.rules_version,
        at=export.local_now().strftime("%Y-%m-%d %H:%M"),
        sample=sample,
        edition=edition,
    ).strip()


def _where(table: MetricTable, now: View) -> tuple[str, ...]:
    """Households and persons, and how they moved since the month before."""
    both = {
        name: numbers.households_and_persons(
            table.count(f"{name}_households", place=now.place, month=now.month),
            table.count(f"{name}_persons", place=now.place, month=now.month),
        )
        for name in ("monitored", "eliminated", "open")
    }
    head = t("documents.where", place=now.name(now.place), day=now.on, **both)
    if now.months.index(now.month) == 0:
        return (head, t("documents.first_month"))
    moved = flow_bridge(table, unit="households", place=now.place, first=now.month, last=now.month)
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


def _sentence(keys: tuple[str, ...], *, table: MetricTable, now: View) -> str:
    """Figures side by side in one sentence."""
    values = {key: _value(table, key, place=now.place, now=now) for key in keys}
    parts = [
        t("documents.figure", name=load_metrics()[key].label[language()], value=value) for key, value in values.items()
    ]
    return t("documents.sentence", figures=t("documents.separator").join(parts))


def _value(table: MetricTable, key: str, *, place: str, now: View) -> str:
    value = table.value(key, place=place, month=now.month)
    return t("value.none") if value is None else numbers.in_unit(value, metric=load_metrics()[key])


def _places(table: MetricTable, now: View) -> Table | None:
    below = now.children(now.place)
    if not below:
        return None
    rows = tuple((now.name(code), *(_value(table, key, place=code, now=now) for key in WAITING)) for code in below)
    return Table(heading=(t("documents.place"), *(load_metrics()[key].label[language()] for key in WAITING)), rows=rows)


def _ranking(now: View) -> Table:
    ranks = standing.townships(now, month=now.month)[1]
    rows = tuple(
        (
            t("dispatch.too_few") if pd.isna(row["rank"]) else str(row["rank"]),
            now.names.get(row["unit"], row["unit"]),
            t("value.none") if pd.isna(row["score"]) else f"{row['score']:.1f}",
        )
        for row in ranks.to_dict("records")
    )
    return Table(heading=(t("dispatch.rank"), t("dispatch.unit"), t("dispatch.score")), rows=rows)


def _problems(now: View) -> tuple[str, ...]:
    rows = records.all_problems(now)
    if rows.empty:
        return (t("documents.no_problems"),)
    counted = board.count(rows)
    texts = {key: board.text(key, value) for key, value in counted.items()}
    return (t("documents.problems", **texts),)


def _open_problems(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["state"] != "struck_off"].sort_values("due_on", na_position="last")


def _annex_note(rows: pd.DataFrame) -> tuple[str, ...]:
    """Says how many problems an annex leaves out; empty where it has all."""
    left = len(_open_problems(rows))
    return (t("documents.annex_cut", shown=_MOST_PROBLEMS, problems=left),) if left > _MOST_PROBLEMS else ()


def _problem_table(rows: pd.DataFrame, *, now: View) -> Table | None:
    """The problems that are not struck off, the most overdue first."""
    left = _open_problems(rows).head(_MOST_PROBLEMS)
    if left.empty:
        return None
    names = records.departments()
    cells = tuple(
        (
            now.names.get(row["township_code"], row["township_code"]),
            row["description"],
            code_label(codes="problem_class", code=row["problem_class"], language=language()),
            names.get(row["department"] or "", t("problems.nobody")),
            "" if pd.isna(row["due_on"]) else str(row["due_on"]),
        )
        for row in left.to_dict("records")
    )
    heading = ("township", "description", "problem_class", "department", "due_on")
    return Table(heading=tuple(t(f"problems.column_{name}") for name in heading), rows=cells)


def _lines(table: MetricTable, now: View) -> bytes:
    months = now.months[: now.months.index(now.month) + 1]
    values = pd.DataFrame({key: table.series(key, place=now.place)[months] for key in _LINES})
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


def _map_section(table: MetricTable, now: View) -> tuple[Section, ...]:
    """The map of the townships, for the whole district; the outlines say what they are."""
    if now.place != now.county:
        return ()
    metric = load_metrics()[_MAPPED]
    values = {code: table.value(_MAPPED, place=code, month=now.month) for code in now.children(now.county)}
    classes = classes_of([value for value in values.values() if value is not None], direction=metric.direction)
    outlines = {feature["properties"]["code"]: feature["geometry"] for feature in load_polygons(polygons_file())}
    places = [
        PrintedPlace(
            label=township_picker.short_name(now.name(code)),
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
    said = t("map.schematic") if are_schematic() else t("map.own")
    return (Section(t("documents.h_map"), (said,), picture=picture),)


def _outlines(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The outer rings of a GeoJSON polygon or of several."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(corner[0], corner[1]) for corner in part[0]] for part in parts]


def _notes(keys: tuple[str, ...], *, now: View) -> tuple[str, ...]:
    """The definition of every figure used, and what waits to be confirmed."""
    return tuple(
        t("documents.note", name=metric.label[language()], definition=metric.definition[language()])
        + (f" {t('metric.to_confirm')}" if metric.to_confirm else "")
        for metric in (load_metrics()[key] for key in dict.fromkeys(keys))
    )
