"""Signing in with a real browser: by a local account, and by a real OpenID Connect provider in a process of its own."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import make_url, select
from streamlit import file_util

from data_access.access import accounts
from data_access.ledger.audit_chain import audit_entry
from data_access.ledger.ledger import Ledger
from tests.conftest import OpenPage, StartServer
from tests.e2e.conftest import Board
from tests.support.browser import wait_until_idle
from tests.support.ports import free_port
from tests.support.server import get
from tests.support.worlds import TOWNSHIPS

OWN = "correct horse battery"
CLAIMS = """
provider: gov
user_id: sub
label: name
role: {claim: groups, values: {fpb-look: leader, fpb-town: township}}
places: region
"""


FONTS = "[...document.fonts].map(font => `${font.family}: ${font.status}`)"


def events(ledger: Ledger) -> list[str]:
    return ledger.read(select(audit_entry.c.event).order_by(audit_entry.c.record_id))["event"].tolist()


def test_a_local_account_signs_in_sees_its_township_and_signs_out(board: Board, open_page: OpenPage) -> None:
    """By a deep link, and often as the very first visitor."""
    url = board.server.url
    told = {"user_id": "zhang", "label": "张三", "role": "township", "places": (TOWNSHIPS[0],)}
    first = accounts.add_account(board.ledger, **told, recorded_by="管理员")  # type: ignore[arg-type]
    before = len(events(board.ledger))
    page, recorder = open_page(url, locale="zh-CN")
    page.goto(f"{url}/warnings?part=rules")
    expect(page).to_have_url(f"{url}/sign-in?next=/warnings%3Fpart%3Drules")
    _send(page, user="zhang", password=first)
    expect(page.get_by_role("alert")).to_contain_text("首次登录须修改口令")
    _send(page, password=first, new=OWN, again=OWN)
    page.wait_for_url(f"{url}/warnings?part=rules**")
    wait_until_idle(page)
    expect(page).to_have_title(f"预警 · 镇{TOWNSHIPS[0]} · 防返贫监测")
    expect(page.get_by_test_id("stTopNavSection").first).to_be_visible()
    page.get_by_role("button", name="张三").click()
    expect(page.get_by_text(f"镇{TOWNSHIPS[0]}").last).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if one["name"] == "household_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    page.goto(f"{url}/")
    expect(page).to_have_url(f"{url}/sign-in?next=/")
    assert [kind for kind in events(board.ledger)[before:] if kind.startswith("signed")] == ["signed_in", "signed_out"]
    assert recorder.foreign() == []
    assert recorder.policy_violations() == []


def test_without_a_session_no_file_and_no_form_from_elsewhere_is_served(board: Board) -> None:
    assert get(f"{board.server.url}/media/0123.csv").status == 404
    assert get(f"{board.server.url}/sign-in", method="POST").status == 403, "no Origin"
    elsewhere = {"Origin": "http://elsewhere.test", "Content-Type": "application/x-www-form-urlencoded"}
    assert get(f"{board.server.url}/sign-in", method="POST", headers=elsewhere).status == 403
    form = get(f"{board.server.url}/sign-in?next=//elsewhere.test/x").body.decode()
    assert 'name="next" type="hidden" value="/"' in form
    assert "frame-ancestors 'none'" in get(f"{board.server.url}/sign-in").headers["content-security-policy"]


def test_without_a_session_the_fonts_of_the_screen_are_served(board: Board) -> None:
    fonts = list(Path(file_util.get_static_dir(), "static", "media").glob("MaterialSymbols*"))
    assert [get(f"{board.server.url}/static/media/{font.name}").status for font in fonts] == [200]


def test_a_provider_vouches_for_somebody_whose_session_ends_on_the_server(
    start_server: StartServer, open_page: OpenPage, three_townships: str, tmp_path: Path
) -> None:
    ledger = Ledger(make_url(f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"))
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
            env={
                "HOUSEHOLD_DATABASE_URL": three_townships,
                "LEDGER_DATABASE_URL": str(ledger.engine.url),
                "SIGN_IN": "oidc",
                "SIGN_IN_CLAIMS": str(tmp_path / "claims.yaml"),
            },
        )
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
    ledger.dispose()


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
