"""Rule books of a few rules: every other rule makes each statement that judges longer, and says nothing more to a test
that is not about rules."""

from dataclasses import replace

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
