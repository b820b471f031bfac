"""What restricts a list: closed lists of codes, departments, and filters that only a link can set; kept in the link."""

from collections.abc import Mapping

import streamlit as st

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import DEPARTMENT, MONTH, NOT_RECORDED, TEXT_FILTERS, Filters
from data_access.lists.lists import listing_of as listing_behind
from data_access.schema.indicators import code_label, load_codes
from pages.shell import view_state
from pages.shell.texts import language, t
from pages.widgets import departments, link_choice
from pages.widgets.link_choice import ALL
from pages.widgets.list_link import FACET


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
    if "reasons" in listing_behind(metric).details:
        rules = door.rulebook().rules
        options["rule"] = {rule.id: rule.label[language()] for rule in rules if rule.family == "risk"}
    if listing_behind(metric).details.get(DEPARTMENT) == DEPARTMENT:
        options[DEPARTMENT] = departments.names() | {NOT_RECORDED: t("list.no_department")}
    # A grid, a helper or a month is chosen on another page; here it can only be removed.
    named = {column: st.query_params.get(f"{FACET}{column}", ALL) for column in (*TEXT_FILTERS, MONTH)}
    options |= {column: {value: value} for column, value in named.items() if value != ALL}
    _say_missed(options)
    with st.container(horizontal=True, gap="small"):
        chosen = {column: _choose(column, names=names, metric=metric) for column, names in options.items()}
    return tuple((column, code) for column, code in chosen.items() if code != ALL)


def _say_missed(options: Mapping[str, Mapping[str, str]]) -> None:
    """Says which filters of the link are not among those of the list: it is shown without them."""
    for key in [key for key in st.query_params if key.startswith(FACET)]:
        column, value = key.removeprefix(FACET), st.query_params[key]
        if value not in options.get(column, ()):
            said = view_state.said_in_link(f"{column}-{value}")
            st.warning(t("list.missed_filter", value=said), icon=":material/link_off:")


def _choose(column: str, *, names: dict[str, str], metric: str) -> str:
    label = t(f"list.{column}")
    return link_choice.narrow(
        f"{FACET}{column}",
        names,
        label=label,
        everything=t("list.all", column=label),
        key=f"list_{metric}_{column}",
        width=190,
    )
