"""A completed draw: how it was made, the result, and the files to verify it and to take along."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from data_access import door
from data_access.clock import last_day
from data_access.files import export
from data_access.files.export import About, FileColumn
from data_access.inspection import draw_settings, draws, inspection_draw, sampling_frame
from data_access.inspection.seeds import SeedBase
from pages.shell import view_state
from pages.shell.texts import language, locale, t
from pages.shell.view_state import View
from pages.widgets import download, list_file, sheet
from pages.widgets.draw import ceremony, how_drawn, opened
from pages.widgets.draw.choice import ChosenDraw


def head(chosen: ChosenDraw, *, view: View) -> None:
    """What is needed to repeat the draw, and whether it opens names."""
    st.markdown(
        t(
            "draw.head",
            number=chosen.draw_id,
            at=format_datetime(chosen.drawn_at, "yyyy-MM-dd HH:mm", locale=locale()),
            by=chosen.drawn_by,
            seed=chosen.seed,
            algorithm=chosen.algorithm,
            frame_hash=chosen.frame_hash,
            frame_rows=chosen.frame_rows,
            version=chosen.data_version,
        )
    )
    st.markdown(t("list.separator").join(ceremony_words(chosen)))
    st.caption(how_drawn.sentence(chosen.settings))
    st.caption(t("draw.check"))
    opened.show(chosen, view=view)


def ceremony_words(chosen: ChosenDraw) -> list[str]:
    """What the seed was made of, whether the draw binds, and why it was made again; also on its papers."""
    words = [
        t("draw.binds") if chosen.turn == 1 else t("draw.stands_beside", turn=chosen.turn, reason=chosen.reason or "")
    ]
    if chosen.seed_from and chosen.called:
        digest = chosen.seed.partition("+")[0]
        base = SeedBase(chosen.seed_from, chosen.seed_from_id or "", digest)
        words = [ceremony.base_words(base), t("draw.was_called", number=chosen.called), *words]
    return words


def townships(units: pd.DataFrame, *, view: View) -> None:
    """Who goes where, and how much there is to inspect; one row per township."""
    if units.empty:
        st.info(t("draw.nothing_here", whole=view.regions.whole(language())))
        return
    active = units[units["active"]]
    rows = []
    for code, own in active.groupby("township_code"):
        kinds = own["kind"].value_counts()
        villages = own.loc[own["kind"] == "village", "code"]
        rows.append(
            {
                "group": int(own["group_no"].iloc[0]),
                "township": view.names.get(str(code), str(code)),
                "villages": t("list.separator").join(view.names.get(village, village) for village in villages),
                "households": int(kinds.get("household", 0)),
                "projects": int(kinds.get("project", 0)),
                "reserve": int(units.loc[units["township_code"] == code, "replacement"].sum()),
            }
        )
    shown = pd.DataFrame(rows).sort_values(["group", "township"], ignore_index=True)
    st.markdown(
        t(
            "draw.reading",
            townships=len(shown),
            villages=int((active["kind"] == "village").sum()),
            households=int((active["kind"] == "household").sum()),
            projects=int((active["kind"] == "project").sum()),
        )
    )
    columns: dict[str, Any] = {str(name): t(f"draw.column_{name}") for name in shown}
    sheet.show(shown, hide_index=True, column_config=columns, height="content")


def files(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> None:
    """The drawn units as a list, and the list they were drawn from."""
    with st.container(horizontal=True):
        if not units.empty:
            download.offer(partial(units_source, chosen, units=units, view=view), key="draw_units")
        with st.popover(t("draw.frame_file"), icon=":material/fact_check:"):
            st.markdown(t("draw.frame_intro"))
            download.build(
                t("draw.frame_build"),
                name=export.file_name(chosen.draw_id, "frame", suffix="csv"),
                rows=chosen.frame_rows,
                write=lambda path, progress: export.write_csv(
                    path, columns=_FRAME_COLUMNS, chunks=[_frame_again(chosen)], progress=progress
                ),
                key="draw_frame",
                told={"columns": [column.key for column in _FRAME_COLUMNS], "draw": chosen.draw_id},
                stamp=chosen.draw_id,
            )


_FRAME_COLUMNS = tuple(FileColumn(key=name, title=name) for name in ("kind", "stratum", "code"))
"""The names that docs/check_draw.py reads."""


def _frame_again(chosen: ChosenDraw) -> pd.DataFrame:
    """The list a draw was made from, read again: its hash shows whether the data has changed since."""
    whole = door.read(sampling_frame.read_frame_units, scope=view_state.scope(), on=_day(chosen))
    lately = draws.recently_drawn(
        door.ledger(),
        kind="inspection",
        months=inspection_draw.months_before(chosen.month, count=chosen.settings["excluded_months"]),
    )
    sized = replace(
        draw_settings.settings_of(chosen.month),
        size=chosen.settings["size"],
        spare=chosen.settings["spare"],
        excluded_months=chosen.settings["excluded_months"],
        shares=dict(chosen.settings.get("shares", ())),
    )
    return sampling_frame.strata(sampling_frame.leave_out(whole, excluded=lately, settings=sized), settings=sized)


def _day(chosen: ChosenDraw) -> date:
    return min(last_day(chosen.month), door.current_facts().facts.months.cut_off)


def units_source(chosen: ChosenDraw, *, units: pd.DataFrame, view: View) -> download.FileSource:
    shown = units.assign(
        township=[view.names.get(code, code) for code in units["township_code"]],
        village=[view.names.get(code, code) for code in units["village_code"]],
        unit=[t(f"draw.kind_{kind}") for kind in units["kind"]],
        status=[how_drawn.status_word(status) for status in units["status"]],
        standing=[t("draw.reserve") if spare else t("draw.drawn") for spare in units["replacement"]],
        chance=units["probability"],
    )
    kinds = {"group_no": "number", "position": "number", "chance": "decimal"}
    names = (
        "group_no",
        "township",
        "village",
        "unit",
        "code",
        "status",
        "stratum",
        "standing",
        "position",
        "chance",
        "replaced_by",
    )

    return download.of_rows(
        shown,
        name=(view.name(view.place), t("page.draw"), chosen.month),
        columns=tuple(
            FileColumn(key=name, title=t(f"draw.file_{name}"), kind=kinds.get(name, "text")) for name in names
        ),
        about=_about(chosen, view=view),
    )


def _about(chosen: ChosenDraw, *, view: View) -> About:
    return list_file.about_file(
        view,
        scope=view_state.scope(),
        title=t("draw.title", number=chosen.draw_id, month=chosen.month),
        definition=how_drawn.sentence(chosen.settings),
        restricted=t("list.separator").join(
            [
                t("draw.seeded", seed=chosen.seed, algorithm=chosen.algorithm, frame_hash=chosen.frame_hash),
                *ceremony_words(chosen),
            ]
        ),
    )
