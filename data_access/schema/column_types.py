"""Types of columns as databases name them, and whether they fit what the contract declares."""

from collections.abc import Mapping

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String

_FAMILIES = {
    "text": ("varchar", "character varying", "text", "character", "uuid", "enum"),
    "whole": ("integer", "bigint", "smallint", "hugeint", "tinyint", "uinteger", "ubigint"),
    "number": ("double", "double precision", "real", "float", "numeric", "decimal"),
    "boolean": ("boolean",),
    "date": ("date",),
    "moment": ("timestamp", "timestamp with time zone", "timestamp without time zone"),
}
"""Family of a type -> its names in databases."""

_WANTED = {
    Boolean: ("boolean",),
    Integer: ("whole",),
    Float: ("number", "whole"),
    Date: ("date",),
    DateTime: ("moment",),
    String: ("text",),
}
"""Type of the contract -> the families that fit."""


def fits(part: Column, types: Mapping[str, str]) -> bool:
    """Whether the columns of a table, with their types, have one among them and of a type that fits."""
    wanted = next(families for kind, families in _WANTED.items() if isinstance(part.type, kind))
    return part.name in types and family_of(types[part.name]) in wanted


def family_of(data_type: str) -> str | None:
    """The family of a type, given as the database names it; None for a type that fits no column."""
    plain = data_type.split("(")[0].strip()
    return next((family for family, names in _FAMILIES.items() if plain in names), None)
