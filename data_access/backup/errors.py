"""What can prevent a backup or a restore, as sentences for the command line."""

from pathlib import Path

from data_access.errors import WordedError


class BackupError(WordedError):
    """A backup cannot be made, is damaged, or must not be restored here."""

    texts = Path(__file__).with_suffix(".yaml")
