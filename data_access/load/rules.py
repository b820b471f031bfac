"""The rules that a value or row may break, as declared in `rules.yaml`: which reject a row, and how they are told."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from data_access.yaml_files import read_yaml

_FILE = Path(__file__).with_name("rules.yaml")


@cache
def load_rules() -> dict[str, dict[str, Any]]:
    """Every rule by its key."""
    return read_yaml(_FILE)


@cache
def rejecting(*, sample: bool) -> tuple[str, ...]:
    """The rules that reject a row.

    Args:
        sample: whether the database holds the sample, whose ID numbers are wrong on purpose.
    """
    return tuple(
        key
        for key, rule in load_rules().items()
        if (rule.get("in_sample", rule["severity"]) if sample else rule["severity"]) == "reject"
    )


def rule_text(rule: str, said: str, *, language: str) -> str:
    """What is wrong and what to do; `said`: the details, as JSON."""
    return str(load_rules()[rule][language]).format(**json.loads(said))
