"""A keyed hash for what the audit record must recognise without knowing it: whoever reads the record, or steals the
ledger, cannot try out which telephone number a hash stands for."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from data_access.errors import LedgerError
from data_access.ledger.ledger import DEFAULT_FILE, ledger_url

KEY_FILE = "LEDGER_KEY_FILE"
"""The variable that names the file of the key; by default it lies beside the ledger in SQLite."""

_BYTES = 32


def keyed_hash(text: str) -> str:
    """The hash of a text under the ledger's key. Raises LedgerError when the key can be neither read nor made."""
    return hmac.new(_key(), text.encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    """The key; made where there is none yet, readable by the service alone."""
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        return file.read_bytes()
    except OSError as error:
        raise LedgerError("ledger_key_unreadable", file=str(file), variable=KEY_FILE, reason=str(error)) from error


def _make(file: Path) -> None:
    """Written under another name first: whoever comes at the same moment finds the whole key or none."""
    with NamedTemporaryFile(dir=file.parent, prefix=file.name) as new:  # readable by its owner alone
        new.write(secrets.token_bytes(_BYTES))
        new.flush()
        with suppress(FileExistsError):
            os.link(new.name, file)


def _file() -> Path:
    named = os.environ.get(KEY_FILE)
    if named:
        return Path(named)
    url = ledger_url()
    own = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return (Path(str(url.database)) if own else DEFAULT_FILE).with_suffix(".key")
