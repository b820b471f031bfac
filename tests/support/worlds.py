"""Small worlds that differ only in the villages they hold: what somebody may see of the whole one must be what there is
in the one that holds nothing else.

Every person's name, number and telephone is told apart from every other text, so that it is found wherever it shows.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from data_access.database.engine import HouseholdDatabase, Snapshot
from data_access.database.shared_tables import KeptTables
from tests.support.households import (
    Rows,
    asset,
    create_database,
    factory,
    household,
    merged,
    project,
    quarters,
    village,
)
from tests.support.rulebooks import FEW, FEW_VALIDATIONS, of_rules, of_validations

TOWNSHIPS = ("610902101", "610902107", "610902111")
VILLAGES = tuple(f"{township}{number}" for township in TOWNSHIPS for number in ("201", "202"))
EVERYTHING = frozenset(VILLAGES)
DEPARTMENT = "MED"
"""Has sent a clue about the first household of each village, and nothing about the others."""


def head_name(household_id: str) -> str:
    """Three letters that no other text has; masked, one of them is left."""
    return f"司{_letters(household_id)}"


def member_name(household_id: str, number: int) -> str:
    return f"马{_letters(household_id)}{chr(0x5341 + number)}"


def id_number(household_id: str, number: int) -> str:
    return f"610902{_digits(household_id)}{number}0011234"[:18]


def phone(household_id: str) -> str:
    return f"199{_digits(household_id)}1234"[:11]


def households_of(village_code: str) -> tuple[str, str]:
    return f"H{village_code}A", f"H{village_code}B"


def secrets_of(village_code: str) -> dict[str, set[str]]:
    """What is hidden of the people of a village: column of `disclosure.PERSONAL` -> its values."""
    homes = households_of(village_code)
    return {
        "head_name": {head_name(home) for home in homes},
        "head_id_no": {id_number(home, 0) for home in homes},
        "phone": {phone(home) for home in homes},
        "member_name": {member_name(home, number) for home in homes for number in (1, 2)},
        "member_id_no": {id_number(home, number) for home in homes for number in (1, 2)},
    }


@contextmanager
def worlds(folder: Path) -> Iterator[dict[frozenset[str], Snapshot]]:
    """Opens a world for every set of villages that is asked for; kept open until the end."""
    with ExitStack() as stack, of_validations(*FEW_VALIDATIONS):
        yield _Worlds(folder, stack)


class _Worlds(dict[frozenset[str], Snapshot]):
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        super().__init__()
        self._folder, self._stack = folder, stack
        self._compiled: dict[Any, Any] = {}

    def __missing__(self, villages: frozenset[str]) -> Snapshot:
        url = f"duckdb:///{self._folder / f'world{len(self)}.duckdb'}"
        engine = create_engine(url)
        create_database(engine, rows_of(villages))
        engine.dispose()
        database = HouseholdDatabase(make_url(url))
        self._stack.callback(database.dispose)
        connection, version = self._stack.enter_context(database.connect())
        # The same statements are sent to every world again and again: they are compiled once.
        connection = connection.execution_options(compiled_cache=self._compiled)
        if villages != EVERYTHING:
            # Which sources are connected is of the district, whoever looks at it; it says nothing about households.
            version = replace(version, coverage=self[EVERYTHING].version.coverage)
        self[villages] = Snapshot(connection=connection, version=version, rulebook=of_rules(*FEW), kept=KeptTables())
        return self[villages]


def rows_of(villages: frozenset[str]) -> Rows:
    """All regions, and what belongs to these villages."""
    regions = [village(code, township=code[:9]) for code in VILLAGES]
    return merged(*regions, *(part for code in sorted(villages) for part in _parts(code)))


_SAID = {
    "housing_problem": False,
    "water_problem": True,
    "knows_helper": True,
    "satisfaction": "satisfied",
    "complaint": "none",
}
"""What somebody who was called said."""


def _parts(code: str) -> list[Rows]:
    """What belongs to a village."""
    first, second = households_of(code)
    income = [{**row, "wage_income": 9_000} for row in quarters(first, first=date(2021, 10, 1), count=4)]
    return [
        factory(f"F{code}", village_code=code),
        project(f"XM{code}", village_code=code, budget=100_000, spent=40_000, progress=40),
        asset(f"ZC{code}", village_code=code, value=50_000, annual_income=3_000, distributed=1_000),
        household(
            first,
            village_code=code,
            members=_members(first),
            indicators={"water_problem": True, "major_illness_n": 1},
            cases=[{"identified_on": date(2022, 3, 1)}],
            measures=[{"started_on": date(2022, 3, 20), "due_on": date(2022, 6, 1)}],
            clues=[{"due_on": date(2022, 9, 20), "department": DEPARTMENT}, {"due_on": date(2022, 9, 25)}],
            calls=[{"called_on": date(2022, 9, 3), "outcome": "reached", **_SAID}],
            **_head(first),
        ),
        household(
            second,
            village_code=code,
            members=_members(second),
            household_type="lifted_out",
            screenings=[{"round": "2022-1", "screened_on": date(2022, 3, 1)}],
            jobs=[{"channel": "community_factory", "workplace_id": f"F{code}"}],
            cases=[{"identified_on": date(2021, 8, 1), "eliminated_on": date(2022, 5, 1)}],
            **_head(second),
        ),
        {"income_record": income},
    ]


def _head(household_id: str) -> dict[str, Any]:
    return {
        "head_name": head_name(household_id),
        "head_id_no": id_number(household_id, 0),
        "phone": phone(household_id),
    }


def _members(household_id: str) -> list[dict[str, str]]:
    return [{"name": member_name(household_id, number), "id_no": id_number(household_id, number)} for number in (1, 2)]


@cache
def _number(household_id: str) -> int:
    code, letter = household_id[1:-1], household_id[-1]
    return 2 * VILLAGES.index(code) + "AB".index(letter)


def _letters(household_id: str) -> str:
    return chr(0x5200 + _number(household_id)) + chr(0x5240 + _number(household_id))


def _digits(household_id: str) -> str:
    return f"19{80 + _number(household_id)}"
