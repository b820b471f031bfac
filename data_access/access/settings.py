"""Times and limits of sign-in, unmasking and the audit record, as declared in `settings.yaml`."""

from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("settings.yaml")


@cache
def load_settings() -> dict[str, dict[str, int]]:
    """Every setting by its part and key."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def setting(part: str, key: str) -> int:
    """One setting. Raises KeyError where it is not declared."""
    return load_settings()[part][key]
