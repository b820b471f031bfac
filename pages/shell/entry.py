"""What surrounds every page: page settings, language, menu, errors shown in words. The server runs it on every
visit."""

import sys
from contextlib import suppress
from pathlib import Path

# Streamlit puts the folder of this script on the path; the packages are two levels above it.
ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from data_access import door  # noqa: E402
from data_access.errors import LedgerError  # noqa: E402
from data_access.one_look import one_look  # noqa: E402
from data_access.schema.renamed import settle_day  # noqa: E402
from pages.shell import (  # noqa: E402
    brand,
    first_start,
    gate,
    heading,
    language_switch,
    menu,
    notices,
    scope_bar,
    turns,
    view_state,
    wall,
    watermark,
)
from pages.shell.texts import t  # noqa: E402

language_switch.adopt()
st.set_page_config(page_title=t("app.title"), page_icon=str(ROOT / "pages/shell/icon.png"), layout="wide")
if not gate.admitted():
    brand.show(None)
    st.stop()
gate.watch()
st.html(ROOT / "pages/shell/board.css")
with notices.errors_shown(), turns.of_page(), one_look():
    page = st.navigation(menu.sections(gate.pages()), position="hidden" if wall.on_the_wall() else "top")
    view = view_state.settle(menu.key_of(page))
    settle_day(None if view is None else view.on)
    brand.show(view)
    heading.name_tab(page, view)
    gate.note_rules()
    gate.warn_of_record()
    watermark.show()
    if page.url_path not in menu.BARE:
        scope_bar.show(view)
        heading.show(page, view, allowed=gate.pages())
        with suppress(LedgerError):  # a ledger that cannot be read says so where it is needed
            notices.connection_banner(door.newest_runs())
    gate.check(menu.key_of(page))
    first_start.point_there(view, page=menu.key_of(page))
    page.run()
