"""The differences of a file: the list, its counts, and the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from data_access import region_codes
from data_access.database.frames import read_frame
from data_access.database.regions import name_of
from data_access.load.differences.matters import COLUMNS, load_matters
from data_access.load.differences.registers import Compared, compare_registers
from data_access.load.differences.rosters import compare_roster
from data_access.load.differences.sides import read_file, read_held, read_persons, read_roster
from data_access.load.kinds import REGISTER
from data_access.load.staging import Staged
from data_access.schema.indicators import code_label, load_codes
from data_access.schema.tables import region
from data_access.scope import Scope

EFFECTS = "difference_effect"
"""The list of codes of what a load does about a difference."""

_VILLAGES = ("village",)
"""Matters whose values are codes of villages."""


@dataclass(frozen=True)
class Differences:
    """How a file differs from what is held, and what of it was compared."""

    compared: Compared
    households: int
    persons: int
    rows: int
    """Rows of the file that were compared; the others name no household or no person by a number."""
    names: Mapping[str, Mapping[str, str]]
    """Language -> code of a township or village -> its name."""

    @property
    def counts(self) -> pd.DataFrame:
        """One row per matter and township: matter, township_code, rows; the matters in their order."""
        found = self.compared.rows
        own = found.assign(township_code=found["village_code"].map(region_codes.township_of).astype("str"))
        counts = own.groupby(["matter", "township_code"], as_index=False).size().rename(columns={"size": "rows"})
        order = {key: at for at, key in enumerate(load_matters().matters)}
        return counts.sort_values(
            ["matter", "township_code"], key=lambda part: part.map(order) if part.name == "matter" else part
        ).reset_index(drop=True)

    def listed(self, *, matter: str | None = None, township: str | None = None) -> pd.DataFrame:
        """The differences, of one matter or of one township."""
        rows = self.compared.rows
        wanted = (rows["matter"] == matter) if matter is not None else rows["matter"].notna()
        if township is not None:
            wanted &= rows["village_code"].str.startswith(township)
        return rows[wanted]

    def place(self, code: str, *, language: str) -> str:
        """The name of a township or village; its code where it is not known."""
        return self.names[language].get(code, code)

    def in_words(self, rows: pd.DataFrame, *, language: str) -> pd.DataFrame:
        """Differences in words; columns `matters.COLUMNS`."""
        matters = load_matters().matters
        of = {
            key: {
                "matter": one.label[language],
                "corrector": code_label(codes="corrector", code=one.corrector, language=language),
            }
            for key, one in matters.items()
        }
        words = rows.assign(
            matter=rows["matter"].map({key: one["matter"] for key, one in of.items()}),
            corrector=rows["matter"].map({key: one["corrector"] for key, one in of.items()}),
            effect=[code_label(codes=EFFECTS, code=code, language=language) for code in rows["effect"]],
            township=[self.place(region_codes.township_of(code), language=language) for code in rows["village_code"]],
            village=[self.place(code, language=language) for code in rows["village_code"]],
            **{side: self._values(rows, side, language=language) for side in ("there", "here")},
        )
        return words[list(COLUMNS)]

    def _values(self, rows: pd.DataFrame, side: str, *, language: str) -> list[str]:
        codes = {key: one.codes for key, one in load_matters().matters.items()}
        return [
            self._value(value, village=matter in _VILLAGES, codes=codes[matter], language=language)
            for matter, value in zip(rows["matter"], rows[side], strict=True)
        ]

    def _value(self, value: str, *, village: bool, codes: str | None, language: str) -> str:
        if village:
            return self.place(value, language=language)
        known = {} if codes is None else load_codes()[codes]
        return " ".join(known[part][language] if part in known else part for part in value.split(" "))


def find_differences(connection: Connection, staged: Staged, *, scope: Scope) -> Differences | None:
    """How a file differs from what is held, before it is merged; None for a kind that is not compared.

    Args:
        scope: whose list it is: rows and names as it may see them.
    """
    if staged.kind.compared is None:
        return None
    if staged.kind.compared != REGISTER:
        return _find_in_roster(connection, staged, kind=staged.kind.compared, scope=scope)
    there = read_file(connection, staged, scope=scope)
    held = read_held(connection, staged, scope=scope)
    compared = compare_registers(there, held, from_percent=load_matters().listed_from_percent)
    return Differences(
        compared=compared,
        households=len(there.households),
        persons=len(there.persons),
        rows=len(there.persons),
        names=_names(connection),
    )


def _find_in_roster(connection: Connection, staged: Staged, *, kind: str, scope: Scope) -> Differences:
    listed = read_roster(connection, staged, scope=scope)
    held = read_persons(connection, staged, scope=scope)
    named = listed.dropna(subset="certificate")
    return Differences(
        compared=compare_roster(listed, held, kind=kind, as_of=pd.Timestamp(staged.as_of)),
        households=0,
        persons=named["certificate"].nunique(),
        rows=len(named),
        names=_names(connection),
    )


def _names(connection: Connection) -> dict[str, dict[str, str]]:
    named = (name_of(region, language=language).label(language) for language in ("zh", "en"))
    found = read_frame(connection, select(region.c.code, *named).where(region.c.level.in_(("township", "village"))))
    return {language: dict(zip(found["code"], found[language], strict=True)) for language in ("zh", "en")}
