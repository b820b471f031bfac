"""搜索: households and places found by number, name, or last digits; masked, within what the reader may see."""

import streamlit as st

from data_access import cached
from data_access.search import cleaned, count_found, read_found
from pages.components import view
from pages.components.list_table import PAGE_ROWS
from pages.components.search import box, results
from pages.components.texts import language, t

now = view.current()
st.subheader(t("search.title"))
text = cleaned(box.on_page())
if not text:
    st.info(t("search.hint"))
    st.stop()

total = cached.read(count_found, scope=view.scope(), text=text)
if total == 0:
    st.info(f"{t('search.nothing')}\n\n{t('search.hint')}")
    st.stop()

st.markdown(t("search.found", total=total))
offset = results.page_offset(total)
results.show(
    cached.read(read_found, scope=view.scope(), text=text, language=language(), offset=offset, limit=PAGE_ROWS),
    now,
)
