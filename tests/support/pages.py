"""Pages of the app without a browser."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def open_first(app: AppTest, page: str) -> None:
    """Has the first run of an app show a page, called as its address calls it.

    Before that run `AppTest.switch_page` knows no addresses and would take the name of the file for one.
    """
    app._page_hash = calc_hash(page)
