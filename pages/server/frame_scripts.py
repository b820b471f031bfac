"""Our scripts around Streamlit's page: one for browsers that are too old for it, one that says Streamlit's own words in
the reader's language, one for who goes by the keyboard. The words come from the catalogues `streamlit.po`: the English
one holds what Streamlit says, each other one what is said in its place."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import get_month_names

from pages.shell.texts import LOCALES, load_file

BROWSER, WORDS, KEYBOARD = "browser.js", "words.js", "keyboard.js"
_FOLDER = Path(__file__).parent
_CATALOGUE = "streamlit.po"
_OWN = "en"
"""The language that Streamlit speaks."""


@cache
def contents() -> Mapping[str, bytes]:
    """Address -> script. The address holds a hash of the content, as those of Streamlit's own files do."""
    return {_address(name, content): content for name, content in _contents().items()}


@cache
def addresses() -> Mapping[str, str]:
    """Name of a script -> its address."""
    return {name: _address(name, content) for name, content in _contents().items()}


def words(language: str) -> dict[str, str]:
    """What Streamlit says -> what is said in its place; nothing in its own language."""
    if language == _OWN:
        return {}
    own, said = load_file(_OWN, _CATALOGUE), load_file(language, _CATALOGUE)
    return {own[key]: said[key] for key in own} | _days(language)


def _contents() -> dict[str, bytes]:
    tags = {language: locale.replace("_", "-") for language, locale in LOCALES.items()}
    said = {language: words(language) for language in LOCALES}
    head = f"const LOCALES = {json.dumps(tags)};\nconst WORDS = {json.dumps(said, ensure_ascii=False)};\n"
    return {
        BROWSER: (_FOLDER / BROWSER).read_bytes(),
        KEYBOARD: (_FOLDER / KEYBOARD).read_bytes(),
        WORDS: f"{{\n{head}{(_FOLDER / WORDS).read_text(encoding='utf-8')}}}\n".encode(),
    }


def _address(name: str, content: bytes) -> str:
    file = Path(name)
    return f"/static/frame/{file.stem}.{hashlib.sha256(content).hexdigest()[:8]}{file.suffix}"


def _days(language: str) -> dict[str, str]:
    """Months and days as Streamlit's date fields name them, whatever the language of the browser."""
    day = Locale.parse(LOCALES[language]).date_formats["long"].pattern.replace("y", "{year}").replace("d", "{day}")
    short = get_month_names("abbreviated", locale=LOCALES[language])
    days: dict[str, str] = {}
    for number, name in get_month_names("wide", locale=LOCALES[_OWN]).items():
        days |= {name: short[number], f"{name} {{day}}, {{year}}": day.replace("M", str(number))}
    return days
