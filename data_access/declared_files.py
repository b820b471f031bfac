"""Every declared YAML file and what reads it: a file that is not listed here is not read at all.

The files of the rule book are read together, by `risk.rulebook`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from data_access.access.capacity import load_capacity
from data_access.access.retention import load_retention
from data_access.access.roles import load_roles
from data_access.access.settings import load_settings
from data_access.cases.elimination import load_elimination
from data_access.cases.help_fit import load_help_fit
from data_access.cases.procedure import declared_steps
from data_access.clock import load_place_time
from data_access.clues.clue_tests import load_clue_tests
from data_access.connect.drafting import load_guesses
from data_access.database.server import load_server
from data_access.declarations import DeclarationError, load_sentences
from data_access.disclosure import load_shown
from data_access.dispatch.matters import load_dispatch_matters
from data_access.dispatch.ranking import load_schemes
from data_access.facts.metrics import load_ledger_metrics, load_metrics
from data_access.facts.public_table import public_metrics
from data_access.facts.standing_items import load_items
from data_access.files import limits
from data_access.files.cells import load_words
from data_access.files.heading_words import load_heading_words
from data_access.files.no_data import load_no_data
from data_access.handouts.asked import load_asked
from data_access.inspection import draw_settings
from data_access.inspection.call_questions import load_call_questions
from data_access.inspection.findings import load_questions
from data_access.ledger.declaration import metadata as records
from data_access.lists.lists import LISTINGS
from data_access.lists.selection import load_computed_words
from data_access.load import cells, rejects
from data_access.load.differences.matters import load_matters
from data_access.load.entry_forms import load_entry_forms
from data_access.load.kinds import DECLARED_KINDS, load_kinds, read_kinds
from data_access.load.rules import load_rules
from data_access.quality.completeness import load_person_items
from data_access.quality.near_threshold import load_near
from data_access.quality.outliers import load_outliers
from data_access.quality.row_rules import load_row_rules
from data_access.quality.validation_rules import FILES, read_validation_rules
from data_access.reports.kinds import load_report_kinds
from data_access.risk.remedy import load_remedies
from data_access.risk.rulebook import load_rulebook
from data_access.schema.collected import BESIDE_FACTS, load_collected
from data_access.schema.indicators import load_indicators, read_codes
from data_access.schema.limits import load_limits
from data_access.schema.ranges import load_ranges
from data_access.schema.references import load_references
from data_access.schema.renamed import load_renamed

FOLDER = Path(__file__).parent

DECLARED: Mapping[str, Callable[[Path], Any]] = {
    "access/capacity.yaml": load_capacity,
    "access/retention.yaml": load_retention,
    "access/roles.yaml": load_roles,
    "access/settings.yaml": load_settings,
    "addresses.yaml": load_sentences,
    "backup/errors.yaml": load_sentences,
    "cases/elimination.yaml": load_elimination,
    "cases/help_fit.yaml": load_help_fit,
    "cases/steps.yaml": declared_steps,
    "clock.yaml": load_place_time,
    "clues/clue_tests.yaml": load_clue_tests,
    "connect/command.yaml": load_sentences,
    "connect/draft.yaml": load_guesses,
    "connect/errors.yaml": load_sentences,
    "connect/told.yaml": load_sentences,
    "database/server.yaml": load_server,
    "declarations.yaml": load_sentences,
    "disclosure.yaml": load_shown,
    "dispatch/matters.yaml": load_dispatch_matters,
    "dispatch/ranking.yaml": load_schemes,
    "files/errors.yaml": load_sentences,
    "files/headings.yaml": load_heading_words,
    "files/limits.yaml": limits.load_limits,
    "files/no_data.yaml": load_no_data,
    "files/words.yaml": load_words,
    "errors.yaml": load_sentences,
    "facts/ledger_metrics.yaml": load_ledger_metrics,
    "facts/metrics.yaml": load_metrics,
    "facts/public_table.yaml": public_metrics,
    "facts/standing_items.yaml": load_items,
    "handouts/asked.yaml": load_asked,
    "inspection/call_questions.yaml": load_call_questions,
    "inspection/inspection.yaml": draw_settings.load_inspection,
    "inspection/questions.yaml": load_questions,
    "ledger/migration_error.yaml": load_sentences,
    "ledger/record_error.yaml": load_sentences,
    "lists/selection.yaml": load_computed_words,
    "load/bounds.yaml": cells.load_checks,
    "load/differences/matters.yaml": load_matters,
    "load/entry_forms.yaml": load_entry_forms,
    "load/errors.yaml": load_sentences,
    **{f"load/kinds/{name}.yaml": read_kinds for name in DECLARED_KINDS},
    "load/rejects.yaml": rejects.load_words,
    "load/rules.yaml": load_rules,
    "load/upgrade.yaml": load_sentences,
    "quality/check_command.yaml": load_sentences,
    "quality/compliance.yaml": load_sentences,
    "quality/near_threshold.yaml": load_near,
    "quality/outliers.yaml": load_outliers,
    "quality/person_items.yaml": load_person_items,
    "quality/row_rules.yaml": load_row_rules,
    **{f"quality/rules/{name}.yaml": read_validation_rules for name in FILES},
    "reports/field_reports.yaml": load_report_kinds,
    "risk/remedy.yaml": load_remedies,
    "schema/codes.yaml": read_codes,
    "schema/collected.yaml": load_collected,
    "schema/indicators.yaml": load_indicators,
    "schema/limits.yaml": load_limits,
    "schema/ranges.yaml": load_ranges,
    "schema/references.yaml": load_references,
    "schema/renamed.yaml": load_renamed,
}
"""File below `data_access` -> its reader, which raises DeclarationError."""


def check_declarations() -> None:
    """Read every declared file, and check the references between them. Raises DeclarationError for the first error."""
    for name, read in DECLARED.items():
        read(FOLDER / name)
    for file, place, named, known in _references():
        if named not in known:
            words = {"name": named, "known": tuple(known)}
            raise DeclarationError(file=file, place=place, kind="unknown_reference", words=words)


def _references() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """References from a file to subjects above its own: file, place, name, and the known names."""
    for key, metric in load_metrics().items():
        yield "metrics.yaml", f"{key}.numerator.fact", metric.numerator.fact, LISTINGS
        if metric.denominator is not None:
            yield "metrics.yaml", f"{key}.denominator.fact", metric.denominator.fact, LISTINGS
    for key, source in load_rulebook().sources.items():
        for kind in source.files:
            yield "sources.yaml", f"{key}.files", kind, load_kinds()
        if source.events is not None:
            lists = {name: kind for name, kind in load_kinds().items() if kind.department == source.events.department}
            yield "sources.yaml", f"{key}.events.file", source.events.file, lists
    facts = {term.fact for metric in load_metrics().values() for term in (metric.numerator, metric.denominator) if term}
    for name in load_collected().figures:
        yield "collected.yaml", name, name.split(".")[0], dict.fromkeys({*facts, *BESIDE_FACTS})
    for name, renamed in load_renamed().codes.items():
        yield "renamed.yaml", f"codes.{name}", name, read_codes()
        yield from (("renamed.yaml", f"codes.{name}.{code}", code, read_codes()[name]) for code in renamed)
    columns = {str(column): column for table in records.tables.values() for column in table.c}
    for name in load_retention():
        yield "retention.yaml", name, name, columns
    known = {**load_kinds(), **load_metrics()}
    named = [(key, name) for key, kind in load_report_kinds().items() for name in (kind.load, *kind.takes_off)]
    yield from (("field_reports.yaml", key, name.partition(".")[0], known) for key, name in named)
    yield from _asked_of_lists()
    for question in load_questions()["village"].values():
        yield "questions.yaml", f"village.{question.key}.metric", str(question.metric), load_metrics()


def _asked_of_lists() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """The lists whose returned forms are declared, and their columns with the step of a row."""
    for key, asked in load_asked().items():
        yield "asked.yaml", key, key, LISTINGS
        if asked.step is not None:
            yield "asked.yaml", f"{key}.step", asked.step, LISTINGS[key].details
