"""搜索: households and places found by number, name, or last digits; masked, within what the reader may see."""

import streamlit as st

from data_access import door
from data_access.access.searches import search_event
from data_access.households.search import cleaned, count_found, read_found
from pages.households.search import results
from pages.shell import gate, search_box, view_state
from pages.shell.texts import language, t
from pages.widgets.list_table import PAGE_ROWS

view = view_state.current()
text = cleaned(search_box.on_page())
if not text:
    st.info(t("search.hint"))
    st.stop()

total = door.read(count_found, scope=view_state.scope(), text=text)
entry = search_event(text, hits=total, key=door.ledger().keys[-1])
if entry is not None:
    gate.note_once(entry, key=f"search {search_box.turn()}")
if total == 0:
    st.info(f"{t('search.nothing')}\n\n{t('search.hint')}")
    st.stop()

st.markdown(t("search.found", total=total))
offset = results.page_offset(total)
results.show(
    door.read(read_found, scope=view_state.scope(), text=text, language=language(), offset=offset, limit=PAGE_ROWS),
    view,
)
