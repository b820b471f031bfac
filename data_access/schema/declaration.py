"""How a table of the household database is declared: columns with a Chinese and an English comment."""

from sqlalchemy import Boolean, Column, Date, Float, Integer, MetaData, String, Table
from sqlalchemy.types import TypeEngine

metadata = MetaData()

INDICATOR_TYPES: dict[str, TypeEngine] = {
    "integer": Integer(),
    "decimal": Float(),
    "boolean": Boolean(),
    "code": String(),
    "text": String(),
    "date": Date(),
}


def column(
    name: str,
    type_: TypeEngine,
    zh: str,
    en: str,
    *,
    key: bool = False,
    required: bool = False,
    codes: str | None = None,
    since: int = 1,
) -> Column:
    """A column: `key` = part of the primary key, `required` = never NULL, `codes` = its list in `codes.yaml`, `since` =
    the version of the contract that added it (`contract.py`)."""
    return Column(
        name,
        type_,
        primary_key=key,
        nullable=not (key or required),
        autoincrement=False,
        comment=f"{zh} / {en}",
        info={"zh": zh, "en": en, "codes": codes, "since": since},
    )


def table(name: str, zh: str, en: str, *columns: Column, since: int = 1, needed: bool = False) -> Table:
    """A table; `zh` and `en` say what one row is, `since` which version of the contract added it, `needed` that no
    database does without it. A column that is added to a table later is neither key nor required: existing rows have no
    value for it."""
    late = [part.name for part in columns if part.info["since"] > since and not part.nullable]
    if late:
        raise ValueError(f"{name}: added later, so neither key nor required: {', '.join(late)}")
    return Table(
        name, metadata, *columns, comment=f"{zh} / {en}", info={"zh": zh, "en": en, "since": since, "needed": needed}
    )


def household_key() -> Column:
    """The first column of every table below `household`: a distributed database distributes by it."""
    return column("household_id", String(), "户编号", "household number", key=True)
