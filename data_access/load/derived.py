"""What a person sheet may say elsewhere than in a column of its own: the head in the row of the head, date of birth and
gender in the certificate number, and so on. `deriving.py` fills it in."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

import pyarrow as pa
from sqlalchemy import Date, String
from sqlalchemy.types import TypeEngine

from data_access import id_numbers
from data_access.load.kinds import FileKind
from data_access.schema.tables import monitoring_case

_TEXT = String()
"""One for all columns: tables with the same types are the same table (`lookups.py`)."""

OF_CERTIFICATE: Mapping[str, TypeEngine] = {"birth_date": Date(), "gender": _TEXT}
OF_HEAD = {"head_name": "name", "head_id_no": "id_no"}
CAUSES = tuple(f"cause_{number}" for number in range(1, 6))


def derived_columns(kind: FileKind, *, keys: Collection[str]) -> dict[str, TypeEngine]:
    """The staged columns that can be derived from those of a file: numbers, and what a sheet of persons says elsewhere.

    Args:
        keys: the fields that the file fills (`table.column`).
    """
    columns: dict[str, TypeEngine] = {
        name.replace(".", "__"): _TEXT for name in (*kind.numbers, *([kind.case] if kind.case else []))
    }
    if f"{monitoring_case.name}.rejected_on" in keys:
        columns[f"{monitoring_case.name}__outcome"] = _TEXT
    if not kind.whole:
        return columns
    if "member.id_no" in keys:
        columns |= {f"derived__{name}": type_ for name, type_ in OF_CERTIFICATE.items()}
        columns |= {f"member__{name}": type_ for name, type_ in OF_CERTIFICATE.items()}
    if "member.relation" in keys:
        columns |= {f"household__{name}": _TEXT for name, own in OF_HEAD.items() if f"member.{own}" in keys}
    if "causes.all" in keys:
        columns |= {f"monitoring_case__{name}": _TEXT for name in CAUSES}
    if {"employment.post_kind", "employment.place"} & {*keys}:
        columns["employment__channel"] = _TEXT
    return columns


def of_certificates(held: Mapping[str, pa.Array], *, wanted: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    """What the certificate numbers of a batch of rows say; nothing where it is not wanted."""
    numbers = held.get("member__id_no")
    if numbers is None or "derived__birth_date" not in wanted:
        return {}
    said = [of_certificate(number) for number in numbers.to_pylist()]
    return {
        f"derived__{name}": pa.array([one[at] for one in said], wanted[f"derived__{name}"])
        for at, name in enumerate(OF_CERTIFICATE)
    }


@cache
def of_certificate(number: str | None) -> tuple[date | None, str | None]:
    """Date of birth and gender in a certificate number that begins with an ID number; nothing in another."""
    if number is None or len(number) < id_numbers.LENGTH or not number[: id_numbers.LENGTH - 1].isdigit():
        return None, None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None, None
    return born, "male" if int(number[16]) % 2 else "female"
