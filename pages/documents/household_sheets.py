"""The sheets of a package: what the group takes into each household, one page each, in the order of the route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from charts.palette import LAMP_SHAPES
from data_access import clock, door
from data_access.cases.elimination import Watched, read_watched_cases
from data_access.cases.needs_and_measures import read_tasks
from data_access.households import file
from data_access.inspection.findings import Question, load_questions
from data_access.scope import Scope
from data_access.warnings.explanation import Explanation, read_explanations
from pages.documents.sheets import HouseholdSheet, write
from pages.shell import identity, watermark
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View
from pages.widgets import departments, household_values
from pages.widgets.draw import how_drawn
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.draw.system_values import household_words


@dataclass(frozen=True)
class Sheets:
    """The sheets of some households, and who heads them, by the number of the household."""

    content: bytes | None
    heads: dict[str, str]


def pdf(
    chosen: ChosenDraw, *, units: pd.DataFrame, scope: Scope, view: View, progress: Callable[[int], None]
) -> Sheets:
    """The sheets of the households among some units, in their order, as a PDF file; no file if there are none."""
    homes = units[units["kind"] == "household"]
    if homes.empty:
        return Sheets(None, {})
    told, sheets, heads = _told(tuple(homes["code"]), scope=scope, view=view), [], {}
    for number, unit in enumerate(homes.to_dict("records"), start=1):
        own = scope.narrowed(unit["village_code"]).of_household(unit["code"], village_code=unit["village_code"])
        home = (
            door.run(file.read_household, scope=own, household_id=unit["code"], on=view.on, language=language()) or {}
        )
        heads[unit["code"]] = home.get("head_name") or ""
        sheets.append(
            _sheet(unit, home=home, number=number, of=len(homes), told=told, chosen=chosen, scope=own, view=view)
        )
        progress(number)
    opened = bool(scope.unmasked_households) or not scope.masked
    footer = t(
        "sheet.footer",
        month=month_name(chosen.month),
        draw=chosen.draw_id,
        day=view.on,
        sample=t("sheet.sample") if view.current.facts.version.is_sample else "",
        personal=t("sheet.personal") if opened else "",
        by=identity.signature(),
        at=f"{clock.local_now():%Y-%m-%d %H:%M}",
    )
    by, behind = identity.signature(), watermark.words() if opened else None
    return Sheets(write(sheets, by=by, footer=footer, watermark=behind), heads)


@dataclass(frozen=True)
class _Told:
    """What names nobody, and is asked once for all households: why each has its lamp, its case, what was promised."""

    why: Mapping[str, Explanation]
    watched: Mapping[str, Watched]
    tasks: pd.DataFrame


def _told(codes: tuple[str, ...], *, scope: Scope, view: View) -> _Told:
    asked: dict[str, Any] = {"scope": scope, "household_ids": codes, "on": view.on}
    return _Told(
        why=door.run(read_explanations, **asked),
        watched=door.run(read_watched_cases, **asked),
        tasks=door.run(read_tasks, **asked),
    )


def _sheet(
    unit: Mapping[Any, Any],
    *,
    home: Mapping[str, Any],
    number: int,
    of: int,
    told: _Told,
    chosen: ChosenDraw,
    scope: Scope,
    view: View,
) -> HouseholdSheet:
    code = unit["code"]
    members = door.run(file.read_members, scope=scope, household_id=code, on=view.on)
    why, tasks = told.why.get(code), told.tasks[told.tasks["household_id"] == code]
    said = {} if why is None else why.indicators
    first = _looked_at_first(why)
    return HouseholdSheet(
        place=t(
            "sheet.place",
            month=month_name(chosen.month),
            group=unit["group_no"],
            township=view.names.get(unit["township_code"], ""),
            village=view.names.get(unit["village_code"], ""),
        ),
        position=t(
            "sheet.position",
            number=number,
            of=of,
            code=code,
            standing=t("draw.reserve") if unit["replacement"] else t("draw.drawn"),
        ),
        who=_who(home, members=members, watched=told.watched.get(code)),
        why=_drawn_as(unit) + (t("value.none") if why is None else _why(why)) + _first_words(first),
        questions=(
            (t("sheet.members"), _members(members)),
            *(
                (
                    _marked(question) if question in first else question.label[language()],
                    household_words(question, said),
                )
                for question in load_questions()["household"].values()
            ),
        ),
        help=tuple(_task(row, on=view.on) for row in tasks.to_dict("records")),
    )


def _looked_at_first(why: Explanation | None) -> tuple[Question, ...]:
    """The questions about what gave points."""
    fired = {name for one in ([] if why is None else why.of("risk")) for name in one.rule.columns}
    return tuple(one for one in load_questions()["household"].values() if fired & set(one.columns))


def _marked(question: Question) -> str:
    return t("sheet.marked", label=question.label[language()])


def _first_words(first: tuple[Question, ...]) -> str:
    if not first:
        return ""
    return t("sheet.look_first", items=t("list.separator").join(question.label[language()] for question in first))


def _drawn_as(unit: Mapping[Any, Any]) -> str:
    """Among which households it was drawn."""
    word = how_drawn.status_word(unit["status"])
    return t("sheet.drawn_as", status=word) if word else ""


def _known(value: Any) -> str:
    return household_values.not_collected() if value is None or value != value else str(value)


def _who(home: Mapping[str, Any], *, members: pd.DataFrame, watched: Watched | None) -> tuple[tuple[str, ...], ...]:
    group = "" if home.get("group_no") is None else t("household.group", group=home["group_no"])
    head = t(
        "sheet.head",
        head=_known(home.get("head_name")),
        persons=len(members),
        code=home.get("household_id"),
        group=group,
    )
    call = (
        t("sheet.phone", phone=_known(home.get("phone"))),
        t("sheet.grid", worker=_known(home.get("grid_worker"))),
    )
    helper = t("sheet.helper", helper=_helper(home))
    return ((head,), call, (helper, t("sheet.no_case") if watched is None else _case(watched)))


def _helper(home: Mapping[str, Any]) -> str:
    """With the department, where one is known."""
    name, department = (home.get(column) for column in ("helper", "helper_department"))
    if not isinstance(department, str):
        return _known(name)
    return t("sheet.of_department", helper=_known(name), department=department)


def _case(watched: Watched) -> str:
    return t(
        "sheet.case",
        category=household_values.word("monitor_category", watched.category),
        identified=watched.identified_on,
        state=household_values.word("outcome", watched.state),
        causes=household_values.words("cause", watched.causes),
    )


def _why(why: Explanation) -> str:
    rules = (f"{one.rule.label[language()]} +{one.points}" for one in why.of("risk"))
    return t(
        "sheet.lamp",
        shape=LAMP_SHAPES[why.lamp],
        lamp=household_values.word("lamp", why.lamp),
        score=why.score,
        reasons=t("list.separator").join(rules) or t("value.none"),
    )


def _members(members: pd.DataFrame) -> str:
    told = (
        t(
            "sheet.member",
            name=_known(row["name"]),
            relation=household_values.word("relation", row["relation"]),
            age=_known(row["age"]),
        )
        for row in members.to_dict("records")
    )
    return " · ".join(told) or household_values.not_collected()


def _task(row: Mapping[Any, Any], *, on: Any) -> tuple[str, str]:
    """A measure with its department, and when it began, or was to."""
    kind, due, begun, done = (row[name] for name in ("kind", "term_on", "started_on", "done_on"))
    name = household_values.word("measure_kind", kind)
    department = row["department"]
    if isinstance(department, str):
        name = t("household.helper", name=name, department=departments.name(department))
    if not pd.isna(begun):
        started = _day(begun)
        return name, t("sheet.started", day=started) if pd.isna(done) else t(
            "sheet.done", started=started, done=_day(done)
        )
    if pd.isna(due):
        return name, t("value.none")
    late = pd.Timestamp(due) < pd.Timestamp(on)
    return name, t("sheet.late", day=_day(due)) if late else t("sheet.due", day=_day(due))


def _day(value: Any) -> str:
    return f"{pd.Timestamp(value):%Y-%m-%d}"
