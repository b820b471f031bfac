"""What can be wrong with a file from outside, as sentences for both the command line and the pages."""

from pathlib import Path

from data_access.errors import FileError, WordedError


class ReadError(WordedError, FileError):
    """A file from outside cannot be read."""

    texts = Path(__file__).with_suffix(".yaml")
