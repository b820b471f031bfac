"""The frame of every page: page settings, language, menu, problems told in words. The server runs it for every
visit."""

import sys
from pathlib import Path

# Streamlit puts the folder of this script on the path; the packages lie two above it.
ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from pages.components import brand, gate, meeting, menu, notices, scope_bar, view  # noqa: E402
from pages.components.texts import t  # noqa: E402

view.adopt_language()
st.set_page_config(page_title=t("app.title"), page_icon=str(ROOT / "pages/components/icon.png"), layout="wide")
brand.show()
if not gate.admitted():
    st.stop()
gate.watch()
page = st.navigation(menu.sections(gate.pages()), position="hidden" if meeting.on_the_wall() else "top")
with notices.problems_shown():
    now = view.settle()
    gate.note_rules()
    if page.url_path not in menu.BARE:
        scope_bar.show(now)
    gate.check(menu.key_of(page))
    page.run()
