"""The rule book as readable tables: bands, rules, income lines, time limits; what still needs a source says so."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from data_access.connect.listing import counted_from
from data_access.facts.dictionary import SOURCE_STATES
from data_access.load.kinds import load_kinds
from data_access.risk.rule import CODE_TESTS
from data_access.risk.rulebook import RuleBook
from data_access.schema.indicators import code_label
from pages.shell.texts import language, t


def bands(book: RuleBook) -> None:
    """The scores from which a household is red or yellow, what is always red, and the source for each."""
    for start, band in sorted(book.bands.items()):
        st.markdown(
            t("rulebook.bands", since=start.isoformat(), red_above=band.red_above, yellow_from=band.yellow_from)
        )
    names = {rule.id: rule.label[language()] for rule in book.rules}
    st.markdown(t("rulebook.hard_triggers", rules=t("list.separator").join(names[rule] for rule in book.hard_triggers)))
    for source in book.bands_reference:
        st.markdown(f"- {source.title[language()]} {_status(source.status == 'placeholder')}")


def rules(described: pd.DataFrame, *, out_of_force: Collection[str]) -> None:
    """Rules of one family; `described` as returned by `dictionary.describe_rules`.

    `out_of_force`: the ids of those whose source is not connected.
    """
    shown = pd.DataFrame(
        {
            t("rulebook.rule"): [f"**{row.name_}**  \n{row.description}" for row in _rows(described)],
            t("rulebook.dimension"): [t(f"dimension.{row.dimension}") for row in _rows(described)],
            t("rulebook.values"): [_steps(row) for row in _rows(described)],
            t("rulebook.since"): [row.since.isoformat() for row in _rows(described)],
            t("rulebook.sources"): [t("list.separator").join(row.sources) for row in _rows(described)],
            t("rulebook.status"): [
                f"{_state('never')} {_status(row.placeholder)}" if row.id in out_of_force else _status(row.placeholder)
                for row in _rows(described)
            ],
        }
    )
    st.table(shown, hide_index=True)


def sources(described: pd.DataFrame, *, is_mapped: bool) -> None:
    """Where the inputs come from, what is lacking first; `described` as returned by `dictionary.describe_sources`.

    `is_mapped`: whether they are read from a connected database, by a mapping.
    """
    order = described["state"].map(SOURCE_STATES.index)
    found = _rows(described.loc[order.sort_values(kind="stable").index])
    shown = pd.DataFrame(
        {
            t("sources.source"): [f"**{row.name_}**" for row in found],
            t("sources.state"): [_state(row.state) for row in found],
            t("sources.send"): [_map(row) if is_mapped else _send(row) for row in found],
            t("sources.every"): [f"{_every(row)} {_status(row.placeholder)}" for row in found],
            t("sources.since"): [_day(row.since) for row in found],
            t("sources.newest"): [_newest(row) for row in found],
            t("sources.rules_head"): [_listed(row.rules) for row in found],
        }
    )
    st.table(shown, hide_index=True)


def _send(row: Any) -> str:
    files = _listed([load_kinds()[kind].label[language()] for kind in row.files])
    return t("sources.send_text", files=files, columns=_listed(row.columns))


def _map(row: Any) -> str:
    """The columns to be mapped, and what they can be counted from instead."""
    persons = counted_from(row.names)
    said = [f"`{name}` {label}" for name, label in zip(row.names, row.columns, strict=True)]
    text = t("sources.map_text", columns=_listed(said))
    return text + t("sources.count_text", columns=_listed([f"`{name}`" for name in persons])) if persons else text


def _every(row: Any) -> str:
    return t("sources.every_text", months=row.every_months)


def _newest(row: Any) -> str:
    return t("sources.newest_text", newest=_day(row.newest), late=_day(row.late_from)) if row.newest else ""


def _day(day: date | None) -> str:
    return "" if day is None or day == date.min else day.isoformat()


def _state(state: str) -> str:
    colour = {"never": "gray", "late": "orange", "connected": "green"}[state]
    return f":{colour}-badge[{t(f'sources.state.{state}')}]"


def _listed(names: list[str]) -> str:
    return t("list.separator").join(names)


def lines(book: RuleBook) -> None:
    """The monitoring income line by year."""
    shown = pd.DataFrame(
        {
            t("rulebook.year"): [str(year) for year in book.lines],
            t("rulebook.line"): [str(line.value) for line in book.lines.values()],
            t("rulebook.sources"): [line.reference[language()] for line in book.lines.values()],
            t("rulebook.status"): [_status(line.status == "placeholder") for line in book.lines.values()],
        }
    )
    st.table(shown, hide_index=True)


def limits(described: pd.DataFrame) -> None:
    """Time limits for the work; `described` as returned by `dictionary.describe_limits`."""
    shown = pd.DataFrame(
        {
            t("rulebook.limit"): described["name"],
            t("rulebook.value"): described["value"].astype(str),
            t("rulebook.since"): [since.isoformat() for since in described["since"]],
            t("rulebook.sources"): described["source"],
            t("rulebook.status"): [_status(placeholder) for placeholder in described["placeholder"]],
        }
    )
    st.table(shown, hide_index=True)


def _rows(described: pd.DataFrame) -> list[Any]:
    return list(described.rename(columns={"name": "name_"}).itertuples())


def _steps(row: Any) -> str:
    if not row.steps:
        return t("rulebook.withdrawn")
    lines = [
        t("rulebook.step_code", test=t(f"test.{row.test}"), threshold=threshold, points=points)
        if row.test in CODE_TESTS
        else t("rulebook.step", test=t(f"test.{row.test}"), threshold=threshold, unit=row.unit, points=points)
        for threshold, points in row.steps
    ]
    if row.applies_to:
        words = [code_label(codes="household_type", code=code, language=language()) for code in row.applies_to]
        lines.append(t("rulebook.applies_to", types=t("list.separator").join(words)))
    return "  \n".join(lines)


def _status(placeholder: bool) -> str:
    return f":orange-badge[{t('badge.placeholder')}]" if placeholder else f":green-badge[{t('badge.published')}]"
