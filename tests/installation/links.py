"""A link opened in the app without a browser."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest

from pages.shell import menu

FRAME = Path(__file__).parents[2] / "pages/shell/entry.py"
SECTION_OF = {page: section for section, pages in menu.SECTIONS.items() for page in pages}


def opened_link(link: str) -> tuple[AppTest, dict[str, list[str]]]:
    """The page that a link means after its first run, and what the link asks for."""
    address = urlsplit(link)
    asked = parse_qs(address.query)
    page = address.path.removeprefix("/")
    app = AppTest.from_file(str(FRAME), default_timeout=180)
    app.switch_page(menu.page_path(SECTION_OF[page], page))
    for key, values in asked.items():
        app.query_params[key] = values
    return app.run(), asked
