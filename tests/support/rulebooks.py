"""Rule books of a few rules, and few validation rules: every other rule makes each statement that judges or looks for
doubtful data longer, and says nothing more to a test that is not about rules."""

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

FEW_VALIDATIONS = (
    "away_in_local_post",
    "clue_link",
    "elimination_way",
    "family_size_conflict",
    "id_birth_date",
    "id_duplicate",
    "illness_without_patient",
    "interval_range",
    "record_tenfold",
    "unsafe_water_not_monitored",
)
"""About households, persons, cases and rows; of columns, of numbers that disagree, of several people; with and without
a doubt on an indicator."""


def of_rules(*ids: str) -> RuleBook:
    """The app's rule book as if these were all its rules; what is kept by the hash of a rule book is apart from the
    whole book's."""
    book = load_rulebook()
    rules = tuple(rule for rule in book.rules if rule.id in ids)
    return replace(book, rules=rules, hash=f"{book.hash} {' '.join(rule.id for rule in rules)}")


@contextmanager
def of_validations(*ids: str) -> Iterator[None]:
    """Meanwhile these are all validation rules."""
    few = {one: load_validation_rules()[one] for one in ids}
    with patch.object(validation, "load_validation_rules", lambda: few):
        yield
