"""Which socket a connection came in on decides whether it is answered, whatever server runs the app."""

import pytest

from pages.server.local_only import LocalOnly
from tests.support.asgi import call, hello, scope

LOCAL = [("127.0.0.1", 8501), ("127.0.0.2", 8501), ("::1", 8501), ("::ffff:127.0.0.1", 8501), ("localhost", 8501)]
SOCKET_FILES = [None, ("/run/household.sock", None)]
OUTER = [("192.168.1.20", 8501), ("10.0.0.1", 80), ("::ffff:10.0.0.1", 80), ("fd00::2", 80), ("board.example", 80)]


@pytest.mark.parametrize("server", [*LOCAL, *SOCKET_FILES])
def test_this_machine_is_answered(server: tuple[str, int | None] | None) -> None:
    (reply,) = call(LocalOnly(hello), scope(server=server))
    assert (reply.status, reply.body) == (200, b"hello")


@pytest.mark.parametrize("server", OUTER)
def test_others_are_refused_in_words(server: tuple[str, int]) -> None:
    (reply,) = call(LocalOnly(hello), scope(server=server))
    assert reply.status == 403
    assert "只能在本机打开" in reply.body.decode()
    assert "opens on its own machine only" in reply.body.decode()


def test_others_get_no_websocket() -> None:
    (reply,) = call(LocalOnly(hello), scope(kind="websocket", server=("10.0.0.1", 80)))
    assert [message["type"] for message in reply.messages] == ["websocket.close"]
