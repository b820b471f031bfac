"""The month's briefing, and what all documents of the month say: sentences from the catalogues, with metrics of the
chosen month."""

from typing import Any

import pandas as pd

from charts.classes import classes_of
from charts.palette import STATE_DASHES, STATES
from charts.printed import PrintedPlace, lines_by_month, places_on_map
from charts.series import Series
from data_access import clock
from data_access.dispatch.matters import load_dispatch_matters
from data_access.errors import NotCollectedError
from data_access.facts.flow_bridge import flow_bridge
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.polygons import are_schematic
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import error_sentence, language, t
from pages.shell.view_state import View
from pages.widgets import breaks, metric_words, numbers, outlines, township_picker
from pages.widgets.problems import board, records

WARNED = ("red_households", "yellow_households", "undetermined_households")
JOBS = ("off_farm_workers", "share_of_last_year", "public_post_workers", "factories")
_LINES = ("monitored_households", "eliminated_households", "open_households")
_MAPPED = "open_share"
"""What the map shows: a rate, because a count mostly shows where many people live."""


def briefing(view: View) -> Document:
    """The month's briefing of the chosen place."""
    table = view_state.metric_table()
    sections = (
        Section(t("documents.h_where"), (*where(table, view), *changes(view)), picture=lines(table, view)),
        *_map_section(table, view),
        Section(t("documents.h_warnings"), (sentence(WARNED, table=table, view=view),)),
        Section(t("documents.h_waiting"), (sentence(waiting(), table=table, view=view),), table=places(table, view)),
        Section(t("documents.h_jobs"), (sentence(JOBS, table=table, view=view),)),
        Section(t("documents.h_problems"), problems(view)),
    )
    used = (*_LINES, _MAPPED, *WARNED, *waiting(), *JOBS)
    title = t("documents.briefing_title", place=view.name(view.place), month=view.month_name())
    return Document(title=title, subtitle=subtitle(view), sections=sections, notes=notes(used, view=view))


def waiting() -> tuple[str, ...]:
    """The matters of the meeting."""
    return tuple(load_dispatch_matters())


def subtitle(view: View) -> str:
    """Up to which day, by which rules, when, from which edition; and whether it is a sample."""
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


def where(table: MetricTable, view: View) -> tuple[str, ...]:
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


def sentence(keys: tuple[str, ...], *, table: MetricTable, view: View) -> str:
    """Figures side by side in one sentence."""
    values = {key: value(table, key, place=view.place, view=view) for key in keys}
    parts = [
        t("documents.figure", name=load_metrics()[key].label[language()], value=value) for key, value in values.items()
    ]
    return t("documents.sentence", figures=t("documents.separator").join(parts))


def value(table: MetricTable, key: str, *, place: str, view: View) -> str:
    return numbers.in_unit(table.value(key, place=place, month=view.month), metric=load_metrics()[key])


def places(table: MetricTable, view: View) -> Table | None:
    below = view.children(view.place)
    if not below:
        return None
    matters = load_dispatch_matters()
    rows = tuple((view.name(code), *(value(table, key, place=code, view=view) for key in matters)) for code in below)
    labels = (matter.metric.label[language()] for matter in matters.values())
    return Table(heading=(t("documents.place"), *labels), rows=rows)


def problems(view: View) -> tuple[str, ...]:
    """How many problems are recorded at the chosen place, and what became of them."""
    return said_of(records.all_problems(view))


def said_of(rows: pd.DataFrame) -> tuple[str, ...]:
    """The same of some problems, as returned by `problems.read_problems`."""
    if rows.empty:
        return (t("documents.no_problems"),)
    counted = board.count(rows)
    texts = {key: board.text(key, value) for key, value in counted.items()}
    return (t("documents.problems", **texts),)


def changes(view: View) -> tuple[str, ...]:
    """What the long dashed lines of `lines` mean, where it has any."""
    changed = breaks.of_categories(_months(view))
    return (breaks.said("", changed).strip(),) if changed else ()


def _months(view: View) -> list[str]:
    return view.months[: view.months.index(view.month) + 1]


def lines(table: MetricTable, view: View) -> bytes:
    """Monitored, eliminated and open households by month, as PNG."""
    months = _months(view)
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
    changed = breaks.of_categories(months)
    return lines_by_month(values, series=series, unit=t("documents.unit_households"), breaks=changed)


def _map_section(table: MetricTable, view: View) -> tuple[Section, ...]:
    """The map of the townships, only for the whole district; a note says what the outlines are."""
    if view.place != view.county:
        return ()
    metric = load_metrics()[_MAPPED]
    values = {code: table.value(_MAPPED, place=code, month=view.month) for code in view.children(view.county)}
    classes = classes_of([value for value in values.values() if value is not None], direction=metric.direction)
    drawn = {feature["properties"]["code"]: feature["geometry"] for feature in outlines.read()}
    places = [
        PrintedPlace(
            label=township_picker.short_name(view.name(code)),
            value_text=numbers.in_unit(value, metric=metric),
            colour=classes.colour(value),
            outlines=_outlines(drawn[code]),
        )
        for code, value in values.items()
        if code in drawn
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


def notes(keys: tuple[str, ...], *, view: View) -> tuple[str, ...]:
    """The definition of every figure used, and what is still to be confirmed."""
    return tuple(
        t("documents.note", name=metric.label[language()], definition=metric_words.definition(metric, gap=" "))
        for metric in (load_metrics()[key] for key in dict.fromkeys(keys))
    )
