"""When was it known? The file and the day that brought the indicators and cases of the household, and what they
replaced."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from data_access import door
from data_access.load.origins import INDICATORS, codes_of, label_of, read_origins, read_replaced
from data_access.schema.indicators import code_label
from data_access.scope import Scope
from pages.shell import kept
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import household_values, sheet
from pages.widgets.part import part

COLUMNS = ("thing", "what", "before", "after", "brought_by", "replaced_by", "replaced_at")


@part
@kept.part
def show(household_id: str, *, scope: Scope, view: View) -> None:
    """A line for each, and the replaced values behind a click."""
    origins = door.read(read_origins, scope=scope, household_id=household_id, on=view.on)
    if origins.empty:
        st.caption(t("household.origin_unknown"))
    for row in origins.to_dict("records"):
        file, day = household_values.plain(row["source"]), _day(row["loaded_at"])
        st.caption(t("household.origin", thing=_thing(row), file=file, day=day))
    replaced = door.read(read_replaced, scope=scope, household_id=household_id)
    if replaced.empty:
        return
    with st.expander(t("household.origin_replaced", values=len(replaced)), icon=":material/history:"):
        shown = replaced.assign(
            thing=[_thing(row) for row in replaced.to_dict("records")],
            what=[_what(row) for row in replaced.to_dict("records")],
            before=[_value(row, "before") for row in replaced.to_dict("records")],
            after=[_value(row, "after") for row in replaced.to_dict("records")],
            replaced_at=[_day(moment) for moment in replaced["replaced_at"]],
        )
        headings = {name: t(f"household.origin_{name}") for name in COLUMNS}
        sheet.show(
            shown[list(COLUMNS)],
            hide_index=True,
            height="content",
            column_config=headings,
            placeholder=t("value.none"),
        )


def _thing(row: Mapping[Any, Any]) -> str:
    if row["table"] == INDICATORS:
        return t("household.origin_indicators", number=row["row"])
    return t("household.origin_case", number=row["row"])


def _what(row: Mapping[Any, Any]) -> str:
    return label_of(row["table"], row["column"], language=language())


def _value(row: Mapping[Any, Any], name: str) -> str:
    value, codes = row[name], codes_of(row["table"], row["column"])
    if value is None:
        return household_values.not_collected()
    if codes is not None:
        return code_label(codes=codes, code=str(value), language=language())
    return value.isoformat() if isinstance(value, date) else household_values.number(value)


def _day(moment: Any) -> str:
    return "" if moment is None else moment.date().isoformat()
