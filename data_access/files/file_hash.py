"""What distinguishes one file from another."""

import hashlib
from pathlib import Path


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's content, read in chunks. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
