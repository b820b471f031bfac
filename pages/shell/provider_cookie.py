"""What an identity provider said at sign-in, as Streamlit signed it into its cookie.

A sign-in is known by what was signed, never by how the cookie is written: a signature can be written in several ways,
and anybody may send cookies besides.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data_access.access.settings import setting

DEFAULT_PROVIDER = "default"
"""What Streamlit calls the only provider of `secrets.toml`."""

_AT_ONCE = timedelta(seconds=1)
"""Parts of one sign-in are signed at once; parts of two, put together, would make a third."""


def read(cookies: Mapping[str, str]) -> dict[str, Any] | None:
    """The claims of a sign-in; None if this server did not sign them, if they are older than a session may be, or put
    together from several."""
    longest = setting("sessions", "longest_hours") * 3600
    signed: list[datetime] = []

    def part(name: str) -> bytes | None:
        try:
            signer = URLSafeTimedSerializer(get_cookie_secret(), salt=name)
            value, at = signer.loads(cookies.get(name, ""), max_age=longest, return_timestamp=True)
        except BadData:
            return None
        signed.append(at)
        return value.encode() if isinstance(value, str) else None

    whole = get_cookie_with_chunks(part, USER_COOKIE_NAME)
    if whole is None or max(signed) - min(signed) > _AT_ONCE:
        return None
    try:
        claims = json.loads(whole)
    except ValueError:
        return None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else None


def key(claims: Mapping[str, Any]) -> str:
    """By what a sign-in is known: its claims, among them who vouched for whom and when."""
    return hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()
