"""The rules that a value or row may break, as declared in `rules.yaml`: which of them reject a row, and how they are
reported."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

from data_access.declarations import Declared, Text, Words, read_declared

_FILE = Path(__file__).with_name("rules.yaml")


class LoadRule(Declared):
    """What happens to a row that breaks a rule, and how it is reported."""

    severity: Literal["reject", "warn"]
    in_sample: Literal["reject", "warn"] | None = None
    zh: Text
    en: Text

    @property
    def sentence(self) -> Words:
        """What is wrong and what to do; the {words} in braces are filled in."""
        return Words(zh=self.zh, en=self.en)


@cache
def load_rules(file: Path = _FILE) -> dict[str, LoadRule]:
    """Every rule by its key. Raises DeclarationError."""
    return read_declared(file, dict[str, LoadRule])


@cache
def rejecting(*, sample: bool) -> tuple[str, ...]:
    """The rules that reject a row.

    Args:
        sample: whether the database holds the sample, whose ID numbers are invalid on purpose.
    """
    return tuple(
        key for key, rule in load_rules().items() if ((sample and rule.in_sample) or rule.severity) == "reject"
    )


def rule_text(rule: str, said: str, *, language: str) -> str:
    """What is wrong and what to do; `said`: the details, as JSON."""
    return load_rules()[rule].sentence[language].format(**json.loads(said))
