"""What can stand in the way of connecting a database, as sentences for the command line and the page."""

from pathlib import Path

from data_access.errors import DatabaseError, WordedError


class ConnectError(WordedError, DatabaseError):
    """A database of another shape cannot be read by its mapping; nothing was changed."""

    texts = Path(__file__).with_suffix(".yaml")
