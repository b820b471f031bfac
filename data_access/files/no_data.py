"""Rows below a heading that are no data, as declared in `no_data.yaml`."""

import re
from functools import cache
from pathlib import Path

from pydantic import field_validator

from data_access.declarations import Declared, Many, Text, read_declared, refuse

_FILE = Path(__file__).with_suffix(".yaml")


class NoDataRules(Declared):
    """By which of its cells a row is known to be no data: why -> patterns."""

    alone: dict[str, Many[Text]]
    """Cells at the left of a row that tell whatever stands beside them."""
    keyless: dict[str, Many[Text]]
    """Cells that tell in a row without what every row of data fills."""

    @field_validator("alone", "keyless")
    @classmethod
    def _are_patterns(cls, rules: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for why, patterns in rules.items():
            for number, pattern in enumerate(patterns):
                try:
                    matches_nothing = re.fullmatch(pattern, "") is not None
                except re.error as error:
                    raise refuse("not_a_pattern", at=(why, number), pattern=pattern) from error
                if matches_nothing:
                    raise refuse("not_a_pattern", at=(why, number), pattern=pattern)
        return rules


@cache
def load_no_data(file: Path = _FILE) -> NoDataRules:
    """The declared rules. Raises DeclarationError."""
    return read_declared(file, NoDataRules)
