"""The time of the machine, as `data_load` holds it."""

from datetime import datetime


def moment_now() -> datetime:
    """Now by the machine's clock, without a zone and without fractions of a second."""
    return datetime.now().astimezone().replace(tzinfo=None, microsecond=0)
