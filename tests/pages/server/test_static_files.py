"""Compressing each of Streamlit's files once, for however many visitors at once."""

import gzip
from collections.abc import Callable

import pyarrow as pa
import pytest

from pages.server import static_files
from pages.server.static_files import CompressedStaticFiles
from tests.support.asgi import call, hello, scope

GZIP = {"Accept-Encoding": "gzip"}


def test_many_first_visitors_cause_one_compression(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[Callable[[], bytes]] = []
    original = static_files.compress

    def counted(read: Callable[[], bytes], encoding: str) -> static_files.CompressedFile:
        compressed.append(read)
        return original(read, encoding)

    monkeypatch.setattr(static_files, "compress", counted)
    app = CompressedStaticFiles(hello)
    path = next(path for path in app.files if path.endswith(".css"))
    replies = call(app, *(scope(path, headers=GZIP) for _ in range(20)))
    assert len({reply.body for reply in replies}) == 1
    assert compressed == [app.files[path]]


def test_a_browser_that_takes_brotli_gets_less_of_the_same_and_still_less_later() -> None:
    app = CompressedStaticFiles(hello)
    path = next(path for path in app.files if "StreamlitMarkdown" in path and path.endswith(".js"))
    content = app.files[path]()
    asked = [scope(path, headers={"Accept-Encoding": said}) for said in ("gzip, deflate", "gzip, deflate, br, zstd")]
    plain, small = call(app, *asked)
    smallest = static_files.compress(app.files[path], "br", level=static_files.SMALLEST).body
    assert gzip.decompress(plain.body) == content
    for body in (small.body, smallest):
        assert pa.Codec("brotli").decompress(body, len(content)).to_pybytes() == content
    assert len(smallest) < len(small.body) < len(plain.body)


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/js/none.js", "/static/media/picture.png", "/static/"])
def test_everything_else_is_streamlits(path: str) -> None:
    (reply,) = call(CompressedStaticFiles(hello), scope(path, headers=GZIP))
    assert reply.body == b"hello"
