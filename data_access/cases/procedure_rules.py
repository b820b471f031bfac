"""What the procedure of a case must keep, for whoever records a step: asked of one case before it is recorded. The same
rules look at what is loaded (quality/rules/cases.yaml)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from data_access.schema.limits import limit

CHECKERS = ("checked_by", "checked_by_2")
"""Columns of who checked the household: two persons."""

AUDITORS = ("township_reviewed_by", "approved_by")
"""Columns of who reviewed and approved: nobody who checked."""


RULES = (
    "checked_alone",
    "compared_without_authorisation",
    "publicity_too_short",
    "review_votes",
    "audited_by_checker",
)
"""The rules, by the keys of the validation rules; `error.step_<rule>` says to whoever records that one is broken."""

AUDITED = {
    "township_reviewed_on": CHECKERS,
    "approved_on": CHECKERS,
    "elimination_reviewed_on": ("elimination_checked_by",),
    "elimination_approved_on": ("elimination_checked_by",),
}
"""Day of a step that looks at what was checked -> columns of who checked: nobody audits what they checked."""


def broken_rules(case: Mapping[str, Any], *, on: date) -> tuple[str, ...]:
    """The rules that a case would break; `case`: columns of `monitoring_case` as they would be, None or left out where
    nothing is recorded. The keys are those of the validation rules.

    Args:
        on: the day whose limits hold.
    """
    checkers = [case.get(name) for name in CHECKERS]
    compared, signed = case.get("compared_on"), case.get("authorised_on")
    begun, ended = case.get("publicised_from"), case.get("publicised_on")
    votes, present = [case.get("review_for") or 0, case.get("review_against") or 0], case.get("review_present")
    broken = {
        "checked_alone": case.get("checked_on") is not None and (None in checkers or checkers[0] == checkers[1]),
        "compared_without_authorisation": compared is not None and (signed is None or signed > compared),
        "publicity_too_short": (
            begun is not None and ended is not None and (ended - begun).days < limit("publicity_at_least_days", on=on)
        ),
        "review_votes": present is not None and sum(votes) > present,
        "audited_by_checker": any(case.get(name) is not None and case.get(name) in checkers for name in AUDITORS),
    }
    return tuple(rule for rule, holds in broken.items() if holds)
