"""Signing in with a real browser: by a local account, and by a real OpenID Connect provider in a process of its own."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import make_url, select
from streamlit import file_util

from data_access.access import accounts
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from tests.conftest import OpenPage, StartServer
from tests.support.browser import wait_until_idle
from tests.support.ports import free_port
from tests.support.server import Server, get, running_server

OWN = "correct horse battery"
CLAIMS = """
provider: gov
user_id: sub
label: name
role: {claim: groups, values: {fpb-look: leader, fpb-town: township}}
places: region
"""


FONTS = "[...document.fonts].map(font => `${font.family}: ${font.status}`)"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(make_url(f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}"))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The ledger of `board`."""
    made = Ledger(make_url(f"sqlite:///{(tmp_path_factory.mktemp('accounts') / 'ledger.sqlite').as_posix()}"))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def board(known: Ledger, sample_url: str) -> Iterator[Server]:
    """The app with accounts of its own."""
    with running_server(env=environment(known, sample_url, SIGN_IN="local")) as made:
        yield made


def environment(ledger: Ledger, sample_url: str, **more: str) -> dict[str, str]:
    url = ledger.engine.url.render_as_string(hide_password=False)
    return {"HOUSEHOLD_DATABASE_URL": sample_url, "LEDGER_DATABASE_URL": url, **more}


def events(ledger: Ledger) -> list[str]:
    return ledger.read(select(audit_entry.c.event).order_by(audit_entry.c.record_id))["event"].tolist()


def test_a_local_account_signs_in_sees_its_township_and_signs_out(
    board: Server, open_page: OpenPage, known: Ledger
) -> None:
    told = {"user_id": "zhang", "label": "张三", "role": "township", "places": ("610902107",)}
    first = accounts.add_account(known, **told, recorded_by="管理员")  # type: ignore[arg-type]
    page, recorder = open_page(board.url, locale="zh-CN")
    page.goto(f"{board.url}/warnings?part=rules")
    expect(page).to_have_url(f"{board.url}/sign-in?next=/warnings%3Fpart%3Drules")
    _send(page, user="zhang", password=first)
    expect(page.get_by_role("alert")).to_contain_text("首次登录须修改口令")
    _send(page, password=first, new=OWN, again=OWN)
    page.wait_for_url(f"{board.url}/warnings?part=rules**")
    wait_until_idle(page)
    page.get_by_role("button", name="张三").click()
    expect(page.get_by_text("恒口镇").last).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if one["name"] == "household_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    page.goto(f"{board.url}/")
    expect(page).to_have_url(f"{board.url}/sign-in?next=/")
    assert [kind for kind in events(known) if kind.startswith("signed")] == ["signed_in", "signed_out"]
    assert recorder.foreign() == []
    assert recorder.policy_violations() == []


def test_without_a_session_no_file_and_no_form_from_elsewhere_is_served(board: Server) -> None:
    assert get(f"{board.url}/media/0123.csv").status == 404
    assert get(f"{board.url}/sign-in", method="POST").status == 403, "no Origin"
    elsewhere = {"Origin": "http://elsewhere.test", "Content-Type": "application/x-www-form-urlencoded"}
    assert get(f"{board.url}/sign-in", method="POST", headers=elsewhere).status == 403
    form = get(f"{board.url}/sign-in?next=//elsewhere.test/x").body.decode()
    assert 'name="next" type="hidden" value="/"' in form
    assert "frame-ancestors 'none'" in get(f"{board.url}/sign-in").headers["content-security-policy"]


def test_without_a_session_the_fonts_of_the_screen_are_served(board: Server) -> None:
    fonts = list(Path(file_util.get_static_dir(), "static", "media").glob("MaterialSymbols*"))
    assert [get(f"{board.url}/static/media/{font.name}").status for font in fonts] == [200]


def test_a_provider_vouches_for_somebody_whose_session_ends_on_the_server(
    start_server: StartServer, open_page: OpenPage, ledger: Ledger, sample_url: str, tmp_path: Path
) -> None:
    claims = {"sub": "wang", "name": "王五", "groups": ["fpb-look"]}
    with _provider(claims) as provider:
        port = free_port()
        (tmp_path / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
            f'[auth.gov]\nclient_id = "board"\nclient_secret = "secret"\n'
            f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        server = start_server(
            "--secrets.files",
            str(secrets),
            port=port,
            env=environment(ledger, sample_url, SIGN_IN="oidc", SIGN_IN_CLAIMS=str(tmp_path / "claims.yaml")),
        )  # fmt: skip
        origin = f"http://127.0.0.1:{port}"
        page, _ = open_page(origin, locale="zh-CN")
        page.goto(f"{origin}/")
        expect(page).to_have_url(f"{origin}/sign-in/provider")
        page.get_by_role("button", name="登录").click()
        page.get_by_role("button", name="wang").click()
        page.wait_for_url(f"{origin}/**")
        wait_until_idle(page)
        expect(page.get_by_role("button", name="王五")).to_be_visible()
        assert [font for font in page.evaluate(FONTS) if "Material" in font] == ["Material Symbols Rounded: loaded"]
        assert server.process.poll() is None
        old = page.context.cookies()
        page.get_by_role("button", name="王五").click()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url(
            re.compile("/oauth2/end_session.*id_token_hint="), wait_until="commit"
        )  # its style is elsewhere
        page.context.clear_cookies()
        page.context.add_cookies(old)  # type: ignore[arg-type]  # what a thief would have kept, and one cookie more
        page.context.add_cookies([{"name": "_streamlit_user_9", "value": "x", "url": origin}])
        page.goto(f"{origin}/")
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="退出统一身份平台")).to_be_visible()
        assert page.get_by_role("button", name="王五").count() == 0
    assert [kind for kind in events(ledger) if kind.startswith("signed")] == ["signed_in", "signed_out"]


def _send(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button").click()


@contextmanager
def _provider(claims: Mapping[str, object]) -> Iterator[str]:
    """A real provider that vouches for one person."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--user-claims", json.dumps(claims)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_000):
            try:
                get(f"{url}/.well-known/openid-configuration")
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)
