"""Reading of YAML, in which rules, codes and texts are declared: always with the parser in C, which takes a tenth of
the time."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml


class DuplicateKeyError(yaml.YAMLError):
    """A key appears twice in one mapping: YAML would silently take the last."""

    def __init__(self, key: Any, *, line: int) -> None:
        self.key, self.line = key, line
        super().__init__(f"the key {key!r} stands twice (line {line})")


_WORD = "tag:yaml.org,2002:str"
_NO_WORDS = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")


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


def read_yaml(file: Path, *, typed: Collection[str] | None = None) -> Any:
    """What a file declares; `typed`: see `parse_yaml`. Raises FileNotFoundError, UnicodeDecodeError, yaml.YAMLError."""
    return parse_yaml(file.read_text(encoding="utf-8"), typed=typed)


def parse_yaml(text: str, *, typed: Collection[str] | None = None) -> Any:
    """What a text declares: plain values only. Raises yaml.YAMLError; DuplicateKeyError when a key appears twice.

    Args:
        typed: the keys below which 1, no and 2022-09-30 are a number, a no and a day; everywhere else they are the
            words that are written (01 stays 01). By default they are that everywhere.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if typed is not None:
            _keep_words(node, typed)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _keep_words(node: yaml.Node, typed: Collection[str]) -> None:
    if isinstance(node, yaml.ScalarNode):
        if node.tag not in _NO_WORDS:
            node.tag = _WORD
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _keep_words(key, typed)
            if getattr(key, "value", None) not in typed:
                _keep_words(value, typed)
    else:
        for part in node.value:
            _keep_words(part, typed)
