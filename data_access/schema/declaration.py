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
) -> Column:
    """A column: `key` = part of the primary key, `required` = never NULL, `codes` = its list in `codes.yaml`."""
    return Column(
        name,
        type_,
        primary_key=key,
        nullable=not (key or required),
        autoincrement=False,
        comment=f"{zh} / {en}",
        info={"zh": zh, "en": en, "codes": codes},
    )


def table(name: str, zh: str, en: str, *columns: Column) -> Table:
    """A table; `zh` and `en` say what one row is."""
    return Table(name, metadata, *columns, comment=f"{zh} / {en}", info={"zh": zh, "en": en})


def household_key() -> Column:
    """The first column of every table below `household`: it is what a distributed database distributes by."""
    return column("household_id", String(), "户编号", "household number", key=True)
