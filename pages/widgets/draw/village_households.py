"""From the draw to the village and its households: who is to be visited, why, and what is done already."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access import door
from data_access.errors import LedgerError
from data_access.inspection import draws, findings
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.lists import lists
from pages.shell import identity, notices, view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import link_choice, list_file, list_table, sheet
from pages.widgets.draw.choice import ChosenDraw

JUDGED = "completeness"
"""A metric whose list is every household with its lamp and reasons."""


def choose_village(units: pd.DataFrame, *, view: View) -> str | None:
    """Let the reader choose one of the villages to visit; None, with a message, where there is none."""
    active = units[units["active"]]
    if active.empty:
        st.info(t("draw.nothing_here", whole=view.regions.whole(language())))
        return None
    # A drawn project may be in a village that was not drawn itself.
    titles = {
        row["village_code"]: t(
            "villages.village",
            group=row["group_no"],
            township=view.names.get(row["township_code"], row["township_code"]),
            village=view.names.get(row["village_code"], row["village_code"]),
        )
        for row in active.assign(beside=~active["village_code"].isin(active.loc[active["kind"] == "village", "code"]))
        .sort_values(["group_no", "beside", "village_code"])
        .to_dict("records")
    }
    return link_choice.select("village", titles, label=t("villages.choose_village"), key="villages_village")


def choose_unit(units: pd.DataFrame, *, village: str, chosen: ChosenDraw, view: View) -> dict | None:
    """What is to be inspected in the village: a table, and a choice of one unit."""
    active = units[units["active"] & (units["village_code"] == village)]
    done = findings.read_findings(door.ledger(), scope=view_state.scope().narrowed(village), draw_id=chosen.draw_id)
    homes = drawn_households(
        tuple(sorted(active.loc[active["kind"] == "household", "code"])), village=village, view=view
    )
    names = _names(active, homes=homes, view=view)
    shown = pd.DataFrame(
        {
            "unit": [t(f"draw.kind_{kind}") for kind in active["kind"]],
            "name": [names[code] for code in active["code"]],
            "lamp": [homes.get(code, {}).get("lamp") for code in active["code"]],
            "reasons": [homes.get(code, {}).get("reasons") for code in active["code"]],
            "done": active["code"].isin(done["code"]).tolist(),
            "household": [
                list_table.household_address(code, view=view) if kind == "household" else None
                for code, kind in zip(active["code"], active["kind"], strict=True)
            ],
        }
    )
    columns: dict[str, Any] = {name: t(f"villages.column_{name}") for name in ("unit", "name", "lamp", "reasons")}
    columns["done"] = st.column_config.CheckboxColumn(t("villages.column_done"))
    columns["household"] = st.column_config.LinkColumn(
        t("villages.column_household"), display_text=r"household=([^&]+)"
    )
    sheet.show(shown, hide_index=True, column_config=columns, height="content", placeholder=t("value.none"))
    wanted = link_choice.select("unit", names, label=t("villages.choose_unit"), key="villages_unit")
    _replace(wanted, chosen=chosen)
    rows = active[active["code"] == wanted].to_dict("records")
    return rows[0] if rows else None


def drawn_households(codes: tuple[str, ...], *, village: str, view: View) -> dict[str, dict]:
    """Head, lamp and reasons of the drawn households, as shown in the list of all lamps."""
    if not codes:
        return {}
    rows = door.read(
        lists.read_list,
        scope=view_state.scope().narrowed(village),
        request=lists.ListRequest(JUDGED, view.on, limit=100_000),
        language=language(),
    )
    own = list_file.in_words(rows[rows["household_id"].isin(codes)].reset_index(drop=True), metric=JUDGED)
    return {row["household_id"]: row for row in own.to_dict("records")}


def _names(active: pd.DataFrame, *, homes: dict[str, dict], view: View) -> dict[str, str]:
    projects = project_names(tuple(active.loc[active["kind"] == "project", "code"]), view=view)
    names = {}
    for row in active.to_dict("records"):
        code = row["code"]
        if row["kind"] == "household":
            names[code] = t("villages.household", number=code, head=homes.get(code, {}).get("head_name") or "")
        elif row["kind"] == "project":
            names[code] = projects.get(code, code)
        else:
            names[code] = view.names.get(code, code)
    return names


def project_names(codes: tuple[str, ...], *, view: View) -> dict[str, str]:
    """The names of projects by their number."""
    rows = door.read(findings.read_project_values, scope=view_state.scope().narrowed(view.place), project_ids=codes)
    return dict(zip(rows["project_id"], rows["name"], strict=True))


def _replace(code: str, *, chosen: ChosenDraw) -> None:
    if identity.looks_only("record_findings"):
        return
    with st.popover(t("villages.replace"), icon=":material/swap_horiz:"):
        st.markdown(t("villages.replace_intro"))
        reason = st.text_input(t("villages.replace_reason"), max_chars=LONGEST_TEXT, key="villages_replace_reason")
        by = identity.recorder(t("villages.by"), key="villages_replace_by")
        if not st.button(t("villages.replace_press"), key="villages_replace"):
            return
        try:
            draws.replace_unit(
                door.ledger(),
                draw_id=chosen.draw_id,
                code=code,
                reason=reason,
                recorded_by=by,
                scope=view_state.scope(),
            )
        except LedgerError as error:
            st.error(notices.error_text(error), icon=":material/error:")
            return
        st.rerun()
