"""A link opened in the app without a browser."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest

from tests.support.pages import open_first

FRAME = Path(__file__).parents[2] / "pages/shell/entry.py"


def opened_link(link: str) -> tuple[AppTest, dict[str, list[str]]]:
    """The page that a link means after its first run, and what the link asks for."""
    address = urlsplit(link)
    asked = parse_qs(address.query)
    page = address.path.removeprefix("/")
    app = AppTest.from_file(str(FRAME), default_timeout=180)
    open_first(app, page)
    for key, values in asked.items():
        app.query_params[key] = values
    return app.run(), asked
