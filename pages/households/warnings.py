"""预警: which households the rules point at, where and why; where lamp and official status disagree; what cannot be
judged; what changed. The list, and what people concluded."""

from data_access import cached, rule_counts
from data_access.lists import read_breakdown
from pages.components import disposition_panel, list_filters, list_table, switch, view
from pages.components.texts import t
from pages.components.warnings import figures, places, rules, shortfalls

PARTS = ("places", "rules", "shortfalls", "changes", "households")
LISTED = ("warned_households", *figures.LAMPS, *figures.STANDING)

now = view.current()
scope = view.scope().narrowed(now.place)
table = view.metric_table()
concluded = disposition_panel.concluded(now)

figures.tiles(table, now, concluded=concluded)
figures.undetermined(table, now)
part = switch.choose("part", {name: t(f"warnings.part_{name}") for name in PARTS}, label=t("warnings.part"))

if part == "places":
    places.show(table, now)
elif part == "rules":
    counts = cached.read(rule_counts.read_rule_counts, scope=scope, on=now.on)
    rules.show(counts, cached.read(rule_counts.read_rule_pairs, scope=scope, on=now.on), now)
    rules.silent(counts)
elif part == "shortfalls":
    cells = ("village_code", "class")
    shortfalls.show(cached.read(read_breakdown, scope=scope, metric="shortfalls", by=cells, on=now.on), now)
elif part == "changes":
    moves = ("before", "lamp", "why")
    figures.changes(cached.read(read_breakdown, scope=scope, metric="lamp_changes", by=moves, on=now.on), now)
else:
    metric = switch.choose("lamps", figures.list_names(LISTED), label=t("warnings.part_households"))
    ticked = list_table.show(
        metric,
        now=now,
        scope=scope,
        filters=list_filters.choose(metric),
        without=disposition_panel.left_out(metric, concluded),
        beside=disposition_panel.columns(concluded),
        selectable=True,
    )
    disposition_panel.record(ticked, now=now)
