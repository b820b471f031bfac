"""Compressing each of Streamlit's files once, for however many visitors at once."""

from collections.abc import Callable

import pytest

from pages.server import static_files
from pages.server.static_files import CompressedStaticFiles
from tests.support.asgi import call, hello, scope

GZIP = {"Accept-Encoding": "gzip"}


def test_many_first_visitors_cause_one_compression(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[Callable[[], bytes]] = []
    original = static_files.compress

    def counted(read: Callable[[], bytes]) -> static_files.CompressedFile:
        compressed.append(read)
        return original(read)

    monkeypatch.setattr(static_files, "compress", counted)
    app = CompressedStaticFiles(hello)
    path = next(path for path in app.files if path.endswith(".css"))
    replies = call(app, *(scope(path, headers=GZIP) for _ in range(20)))
    assert len({reply.body for reply in replies}) == 1
    assert compressed == [app.files[path]]


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/js/none.js", "/static/media/picture.png", "/static/"])
def test_everything_else_is_streamlits(path: str) -> None:
    (reply,) = call(CompressedStaticFiles(hello), scope(path, headers=GZIP))
    assert reply.body == b"hello"
