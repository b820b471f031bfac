"""What restricts a list: closed lists of codes, departments, and filters that only a link can set; kept in the link."""

from collections.abc import Mapping

import streamlit as st

from charts.layout import width_of
from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import DEPARTMENT, MONTH, NOT_RECORDED, RULE, RULE_ALONE, TEXT_FILTERS, Filters
from data_access.lists.lists import listing_of as listing_behind
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import departments, link_choice
from pages.widgets.link_choice import ALL
from pages.widgets.list_link import FACET

_YES_OR_NO = "boolean"
_LEAST_WIDE, _MOST_WIDE = 190, 380
_AROUND = 64
"""Pixels of a field beside its text."""


def choose(metric: str) -> Filters:
    """Let the reader restrict the list of a metric; pairs of column and code."""
    declared = load_metrics()[metric]
    settled = declared.numerator.where
    facets = {
        column: codes
        for column, codes in listing_behind(metric).facets.items()
        # A column that the metric itself fixes is not offered, nor one that is not collected.
        if len(settled.get(column, ())) != 1 and view_state.divides(declared, column)
    }
    options = {
        column: {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}
        for column, codes in facets.items()
    }
    options |= {
        column: _with_column(column, options[column]) for column, codes in facets.items() if codes == _YES_OR_NO
    }
    for column in facets:  # a figure of what is not stated opens its list
        if _in_link(column) == NOT_RECORDED:
            options[column][NOT_RECORDED] = t("value.not_stated")
    if "reasons" in listing_behind(metric).details:
        rules = {rule.id: rule.label[language()] for rule in door.rulebook().rules if rule.family == "risk"}
        options[RULE] = rules
        if _in_link(RULE_ALONE) in rules:
            options[RULE_ALONE] = _with_column(RULE_ALONE, rules)
    if listing_behind(metric).details.get(DEPARTMENT) == DEPARTMENT:
        options[DEPARTMENT] = departments.names() | {NOT_RECORDED: t("list.no_department")}
    # A grid, a helper or a month is chosen on another page; here it can only be removed.
    named = {column: _in_link(column) for column in (*TEXT_FILTERS, MONTH)}
    options |= {column: {value: value} for column, value in named.items() if value != ALL}
    _say_missed(options)
    with st.container(horizontal=True, gap="small"):
        chosen = {column: _choose(column, names=names, metric=metric) for column, names in options.items()}
    return tuple((column, code) for column, code in chosen.items() if code != ALL)


def _in_link(column: str) -> str:
    return st.query_params.get(f"{FACET}{column}", ALL)


def _with_column(column: str, names: Mapping[str, str]) -> dict[str, str]:
    """Names that say of what they are, where they alone do not: yes and no."""
    return {code: t("list.filtered", column=t(f"list.{column}"), value=name) for code, name in names.items()}


def _say_missed(options: Mapping[str, Mapping[str, str]]) -> None:
    """Says which filters of the link are not among those of the list: it is shown without them."""
    for key in [key for key in st.query_params if key.startswith(FACET)]:
        column, value = key.removeprefix(FACET), st.query_params[key]
        if value not in options.get(column, ()):
            said = view_state.said_in_link(f"{column}-{value}")
            st.warning(t("list.missed_filter", value=said), icon=":material/link_off:")


def _choose(column: str, *, names: dict[str, str], metric: str) -> str:
    label = t(f"list.{column}")
    everything = t("list.all", column=label)
    longest = max(width_of(text, size=16) for text in (everything, *names.values()))
    return link_choice.narrow(
        f"{FACET}{column}",
        names,
        label=label,
        everything=everything,
        key=f"list_{metric}_{column}",
        width=min(max(_AROUND + longest, _LEAST_WIDE), _MOST_WIDE),
    )
