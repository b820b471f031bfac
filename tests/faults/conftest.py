"""A small district of the test's own, whose database and ledger the test may break."""

from pathlib import Path

import pytest

from tests.support.databases import write_version
from tests.support.households import Rows, household, load, merged, village
from tests.support.sessions import Run


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    """Where the versions of the district are; the first one is there."""
    made = tmp_path / "database" / "household"
    write_version(made, district(homes=3))
    return made


def district(*, homes: int, load_id: int = 1) -> Rows:
    """A village with households in danger."""
    houses = [household(f"H{number}", indicators={"water_problem": True}) for number in range(homes)]
    return merged(village(), *houses, load(load_id=load_id))


def said(run: Run, kind: str) -> str:
    """What a page says in elements of a kind: markdown, alert."""
    return "\n".join(str(element.body) for name, element in run.elements if name == kind)
