"""What can be wrong with a file that comes from outside, as sentences that command lines and pages show alike."""

from pathlib import Path

from data_access.errors import FileError, WordedError


class ReadError(WordedError, FileError):
    """A file from outside cannot be read."""

    texts = Path(__file__).with_suffix(".yaml")
