"""The second factor of local accounts: a code of six digits from a telephone (TOTP, RFC 6238). `roles.yaml` says which
roles need one; it is set up at the first sign-in that asks for it.

Its secret is kept encrypted in the ledger. The key is in a file of its own that the service alone may read:
`SECOND_FACTOR_KEY_FILE` names it; by default it is beside a ledger in SQLite. It is in no backup.
"""

import os
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import select

from data_access.access.account_event import FACTOR, FACTOR_OFFERED, FACTOR_RESET, account_event, record
from data_access.access.settings import setting
from data_access.errors import AccessError
from data_access.ledger.keys import private_draft
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

KEY_VARIABLE = "SECOND_FACTOR_KEY_FILE"


def link(secret: str, *, user_id: str, issuer: str) -> str:
    """What the picture of a secret says to the camera of a telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_id, issuer_name=issuer)


def step_of(secret: str, code: str, *, newest: int | None) -> int | None:
    """The step of time that a code is for; None for a wrong one and for one not newer than that used last."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())  # digits in full width, and in two groups of three
    if not (typed.isascii() and typed.isdigit()):
        return None
    off = setting("second_factor", "steps_off")
    with suppress(OTPVerificationError):
        now = datetime.now(UTC).timestamp()
        step = pyotp.TOTP(secret).verify_and_get_timecode(typed, for_time=now, valid_window=off)
        return step if newest is None or step > newest else None
    return None


class SecondFactors:
    """The second factors of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def offer(self, *, user_id: str) -> str:
        """A new secret for a user whose password was right. Raises AccessError without the key, LedgerError."""
        secret = pyotp.random_base32()
        record(self._ledger, user_id, FACTOR_OFFERED, recorded_by=user_id, factor=self._sealed(secret, user_id=user_id))
        return secret

    def was_offered(self, secret: str, *, user_id: str) -> bool:
        """Whether a secret was offered to a user a short while ago, with no reset since. Raises as `offer` does."""
        since = datetime.now(UTC) - timedelta(minutes=setting("second_factor", "offered_minutes"))
        query = select(*account_event.c["what", "factor"]).where(account_event.c.user_id == user_id)
        query = query.where(
            account_event.c.what.in_([FACTOR_OFFERED, FACTOR_RESET]), account_event.c.recorded_at > since
        )
        offers: list[str] = []
        for row in self._ledger.read(query.order_by(account_event.c.record_id)).to_dict("records"):
            offers = [*offers, row["factor"]] if row["what"] == FACTOR_OFFERED else []
        return secret in [self.secret_of(sealed, user_id=user_id) for sealed in offers]

    def set_up(self, secret: str, *, user_id: str, step: int, recorded_by: str) -> str:
        """Record that a secret is a user's second factor, its first code being used; returns it as it is kept.

        Raises as `offer` does.
        """
        kept = self._sealed(secret, user_id=user_id)
        record(self._ledger, user_id, FACTOR, recorded_by=recorded_by, audited="factor_set_up", factor=kept, step=step)
        return kept

    def reset(self, *, user_id: str, recorded_by: str, scope: Scope) -> None:
        """Forget a user's second factor: it is set up anew at the next sign-in.

        Raises ScopeError for whoever may not, AccessError for an account without one, LedgerError.
        """
        with self._ledger.refusals_noted(recorded_by=recorded_by):
            scope.require("manage_sign_in")
            query = select(account_event.c.what).where(account_event.c.user_id == user_id)
            held = self._ledger.read(
                query.where(account_event.c.what.in_([FACTOR, FACTOR_RESET])).order_by(account_event.c.record_id)
            )
            if held.empty or held["what"].iloc[-1] != FACTOR:
                raise AccessError("access_no_factor", user=user_id[:40])
        record(self._ledger, user_id, FACTOR_RESET, recorded_by=recorded_by, audited="factor_reset")

    def key_file(self) -> Path:
        """Where the key is. Raises AccessError where nothing says so."""
        named, url = os.environ.get(KEY_VARIABLE), self._ledger.engine.url
        if named:
            return Path(named)
        if url.get_backend_name() != "sqlite":
            raise AccessError("access_factor_key_unnamed", variable=KEY_VARIABLE)
        return Path(str(url.database)).with_suffix(".factor.key")

    def secret_of(self, sealed: str, *, user_id: str) -> str:
        """A user's secret, from what the ledger keeps. Raises AccessError where the key is missing or another one."""
        try:
            name, _, secret = self._cipher().decrypt(sealed).decode().partition(":")
        except InvalidToken as error:
            raise AccessError("access_factor_key", file=str(self.key_file()), variable=KEY_VARIABLE) from error
        if name != user_id:
            raise AccessError("access_factor_key", file=str(self.key_file()), variable=KEY_VARIABLE)
        return secret

    def _sealed(self, secret: str, *, user_id: str) -> str:
        # The name is part of it: a secret copied to another account does not open.
        return self._cipher().encrypt(f"{user_id}:{secret}".encode()).decode()

    def _cipher(self) -> Fernet:
        file = self.key_file()
        try:
            if not file.exists():
                self._make_key(file)
            return Fernet(file.read_bytes().strip())
        except (OSError, ValueError) as error:
            raise AccessError("access_factor_key", file=str(file), variable=KEY_VARIABLE) from error

    def _make_key(self, file: Path) -> None:
        """Make the key at the first use. Raises AccessError where it is missing though secrets are kept with it."""
        query = select(*account_event.c["user_id", "what"]).where(account_event.c.what.in_([FACTOR, FACTOR_RESET]))
        newest = self._ledger.read(query.order_by(account_event.c.record_id)).groupby("user_id")["what"].last()
        if newest.eq(FACTOR).any():
            raise AccessError("access_factor_key", file=str(file), variable=KEY_VARIABLE)
        with private_draft(file, f"{Fernet.generate_key().decode()}\n") as draft, suppress(FileExistsError):
            os.link(draft, file)  # fails where another process was first
