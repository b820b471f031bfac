"""Requests under a name that is not declared, or sent by another page: none gets as far as Streamlit."""

import pytest
from starlette.types import Receive, Scope, Send

from pages.server.forwarded import PROXY_VARIABLE, ForwardedHeaders
from tests.support.asgi import call, guarded, hello, scope

HERE = "127.0.0.1:8501"
KINDS = {"http": "/healthz", "websocket": "/_stcore/stream"}

OWN = [
    (HERE, None),
    (HERE, f"http://{HERE}"),
    ("localhost:8501", "http://localhost:8501"),
    ("localhost:43210", "http://localhost:43210"),
    ("localhost", "http://localhost"),
    ("[::1]:8501", "http://[::1]:8501"),
    ("LOCALHOST:8501", None),
]

FOREIGN_HOSTS = [
    "elsewhere.example",
    "elsewhere.example:8501",
    "127.0.0.1.elsewhere.example",
    "localhost.elsewhere.example:8501",
    "127.0.0.1@elsewhere.example",
    "elsewhere.example@127.0.0.1",
    "127.0.0.1:8501@elsewhere.example",
    "127.0.0.1:",
    "127.0.0.1/elsewhere.example",
    "127.0.0.1, elsewhere.example",
    "127.0.0.1 elsewhere.example",
    "127.1",
    "2130706433",
    "0.0.0.0:8501",
    "[::]:8501",
    "[::ffff:10.0.0.1]:8501",
    "[::1%25eth0]:8501",
    "::1",
    "",
]

FOREIGN_ORIGINS = [
    "http://elsewhere.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:9999",
    "https://127.0.0.1:8501",
    "ws://127.0.0.1:8501",
    "http://localhost:8501",
    "HTTP://127.0.0.1:8501",
    "http://127.0.0.1.:8501",
    "http://127.0.0.1:8501/",
    "http://127.0.0.1:8501 http://elsewhere.example",
    "http://elsewhere.example@127.0.0.1:8501",
    "http://127.0.0.1:8501@elsewhere.example",
    "http://127.0.0.1:8501.elsewhere.example",
    "//127.0.0.1:8501",
    "127.0.0.1:8501",
]


class Streamlit:
    """What stands in its place and counts what it gets to see."""

    def __init__(self) -> None:
        self.seen: list[Scope] = []

    async def __call__(self, request: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(request)
        await hello(request, receive, send)


def attempt(kind: str, *headers: tuple[str, str], **told: object) -> list[Scope]:
    """What Streamlit sees of a request; a refusal must be one in words over HTTP, and no handshake over a websocket."""
    streamlit = Streamlit()
    request = scope(KINDS[kind], kind=kind, headers=headers, **told)  # type: ignore[arg-type]
    (reply,) = call(guarded(streamlit), request)
    if not streamlit.seen and kind == "http":
        assert reply.status == 403
        assert "frame-ancestors 'none'" in str(reply.messages[0]["headers"])
    if not streamlit.seen and kind == "websocket":
        assert [message["type"] for message in reply.messages] == ["websocket.close"]
    return streamlit.seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("host", "origin"), OWN)
def test_the_own_pages_are_answered_under_every_name_of_this_machine(kind: str, host: str, origin: str | None) -> None:
    assert attempt(kind, ("Host", host), *((("Origin", origin),) if origin else ()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_name_that_is_not_declared_is_refused(kind: str, host: str) -> None:
    assert attempt(kind, ("Host", host)) == []
    assert attempt(kind, ("Host", host), ("Origin", f"http://{host}")) == [], "not even from a page of its own"
    assert attempt(kind, ("Host", HERE), ("Host", host)) == []
    assert attempt(kind, ("Host", host), ("X-Forwarded-Host", HERE), ("Forwarded", f"host={HERE}")) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_another_page_is_refused(kind: str, origin: str) -> None:
    assert attempt(kind, ("Host", HERE), ("Origin", origin)) == []
    assert attempt(kind, ("Host", HERE), ("Origin", f"http://{HERE}"), ("Origin", origin)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_without_a_name_is_refused(kind: str) -> None:
    assert attempt(kind) == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "POST", "DELETE", "TRACE", "ODD"])
def test_no_method_gets_around(method: str) -> None:
    assert attempt("http", ("Host", "elsewhere.example"), method=method) == []
    assert attempt("http", ("Host", HERE), ("Origin", "null"), method=method) == []


def test_behind_a_proxy_the_page_is_one_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    own, proxied = ("Host", HERE), ("X-Forwarded-Proto", "https")
    assert attempt("websocket", own, ("Origin", f"https://{HERE}"), proxied) == [], "no proxy is declared"
    monkeypatch.setenv(PROXY_VARIABLE, "1")
    assert attempt("websocket", own, ("Origin", f"https://{HERE}"), proxied)
    assert attempt("websocket", own, ("Origin", f"http://{HERE}"), proxied) == []
    assert attempt("websocket", own, ("Origin", f"https://{HERE}")) == [], "it did not come through the proxy"


@pytest.mark.parametrize(("declared", "scheme", "client"), [("1", "https", "10.0.0.7"), ("", "http", "127.0.0.1")])
def test_only_a_declared_proxy_says_how_and_from_where_a_browser_came(
    monkeypatch: pytest.MonkeyPatch, declared: str, scheme: str, client: str
) -> None:
    """The ASGI server has believed the headers by then, as it does of every program on this machine."""
    monkeypatch.setenv(PROXY_VARIABLE, declared)
    streamlit = Streamlit()
    told = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.7",
        "X-Forwarded-Port": "1",
        "X-Real-IP": "10.0.0.8",
    }
    call(ForwardedHeaders(streamlit), {**scope(headers=told, client=("10.0.0.7", 0)), "scheme": "https"})
    [seen] = streamlit.seen
    assert (seen["scheme"], seen["client"][0], seen["headers"]) == (scheme, client, [])


def test_a_proxy_is_not_believed_from_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROXY_VARIABLE, "1")
    own, proxied = ("Host", HERE), ("X-Forwarded-Proto", "https")
    for kind in KINDS:
        assert attempt(kind, own, proxied, server=("10.0.0.1", 8501), client=("10.0.0.7", 1)) == []
