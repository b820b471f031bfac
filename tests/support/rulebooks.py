"""Rule books of a few rules: every other rule makes each statement that judges longer, and says nothing more to a test
that is not about rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from data_access.quality import validation
from data_access.quality.validation_rules import load_validation_rules
from data_access.risk.rulebook import RuleBook, load_rulebook

FEW = ("income_below_line", "factory_job", "major_illness", "self_pay_lifted_out", "uninsured", "water_unsafe")
"""Of both families: by one column and by several, of some households alone, after an event, with a class of
shortfall, red whatever the score."""
EVERY_SHAPE = (*FEW, "accident", "income_fall", "no_labour", "overdue_loan", "self_pay_share")
"""Besides: every input and every comparison."""


def of_rules(*ids: str) -> RuleBook:
    """The app's rule book as if these were all its rules."""
    book = load_rulebook()
    return replace(book, rules=tuple(rule for rule in book.rules if rule.id in ids))


@contextmanager
def few_validation_rules() -> Iterator[None]:
    """Data are in doubt as if the first rule about each kind of thing were the only one about it."""
    first = {rule.about: rule for rule in reversed(load_validation_rules().values())}
    few = {rule.id: rule for rule in load_validation_rules().values() if first[rule.about] is rule}
    with patch.object(validation, "load_validation_rules", lambda: few):
        yield
