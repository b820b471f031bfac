"""Problems whose sentences stand in a YAML file beside what raises them: command lines say them too, which know no
catalogue of pages."""

from functools import cache
from pathlib import Path
from typing import ClassVar

from data_access.errors import ProblemError
from data_access.yaml_files import read_yaml


class TextProblemError(ProblemError):
    """A problem that has its own words; `key` is one of its file."""

    texts: ClassVar[Path]

    def text(self, language: str) -> str:
        """What, where, and what to do."""
        return read_texts(self.texts)[self.key][language].format(**self.details)


@cache
def read_texts(file: Path) -> dict[str, dict[str, str]]:
    """Every sentence of a file by its key and language."""
    return read_yaml(file)
