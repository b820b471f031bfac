"""The key of the audit record: who can write the ledger's file still cannot write an entry that holds.

It stands in a file of its own that the service alone may read, and in no backup. `LEDGER_KEY_FILE` names the file; by
default it stands beside a ledger in SQLite, and beside the program for one on a server. The file holds the keys of the
ledger one a line, the newest last: what was signed with an older one is still verified with it.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL

from data_access.ledger.record_error import RecordError

VARIABLE = "LEDGER_KEY_FILE"

FOLDER = Path(__file__).parents[2] / "ledger"
"""Where the files of this program's own ledger stand unless the environment names others."""

_BYTES = 32


@dataclass(frozen=True)
class Key:
    """One key; it never shows itself."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """What entries call it by; the key cannot be guessed from it."""
        return hashlib.sha256(b"key of an audit record" + self.secret).hexdigest()[:16]

    def sign(self, content: bytes) -> str:
        """The keyed hash (HMAC-SHA256) of something."""
        return hmac.digest(self.secret, content, "sha256").hex()

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether a signature is this key's."""
        return hmac.compare_digest(self.sign(content), signature)


def new_key() -> Key:
    """A random key."""
    return Key(secrets.token_bytes(_BYTES))


def key_file(url: URL) -> Path:
    """Where the keys of a ledger stand."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database)).with_suffix(".key")
    return FOLDER / f"{url.database}.key"


def load_keys(file: Path) -> tuple[Key, ...]:
    """The keys in a file, the oldest first; none where there is no file.

    Raises RecordError if it cannot be read, holds no keys, or is open to others.
    """
    try:
        text = file.read_text(encoding="ascii")
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise RecordError("key_open_to_others", file=str(file))
        found = tuple(Key(bytes.fromhex(line)) for line in text.split())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise RecordError("key_unreadable", file=str(file), reason=str(error)) from error
    if not found or any(len(key.secret) != _BYTES for key in found):
        raise RecordError("key_unreadable", file=str(file), reason=f"{_BYTES * 2} hexadecimal digits a line")
    return found


def keep_keys(file: Path, keys: Sequence[Key]) -> None:
    """Write the keys into their file, whole or not at all. Raises RecordError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with private_draft(file, "".join(f"{key.secret.hex()}\n" for key in keys)) as draft:
            draft.replace(file)
    except OSError as error:
        raise RecordError("key_not_kept", file=str(file), variable=VARIABLE, reason=str(error)) from error


@contextmanager
def private_draft(file: Path, text: str) -> Iterator[Path]:
    """A text on the disk beside a file, for the service alone; it is gone at the end unless it was put in its place."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
