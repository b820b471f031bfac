"""月度定稿: freeze the figures for the meeting; compare an edition with the current data, including the corrections."""

from datetime import date

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from charts.bridge import bridge
from data_access import door
from data_access.clock import last_day
from data_access.dispatch import editions
from data_access.dispatch.editions import FLOWS, OPEN, Edition
from data_access.dispatch.matters import left_out, load_dispatch_matters, taken_off
from data_access.errors import LedgerError
from data_access.facts.metrics import load_metrics
from data_access.ledger.declaration import LONGEST_TEXT
from data_access.lists import lists
from data_access.lists.lists import Without
from data_access.region_codes import township_of
from data_access.schema.indicators import code_label
from pages.board.dispatch import changed_households, judged
from pages.shell import identity, notices, turns, view_state
from pages.shell.texts import language, locale, month_name, t
from pages.shell.view_state import View
from pages.widgets import chart, field_reports, link_choice, numbers, record_form
from pages.widgets.part import part
from pages.widgets.record_form import RecordForm

SHOWN = (
    "monitored_households",
    "eliminated_households",
    "open_households",
    "open_persons",
    "red_households",
    "red_unchecked",
    "measures_overdue",
    "clues_overdue",
    "off_farm_workers",
    "zero_employment_households",
    "completeness",
)
_HEIGHT = 330
_LINK = "against"
"""The link parameter for the edition to compare with; the edition being viewed is chosen in the bar."""


def show(view: View) -> None:
    """Freeze, choose, compare."""
    if view.edition is None:
        _freeze(view)
    chosen = _choose(view)
    if chosen is None:
        return
    st.markdown(
        t(
            "dispatch.edition_head",
            name=chosen.name,
            day=chosen.day,
            by=chosen.frozen_by,
            at=format_datetime(chosen.frozen_at, "yyyy-MM-dd HH:mm", locale=locale()),
            version=chosen.load_id,
            rules=chosen.rule_version,
            sha256=chosen.sha256,
        )
    )
    place = township_of(view.place)
    _compare(chosen, place=place, view=view)
    if chosen.day <= view.on:
        _bridge(chosen, place=place, view=view)
        judged.show(chosen, place=place, view=view)


def _freeze(view: View) -> None:
    if identity.looks_only("freeze"):
        return
    with st.expander(t("dispatch.freeze"), icon=":material/lock:"):
        form = record_form.of("edition")
        first = date.fromisoformat(f"{view.month}-01")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input(t("dispatch.day"), value=view.on, min_value=first, max_value=view.on, key="edition_day")
            name = st.text_input(
                t("dispatch.name"),
                value=t("dispatch.usual_name", month=month_name(view.month)),
                max_chars=LONGEST_TEXT,
                key="edition_name",
            )
            by = identity.recorder(t("dispatch.by"), key="edition_by", width=180)
            pressed = st.button(
                t("dispatch.freeze_press"), type="primary", key=form.key("edition_freeze"), disabled=not by.strip()
            )
        if pressed and isinstance(day, date):
            _frozen(view, day=day, name=name, by=by, form=form)


def _frozen(view: View, *, day: date, name: str, by: str, form: RecordForm) -> None:
    bar = st.progress(0.0, text=t("dispatch.freezing"))

    def tell(done: int, of: int) -> None:
        bar.progress(done / of, text=t("dispatch.freezing"))

    try:
        field_reports.post_now()
        off = _left_out(view, day=day)
        with turns.of_long_work():
            facts, content = door.run(editions.read_all, scope=view_state.scope(), on=day, left_out=off, tell=tell)
            stood_out = door.run(editions.read_judged, scope=view_state.scope(), on=day)
        ledger, scope = door.ledger(), view_state.scope()
        number = editions.freeze(ledger, content, facts=facts, judged=stood_out, name=name, recorded_by=by, scope=scope)
        form.recorded()
    except LedgerError as error:
        st.error(notices.error_text(error), icon=":material/error:")
        return
    finally:
        bar.empty()
    link_choice.keep(_LINK, number)
    st.rerun()


def _left_out(view: View, *, day: date) -> tuple[tuple[str, Without], ...]:
    """What conclusions and waiting reports take off lists, so that what is frozen is what the board says."""
    newest = day == view.live.facts.months.cut_off
    concluded = door.conclusions(on=day, newest=newest, scope=view_state.scope())
    waiting = door.waiting_reports(scope=view_state.scope())
    reported = waiting if newest else waiting[waiting["happened_on"] <= day]
    named = (*load_dispatch_matters(), *taken_off())
    told = ((key, left_out(key, concluded=concluded, reported=reported)) for key in named)
    return tuple((key, without) for key, without in told if without)


def _choose(view: View) -> Edition | None:
    """The edition to compare with; by default the one chosen in the bar."""
    if not view.editions:
        st.info(t("dispatch.no_edition") if identity.may("freeze") else t("dispatch.no_edition_here"))
        return None
    titles = {one.edition_id: t("dispatch.edition_title", name=one.name, day=one.day) for one in view.editions}
    first = None if view.edition is None else view.edition.edition_id
    chosen = link_choice.select(_LINK, titles, label=t("dispatch.edition"), key="edition_choice", default=first)
    return door.load_edition(chosen, scope=view_state.scope()).edition


def _compare(chosen: Edition, *, place: str, view: View) -> None:
    """The edition, the same day from the current data, and the chosen month."""
    rows = []
    for key in SHOWN:
        metric = load_metrics()[key]
        same_day, today = (_live(key, place=place, on=day, view=view) for day in (chosen.day, view.on))
        frozen = chosen.value(key, place=place)
        texts = [numbers.in_unit(value, metric=metric) for value in (frozen, same_day, today)]
        changed = frozen is not None and same_day is not None and frozen != same_day
        correction = numbers.change((same_day or 0) - (frozen or 0)) if changed else t("dispatch.no_correction")
        if changed and not chosen.defines(key):
            correction = t("dispatch.definition_changed", change=correction)
        rows.append((metric.label[language()], texts[0], texts[1], correction, texts[2]))
    names = ("metric", "frozen", "recounted", "correction", "now")
    st.table(pd.DataFrame(rows, columns=[t(f"dispatch.compare_{name}") for name in names]), hide_index=True)


def _live(key: str, *, place: str, on: date, view: View) -> float | None:
    """A metric from the current data, leaving out households for which a conclusion holds."""
    if key not in load_dispatch_matters():
        return door.amounts(metric=key, on=on, scope=view_state.scope()).value(place=place)
    held = door.conclusions(on=on, newest=on == view.live.facts.months.cut_off, scope=view_state.scope())
    reported = view.reported if on == view.on else None
    request = lists.ListRequest(key, on, without=left_out(key, concluded=held, reported=reported))
    return door.read(lists.count_list, scope=view_state.scope().narrowed(place), request=request).amount


@part
def _bridge(chosen: Edition, *, place: str, view: View) -> None:
    """Open cases in the edition, the corrections, what has happened since, and the cases open now."""
    frozen = chosen.count(OPEN, place=place)
    recounted = door.amounts(metric=OPEN, on=chosen.day, scope=view_state.scope()).count(place=place)
    flows = {key: flow_between(key, place=place, first=chosen.day, last=view.on, months=view.months) for key in FLOWS}
    end = door.amounts(metric=OPEN, on=view.on, scope=view_state.scope()).count(place=place)
    correction = recounted - frozen
    bars: list[tuple[str, int, str]] = [(t("dispatch.bridge_start", name=chosen.name), frozen, "total")]
    defined = chosen.defines(OPEN)
    label = t("dispatch.bridge_correction") if defined else t("dispatch.bridge_definition")
    bars.append((label, abs(correction), "came" if correction >= 0 else "went"))
    bars += [(_flow_name(key), flows[key], "came" if sign > 0 else "went") for key, sign in FLOWS.items()]
    bars.append((t("dispatch.bridge_end", day=view.on), end, "total"))
    left = end - frozen - correction - sum(sign * flows[key] for key, sign in FLOWS.items())
    reading = t(
        "dispatch.bridge_reading",
        frozen=frozen,
        correction=numbers.change(correction),
        came=sum(flows[key] for key, sign in FLOWS.items() if sign > 0),
        went=sum(flows[key] for key, sign in FLOWS.items() if sign < 0),
        end=end,
    )
    figure = bridge(pd.DataFrame(bars, columns=["label", "amount", "kind"]), height=_HEIGHT)
    chart.show(figure, reading=reading, key="edition_bridge")
    if left:
        st.error(t("dispatch.bridge_broken", left=left), icon=":material/error:")
    _corrected(chosen, place=place, view=view)


def _flow_name(key: str) -> str:
    code = "eliminated" if key == "newly_eliminated_households" else key.removesuffix("_households")
    return code_label(codes="case_flow", code=code, language=language())


def flow_between(key: str, *, place: str, first: date, last: date, months: list[str]) -> int:
    """What a flow counted after one day, up to and including another; the months of both are known."""
    span = [month for month in months if f"{first:%Y-%m}" <= month <= f"{last:%Y-%m}"]
    until = [door.amounts(metric=key, on=min(last_day(month), last), scope=view_state.scope()) for month in span]
    before = door.amounts(metric=key, on=first, scope=view_state.scope())
    return sum(amounts.count(place=place) for amounts in until) - before.count(place=place)


def _corrected(chosen: Edition, *, place: str, view: View) -> None:
    recounted = door.read(editions.read_open_households, scope=view_state.scope(), on=chosen.day)
    rows = editions.corrections(chosen.content.open_households, recounted, place=place)
    if rows.empty:
        st.markdown(t("dispatch.corrections_none"))
        return
    st.markdown(t("dispatch.corrections", households=len(rows)))
    words = {True: t("dispatch.correction_added"), False: t("dispatch.correction_removed")}
    changed_households.show(
        rows,
        told={"change": (t("dispatch.bridge_correction"), [words[change > 0] for change in rows["change"]])},
        title=t("dispatch.corrections_file", name=chosen.name),
        key="corrections",
        view=view,
    )
