"""What must be right before the server starts: a setting that is unsafe or unknown ends the start, with the remedy."""

import sys

from streamlit.auth_util import get_secrets_auth_section

from data_access.access import sign_in
from data_access.problems import AccessProblemError
from pages.components.server.local_only import REFUSED
from pages.components.texts import in_all_languages

SHORTEST_COOKIE_SECRET = 32
"""Letters of the secret with which Streamlit signs its sign-in cookie."""


def refuse_unsafe_settings() -> None:
    """Leave the process where people could not sign in safely: an unknown way, no map of claims, a weak secret."""
    try:
        check_settings()
    except AccessProblemError as problem:
        print(in_all_languages(f"problem.{problem.key}", **problem.details), file=sys.stderr, flush=True)
        sys.exit(REFUSED)


def check_settings() -> None:
    """Raises AccessProblemError for settings of sign-in that are not usable or not safe."""
    if sign_in.mode() != sign_in.OIDC:
        return
    sign_in.load_claims_map()
    section = get_secrets_auth_section()
    if not section:
        raise AccessProblemError("access_no_auth_section")
    if len(str(section.get("cookie_secret", ""))) < SHORTEST_COOKIE_SECRET:
        raise AccessProblemError("access_weak_cookie_secret", shortest=str(SHORTEST_COOKIE_SECRET))
