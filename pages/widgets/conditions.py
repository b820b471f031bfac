"""The conditions of a selection in words, and the name of a purpose's list."""

from data_access import door
from data_access.facts.metrics import load_metrics
from data_access.lists.lists import LISTINGS
from data_access.lists.selection import Condition, Field, load_fields
from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t


def names(field: Field) -> dict[str, str]:
    """The values a closed field can have: code -> name."""
    if field.kind == "rule":
        return {rule.id: rule.label[language()] for rule in door.rulebook().rules if rule.family == "risk"}
    codes = "boolean" if field.kind == "boolean" else str(field.codes)
    return {code: code_label(codes=codes, code=code, language=language()) for code in load_codes()[codes]}


def in_words(condition: Condition) -> str:
    """A condition in everyday words; of a list that nobody put together, one of its filters."""
    field = load_fields().get(condition.field) or _filter(condition.field)
    asked = t(f"downloads.op_{condition.operator}")
    known = {} if field.kind in ("number", "text") else names(field)
    wanted = t("list.separator").join(known.get(value, value) for value in condition.wanted)
    return t("downloads.condition", field=field.label[language()], operator=asked, wanted=wanted).strip()


def text_of(condition: Condition) -> str:
    """A condition as written in a link: lamp.is.red,yellow."""
    return f"{condition.field}.{condition.operator}.{','.join(condition.wanted)}".rstrip(".")


def _filter(column: str) -> Field:
    """A column by which lists are filtered, as a field; what has no code list is shown as recorded."""
    codes = next((listing.facets[column] for listing in LISTINGS.values() if column in listing.facets), None)
    return Field(column, "text" if codes is None else "code", {language(): t(f"list.{column}")}, codes)


def list_name(subject: str) -> str:
    """The name of a purpose's list."""
    known = load_metrics().get(subject)
    return t("downloads.list") if known is None else known.label[language()]
