"""What the figures on screen do not rest on: rules without a source, files that are late, years without a line. Where
nothing is lacking, nothing is said."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.facts.dictionary import describe_sources
from data_access.income.incomes import read_years_without_line
from data_access.warnings.connections import read_connection_effect
from pages.shell import kept, menu, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, numbers

_NAMED = 4
"""How many sources are named; the page of rules has all."""


@kept.part
def show(view: View) -> None:
    """A line for each thing that is lacking, and for what a source changed that was connected this month."""
    if view.edition is not None:  # its figures are frozen, and what they rested on is not kept
        return
    known = describe_sources(door.rulebook(), on=view.on, language=language())
    lines = [*_rules(known, view), *_late(known)]
    if not view.current.stale:  # otherwise the database is not asked, and the banner on top says so
        lines += [*_lines(view), *_connected(view)]
    if not lines:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("  \n".join(lines), width="stretch")
        st.page_link(
            menu.page_path("about", "rulebook"),
            label=t("sources.open"),
            query_params=view.link,
            icon=":material/arrow_forward:",
            width="content",
        )


def _rules(known: pd.DataFrame, view: View) -> list[str]:
    """How many of the rules are in force, what was never connected, and which rules of it would be red at once."""
    book = door.rulebook()
    laid_down, in_force = book.rules_laid_down(on=view.on), book.rules_in_force(on=view.on)
    if len(laid_down) == len(in_force):
        return []
    never = known.query("state == 'never'")["name"]
    named, more = _listed(never.head(_NAMED)), "" if len(never) <= _NAMED else t("sources.more", count=len(never))
    lines = [t("sources.rules", rules=len(laid_down), in_force=len(in_force), never=f"{named}{more}")]
    silent = [rule.label[language()] for rule in laid_down if rule.id in book.hard_triggers and rule not in in_force]
    return [*lines, t("sources.triggers", rules=_listed(silent))] if silent else lines


def _late(known: pd.DataFrame) -> list[str]:
    late = known.query("state == 'late'")
    return [t("sources.late", name=row.name_, newest=row.newest.isoformat()) for row in _rows(late)]


def _lines(view: View) -> list[str]:
    """Incomes that no line judges, by the year that lacks one."""
    found = _here(door.read(read_years_without_line, scope=view_state.scope(), on=view.on), view)
    by_year = found.groupby("year")[["households"]].sum().reset_index()
    return [t("sources.no_line", year=row.year, households=numbers.count(row.households)) for row in _rows(by_year)]


def _connected(view: View) -> list[str]:
    """What the sources connected this month have changed so far."""
    new = door.rulebook().newly_connected(on=view.on)
    if not new:
        return []
    names = _listed([source.label[language()] for source in new])
    found = _here(door.read(read_connection_effect, scope=view_state.scope(), on=view.on), view)
    if found.empty:
        return [t("sources.connected_nothing", names=names)]
    moves = found.groupby(["before", "lamp"])[["households"]].sum().reset_index()
    told = [
        t(
            "sources.move",
            before=household_values.word("lamp", row.before),
            after=household_values.word("lamp", row.lamp),
            households=numbers.count(row.households),
        )
        for row in _rows(moves.sort_values("households", ascending=False, kind="stable"))
    ]
    return [
        t("sources.connected", names=names, households=numbers.count(moves["households"].sum()), moves=_listed(told))
    ]


def _here(found: pd.DataFrame, view: View) -> pd.DataFrame:
    return found[found["village_code"].astype("str").str.startswith(view.place)]


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.rename(columns={"name": "name_"}).itertuples())


def _listed(names: list[str] | pd.Series) -> str:
    return t("list.separator").join(names)
