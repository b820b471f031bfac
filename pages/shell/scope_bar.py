"""The bar at the top of every page with figures: edition, month, place, search, language, reader; and what the figures
were read from."""

import streamlit as st
from babel.dates import format_datetime

from data_access import clock, door
from data_access.access.unmasking import UnmaskTarget
from data_access.clock import last_day
from data_access.clues.departments import read_departments
from data_access.region_codes import level_of, path_of, township_of
from pages.shell import gate, language_switch, notices, search_box, unmask, view_state
from pages.shell.texts import language, locale, month_name, t
from pages.shell.view_state import View

_ALL = _LIVE = ""
_MONTH, _MONTH_IN_PROGRESS = 190, 280
"""Width in pixels in which a month can be read whole; one in progress says up to which day."""


def show(view: View | None) -> None:
    """Draw the bar; without facts to view, only the language can be chosen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar"):
        if view is not None:
            _choices(view)
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="bar_reader"):
            if view is not None:
                search_box.in_bar(view)
            language_switch.show()
            gate.show_reader(view)
    unmask.show_own()
    if view is not None and level_of(view.place) == "village":
        unmask.show(UnmaskTarget(village_code=view.place))
    if view is not None:
        _missed(view)
        notices.stale_banner(view.current)
        _department(view)
        _edition_banner(view)


def _missed(view: View) -> None:
    """Says what the link names that is not there, and what is shown in its place."""
    shown = {
        view_state.MONTH: (t("bar.month"), view.month_name()),
        view_state.PLACE: (t("table.place"), view.name(view.place)),
        view_state.EDITION: (t("bar.edition"), t("bar.live")),
    }
    for key, value in view_state.missed():
        what, instead = shown[key]
        said = view_state.said_in_link(value)
        st.warning(t("bar.missed", what=what, value=said, shown=instead), icon=":material/link_off:")


def _edition_banner(view: View) -> None:
    """Says what is frozen and what is not; and why no edition can be chosen while the ledger cannot be read."""
    if view.edition is not None:
        st.info(
            t("bar.frozen", name=view.edition.name, day=view.edition.day, sha256=view.edition.sha256[:12]),
            icon=":material/lock:",
        )
    elif view.ledger_error is not None and view_state.EDITION in st.query_params:
        st.warning(notices.error_text(view.ledger_error), icon=":material/warning:")


def _department(view: View) -> None:
    """Says to department staff which households they see."""
    here = view_state.scope()
    if here.department is None:
        return
    rows = door.read(read_departments, scope=here, on=view.on, language=language())
    names = dict(zip(rows["code"], rows["name"], strict=True))
    st.caption(
        t("bar.department", name=names.get(here.department, here.department), whole=view.regions.whole(language()))
    )


def _choices(view: View) -> None:
    _edition(view)
    _month(view)
    with st.container(key="bar_county", width="content"):
        st.markdown(f"**{view.name(view.county)}** :material/chevron_right:", width="content")
    _region("township", view, parent=view.county, label=t("bar.all_townships"))
    if level_of(view.place) != "county":
        st.markdown(":material/chevron_right:", width="content")
        _region("village", view, parent=township_of(view.place), label=t("bar.all_villages"))


def _edition(view: View) -> None:
    """Current data or an edition; there is nothing to choose before the first one is frozen."""
    if not view.editions:
        return
    names = {one.edition_id: t("bar.edition_name", name=one.name, day=one.day) for one in view.editions}
    st.session_state["bar_edition"] = _LIVE if view.edition is None else view.edition.edition_id
    st.selectbox(
        t("bar.edition"),
        [_LIVE, *names],
        format_func=lambda number: names.get(number) or t("bar.live"),
        key="bar_edition",
        on_change=_choose_edition,
        label_visibility="collapsed",
        width=150,
    )


def _month(view: View) -> None:
    cut_off = view.current.facts.months.cut_off
    names = {month: month_name(month, cut_off=cut_off) for month in reversed(view.months)}
    st.session_state["bar_month"] = view.month
    st.selectbox(
        t("bar.month"),
        list(names),
        format_func=names.__getitem__,
        key="bar_month",
        on_change=_choose_month,
        label_visibility="collapsed",
        width=_MONTH if view.on == last_day(view.month) else _MONTH_IN_PROGRESS,
    )


def _region(level: str, view: View, *, parent: str, label: str) -> None:
    key = f"bar_{level}"
    names = {code: view.name(code) for code in view.children(parent)}
    here = view_state.scope()
    whole = [_ALL] if here.opens(parent) else []
    label = label if here.covers(parent) else t("bar.my_range")
    st.session_state[key] = next((code for code in path_of(view.place) if code in names), _ALL)
    st.selectbox(
        t(f"bar.{level}"),
        [*whole, *names],
        format_func=lambda code: names.get(code, label),
        key=key,
        on_change=_choose_place,
        args=(key, parent if level == "village" else None),
        label_visibility="collapsed",
        width=180,
    )


def provenance(view: View) -> None:
    """What the figures were read from: cut-off, rules, time; the edition, and whether the data are a sample, and the
    records a demonstration."""
    facts = view.current.facts
    queried = format_datetime(clock.local_now(), "yyyy-MM-dd HH:mm", locale=locale())
    parts = t("bar.provenance", cut_off=facts.months.cut_off.isoformat(), rules=facts.rules_version, queried=queried)
    if view.edition is not None:
        parts = f"{parts} · {t('bar.edition_name', name=view.edition.name, day=view.edition.day)}"
    marked = t("badge.demonstration") if door.shows_demonstration() else t("badge.sample")
    badge = f" :orange-badge[{marked}]" if facts.version.is_sample else ""
    st.markdown(f":small[:gray[{parts}]{badge}]", width="content")


def _choose_edition() -> None:
    """An edition opens at its own month."""
    view_state.remember(view_state.EDITION, st.session_state["bar_edition"] or None)
    view_state.remember(view_state.MONTH, None)


def _choose_month() -> None:
    view_state.remember(view_state.MONTH, st.session_state["bar_month"])


def _choose_place(key: str, otherwise: str | None) -> None:
    view_state.remember(view_state.PLACE, st.session_state[key] or otherwise)
