"""What may stand in a column of a file, for the sheet about it: the words of a list of codes, or a form of values."""

from data_access.schema.indicators import code_label, load_codes
from pages.shell.texts import language, t

_MOST_WORDS = 20
"""A list of codes with more words is not written out."""


WHO = frozenset({"household_id", "head_name", "head_id_no", "phone", "member_id", "member_name", "member_id_no"})
FORMS = frozenset({"date", "number", "yuan", "text", "boolean", "department", "reasons", "conditions", "doubts"})


def of(name: str, *, kind: str) -> str:
    """What may stand in a column.

    Args:
        name: the key of the column.
        kind: how its values are shown: a key of `FORMS`, or a list of codes.
    """
    if name in WHO:
        return t(f"meaning.{name}")
    if kind in FORMS:
        return t(f"meaning.{kind}")
    codes = load_codes()[kind]
    if len(codes) > _MOST_WORDS:
        return t("meaning.code")
    words = t("list.separator").join(code_label(codes=kind, code=code, language=language()) for code in codes)
    return t("meaning.words", words=words)
