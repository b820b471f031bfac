"""Tables on paper: the same rows as on the screen, in the same words, as plain rows."""

import re

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import OpenApp
from tests.support.households import household, merged, village


def drawn(rows: int) -> AppTest:
    def page(rows: int) -> None:
        from datetime import date

        import pandas as pd
        import streamlit as st

        from pages.widgets import sheet

        frame = pd.DataFrame(
            {
                "name": ["<b>甲</b>"] * rows,
                "share": [2.0] * (rows - 1) + [None],
                "on": [date(2022, 9, 1)] * rows,
                "household": ["household?household=61&lang=zh"] * rows,
                "card": ["card?place=61"] * rows,
                "left_out": [1] * rows,
            }
        )
        columns = {
            "name": "名称",
            "share": st.column_config.NumberColumn("占比", format="%.1f%%"),
            "household": st.column_config.LinkColumn("户编号", display_text=r"household=([^&]+)"),
            "card": st.column_config.LinkColumn("Card", display_text="card"),
            "left_out": None,
        }
        sheet.show(frame, column_config=columns, hide_index=True, placeholder="—")

    return AppTest.from_function(page, args=(rows,)).run()


def test_a_table_is_followed_by_its_rows_in_the_words_of_its_columns() -> None:
    [table] = [element.proto.body for element in drawn(2).get("html")]
    assert re.findall("<th>(.*?)</th>", table) == ["名称", "占比", "on", "户编号", "Card"]
    assert re.findall("<td>(.*?)</td>", table)[:5] == ["&lt;b&gt;甲&lt;/b&gt;", "2.0%", "2022-09-01", "61", "card"]
    assert re.findall("<td>(.*?)</td>", table)[6] == "—"


def test_a_list_too_long_for_paper_leaves_as_a_file() -> None:
    assert not drawn(101).get("html")


def test_every_page_says_at_the_top_of_each_sheet_what_it_is(open_app: OpenApp) -> None:
    app = open_app(merged(village(), household()), page="about/rulebook")
    said = [element.proto.body for element in app.get("html") if "@top-left" in element.proto.body]
    assert len(said) == 1
    assert "规则 · " in said[0]
    assert "2022-09-30" in said[0]
