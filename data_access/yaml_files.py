"""Reading of YAML, in which rules, codes and texts are declared: always with the parser in C, which takes a tenth of
the time."""

from pathlib import Path
from typing import Any

import yaml


class DuplicateKeyError(yaml.YAMLError):
    """A key appears twice in one mapping: YAML would silently take the last."""

    def __init__(self, key: Any, *, line: int) -> None:
        self.key, self.line = key, line
        super().__init__(f"the key {key!r} stands twice (line {line})")


class _Loader(yaml.CSafeLoader):
    """Plain values only, and no duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for name, _ in node.value:
            key = self.construct_object(name, deep=True)
            if key in seen:
                raise DuplicateKeyError(key, line=name.start_mark.line + 1)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(file: Path) -> Any:
    """What a file declares. Raises FileNotFoundError, UnicodeDecodeError, yaml.YAMLError."""
    return parse_yaml(file.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """What a text declares: plain values only. Raises yaml.YAMLError; DuplicateKeyError when a key appears twice."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader
