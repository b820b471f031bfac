"""A district's poverty office as public systems keep it, invented: households by year under national column codes, a
wide table of persons in pinyin, text dates in five forms, bare months, incomes put in twice, persons who stand in two
households, months of work with gaps, pushes about nobody. `docs/connection.yaml` is the mapping of it.

The same seed gives the same rows, whatever they are written into.
"""

from sqlalchemy import URL, create_engine

from tests.support.office_rows import Office
from tests.support.office_tables import office


def write_office(url: URL, *, households: int = 240, seed: int = 9902) -> None:
    """Bring the database at an address to hold an office with so many households."""
    engine = create_engine(url)
    with engine.begin() as connection:
        office.drop_all(connection)
        office.create_all(connection)
        for table, rows in Office(seed).rows(households).items():
            connection.execute(table.insert(), rows)
    engine.dispose()
