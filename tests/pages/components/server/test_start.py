"""What ends the start of the server: an address beyond this machine, a setting that is not safe. That the server asks:
tests/test_app.py."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit import config

from pages.server.local_only import REFUSED, refuse_public_address
from pages.server.start_check import SAFE, refuse_unsafe_settings

SetOption = Callable[[str, Any], None]


@pytest.fixture
def set_option() -> Iterator[SetOption]:
    """Sets options of Streamlit; as they were after the test. Without more they are those of .streamlit/config.toml."""
    names = ("server.address", "server.allowedHosts", *SAFE)
    usual = {name: config.get_option(name) for name in names}
    for name, value in ({"server.address": "127.0.0.1"} | SAFE).items():
        config.set_option(name, value)
    yield config.set_option
    for name, value in usual.items():
        config.set_option(name, value)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "127.0.0.2", None])
def test_an_address_beyond_this_machine_ends_the_start(
    set_option: SetOption, capsys: pytest.CaptureFixture[str], address: str | None
) -> None:
    set_option("server.address", address)
    with pytest.raises(SystemExit) as ended:
        refuse_public_address()
    assert ended.value.code == REFUSED
    told = capsys.readouterr().err
    assert f"不能监听 {address or '0.0.0.0'}；请改用 --server.address 127.0.0.1" in told
    assert f"must not listen on {address or '0.0.0.0'}; use --server.address 127.0.0.1" in told


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_an_address_of_this_machine_does_not(set_option: SetOption, address: str) -> None:
    set_option("server.address", address)
    refuse_public_address()


@pytest.mark.parametrize(
    ("options", "env", "said"),
    [
        ({}, {"BEHIND_TLS_PROXY": "1"}, "未设置登录"),
        ({"server.allowedHosts": ["board.example"]}, {}, "未设置登录"),
        ({"client.showErrorDetails": "full"}, {}, "client.showErrorDetails 被设为 full"),
        ({"client.disableDataExport": False}, {}, "client.disableDataExport 被设为 False"),
        ({"server.enableXsrfProtection": False}, {}, "server.enableXsrfProtection 被设为 False"),
        ({"server.enableCORS": False}, {}, "server.enableCORS 被设为 False"),
        ({"server.enableStaticServing": True}, {}, "server.enableStaticServing 被设为 True"),
        ({}, {"SIGN_IN": "somehow"}, "SIGN_IN"),
        ({}, {"SIGN_IN": "oidc"}, "SIGN_IN_CLAIMS"),
    ],
)
def test_a_setting_that_is_not_safe_ends_the_start(
    set_option: SetOption,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, Any],
    env: dict[str, str],
    said: str,
) -> None:
    set_option("server.allowedHosts", ["127.0.0.1"])
    for name, value in options.items():
        set_option(name, value)
    for name, text in env.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as ended:
        refuse_unsafe_settings()
    assert ended.value.code == REFUSED
    assert said in capsys.readouterr().err


def test_the_usual_settings_do_not(set_option: SetOption) -> None:
    set_option("server.allowedHosts", ["127.0.0.1"])
    refuse_unsafe_settings()
