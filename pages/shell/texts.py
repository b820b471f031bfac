"""Every word of the interface, from the catalogues in `pages/locales`, in the reader's language.

A catalogue is a folder with one file per page or group of pages; no key appears in two of them.
"""

import gettext
import io
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path

import streamlit as st
from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from data_access.clock import last_day
from data_access.errors import AppError, WordedError, read_texts

LOCALES = {"zh": "zh_CN", "en": "en"}
"""Language in the link (`?lang=`) -> locale, which is the folder of its catalogue."""

LANGUAGE_KEY = "view.lang"

_FOLDER = Path(__file__).parent.parent / "locales"


@cache
def load_catalogue(language: str) -> gettext.GNUTranslations:
    """The catalogue of a language, compiled in memory."""
    catalogue = Catalog(locale=LOCALES[language])
    for path in sorted((_FOLDER / LOCALES[language]).glob("*.po")):
        for message in _messages(language, path.name):
            catalogue[message.id] = message
    for key, said in read_texts(AppError.texts).items():  # which command lines say, too
        catalogue.add(f"error.{key}", said[language])
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def load_file(language: str, name: str) -> dict[str, str]:
    """Key -> text of one file of a catalogue."""
    return {str(message.id): str(message.string) for message in _messages(language, name)}


def _messages(language: str, name: str) -> list[Message]:
    with (_FOLDER / LOCALES[language] / name).open("rb") as file:
        return [message for message in read_po(file, locale=LOCALES[language]) if message.id]


_LANGUAGE: ContextVar[str | None] = ContextVar("_LANGUAGE", default=None)
"""The language of the page that runs in this thread: a page asks for it some two hundred times."""


def settle_language(value: str) -> None:
    """Says for this run, and for the reader's next, which language it is in."""
    st.session_state[LANGUAGE_KEY] = value
    _LANGUAGE.set(value)


def language() -> str:
    """The reader's language: `zh` or `en`."""
    return _LANGUAGE.get() or st.session_state.get(LANGUAGE_KEY, "zh")


def locale() -> Locale:
    """The reader's locale."""
    return _locale(language())


@cache
def _locale(language: str) -> Locale:
    # Babel parses a locale's name again on every call that is given one.
    return Locale.parse(LOCALES[language])


def t(key: str, **values: object) -> str:
    """The text of a key in the reader's language, with `values` filled in. A missing key is shown as it is; a test
    finds it."""
    return load_catalogue(language()).gettext(key).format(**values)


def error_sentence(error: AppError, *, language: str) -> str:
    """The sentence of an error in a language: from the catalogues, or its own words."""
    if isinstance(error, WordedError):
        return error.text(language)
    return load_catalogue(language).gettext(f"error.{error.key}").format(**error.details)


def in_all_languages(key: str, **values: object) -> str:
    """The text of a key in every language, where the reader's language is not known: when the server starts."""
    return " / ".join(load_catalogue(language).gettext(key).format(**values) for language in LOCALES)


def every(key: str) -> frozenset[str]:
    """The texts of a key in every language: what a returned file may contain."""
    return frozenset(load_catalogue(language).gettext(key) for language in LOCALES)


def month_name(month: str, *, cut_off: date | None = None) -> str:
    """A month such as 2022-09 as the reader writes it; given the cut-off, a month in progress says up to which day."""
    last = last_day(month)
    name = format_date(last, t("format.month"), locale=locale())
    if cut_off is None or (cut_off.year, cut_off.month) != (last.year, last.month) or cut_off == last:
        return name
    return t("month.in_progress", month=name, day=cut_off.day)
