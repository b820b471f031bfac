"""What can stand in the way of a backup or a restore, as sentences of its command line."""

from functools import cache
from pathlib import Path

from data_access.problems import ProblemError
from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_suffix(".yaml")


class BackupProblemError(ProblemError):
    """A backup cannot be made, is damaged, or must not be restored here. `key` is one of `problems.yaml`."""

    def text(self, language: str) -> str:
        """What, where, and what to do."""
        return backup_texts()[self.key][language].format(**self.details)


@cache
def backup_texts() -> dict[str, dict[str, str]]:
    """Every sentence by its key and language."""
    return read_yaml(_FILE)
