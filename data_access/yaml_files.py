"""Rules, codes and texts are declared in YAML; read here, in one way, by the parser in C, which takes a tenth of the
time."""

from pathlib import Path
from typing import Any

import yaml


def read_yaml(file: Path) -> Any:
    """What a file declares. Raises FileNotFoundError, UnicodeDecodeError, yaml.YAMLError."""
    return parse_yaml(file.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """What a text declares: plain values only. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=yaml.CSafeLoader)
