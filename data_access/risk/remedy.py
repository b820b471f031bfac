"""What would clear a lamp: the smallest number of changes to single inputs that lowers the score far enough.

A change moves one input just past one threshold, never further. Changes that help can bring about come first; then
those that come with time (what happened more than twelve months ago no longer counts); fixed circumstances last.
`remedy.yaml` says which is which. It is a calculation, not a plan: people decide what is done.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from data_access.declarations import Declared, Many, each_of, read_declared
from data_access.risk.answers import INCOMES, Answers, line_of, net_income, points_of
from data_access.risk.rule import CODE_TESTS, Rule, RuleStep
from data_access.risk.rulebook import RuleBook
from data_access.schema.indicators import load_codes, load_indicators
from data_access.schema.tables import household_indicator

_FILE = Path(__file__).with_name("remedy.yaml")

EFFORTS = ("help", "lapses", "fact")
"""What can be done about an input, the most helpful first."""

NET_INCOME = "net_income"
"""The input of a change that raises the household's net income, in yuan; it has no column."""


@dataclass(frozen=True)
class Change:
    """One input moved just past a threshold."""

    input: str
    """A column of `household_indicator`, or NET_INCOME."""
    now: Any
    target: Any
    """A number, yes/no, or the codes that are allowed."""
    up: bool
    """Whether a number has to rise to the target; otherwise it has to fall."""
    gain: int
    """By how many points the score falls when only this is changed."""
    effort: str
    rules: tuple[Rule, ...]
    """The rules whose points it changes."""


@dataclass(frozen=True)
class Plan:
    """The smallest set of changes that reaches a score."""

    changes: tuple[Change, ...]
    score: int
    """The score after the changes, from what was collected."""
    reached: bool
    """Whether the changes are enough; if not, there are no others."""


@dataclass(frozen=True)
class Trial:
    """One household, the rules and the day: changes are tried out on it."""

    answers: Answers
    rulebook: RuleBook
    on: date

    def changed(self, changes: Iterable[Change]) -> "Trial":
        """The same household after some changes."""
        answers = dict(self.answers)
        for change in changes:
            answers |= _as_answers(change, answers)
        return Trial(answers, self.rulebook, self.on)

    def points(self) -> dict[str, int | None]:
        """The points of every rule in force, by its id."""
        rules = self.rulebook.rules_in_force(on=self.on)
        return {rule.id: points_of(rule, self.answers, rulebook=self.rulebook, on=self.on) for rule in rules}

    def balance(self) -> int:
        """Risk points less resistance points, from what was collected; if negative, the score is zero."""
        points = self.points()
        rules = self.rulebook.rules_in_force(on=self.on)
        return sum((1 if rule.family == "risk" else -1) * (points[rule.id] or 0) for rule in rules)

    def triggered(self) -> bool:
        """Whether a hard trigger makes the lamp red whatever the score."""
        points = self.points()
        return any(points.get(rule_id) for rule_id in self.rulebook.hard_triggers)


def all_changes(trial: Trial) -> tuple[Change, ...]:
    """Every single change that lowers the score: those that help can bring about first, then by input, the largest gain
    first."""
    levers = sorted(_levers(trial), key=lambda options: EFFORTS.index(options[0].effort))
    return tuple(change for options in levers for change in options)


def plan(trial: Trial, *, at_most: int) -> Plan:
    """The smallest set of changes after which the score is at most `at_most` and no hard trigger fires.

    If several would do, those with the largest effect are taken, and none is larger than it has to be. What was not
    collected remains missing: the lamp may be undetermined until it is collected.
    """
    chosen: list[tuple[Change, ...]] = []
    for effort in range(len(EFFORTS)):
        allowed = [options for options in _levers(trial) if EFFORTS.index(options[0].effort) <= effort]
        chosen = _fewest(trial, allowed, at_most=at_most)
        if _is_enough(trial, [options[0] for options in chosen], at_most=at_most):
            return _result(trial, _weakened(trial, chosen, at_most=at_most), reached=True)
    return _result(trial, [options[0] for options in chosen], reached=False)


def _result(trial: Trial, changes: list[Change], *, reached: bool) -> Plan:
    return Plan(changes=tuple(changes), score=max(0, trial.changed(changes).balance()), reached=reached)


def _is_enough(trial: Trial, changes: list[Change], *, at_most: int) -> bool:
    after = trial.changed(changes)
    return not after.triggered() and after.balance() <= at_most


def _fewest(trial: Trial, levers: list[tuple[Change, ...]], *, at_most: int) -> list[tuple[Change, ...]]:
    """The levers to use: those of hard triggers, then the strongest, until they are enough."""
    triggers = set(trial.rulebook.hard_triggers)
    fired = {rule_id for rule_id, points in trial.points().items() if points and rule_id in triggers}
    forced = [options for options in levers if any(rule.id in fired for rule in options[0].rules)]
    rest = [options for options in levers if options not in forced]
    needed = trial.balance() - at_most
    for count in range(len(rest) + 1):
        for several in _strongest(rest, count):
            chosen = forced + several
            gains = sum(options[0].gain for options in chosen)
            if gains >= needed and _is_enough(trial, [options[0] for options in chosen], at_most=at_most):
                return chosen
    return forced + rest


def _strongest(levers: list[tuple[Change, ...]], count: int) -> Iterator[list[tuple[Change, ...]]]:
    """The strongest levers, then the same with each in turn replaced by the next one: two that stop the same rule, as
    income and self-payment can, are worth less together than separately."""
    yield levers[:count]
    if count < len(levers):
        for left_out in range(count):
            yield [*levers[:left_out], *levers[left_out + 1 : count + 1]]


def _weakened(trial: Trial, chosen: list[tuple[Change, ...]], *, at_most: int) -> list[Change]:
    """Each change made as small as the others allow, starting with the one of the least effect."""
    changes = [options[0] for options in chosen]
    for position in reversed(range(len(changes))):
        for smaller in chosen[position][1:]:
            tried = [*changes[:position], smaller, *changes[position + 1 :]]
            if _is_enough(trial, tried, at_most=at_most):
                changes = tried
    return changes


def _levers(trial: Trial) -> list[tuple[Change, ...]]:
    """The changes of every input that can lower the score, the largest gain first; strongest inputs first."""
    balance, points = trial.balance(), trial.points()
    by_input: dict[str, list[Change]] = {}
    for rule in trial.rulebook.rules_in_force(on=trial.on):
        if points[rule.id] is None or (rule.family == "risk" and not points[rule.id]):
            continue
        for input_, target in _targets(rule, trial):
            change = _change(input_, target, rule=rule, trial=trial, balance=balance, points=points)
            if change is not None and change not in by_input.get(input_, []):
                by_input.setdefault(input_, []).append(change)
    levers = [tuple(sorted(options, key=lambda change: -change.gain)) for options in by_input.values()]
    return sorted(levers, key=lambda options: (-options[0].gain, options[0].input))


def _change(
    input_: str, target: Any, *, rule: Rule, trial: Trial, balance: int, points: Mapping[str, int | None]
) -> Change | None:
    now = net_income(trial.answers) if input_ == NET_INCOME else trial.answers[input_]
    up = rule.family == "resistance" or rule.test in ("below", "at_most", "fell_by")
    if input_ in load_remedies().needs_labour and not _has_labour(trial.answers):
        return None
    effort = "lapses" if input_ in load_remedies().lapses else "fact" if input_ in load_remedies().facts else "help"
    draft = Change(input=input_, now=now, target=target, up=up, gain=0, effort=effort, rules=())
    after = trial.changed([draft])
    gain = balance - after.balance()
    if gain <= 0:
        return None
    then = after.points()
    rules = tuple(one for one in trial.rulebook.rules_in_force(on=trial.on) if points[one.id] != then[one.id])
    return Change(input=input_, now=now, target=target, up=up, gain=gain, effort=effort, rules=rules)


def _targets(rule: Rule, trial: Trial) -> list[tuple[str, Any]]:
    """The values that the input of a rule would have to reach, one target per step: (input, target)."""
    steps = rule.steps(on=trial.on)
    if rule.test in CODE_TESTS:
        target = _codes_outside(rule, steps) if rule.family == "risk" else steps[0].threshold
        return [] if target == () else [(rule.input, target)]
    return [_number_target(rule, step, trial) for step in steps]


def _number_target(rule: Rule, step: RuleStep, trial: Trial) -> tuple[str, int]:
    """The nearest whole number on the good side of a threshold."""
    threshold, answers = step.threshold, trial.answers
    if not isinstance(threshold, int):
        raise TypeError(f"{rule.id}: a threshold of {threshold!r} cannot be computed with")
    match rule.input:
        case "net_income_pc":
            line = line_of(answers, rulebook=trial.rulebook) or 0
            return NET_INCOME, math.ceil(line * answers["income_persons"] * threshold / 100)
        case "income_yoy":
            kept = answers["last_net_income"] * answers["income_persons"] * (100 - threshold)
            return NET_INCOME, kept // (answers["last_income_persons"] * 100) + 1
        case "self_pay_ratio":
            net = net_income(answers) or 0
            return "compliant_self_pay", max(0, -(-net * threshold // 100) - 1)
    past = {"at_least": -1, "above": 0, "below": 0, "at_most": 1}
    if rule.family == "risk":
        return rule.input, threshold + past[rule.test]
    return rule.input, threshold + {"at_least": 0, "above": 1, "below": -1, "at_most": 0}[rule.test]


def _codes_outside(rule: Rule, steps: tuple[RuleStep, ...]) -> Any:
    """The answers that meet no step: the opposite of yes or no, or every other code of the list."""
    if isinstance(steps[0].threshold, bool):
        return not steps[0].threshold
    met = {
        code for step in steps for code in (step.threshold if isinstance(step.threshold, tuple) else [step.threshold])
    }
    return tuple(code for code in load_codes()[_code_list(rule.input)] if code not in met)


@cache
def _code_list(input_: str) -> str:
    return next(
        column.codes
        for indicator in load_indicators()
        for column in indicator.columns
        if column.name == input_ and column.codes
    )


def _as_answers(change: Change, answers: Answers) -> dict[str, Any]:
    if change.input == NET_INCOME:
        # It makes no difference to any rule which of the incomes rises.
        return {INCOMES[0]: answers[INCOMES[0]] + change.target - (net_income(answers) or 0)}
    return {change.input: change.target[0] if isinstance(change.target, tuple) else change.target}


def _has_labour(answers: Answers) -> bool:
    return (answers["labor_n"] or 0) + (answers["weak_labor_n"] or 0) > 0


class Remedies(Declared):
    """The inputs of rules that help cannot change, or only in some households; help can change all others."""

    status: Literal["confirm"]
    lapses: Many[str]
    facts: Many[str]
    needs_labour: Many[str]

    @field_validator("lapses", "facts", "needs_labour")
    @classmethod
    def _are_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return each_of(columns, household_indicator.c.keys())


@cache
def load_remedies(file: Path = _FILE) -> Remedies:
    """What can be done about inputs, as `remedy.yaml` declares it. Raises DeclarationError."""
    return read_declared(file, Remedies)
