"""The app's own scoring, asked about households that a test describes in a few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, create_engine

from data_access.households.population import households_on
from data_access.risk.rulebook import load_rulebook
from data_access.risk.scoring import scored
from data_access.scope import Scope
from tests.support.households import Rows, create_database, household, merged, village

LONG_AGO = date(2000, 1, 1)
"""From when on the described indicators hold, so that a day before the first rule can be judged, too."""


@dataclass(frozen=True)
class Question:
    """A household as a scenario describes it, and the day on which it is judged.

    `indicators` names what differs from the safe household; None means that nothing was ever collected.
    """

    day: date
    household_type: str | None = "general"
    indicators: Mapping[str, Any] | None = field(default_factory=dict)


def rows_of(questions: Sequence[Question]) -> Rows:
    """One household per question, numbered `H0`, `H1`, ... in their order."""
    return merged(
        village(),
        *(
            household(
                f"H{n}",
                registered_on=LONG_AGO,
                household_type=question.household_type,
                indicators=None if question.indicators is None else {"valid_from": LONG_AGO, **question.indicators},
            )
            for n, question in enumerate(questions)
        ),
    )


def score_one(indicators: Mapping[str, Any] | None, *, household_type: str | None, on: date) -> dict[str, Any]:
    """What the app says about one household on a day: `points_<rule id>`, `score`, `rules_not_assessed`, `lamp`."""
    return score_all([Question(day=on, household_type=household_type, indicators=indicators)])[0]


def score_all(questions: Sequence[Question], *, url: str | None = None) -> list[dict[str, Any]]:
    """The same for many households, each on its own day, from one database; answers in the order of the questions.

    Args:
        url: an empty database; without it one on DuckDB.
    """
    with TemporaryDirectory() as folder:
        engine = create_engine(url or f"duckdb:///{Path(folder) / 'households.duckdb'}")
        try:
            create_database(engine, rows_of(questions))
            by_day = {day: scored_households(engine, on=day) for day in {question.day for question in questions}}
        finally:
            engine.dispose()
    return [by_day[question.day][f"H{n}"] for n, question in enumerate(questions)]


def scored_households(engine: Engine, *, on: date) -> dict[str, dict[str, Any]]:
    """All households that exist on a day, as the app scores them: household_id -> its row; None: missing.

    A row has `points_<rule id>` for the rules in force, `score`, `rules_not_assessed` and `lamp`.
    """
    query = scored(households_on(on, scope=Scope.everything()), rulebook=load_rulebook(), on=on, keep=["household_id"])
    with engine.connect() as connection:
        return {row["household_id"]: dict(row) for row in connection.execute(query).mappings()}
