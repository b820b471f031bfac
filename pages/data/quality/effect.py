"""对预警的影响: how many households' lamps could change if the doubtful values were wrong."""

import pandas as pd
import streamlit as st

from charts.palette import LAMP_SHAPES
from data_access import door
from data_access.quality.effect import read_effect
from data_access.schema.indicators import code_label, load_codes
from pages.data.quality import places, tiles
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import list_link, numbers, sheet, table_file

COMPARED = ("doubtful_households", "lamps_in_doubt")

_COLUMNS = {"doubtful_households": "households", "lamps_in_doubt": "in_doubt"}


def show(view: View) -> None:
    """Tiles, the range of the red count, by lamp, by place."""
    found = door.read(read_effect, scope=view_state.scope(), on=view.on)
    here = found[found["village_code"].str.startswith(view.place)]

    def value(key: str, place: str) -> float:
        return int(found[found["village_code"].str.startswith(place)][_COLUMNS[key]].sum())

    households, in_doubt = value("doubtful_households", view.place), value("lamps_in_doubt", view.place)
    share = numbers.share(100 * in_doubt / households if households else None)
    tiles.show(
        {"doubtful_households": households, "lamps_in_doubt": in_doubt},
        second={
            "doubtful_households": t("quality.tile_doubtful_households"),
            "lamps_in_doubt": t("quality.tile_in_doubt", share=share),
        },
        view=view,
    )
    if households == 0:
        st.markdown(t("quality.no_doubt"))
        return
    by_lamp = here.groupby("lamp")[["households", "in_doubt", "could_be_red"]].sum()
    st.markdown(_reading(by_lamp, view))
    _by_lamp(by_lamp, view)
    places.show(COMPARED, value=value, view=view, part="effect")


def _reading(by_lamp: pd.DataFrame, view: View) -> str:
    red = view_state.metric_table().count("red_households", place=view.place, month=view.month)
    red_in_doubt = int(by_lamp["in_doubt"].get("red", 0))
    return t(
        "quality.effect_reading",
        households=numbers.count(by_lamp["households"].sum()),
        in_doubt=numbers.count(by_lamp["in_doubt"].sum()),
        red=numbers.count(red),
        low=numbers.count(red - red_in_doubt),
        high=numbers.count(red + by_lamp["could_be_red"].sum()),
    )


def _by_lamp(by_lamp: pd.DataFrame, view: View) -> None:
    codes = [code for code in load_codes()["lamp"] if code in by_lamp.index]
    names = {code: f"{LAMP_SHAPES[code]} {code_label(codes='lamp', code=code, language=language())}" for code in codes}
    rows = by_lamp.loc[codes].reset_index().assign(lamp=list(names.values()))
    headings = {
        "lamp": t("list.lamp"),
        "households": t("quality.lamp_households"),
        "in_doubt": t("quality.lamp_in_doubt"),
        "could_be_red": t("quality.lamp_could_be_red"),
    }
    sheet.show(rows, hide_index=True, height="content", width=900, column_config=headings, key="quality_effect")
    with st.container(horizontal=True, gap="medium"):
        for code in codes:
            in_doubt = int(by_lamp["in_doubt"][code])
            if in_doubt:
                text = t("quality.named", name=names[code], number=numbers.count(in_doubt))
                list_link.show("lamps_in_doubt", view=view, text=text, only={"lamp": code})
    st.caption(t("quality.effect_note"))
    table_file.offer(rows, title=t("quality.part_effect"), headings=headings, view=view, key="quality_effect_file")
