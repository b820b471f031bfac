"""The one page that comes before anything runs, and the scripts beside it."""

import re
from pathlib import Path

from starlette.types import Receive, Scope, Send
from streamlit import file_util
from streamlit.elements.exception import _GENERIC_UNCAUGHT_EXCEPTION_TEXT

from pages.server.frame_scripts import BROWSER, addresses, contents
from pages.server.index_page import OLDEST_CHROMIUM, IndexPage
from pages.shell.texts import load_file
from tests.support.asgi import call, scope

PUT_TOGETHER = {
    f"streamlit.{name}"
    for name in (
        *("apply", "apply_long", "apply_mac", "submit", "submit_long", "submit_mac"),
        *("most_option", "most_options", "option_available", "options_available"),
        *("no_page_why", "no_named_page_why"),
    )
}
"""Said in pieces; tests/e2e/test_pages.py meets most of them."""
LARGEST = 1_000_000
"""Bytes of a built file; larger ones draw charts and diagrams."""


def test_every_path_of_the_frame_gets_our_page_and_other_pages_stay_as_they_are() -> None:
    async def streamlits(asked: Scope, receive: Receive, send: Send) -> None:
        assert not {b"if-none-match", b"accept-encoding"} & {name for name, _ in asked["headers"]}
        body = Path(file_util.get_static_dir(), "index.html").read_bytes() if asked["path"] == "/trends" else b"<p>"
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        await send(start)
        for part in (body[:2], body[2:], b""):
            await send({"type": "http.response.body", "body": part, "more_body": part != b""})

    headers = {"If-None-Match": '"1"', "Accept-Encoding": "br"}
    page, other = (call(IndexPage(streamlits), scope(path, headers=headers))[0] for path in ("/trends", "/sign-in"))
    assert other.body == b"<p>"
    text = page.body.decode()
    assert '<meta name="renderer" content="webkit" />' in text
    assert all(f'src=".{address}"' in text for address in addresses().values())
    assert f"Chromium {OLDEST_CHROMIUM}" in text
    assert text.index("<noscript>") < text.index('id="root"') < text.index(addresses()[BROWSER])


def test_the_script_for_old_browsers_uses_nothing_that_they_cannot_read() -> None:
    text = re.sub(r"//.*", "", contents()[addresses()[BROWSER]].decode())
    assert re.findall(r"=>|`|\b(?:let|const|class|async|of)\b|\?\.|\?\?|,\s*[)\]}]", text) == []


def test_what_is_translated_stands_in_the_build_of_streamlit() -> None:
    """An upgrade may say something else: then the words would silently be English again."""
    files = [one for one in Path(file_util.get_static_dir(), "static/js").glob("*.js") if one.stat().st_size < LARGEST]
    built = "\n".join([_GENERIC_UNCAUGHT_EXCEPTION_TEXT, *(one.read_text(encoding="utf-8") for one in files)])
    said = load_file("en", "streamlit.po")
    parts = {key: [part.strip(" ,.:–") for part in re.split(r"{\w+}", text)] for key, text in said.items()}
    assert {key for key in parts if not all(part in built for part in parts[key])} == PUT_TOGETHER
