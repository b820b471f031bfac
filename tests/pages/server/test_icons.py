"""The font of icons that is sent in the place of Streamlit's: what it must hold, and where it stands."""

import re
from pathlib import Path

from streamlit import file_util

from pages.server import icons, static_files
from pages.server.static_files import CompressedStaticFiles
from tests.support.asgi import call, hello, scope

ROOT = Path(__file__).parents[3]


def test_it_is_made_from_the_font_of_the_streamlit_installed() -> None:
    [address] = icons.contents()
    assert Path(file_util.get_static_dir(), address.removeprefix("/")).is_file(), "run make icons"


def test_every_icon_of_ours_is_in_it() -> None:
    used = {
        name
        for file in ROOT.glob("pages/**/*.py")
        for name in re.findall(r"""(?::material/|icon=")([a-z0-9_]+)[:"]""", file.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= icons.names(), "run make icons"


def test_it_is_sent_in_the_place_of_streamlits_and_looked_at_again() -> None:
    [(address, font)] = icons.contents().items()
    (reply,) = call(CompressedStaticFiles(hello), scope(address))
    assert reply.body == font
    assert (b"cache-control", static_files.LOOKED_AT_AGAIN.encode()) in reply.messages[0]["headers"]
    whole = Path(file_util.get_static_dir(), address.removeprefix("/")).stat().st_size
    assert len(font) < whole / 5
