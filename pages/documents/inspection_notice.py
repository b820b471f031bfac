"""《督查通报》: how an inspection was drawn, how often the system was wrong, who settles what by when, and what the one
before led to. Its figures are those of the pages 督查现场 and 问题与销号."""

from dataclasses import dataclass

import pandas as pd

from data_access import door
from data_access.inspection import draws, findings
from data_access.inspection.estimates import error_rate
from data_access.schema.indicators import code_label, load_codes
from pages.documents import contents, papers
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import language, month_name, t
from pages.shell.view_state import View
from pages.widgets import departments, numbers
from pages.widgets.draw import choice, error_rate_table, how_drawn
from pages.widgets.draw.choice import ChosenDraw
from pages.widgets.problems import records


def notice(chosen: ChosenDraw, *, view: View) -> Document:
    """《督查通报》 of a draw, at the chosen place."""
    own = _inspected(chosen, view=view)
    sections = (
        Section(t("documents.i_drawn"), (how_drawn.sentence(chosen.settings), _seen(own))),
        Section(t("documents.i_found"), _rates(own)),
        Section(t("documents.i_problems"), _problems(own.problems, view=view)),
        Section(t("documents.i_last"), _last(chosen, view=view)),
    )
    annexes = [
        Section(t("documents.i_parts"), (t("villages.not_ranked"),), table=_parts(own, view=view)),
        Section(
            t("documents.h_annex"), papers.annex_note(own.problems), table=papers.problem_table(own.problems, view=view)
        ),
    ]
    title = t("documents.inspection_title", place=view.name(view.place), month=month_name(chosen.month))
    return papers.draft(
        title, view, to=t("documents.to_all"), sections=sections, annexes=annexes, notes=(t("documents.i_defined"),)
    )


@dataclass(frozen=True)
class _Inspected:
    """What a draw is of, what was found, and the problems that were opened from it."""

    units: pd.DataFrame
    found: pd.DataFrame
    problems: pd.DataFrame


def _inspected(chosen: ChosenDraw, *, view: View) -> _Inspected:
    ledger, scope, known = door.ledger(), view_state.scope().narrowed(view.place), records.all_problems(view)
    return _Inspected(
        units=draws.read_units(ledger, scope=scope, draw_id=chosen.draw_id),
        found=findings.read_findings(ledger, scope=scope, draw_id=chosen.draw_id),
        problems=known[known["source_id"].isin(findings.read_numbers(ledger, scope=scope, draw_id=chosen.draw_id))],
    )


def _seen(own: _Inspected) -> str:
    """What was to be looked at, and how much of it was."""
    active = own.units[own.units["active"]]
    kinds = active["kind"].value_counts()
    return t(
        "documents.i_seen",
        villages=kinds.get("village", 0),
        households=kinds.get("household", 0),
        projects=kinds.get("project", 0),
        done=active["code"].isin(own.found["code"]).sum(),
        units=len(active),
    )


def _rates(own: _Inspected) -> tuple[str, ...]:
    """How often the system was wrong in all households, and by what the household was when it was drawn."""
    homes = error_rate_table.homes(own.found)
    if homes.empty:
        return (t("documents.i_nothing"),)
    whole = error_rate_table.rate_text(error_rate(homes, units=own.units))
    said = t("list.separator").join(
        t("documents.figure", name=name, value=rate)
        for name, rate in error_rate_table.by_status(homes, units=own.units)
    )
    return (t("documents.i_rate", rate=whole), *((t("documents.i_by_status", rates=said),) if said else ()))


def _parts(own: _Inspected, *, view: View) -> Table | None:
    if own.found.empty:
        return None
    shown = error_rate_table.table(own.found, units=own.units, view=view)
    return Table(heading=tuple(shown.columns), rows=tuple(map(tuple, shown.to_numpy())))


def _problems(rows: pd.DataFrame, *, view: View) -> tuple[str, ...]:
    """How many problems, of which kind; where those not struck off are, who settles them, by when."""
    left = rows[rows["state"] != "struck_off"]
    if left.empty:
        return contents.said_of(rows)
    names = departments.names()
    acting = left["department"].dropna().unique()
    return (
        *contents.said_of(rows),
        t(
            "documents.i_settle",
            classes=_by_class(left),
            places=papers.most(papers.counted(left["township_code"]), view),
            villages=papers.most(papers.counted(left["village_code"]), view) or t("value.none"),
            acts=t("list.separator").join(
                (t("documents.acts_township"), *(names.get(code, code) for code in sorted(acting)))
            ),
            first=_day(left["due_on"].min()),
            last=_day(left["due_on"].max()),
        ),
    )


def _by_class(rows: pd.DataFrame) -> str:
    counts = rows["problem_class"].value_counts()
    words = {code: code_label(codes="problem_class", code=code, language=language()) for code in counts.index}
    ordered = (code for code in load_codes()["problem_class"] if code in counts)
    return t("list.separator").join(t("documents.figure", name=words[code], value=counts[code]) for code in ordered)


def _day(day: object) -> str:
    return t("value.none") if day is None or day != day else str(day)


def _last(chosen: ChosenDraw, *, view: View) -> tuple[str, ...]:
    """What became of the problems of the inspection before."""
    before = choice.binding_draw_before(chosen.month)
    if before is None:
        return (t("documents.i_no_last"),)
    known = _inspected(before, view=view).problems
    struck_off = int((known["state"] == "struck_off").sum())
    return (
        t(
            "documents.i_last_said",
            month=month_name(before.month),
            draw=before.draw_id,
            problems=numbers.count(len(known)),
            done=numbers.count(struck_off),
            still=numbers.count(len(known) - struck_off),
            overdue=numbers.count(int(known["overdue"].sum())),
        ),
    )
