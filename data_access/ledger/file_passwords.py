"""The passwords under which files went out, so that a form that comes back opens by itself. They are encrypted with the
key beside the ledger, and no page shows one again.
"""

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, String, select

from data_access.ledger.declaration import LONGEST_TEXT, record_table
from data_access.ledger.keys import Key
from data_access.ledger.ledger import Ledger
from data_access.scope import Scope

file_password = record_table(
    "file_password",
    "发出文件的一个口令（加密保存）",
    "a password of files that went out, encrypted",
    Column("about", String(LONGEST_TEXT), nullable=False, index=True, comment="下发、抽样编号 / handout, draw"),
    Column("sealed", String, nullable=False, comment="密文 / encrypted password"),
    action="export_lists",
)


def keep_password(ledger: Ledger, password: str, *, about: str, recorded_by: str, scope: Scope) -> None:
    """Keep the password of the files of a handout or draw; one that is kept already is not kept again. Raises
    LedgerError as `Ledger.append` does."""
    if password in read_passwords(ledger, about=(about,), scope=scope):
        return
    sealed = _cipher(ledger.keys[-1]).encrypt(password.encode()).decode()
    row = {"about": about, "sealed": sealed}
    ledger.append((file_password, [row]), recorded_by=recorded_by, scope=scope)


def read_passwords(ledger: Ledger, *, about: Sequence[str], scope: Scope) -> tuple[str, ...]:
    """The passwords of the files of some handouts or draws, the newest first; without those whose key is gone.

    Raises LedgerError, ScopeError for a reader who may not take files away.
    """
    scope.require("export_lists")
    query = select(file_password.c.sealed).where(file_password.c.about.in_(about))
    kept = ledger.read(query.order_by(file_password.c.record_id.desc()))["sealed"]
    keys = ledger.keys
    opened = (_opened(sealed, keys=keys) for sealed in kept)
    return tuple(dict.fromkeys(password for password in opened if password is not None))


def _opened(sealed: str, *, keys: Sequence[Key]) -> str | None:
    for key in reversed(keys):
        try:
            return _cipher(key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            continue
    return None


def _cipher(key: Key) -> Fernet:
    """A key of its own, made from that of the ledger: what signs does not encrypt."""
    return Fernet(base64.urlsafe_b64encode(hmac.digest(key.secret, b"passwords of files", "sha256")))
