"""The nginx configuration of docs/deploy in front of two processes of the real app: a browser signs in over TLS, what
only a proxy may say is not taken from a browser, each session stays with one process."""

import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import make_url, select

from data_access.access import accounts
from data_access.access.account_event import NOBODY, TRIED, account_event
from data_access.access.sessions import Sessions
from data_access.access.users import make_user
from data_access.ledger.ledger import Ledger
from pages.shell.identity import COOKIE
from tests.conftest import OpenPage
from tests.support.browser import wait_until_idle
from tests.support.ports import free_port
from tests.support.server import ROOT, get, running_server
from tests.support.sessions import Session

CONFIGURATION = ROOT / "docs" / "deploy" / "nginx.conf"
NAME = "localhost"
OWN = "correct horse battery"

MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    client_body_buffer_size 1m;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/household.conf;
}}
"""


@dataclass(frozen=True)
class Board:
    url: str
    """Where a browser finds it, over TLS."""
    plain: str
    """Where a browser that does not speak TLS is sent on."""
    apps: tuple[str, str]
    """Where nginx finds its processes."""
    password: str
    """The first one of the account `zhang`."""
    ledger: str
    certificate: Path


@pytest.fixture(scope="module")
def board(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """The app behind nginx with the configuration as it is but for its name, ports and certificate."""
    folder = tmp_path_factory.mktemp("nginx")
    ledger_url = f"sqlite:///{(folder / 'ledger.sqlite').as_posix()}"
    ledger = Ledger(make_url(ledger_url))
    password = accounts.add_account(
        ledger, user_id="zhang", label="张三", role="leader", places=(), recorded_by="管理员"
    )
    ledger.dispose()
    environment = {
        "HOUSEHOLD_DATABASE_URL": sample_url,
        "LEDGER_DATABASE_URL": ledger_url,
        "SIGN_IN": "local",
        "BEHIND_TLS_PROXY": "1",
    }
    with ExitStack() as stack:
        started = [running_server(env=environment, options=("--server.allowedHosts", NAME)) for _ in range(2)]
        one, other = (stack.enter_context(each).url for each in started)
        port, plain = free_port(), free_port()
        _configure(folder, apps=(one, other), port=port, plain=plain)
        process = subprocess.Popen([_nginx(), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
        try:
            _wait(f"https://{NAME}:{port}/healthz", process)
            yield Board(
                f"https://{NAME}:{port}",
                plain=f"http://127.0.0.1:{plain}",
                apps=(one, other),
                password=password,
                ledger=ledger_url,
                certificate=folder / "board.pem",
            )
        finally:
            process.terminate()
            process.wait(timeout=10)


def _nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.fail("nginx is not on this machine: run `make system`", pytrace=False)
    return found


def _configure(folder: Path, *, apps: tuple[str, str], port: int, plain: int) -> None:
    certificate: list[str | Path] = [
        "-keyout",
        folder / "board.key",
        "-out",
        folder / "board.pem",
        "-days",
        "2",
        "-subj",
        f"/CN={NAME}",
        "-addext",
        f"subjectAltName=DNS:{NAME}",
    ]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *certificate], check=True)
    text = CONFIGURATION.read_text(encoding="utf-8")
    for said, here in (
        ("household.example", NAME),
        ("/etc/ssl/household", str(folder)),
        (f"    {_process('127.0.0.1:8501')}\n", "".join(f"    {_process(app)}\n" for app in apps)),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
    ):
        assert said in text, said
        text = text.replace(said, here)
    (folder / "household.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")


def _process(address: str) -> str:
    """A line of the configuration."""
    return f"server {address.removeprefix('http://')} max_fails=0;"


def _wait(url: str, process: subprocess.Popen) -> None:
    for _ in range(100):
        assert process.poll() is None, "nginx does not take the configuration"
        with suppress(OSError):
            ask(url)
            return
        time.sleep(0.1)
    raise TimeoutError(url)


def _anybody() -> ssl.SSLContext:
    """Takes every certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class _AsItComes(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a way to go."""

    def redirect_request(self, *_: object) -> None:
        return None


def ask(url: str, *, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer, whoever signed the certificate."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=_anybody()), _AsItComes)
    try:
        reply = opener.open(urllib.request.Request(url, data=data, headers=told), timeout=120)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        return reply.status, {name.lower(): value for name, value in reply.headers.items()}


def test_a_browser_signs_in_over_tls_and_sees_the_board(board: Board, open_page: OpenPage) -> None:
    origin, first = board.url, board.password
    page, recorder = open_page(origin, locale="zh-CN", ignore_https_errors=True)
    page.goto(f"{origin}/rulebook")
    expect(page).to_have_url(f"{origin}/sign-in?next=/rulebook")
    page.locator("input[name=user]").fill("zhang")
    page.locator("input[name=password]").fill(first)
    page.get_by_role("button").click()
    page.locator("input[name=password]").fill(first)
    page.locator("input[name=new]").fill(OWN)
    page.locator("input[name=again]").fill(OWN)
    page.get_by_role("button").click()
    page.wait_for_url(f"{origin}/**")
    wait_until_idle(page)
    expect(page.get_by_text("风险规则（加分）").first).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if one["name"] == "household_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", True)
    assert recorder.foreign() == []
    assert recorder.policy_violations() == []


def test_no_header_in_which_a_browser_could_name_itself_is_passed_on() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    written = dict(re.findall(r"proxy_set_header\s+(\S+)\s+(\S+);", text))
    empty = {name for name, value in written.items() if value == '""'}
    assert {"Forwarded", "X-Forwarded-Host", "X-Real-IP", "X-Streamlit-User"} <= empty
    assert (written["X-Forwarded-Proto"], written["X-Forwarded-For"]) == ("https", "$remote_addr")


def test_a_browser_is_sent_on_to_the_declared_name_alone(board: Board) -> None:
    for host in (NAME, "elsewhere.example", "elsewhere.example:8080"):
        status, headers = ask(f"{board.plain}/x?y=1", Host=host)
        assert (status, headers["location"]) == (301, f"https://{NAME}/x?y=1")


def test_an_undeclared_name_is_refused_over_tls(board: Board) -> None:
    assert ask(f"{board.url}/healthz", Host="elsewhere.example")[0] == 421


def test_only_ciphers_with_forward_secrecy_are_spoken(board: Board) -> None:
    host = board.url.removeprefix("https://")
    command = ["openssl", "s_client", "-connect", host, "-tls1_2", "-cipher"]
    spoken = {
        cipher: subprocess.run(
            [*command, cipher], stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
        for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA")
    }
    assert spoken == {"ECDHE-RSA-AES128-GCM-SHA256": 0, "AES256-GCM-SHA384": 1, "AES128-SHA": 1}


def test_only_an_upload_may_be_large(board: Board) -> None:
    large = bytes(200_000)
    assert ask(f"{board.url}/sign-in", data=large, Origin=board.url)[0] == 413
    status, headers = ask(f"{board.url}/_stcore/upload_file/none/none", data=large, Origin=board.url)
    assert (status, "content-security-policy" in headers) == (404, True), "the board itself answered"


def test_one_address_gets_no_more_than_its_share(board: Board) -> None:
    """Four uploads that never end leave no room for a fifth."""
    host, port = board.url.removeprefix("https://").split(":")
    begun = f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 9\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(4):
            plain = stack.enter_context(socket.create_connection((host, int(port))))
            stack.enter_context(_anybody().wrap_socket(plain, server_hostname=host)).sendall(begun)
        answers = {ask(f"{board.url}/_stcore/upload_file/a/b", data=b"x", Origin=board.url)[0] for _ in range(20)}
    assert 429 in answers


def test_the_proxy_adds_its_headers_and_passes_none_of_a_browser(board: Board) -> None:
    origin = board.url
    status, headers = ask(f"{origin}/healthz", X_Forwarded_Proto="http", X_Streamlit_User="somebody")
    assert status == 200
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "content-security-policy" in headers
    assert headers["server"] == "nginx", "no version"
    _, told = ask(f"{origin}/_stcore/health", X_Forwarded_Proto="http")
    assert "; Secure" in told["set-cookie"], "the browser's word for the way it came counts nothing"


@pytest.fixture
def manager(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    """Begins sessions of somebody who may do everything; the certificate of the board is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(board.certificate))
    ledger = Ledger(make_url(board.ledger))
    yield Sessions(ledger)
    ledger.dispose()


def test_a_session_stays_with_one_process_and_all_together_use_both(board: Board, manager: Sessions) -> None:
    """Its pages, uploads and built files are in the memory of that process, and its limits are counted there."""
    used: set[tuple[str, ...]] = set()
    for number in range(20):
        secret = f"secret {number}"
        manager.start(secret, make_user(user_id="wang", label="王五", role="manager", places=()))
        with Session(board.url, page="imports", cookie=f"{COOKIE}={secret}") as session:
            [file] = {found.decode() for found in re.findall(rb"/media/\w+\.png", session.run(query="lang=zh").raw)}
            session.upload("imports_upload", "人员.csv", "户编号\nH1\n".encode())
            assert session.run(query="lang=zh").errors == []
            cookie = session.cookie
            assert [ask(f"{board.url}{file}", Cookie=cookie)[0] for _ in range(5)] == [200] * 5
            knows = tuple(app for app in board.apps if get(f"{app}{file}", headers={"Cookie": cookie}).status == 200)
        assert len(knows) == 1
        used.add(knows)
        if len(used) == 2:
            break
    assert used == {(app,) for app in board.apps}
    manager.end(secret)
    assert [_is_in(app, secret, manager) for app in board.apps] == [False, False]


def _is_in(app: str, secret: str, sessions: Sessions) -> bool:
    """Whether a process still takes somebody for signed in, once it has had time to look again."""
    give_up = time.monotonic() + 30
    while get(f"{app}/media/x", headers={"Cookie": f"{COOKIE}={secret}"}).status != 404:
        if time.monotonic() > give_up:
            return True
    return False


def test_wrong_tries_at_both_processes_at_once_count_together(board: Board) -> None:
    ledger = Ledger(make_url(board.ledger))
    password = accounts.add_account(ledger, user_id="li", label="李四", role="leader", places=(), recorded_by="管理员")
    ledger.dispose()

    def tried(app: str, password: str) -> str:
        form = {"user": "li", "password": password}
        return httpx.post(f"{app}/sign-in", data=form, headers={"Origin": app, "X-Forwarded-For": "10.0.0.7"}).text

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: tried(board.apps[number % 2], "wrong"), range(6)))
    assert ['name="new"' in tried(app, password) for app in board.apps] == [False, False], "it is locked at both"


def test_where_a_wrong_try_came_from_is_what_the_proxy_saw(board: Board) -> None:
    said = {"Origin": board.url, "X-Forwarded-For": "8.8.8.8"}
    with httpx.Client(verify=False) as client:
        reply = client.post(f"{board.url}/sign-in", data={"user": "nobody", "password": "x"}, headers=said)
    assert reply.status_code == 403
    ledger = Ledger(make_url(board.ledger))
    of_nobody = (account_event.c.what == TRIED, account_event.c.user_id == NOBODY)
    tries = ledger.read(select(account_event.c.address).where(*of_nobody))
    assert set(tries["address"]) == {"127.0.0.1"}
    ledger.dispose()


def test_cookies_are_secure_where_the_way_to_the_browser_is(board: Board) -> None:
    behind = {"X-Forwarded-Proto": "https"}
    assert "; Secure" in get(f"{board.apps[0]}/_stcore/health", headers=behind).headers["set-cookie"]
    assert "; Secure" not in get(f"{board.apps[0]}/_stcore/health").headers["set-cookie"]
