"""What a rule that gave risk points asks people to do: help that would change the fact, and what is to be verified.

There is no target and no count of points: a number to reach would be a recipe for writing it. Values are what people
find.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from data_access.declarations import Declared, Words, only_of, read_declared
from data_access.risk.rule import Rule, input_names

_FILE = Path(__file__).with_name("remedy.yaml")


class Remedy(Declared):
    """What can be done about the fact behind an input of rules."""

    help: Words
    verify: Words


class _Declaration(Declared):
    """What `remedy.yaml` declares."""

    status: Literal["confirm"]
    inputs: dict[str, Remedy]

    @field_validator("inputs")
    @classmethod
    def _are_inputs(cls, inputs: dict[str, Remedy]) -> dict[str, Remedy]:
        return only_of(inputs, input_names())


@cache
def load_remedies(file: Path = _FILE) -> dict[str, Remedy]:
    """What can be done, by the input of a rule. Raises DeclarationError."""
    return read_declared(file, _Declaration).inputs


def remedy_of(rule: Rule) -> Remedy | None:
    """What can be done about what a rule found; None where nobody declared it yet."""
    return load_remedies().get(rule.input)
