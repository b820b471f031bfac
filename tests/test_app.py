"""The server as it is run, over the small sample: what it answers, what it refuses, what a browser gets from it."""

import base64
import gc
import gzip
import hashlib
import json
import os
import re
import runpy
import socket
import subprocess
from urllib.parse import quote

import pytest
from streamlit import config
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pages.server.local_only import REFUSED
from pages.shell.menu import SECTIONS
from tests.support.forging import malformed_links
from tests.support.ports import free_port
from tests.support.server import ROOT, Server, command, get
from tests.support.sessions import Session

FOREIGN = Origin("http://elsewhere.example")


@pytest.fixture(scope="module")
def index(server: Server) -> str:
    """Streamlit's index page."""
    return get(f"{server.url}/").body.decode()


@pytest.fixture(scope="module")
def script_url(server: Server, index: str) -> str:
    """The address of the main script."""
    found = re.search(r'src="\./(static/js/index\.[^"]+\.js)"', index)
    assert found
    return f"{server.url}/{found[1]}"


def test_policy_allows_only_our_own_origin(server: Server, index: str) -> None:
    inline = re.findall(r"<script>(.*?)</script>", index, flags=re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert get(f"{server.url}/").headers["content-security-policy"] == (
        "default-src 'self'; "
        f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; "
        "font-src 'self' data:; "
        "connect-src 'self'; "
        "worker-src 'self' blob:; "
        "object-src 'none'; "
        "base-uri 'none'; "
        "form-action 'self'; "
        "frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/", "/rulebook", "/healthz", "/_stcore/health", "/_stcore/metrics", "/static/no.js"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    headers = get(f"{server.url}{path}").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_health_tells_nothing_but_that_it_answers_to_whoever_comes_through_a_proxy(server: Server) -> None:
    answer = get(f"{server.url}/healthz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (answer.status, answer.body) == (200, b'{"status":"ok"}')
    told = json.loads(get(f"{server.url}/healthz").body)
    assert (told["status"], told["waiting"], told["post_error"]) == ("ok", 0, None)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/metrics/", "//_stcore/metrics", "/_stcore/%6detrics", "/_stcore/agent/openapi.json"],
)
def test_endpoints_for_machines_are_closed(server: Server, path: str) -> None:
    assert get(f"{server.url}{path}").status == 404


def test_static_files_are_compressed_once_and_kept_for_good(server: Server, script_url: str) -> None:
    plain = get(script_url)
    packed = get(script_url, headers={"Accept-Encoding": "gzip, deflate"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < 0.5 * len(plain.body)
    for answer in (plain, packed):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "application/javascript"
    assert plain.headers["etag"] != packed.headers["etag"]


def test_static_file_is_not_sent_again_to_who_has_it(script_url: str) -> None:
    accepts = {"Accept-Encoding": "gzip"}
    etag = get(script_url, headers=accepts).headers["etag"]
    again = get(script_url, headers={**accepts, "If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")


def test_asking_for_the_head_of_a_static_file_sends_no_body(script_url: str) -> None:
    accepts = {"Accept-Encoding": "gzip"}
    head = get(script_url, headers=accepts, method="HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == get(script_url, headers=accepts).headers["content-length"]


def test_index_page_is_asked_for_every_time(server: Server) -> None:
    for path in ("/", "/rulebook"):
        assert get(f"{server.url}{path}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/../../app.py", "/static/%2e%2e/%2e%2e/app.py", "/static/js/../../index.py"])
def test_static_path_cannot_leave_its_folder(server: Server, path: str) -> None:
    answer = get(f"{server.url}{path}", headers={"Accept-Encoding": "gzip"})
    assert b"st.App" not in answer.body
    assert "content-encoding" not in answer.headers


def test_first_run_sends_little(server: Server) -> None:
    with Session(server.url) as session:
        run = session.run()
    assert run.errors == []
    assert run.received <= 120_000


def test_every_page_answers_a_malformed_link(server: Server) -> None:
    """More links are read in process by tests/pages/test_links.py."""
    pages = [page for section in SECTIONS.values() for page in section]
    failed: list[tuple[str, str, str]] = []
    for page, link in zip(pages, malformed_links(len(pages)), strict=True):
        query = "&".join(f"{quote(name)}={quote(value)}" if value else quote(name) for name, value in link)
        with Session(server.url, page=page) as session:
            run = session.run(query=query)
        failed.extend((page, query[:80], error.message) for kind, error in run.elements if kind == "exception")
        if not run.elements:
            failed.append((page, query[:80], "nothing was drawn"))
    assert failed == []
    assert "Traceback" not in server.output()


def test_foreign_page_gets_no_session(server: Server) -> None:
    with pytest.raises(InvalidStatus, match="403"), connect(_stream(server.url), origin=FOREIGN):
        pass


def test_another_server_on_this_machine_gets_no_session(server: Server) -> None:
    """A browser sends it the same cookies: they know no ports."""
    with pytest.raises(InvalidStatus, match="403"), connect(_stream(server.url), origin=Origin("http://127.0.0.1:1")):
        pass


def test_foreign_name_pointed_at_this_machine_gets_nothing(server: Server) -> None:
    """DNS rebinding: the browser takes page and app for one origin; only the name gives it away."""
    refused = get(f"{server.url}/", headers={"Host": "elsewhere.example"})
    assert (refused.status, b"--server.allowedHosts" in refused.body) == (403, True)
    port = int(server.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as here:
        url = _stream(f"{FOREIGN}:{port}")
        with pytest.raises(InvalidStatus, match="403"), connect(url, sock=here, origin=Origin(f"{FOREIGN}:{port}")):
            pass


@pytest.mark.needs_a_server
def test_listening_beyond_this_machine_is_refused() -> None:
    """The server's command line ends by itself."""
    refused = subprocess.run(
        command("--server.port", str(free_port())),
        env={**os.environ, "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert refused.returncode == REFUSED
    assert "不能监听 0.0.0.0；请改用 --server.address 127.0.0.1" in refused.stderr
    assert "must not listen on 0.0.0.0; use --server.address 127.0.0.1" in refused.stderr


def test_a_start_that_would_not_be_safe_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: "full" if name == "client.showErrorDetails" else told(name))
    try:
        with pytest.raises(SystemExit) as refused:
            runpy.run_path(str(ROOT / "app.py"))
    finally:
        gc.enable()  # which the start of the program does without
    assert refused.value.code == REFUSED
    assert "client.showErrorDetails 被设为 full" in capsys.readouterr().err


def test_address_is_printed(server: Server) -> None:
    assert server.url in server.output()
    assert "You can now view" not in server.output()


def _stream(url: str) -> str:
    """The address of the websocket."""
    return f"{url.replace('http', 'ws', 1)}/_stcore/stream"
