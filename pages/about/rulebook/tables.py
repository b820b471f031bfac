"""The rule book as readable tables: bands, rules, income lines, time limits; what still needs a source says so."""

from typing import Any

import pandas as pd
import streamlit as st

from data_access.risk.rulebook import CODE_TESTS, RuleBook
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


def rules(described: pd.DataFrame) -> None:
    """Rules of one family; `described` as returned by `dictionary.describe_rules`."""
    shown = pd.DataFrame(
        {
            t("rulebook.rule"): [f"**{row.name_}**  \n{row.description}" for row in _rows(described)],
            t("rulebook.dimension"): [t(f"dimension.{row.dimension}") for row in _rows(described)],
            t("rulebook.values"): [_steps(row) for row in _rows(described)],
            t("rulebook.since"): [row.since.isoformat() for row in _rows(described)],
            t("rulebook.sources"): [t("list.separator").join(row.sources) for row in _rows(described)],
            t("rulebook.status"): [_status(row.placeholder) for row in _rows(described)],
        }
    )
    st.table(shown, hide_index=True)


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
