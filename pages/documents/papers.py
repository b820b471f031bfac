"""The papers of the month that people act on: 《调度通报》 and the 交办单 of every township and department.

They are drafts in the form of official papers (GB/T 9704); number, signature and seal are those of the office's own
system."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from data_access import door
from data_access.dispatch.matters import DispatchMatter, load_dispatch_matters
from data_access.dispatch.ranking import Kind
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import ListRequest, listing_of, read_list
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label
from data_access.schema.limits import limit
from pages.documents import contents
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import departments, numbers, township_picker
from pages.widgets import ranks as standing
from pages.widgets.problems import records

_MOST_PROBLEMS = 40
_MOST_LISTED = 200
_NAMED = 4
_DUE = ("due_on", "deadline", "term_on")
"""Columns of a list that say by when."""


def notice(view: View) -> Document:
    """《调度通报》: where the place stands, what is to be done by whom and by when, what became of the last one."""
    table, known = view_state.metric_table(), records.all_problems(view)
    below = view.children(view.place)
    sections = (
        Section(t("documents.p_where"), contents.where(table, view)),
        Section(t("documents.p_ranks"), ranks(view)),
        Section(t("documents.p_matters"), _matters(view, place=view.place, below=below)),
        Section(t("documents.p_last"), _last(view, place=view.place)),
        Section(t("documents.p_problems"), contents.problems(view)),
    )
    annexes = [
        Section(t("documents.h_townships"), (standing.scheme_words(view),), table=_ranking(view, kind="townships")),
        Section(t("documents.h_departments"), (t("documents.year_to_date"),), table=_ranking(view, kind="departments")),
        Section(t("documents.h_by_place"), table=contents.places(table, view)),
        Section(t("documents.h_annex"), annex_note(known), table=problem_table(known, view=view)),
    ]
    title = t("documents.notice_title", place=view.name(view.place), month=view.month_name())
    return draft(title, view, to=t("documents.to_all"), sections=sections, annexes=annexes)


def assignment(view: View, *, place: str) -> Document:
    """交办单: what waits in one township, in which villages, by when; what became of the last one; the households."""
    known = records.all_problems(view)
    own = known[(known["township_code"] == place) & (known["state"] != "struck_off")]
    tasks = (
        t("documents.tasks_intro", place=view.name(place), day=view.on),
        *_matters(view, place=place, below=view.children(place)),
    )
    sections = (
        Section(t("documents.p_tasks"), tasks),
        Section(t("documents.p_last"), _last(view, place=place)),
        Section(t("documents.p_problems"), _rectify(own)),
    )
    annexes = [*_lists(view, place=place), Section(t("documents.h_annex"), table=problem_table(own, view=view))]
    title = t("documents.assignment_title", place=view.name(place), month=view.month_name())
    to = t("documents.to_one", name=view.name(place))
    return draft(title, view, to=to, sections=sections, annexes=annexes)


def department_assignment(view: View, *, department: str) -> Document:
    """交办单: what a department did in time of what was due, what it still owes and where, and its problems."""
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
            t("documents.p_tasks"),
            (t("documents.department_intro", department=name, day=view.on), *_owed(view, department=department)),
            table=Table(heading=(t("documents.item"), t("documents.amount")), rows=rows) if rows else None,
        ),
        Section(t("documents.p_problems"), _rectify(problems)),
    )
    annexes = [
        *_owed_lists(view, department=department),
        Section(t("documents.h_annex"), table=problem_table(problems, view=view)),
    ]
    title = t("documents.assignment_title", place=name, month=view.month_name())
    return draft(title, view, to=t("documents.to_one", name=name), sections=sections, annexes=annexes, notes=())


def _owed(view: View, *, department: str) -> tuple[str, ...]:
    """One sentence for each item of which a department owes something: how much, where, by when."""
    told = []
    for key, rows in _owed_rows(view, department=department):
        villages = rows["village_code"].astype("str")
        townships = most(counted(villages.map(township_of)), view)
        where = t("documents.and_villages", places=townships, villages=most(counted(villages), view))
        metric = load_metrics()[key]
        value = numbers.in_unit(len(rows), metric=metric)
        told.append(
            t("documents.owed", name=metric.label[language()], value=value, where=where, due=t("documents.due_listed"))
        )
    return tuple(told)


def _owed_lists(view: View, *, department: str) -> list[Section]:
    if not view_state.scope().may("export_lists"):
        return []
    return [_listed(key, rows=rows) for key, rows in _owed_rows(view, department=department)]


def _owed_rows(view: View, *, department: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """What cost a department points, as lists; an edition has figures only."""
    if view.edition is not None or view.current.stale:
        return
    for item in standing.scheme("departments", view).items:
        rows = _rows(view, item.lost, day=view.on, only=departments.only(department))
        own = rows[rows["village_code"].astype("str").str.startswith(view.place)]
        if not own.empty:
            yield item.lost, own


def draft(
    title: str,
    view: View,
    *,
    to: str,
    sections: tuple[Section, ...],
    annexes: list[Section],
    notes: Collection[str] | None = None,
) -> Document:
    """A draft in the form of an official paper; the definitions of its figures are its last annex: those of the matters
    unless others are given."""
    used = contents.notes(contents.waiting(), view=view) if notes is None else tuple(notes)
    told = [Section(t("documents.h_defined"), used)] if used else []
    return Document(
        title=title,
        subtitle=contents.subtitle(view),
        sections=_numbered(sections),
        above=t("documents.draft"),
        to=to,
        annexes=(*(one for one in annexes if one.table is not None), *told),
        closing=(t("documents.copied"), t("documents.sealed")),
    )


def _numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections as official papers count them: 一、二、三、"""
    numerals = t("documents.numerals").split()
    return tuple(
        replace(one, heading=t("documents.numbered", number=number, heading=one.heading))
        for number, one in zip(numerals, sections, strict=False)
    )


def _matters(view: View, *, place: str, below: tuple[str, ...]) -> tuple[str, ...]:
    """One sentence for each matter: how much, where most of it is, who acts, by when."""
    table = view_state.metric_table()
    told = []
    for key, matter in load_dispatch_matters().items():
        value = table.value(key, place=place, month=view.month)
        name = matter.metric.label[language()]
        if not value:
            told.append(t("documents.matter_none", name=name, value=numbers.in_unit(value, metric=matter.metric)))
            continue
        places = {"where": most({code: table.value(key, place=code, month=view.month) for code in below}, view)}
        if place == view.county:
            inside = [code for township in below for code in view.children(township)]
            villages = {code: table.value(key, place=code, month=view.month) for code in inside}
            places = {"where": t("documents.and_villages", places=places["where"], villages=most(villages, view))}
        told.append(
            t(
                "documents.matter",
                name=name,
                value=numbers.in_unit(value, metric=matter.metric),
                acts=t(f"documents.acts_{matter.acts}"),
                due=due(matter, view=view),
                **places,
            )
        )
    return tuple(told)


def counted(codes: pd.Series) -> dict[str, float | None]:
    """How many rows there are of each place."""
    return {str(code): float(rows) for code, rows in codes.dropna().value_counts().items()}


def most(counts: Mapping[str, float | None], view: View) -> str:
    """The places with most of it, with their numbers; how many more there are."""
    found = sorted(((-value, code) for code, value in counts.items() if value))
    named = t("list.separator").join(
        t("documents.figure", name=view.name(code), value=numbers.count(-value)) for value, code in found[:_NAMED]
    )
    return named if len(found) <= _NAMED else t("documents.and_more", named=named, places=len(found))


def due(matter: DispatchMatter, *, view: View) -> str:
    """By when a matter was to be done, in words."""
    if matter.due is None:
        return t("documents.due_listed")
    return matter.due.words[language()].format(limit=limit(matter.due.limit, on=view.on))


def _last(view: View, *, place: str) -> tuple[str, ...]:
    """What became of what the last edition ordered: how much it was, how much is still there, how much is new."""
    last = view.last_edition
    if last is None or view.current.stale:
        return (t("documents.no_last"),)
    then = door.metric_table(scope=view_state.scope(), edition=last.edition_id)
    told = []
    for key, matter in load_dispatch_matters().items():
        frozen = then.value(key, place=place, month=f"{last.day:%Y-%m}")
        before, now = (_things(view, key, place=place, day=day) for day in (last.day, view.on))
        told.append(
            t(
                "documents.last",
                name=matter.metric.label[language()],
                frozen=numbers.in_unit(frozen, metric=matter.metric),
                listed=numbers.count(len(before)),
                still=numbers.count(len(before & now)),
                done=numbers.count(len(before - now)),
                new=numbers.count(len(now - before)),
            )
        )
    return (t("documents.last_intro", name=last.name, day=last.day), *told)


def _rows(view: View, key: str, *, day: date, only: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """The list of a matter in the whole scope as of a day: read once for the papers of all places. `only`: filters."""
    without = view.left_out(key) if day == view.on else ()
    request = ListRequest(key, day, filters=tuple(only.items()), without=without)
    return door.read(read_list, scope=view_state.scope(), request=request, language=language())


def _things(view: View, key: str, *, place: str, day: date) -> frozenset[str]:
    rows = _rows(view, key, day=day)
    own = rows[rows["village_code"].astype("str").str.startswith(place)]
    return frozenset(own[listing_of(key).thing or "household_id"].dropna().astype("str"))


def _lists(view: View, *, place: str) -> list[Section]:
    """The households of every matter, for a reader who may take lists away; an edition has figures only."""
    if view.edition is not None or view.current.stale or not view_state.scope().may("export_lists"):
        return []
    lists = {key: _rows(view, key, day=view.on) for key in load_dispatch_matters()}
    own = {key: rows[rows["village_code"].astype("str").str.startswith(place)] for key, rows in lists.items()}
    return [_listed(key, rows=rows) for key, rows in own.items() if not rows.empty]


def _listed(key: str, *, rows: pd.DataFrame) -> Section:
    """Rows of a list as an annex."""
    thing, due = listing_of(key).thing, next((name for name in _DUE if name in rows), None)
    columns = ["village", "household_id", "head_name", *([thing] if thing else []), *([due] if due else [])]
    shown = rows.head(_MOST_LISTED)
    heading = (t("documents.number"), *(t(f"documents.column_{_as_told(name)}") for name in columns))
    cells = tuple(
        (str(number), *(_cell(row[name]) for name in columns))
        for number, row in enumerate(shown.to_dict("records"), start=1)
    )
    left = (t("documents.list_cut", shown=_MOST_LISTED, rows=len(rows)),) if len(rows) > _MOST_LISTED else ()
    title = t("documents.list_of", name=load_metrics()[key].label[language()], rows=len(rows))
    return Section(title, left, table=Table(heading=heading, rows=cells))


def _as_told(name: str) -> str:
    return "due" if name in _DUE else name


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def ranks(view: View) -> tuple[str, ...]:
    """The first and the last of the townships that have a place."""
    ranked = standing.townships(view, month=view.month)[1].dropna(subset="rank")
    if ranked.empty:
        return (t("documents.no_ranks"),)
    first, last = ranked[ranked["rank"] == ranked["rank"].min()], ranked[ranked["rank"] == ranked["rank"].max()]
    return (t("documents.ranks", first=_named(first, view=view), last=_named(last, view=view), units=len(ranked)),)


def _named(rows: pd.DataFrame, *, view: View) -> str:
    names = [township_picker.short_name(view.names.get(unit, unit)) for unit in rows["unit"]]
    return t("list.separator").join(names)


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


def _rectify(problems: pd.DataFrame) -> tuple[str, ...]:
    if problems.empty:
        return (t("documents.no_problems"),)
    return (t("documents.rectify_intro", problems=len(problems)), *annex_note(problems))


def _open_problems(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["state"] != "struck_off"].sort_values("due_on", na_position="last")


def annex_note(rows: pd.DataFrame) -> tuple[str, ...]:
    """Says how many problems an annex leaves out; empty where it includes all."""
    left = len(_open_problems(rows))
    return (t("documents.annex_cut", shown=_MOST_PROBLEMS, problems=left),) if left > _MOST_PROBLEMS else ()


def problem_table(rows: pd.DataFrame, *, view: View) -> Table | None:
    """The problems that are not struck off, the most overdue first."""
    left = _open_problems(rows).head(_MOST_PROBLEMS)
    if left.empty:
        return None
    names = departments.names()
    cells = tuple(
        (
            view.names.get(row["township_code"], row["township_code"]),
            view.names.get(row["village_code"] or "", ""),
            row["description"],
            code_label(codes="problem_class", code=row["problem_class"], language=language()),
            names.get(row["department"] or "", t("problems.nobody")),
            "" if pd.isna(row["due_on"]) else str(row["due_on"]),
        )
        for row in left.to_dict("records")
    )
    heading = ("township", "village", "description", "problem_class", "department", "due_on")
    return Table(heading=tuple(t(f"problems.column_{name}") for name in heading), rows=cells)
