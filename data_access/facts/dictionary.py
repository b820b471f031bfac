"""The data dictionary, as frames, from the declarations themselves: tables, indicators, code lists, metrics, rules,
limits."""

from datetime import date

import pandas as pd

from data_access.facts.metrics import Term, load_ledger_metrics, load_metrics
from data_access.risk.rulebook import RuleBook
from data_access.risk.sources import Coverage
from data_access.schema.indicators import load_codes, load_indicators
from data_access.schema.limits import load_limits
from data_access.schema.tables import household_indicator, metadata

SOURCE_STATES = ("never", "late", "connected")
"""A source never connected; one whose next list of events is late; any other. `sources.state.<state>` names it."""


def describe_tables(*, language: str) -> pd.DataFrame:
    """Tables of the household database, one row per table. Columns: table, row_is, columns (their number)."""
    return pd.DataFrame(
        [
            {"table": table.name, "row_is": table.info[language], "columns": len(table.c)}
            for table in metadata.tables.values()
        ]
    )


def table_label(table: str, *, language: str) -> str:
    """What one row of a table is; its name for a table that is not in the contract."""
    known = metadata.tables.get(table)
    return table if known is None else str(known.info[language])


def describe_columns(table: str, *, language: str) -> pd.DataFrame:
    """Columns of one table, one row per column. Columns: column, meaning, type, required, codes. Raises KeyError for
    an unknown table."""
    return pd.DataFrame(
        [
            {
                "column": column.name,
                "meaning": column.info[language],
                "type": str(column.type).lower(),
                "required": not column.nullable,
                "codes": _code_words(column.info["codes"], language=language),
            }
            for column in metadata.tables[table].c
        ]
    )


def describe_indicators(*, language: str) -> pd.DataFrame:
    """The 72 indicators, one row each. Columns: number, family, name, key, source, unit, stored (where, or how it is
    computed)."""
    return pd.DataFrame(
        [
            {
                "number": indicator.number,
                "family": indicator.family,
                "name": indicator.zh if language == "zh" else indicator.en,
                "key": indicator.key,
                "source": indicator.source,
                "unit": ", ".join(sorted({column.unit for column in indicator.columns if column.unit})),
                "stored": indicator.computed
                or ", ".join(f"{indicator.table}.{column.name}" for column in indicator.columns),
            }
            for indicator in load_indicators()
        ]
    )


def describe_metrics(*, language: str) -> pd.DataFrame:
    """Every number shown anywhere, one row each.

    Columns: name, key, unit, definition, counted (from which monthly fact; empty for those counted from the app's own
    records), direction, rankable, to_confirm.
    """
    return pd.DataFrame(
        [
            {
                "name": metric.label[language],
                "key": metric.key,
                "unit": metric.unit,
                "definition": metric.defined(language),
                "counted": _formula(metric.numerator, metric.denominator),
                "direction": metric.direction,
                "rankable": metric.rankable,
                "to_confirm": metric.to_confirm,
            }
            for metric in load_metrics().values()
        ]
        + [
            {
                "name": metric.label[language],
                "key": metric.key,
                "unit": metric.unit,
                "definition": metric.defined(language),
                "counted": "",
                "direction": metric.direction,
                "rankable": metric.rankable,
                "to_confirm": metric.to_confirm,
            }
            for metric in load_ledger_metrics().values()
        ]
    )


def describe_rules(rulebook: RuleBook, *, family: str, language: str) -> pd.DataFrame:
    """Rules of a family with every dated value, one row per rule and start date.

    Columns: id, name, dimension, description, input, test, steps (threshold → points, most severe first), unit, since,
    applies_to (codes), sources, placeholder (true if a source is still missing).
    """
    return pd.DataFrame(
        [
            {
                "id": rule.id,
                "name": rule.label[language],
                "dimension": rule.dimension,
                "description": rule.description[language],
                "input": rule.input,
                "test": rule.test,
                "steps": [
                    (_threshold_words(rule.input, step.threshold, language=language), step.points) for step in steps
                ],
                "unit": rule.unit[language],
                "since": start,
                "applies_to": rule.household_types,
                "sources": [source.title[language] for source in rule.reference],
                "placeholder": rule.is_placeholder,
            }
            for rule in rulebook.rules
            if rule.family == family
            for start, steps in sorted(rule.dated_steps.items())
        ]
    )


def describe_sources(rulebook: RuleBook, *, on: date, language: str) -> pd.DataFrame:
    """The sources of the rules laid down on a day, one row per source.

    Columns: name, rules (labels of those that need it), state (of SOURCE_STATES), since (None: never), newest (the day
    that its newest list of events speaks of; None: it has none), late_from, columns (labels), names (of the columns),
    files (kinds of file), every_months, placeholder.
    """
    rules = [(rule, {one.key for one in rulebook.sources_of(rule)}) for rule in rulebook.rules_laid_down(on=on)]
    late = {source.key for source in rulebook.late_on(on=on)}
    rows = []
    for source in rulebook.sources.values():
        its_rules = [rule for rule, needed in rules if source.key in needed]
        since = rulebook.connected_since(source, on=on)
        coverage = rulebook.coverage or Coverage()
        events = coverage.events_of(source)
        rows.append(
            {
                "name": source.label[language],
                "rules": [rule.label[language] for rule in its_rules],
                "state": "never" if since is None else "late" if source.key in late else "connected",
                "since": since,
                "newest": None if events is None else events.newest,
                "late_from": coverage.late_from(source),
                "columns": [household_indicator.c[name].info[language] for name in source.columns],
                "names": list(source.columns),
                "files": list(source.files),
                "every_months": source.every_months,
                "placeholder": source.status == "placeholder",
            }
        )
    return pd.DataFrame([row for row in rows if row["rules"]])


def describe_limits(*, language: str) -> pd.DataFrame:
    """Time limits of the work, one row per limit and start date. Columns: name, since, value, source, placeholder."""
    return pd.DataFrame(
        [
            {
                "name": entry.label[language],
                "since": start,
                "value": value.value,
                "source": value.reference[language],
                "placeholder": value.status == "placeholder",
            }
            for entry in load_limits().values()
            for start, value in sorted(entry.dated_values.items())
        ]
    )


def _code_words(codes: str | None, *, language: str) -> str:
    if codes is None:
        return ""
    return "; ".join(f"{code} = {words[language]}" for code, words in load_codes()[codes].items())


def _threshold_words(input_name: str, threshold: object, *, language: str) -> str:
    codes = next(
        (column.codes for indicator in load_indicators() for column in indicator.columns if column.name == input_name),
        None,
    )
    values = threshold if isinstance(threshold, tuple) else (threshold,)
    if isinstance(threshold, bool):
        codes = "boolean"
    if codes is None:
        return ", ".join(str(value) for value in values)
    separator = "、" if language == "zh" else ", "
    return separator.join(load_codes()[codes][str(value)][language] for value in values)


def _formula(numerator: Term, denominator: Term | None) -> str:
    return _term_words(numerator) if denominator is None else f"{_term_words(numerator)} ÷ {_term_words(denominator)}"


def _term_words(term: Term) -> str:
    kept = ", ".join(f"{column}={'|'.join(values)}" for column, values in term.where.items())
    amount = f"{term.column} − {term.minus}" if term.minus else term.column
    times = f" × {term.times}" if term.times != 1 else ""
    return f"{term.fact}[{kept}].{amount}{times}" if kept else f"{term.fact}.{amount}{times}"
