"""What a dispatch meeting asks, one page a question: where do we stand, what changed, why, who is behind, what now."""

import pandas as pd

from charts.printed import bars_by_name
from data_access import door
from data_access.dispatch.matters import load_dispatch_matters
from data_access.facts.metrics import MetricTable, load_metrics
from data_access.schema.indicators import code_label
from pages.documents import contents, papers
from pages.documents.parts import Document, Section, Table
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.shell.view_state import View
from pages.widgets import categories, movers, numbers, township_picker, why_red
from pages.widgets import ranks as standing

_BARS = 8
"""So many bars can be read from the back of a room."""


def meeting(view: View) -> Document:
    """Five pages for the chosen place and month."""
    table = view_state.metric_table()
    pages = (_where(table, view), _changed(table, view), _why(table, view), _behind(table, view), _now(table, view))
    title = t("documents.meeting_title", place=view.name(view.place), month=view.month_name())
    return Document(title=title, subtitle=contents.subtitle(view), sections=pages)


def _where(table: MetricTable, view: View) -> Section:
    """The monitored, the three categories of the open, and the lamps."""
    warned = contents.sentence(contents.WARNED, table=table, view=view)
    said = (contents.where(table, view)[0], *_categories(view), warned, *_at_most(view))
    return Section(t("documents.q_where"), (*said, *contents.changes(view)), picture=contents.lines(table, view))


def _categories(view: View) -> tuple[str, ...]:
    said = categories.of_open(view).values()
    return (t("documents.sentence", figures=t("documents.separator").join(said)),) if said else ()


def _at_most(view: View) -> tuple[str, ...]:
    """How many may be red once what is missing is known; not of an edition, which has no lists."""
    asked = view.edition is None and not view.current.stale
    if not asked or not view_state.collects(load_metrics()["may_be_red"]):
        return ()
    amounts = door.amounts(metric="may_be_red", on=view.on, scope=view_state.scope())
    return (t("documents.at_most", number=numbers.count(amounts.count(place=view.place))),)


def _changed(table: MetricTable, view: View) -> Section:
    """Through what the open became more or fewer, and which places did most of it."""
    ordered, half = movers.changes(table, view), _BARS // 2
    moved = ordered[:half] + ordered[half:][-half:]
    values = pd.Series({township_picker.short_name(view.name(code)): change for code, change in moved}, dtype="float64")
    named = movers.named(table, view)
    said = (*contents.where(table, view)[1:], *((t("documents.movers", places=named),) if named else ()))
    return Section(t("documents.q_changed"), said, picture=_bars(values, unit=t("documents.unit_change")))


def _why(table: MetricTable, view: View) -> Section:
    """The causes of the open, and the rule that moved the red."""
    counts = view_state.breakdown(metric="open_households", by=("cause",)).at(place=view.place, month=view.month)
    ordered = counts.sort_values(ascending=False, kind="stable")
    names = {code: code_label(codes="cause", code=str(code), language=language()) for code in ordered.index}
    values = ordered.rename(index=names).head(_BARS)
    said = [] if values.empty else [t("documents.causes", cause=values.index[0], number=numbers.count(values.iloc[0]))]
    if red := why_red.text(table, view):
        said.append(t("documents.red_moved", why=red))
    return Section(t("documents.q_why"), tuple(said), picture=_bars(values, unit=t("documents.unit_households")))


def _behind(table: MetricTable, view: View) -> Section:
    """The townships with the fewest points, where townships are ranked; below that the places with most to do."""
    if view.place != view.county:
        return Section(t("documents.q_behind"), table=contents.places(table, view))
    ranked = standing.townships(view, month=view.month)[1].dropna(subset="rank").sort_values("score", kind="stable")
    named = {unit: township_picker.short_name(view.names.get(unit, unit)) for unit in ranked["unit"]}
    values = ranked.set_index("unit")["score"].round(1).rename(index=named).head(_BARS)
    return Section(t("documents.q_behind"), papers.ranks(view), picture=_bars(values, unit=t("dispatch.score")))


def _now(table: MetricTable, view: View) -> Section:
    """The matters of the meeting: how much, where most of it is, who acts, by when."""
    below = view.children(view.place)
    rows = tuple(
        (
            matter.metric.label[language()],
            contents.value(table, key, place=view.place, view=view),
            papers.most({code: table.value(key, place=code, month=view.month) for code in below}, view),
            t(f"documents.acts_{matter.acts}"),
            papers.due(matter, view=view),
        )
        for key, matter in load_dispatch_matters().items()
    )
    heading = tuple(t(f"documents.{name}") for name in ("item", "amount", "places", "acts", "due"))
    return Section(t("documents.q_now"), table=Table(heading=heading, rows=rows))


def _bars(values: pd.Series, *, unit: str) -> bytes | None:
    return None if values.empty else bars_by_name(values, unit=unit)
