"""What is said about a risk speaks of help and of what is to be verified, and names no number to reach."""

import re

import pytest

from data_access.risk.remedy import load_remedies, remedy_of
from data_access.risk.rulebook import load_rulebook

RISKS = [rule for rule in load_rulebook().rules if rule.family == "risk"]


@pytest.mark.parametrize("rule", RISKS, ids=lambda rule: rule.id)
def test_every_risk_has_help_and_something_to_verify(rule: object) -> None:
    assert remedy_of(rule) is not None  # type: ignore[arg-type]


def test_nothing_said_is_a_target() -> None:
    for remedy in load_remedies().values():
        for language in ("zh", "en"):
            assert not re.search(r"\d|分|points?\b", remedy.help[language] + remedy.verify[language])
