"""What must be right before the server starts: an unsafe or unknown setting, or a broken declared file, stops the start
with a remedy."""

import os
import sys

from streamlit import config
from streamlit.auth_util import get_secrets_auth_section

from data_access.access import sign_in
from data_access.access.sign_in import ClaimsError
from data_access.declarations import DeclarationError
from data_access.errors import AccessError
from data_access.registry import read_declarations
from pages.server.forwarded import PROXY_VARIABLE
from pages.server.local_only import LOCAL_ADDRESSES, REFUSED
from pages.server.signed_in_only import OWNER
from pages.shell.texts import in_all_languages

SAFE = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.disableDataExport": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.trustedUserHeaders": {OWNER: "board_session"},
}
"""Options that protect people's data, as set in .streamlit/config.toml: the command line could override them."""

SHORTEST_COOKIE_SECRET = 32
"""Minimum length of the secret with which Streamlit signs its sign-in cookie, in characters."""


def refuse_unsafe_settings() -> None:
    """End the process where people could not sign in safely: an unknown method, no map of claims, a weak secret."""
    try:
        check_settings()
    except AccessError as error:
        said = error if isinstance(error, ClaimsError) else in_all_languages(f"error.{error.key}", **error.details)
        print(said, file=sys.stderr, flush=True)
        sys.exit(REFUSED)


def refuse_broken_declarations() -> None:
    """End the process if a declared file (rules, codes, limits …) is unusable: which one, where, what to do."""
    try:
        read_declarations()
    except DeclarationError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(REFUSED)


def check_settings() -> None:
    """Raises AccessError for settings that are not usable or not safe."""
    _check_options()
    _check_names()
    mode = sign_in.mode()
    if mode == sign_in.NOBODY:
        _check_alone()
    if mode == sign_in.OIDC:
        _check_provider()


def _check_options() -> None:
    for option, wanted in SAFE.items():
        told = config.get_option(option)
        if told != wanted:
            raise AccessError("access_unsafe_option", option=option, told=str(told), wanted=str(wanted))


def _check_names() -> None:
    """Under any name at all, a page elsewhere could point its own name at the board."""
    if "*" in (config.get_option("server.allowedHosts") or ["*"]):
        raise AccessError("access_any_name")


def _check_alone() -> None:
    """Where nobody signs in, no proxy may expose the board to others: anyone could then see every household."""
    hosts = set(config.get_option("server.allowedHosts"))
    if os.environ.get(PROXY_VARIABLE) == "1" or not hosts <= set(LOCAL_ADDRESSES):
        raise AccessError("access_single_user_published", hosts=", ".join(sorted(hosts)))


def _check_provider() -> None:
    sign_in.load_claims_map()
    section = get_secrets_auth_section()
    if not section:
        raise AccessError("access_no_auth_section")
    if len(str(section.get("cookie_secret", ""))) < SHORTEST_COOKIE_SECRET:
        raise AccessError("access_weak_cookie_secret", shortest=str(SHORTEST_COOKIE_SECRET))
