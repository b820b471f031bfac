"""Why the number of red households changed: the rule that gives points in so many more or fewer of them."""

from datetime import date

from data_access import door
from data_access.facts.metrics import MetricTable
from data_access.warnings.rule_counts import read_rule_counts
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import change_since, numbers


def text(table: MetricTable, view: View) -> str:
    """The rule that moved most the way the number went; empty where nothing moved, or the database cannot be asked."""
    change = change_since.change(table, "red_households", place=view.place, view=view)
    if not change or view.edition is not None or view.current.stale:
        return ""
    now, before = (_red_by_rule(view, on=on) for on in (view.on, change_since.before(view)))
    moved = {rule: number - before.get(rule, 0) for rule, number in now.items()}
    rule = (max if change > 0 else min)(sorted(moved), key=moved.__getitem__, default=None)
    if rule is None or moved[rule] * change <= 0:
        return ""
    labels = {one.id: one.label[language()] for one in door.rulebook().rules}
    return t("tile.why_red", rule=labels[rule], change=numbers.change(moved[rule]))


def _red_by_rule(view: View, *, on: date) -> dict[str, int]:
    found = door.read(read_rule_counts, scope=view_state.scope().narrowed(view.place), on=on)
    return dict(zip(found["rule"], found["red"], strict=True))
