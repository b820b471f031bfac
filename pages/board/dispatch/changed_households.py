"""Households that an edition and present data judge differently: a table on the screen, and the same as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.shell.texts import t
from pages.shell.view_state import View
from pages.widgets import list_table, sheet, table_file


def show(
    rows: pd.DataFrame, *, told: Mapping[str, tuple[str, Sequence[str]]], title: str, key: str, view: View
) -> None:
    """The table, with a link to each household.

    Args:
        rows: one household each, with `household_id` and `village_code`.
        told: column -> its heading, and what it says of each household.
        title, key: as in `table_file.offer`.
    """
    addresses = [list_table.household_address(number, view=view) for number in rows["household_id"]]
    villages = [view.names.get(code, code) for code in rows["village_code"]]
    values = {name: said for name, (_, said) in told.items()}
    shown = pd.DataFrame({"household_id": addresses, "village": villages, **values})
    headings = {"household_id": t("list.household_id"), "village": t("list.village")}
    headings |= {name: heading for name, (heading, _) in told.items()}
    columns: dict[str, Any] = dict(headings)
    columns["household_id"] = st.column_config.LinkColumn(columns["household_id"], display_text=r"household=([^&]+)")
    sheet.show(shown, hide_index=True, column_config=columns)
    table_file.offer(
        shown.assign(household_id=rows["household_id"].tolist()), title=title, headings=headings, view=view, key=key
    )
