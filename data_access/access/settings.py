"""Times and limits of sign-in, unmasking and the audit record, as declared in `settings.yaml`."""

from functools import cache
from pathlib import Path

from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("settings.yaml")


@cache
def load_settings() -> dict[str, dict[str, int]]:
    """Every setting by its part and key."""
    return read_yaml(_FILE)


def setting(part: str, key: str) -> int:
    """One setting. Raises KeyError where it is not declared."""
    return load_settings()[part][key]
